"""Every action from every status by every role, each undone again; limits over holidays and changed calendars."""

from datetime import date, datetime
from typing import Any

import pytest

from services.services_hall.rectifications.service.rectifying import restate as restate_rectifications
from shared.auth.principal import Principal
from shared.contracts.registry.calendar import CalendarState
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, a_principal
from tests.services_hall.cases.test_areas import a_change, undone
from tests.services_hall.conftest import OTHER_CLERK, OTHER_VILLAGE, VILLAGE, Facts, calendars
from tests.services_hall.ratings.hands import CALLER, FIXER, REVIEWER, Rated

BODIES: dict[str, dict[str, Any]] = {
    "attempt": {},
    "call-back": {"outcome": "partly"},
    "rectify": {"result": "apologised"},
    "appeal": {"reason": "malicious"},
    "review": {"upheld": True},
    "close": {},
    "reopen": {"reason": "not_done"},
}
LEADS: dict[str, dict[str, str]] = {
    "open": {"attempt": "open", "call-back": "called_back"},
    "called_back": {"rectify": "rectified", "appeal": "appealed"},
    "rectified": {"appeal": "appealed", "close": "closed", "reopen": "called_back"},
    "appealed": {"review": "overturned"},
    "closed": {"reopen": "called_back"},
    "overturned": {},
    "withdrawn": {},
}
"""Where each action leads from each status, as lifecycle-rectifications.md draws it, restated by hand."""
WAYS: dict[str, tuple[str, ...]] = {
    "open": (),
    "called_back": ("call-back",),
    "rectified": ("call-back", "rectify"),
    "appealed": ("call-back", "rectify", "appeal"),
    "closed": ("call-back", "rectify", "close"),
    "overturned": ("call-back", "appeal", "review"),
}
HANDLING = {"village_clerk", "department_officer", "town_officer", "county_officer"}
REVIEWING = {"town_officer", "county_officer"}
AREAS = {"village_clerk": VILLAGE, "town_officer": "450481114"}
ROLES = (*sorted(HANDLING), "auditor", "agent", "grid_worker", "county_registrar")
WHO = {"rectify": FIXER, "appeal": FIXER, "review": REVIEWER, "reopen": REVIEWER}


def of_role(role: str) -> Principal:
    return a_principal(role, AREAS.get(role, "450481"), f"{role}-table")


def without(row: Any, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("version", "steps", *names)}


async def brought(rated: Rated, status: str) -> Any:
    if status == "withdrawn":
        case, token = await rated.link()
        await rated.done("/contact-ratings", token=token, level=1)
        await rated.done("/contact-ratings/withdraw", token=token)
        return next(one for one in await rated.listed("rectifications") if one["case_id"] == case["id"])
    row = await rated.low()
    for verb in WAYS[status]:
        row = await rated.step(row, verb, WHO.get(verb, CALLER), **BODIES[verb])
    return row


@pytest.mark.parametrize("status", LEADS)
async def test_each_action_from_each_status_by_each_role_and_back(rated: Rated, status: str) -> None:
    row = await brought(rated, status)
    assert row["status"] == status
    for verb, body in BODIES.items():
        may = REVIEWING if verb in ("review", "reopen") else HANDLING
        for role in ROLES:
            path = f"/rectifications/{row['id']}/{verb}"
            answer = await rated.ask(path, of_role(role), **body)
            if role not in may:
                assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), (status, verb, role)
            elif verb not in LEADS[status]:
                assert answer.status_code == 409, (status, verb, role, answer.text)
                assert answer.json()["code"] == "rectification_transition_not_allowed"
                assert answer.json()["advice"] == "请刷新后查看现在的状态"
            else:
                moved = answer.json()
                assert (answer.status_code, moved["status"]) == (200, LEADS[status][verb]), (status, verb, role)
                assert moved["version"] == row["version"] + 1
                back = await rated.step(row, "undo", of_role(role), version=moved["version"])
                assert without(back) == without(row), f"an undone {verb} leaves nothing behind"
                row = back
    assert without(await rated.get(f"/rectifications/{row['id']}")) == without(row)


async def test_what_has_ended_by_the_resident_is_not_undone(rated: Rated) -> None:
    row = await brought(rated, "withdrawn")
    assert await rated.refused(row, "undo", CALLER, version=row["version"]) == (409, "rectification_nothing_to_undo")


async def test_a_review_is_not_undone_by_who_only_handles_also_where_the_rating_was_overturned(rated: Rated) -> None:
    row = await brought(rated, "overturned")
    assert await rated.refused(row, "undo", FIXER, version=row["version"]) == (403, "forbidden")
    assert [one["status"] for one in await rated.listed("ratings")] == ["overturned"]
    row = await rated.step(row, "undo", REVIEWER, version=row["version"])
    assert await rated.refused(row, "undo", of_role("auditor"), version=row["version"]) == (403, "forbidden")


LIMITS = [
    (date(2026, 3, 16), "2026-03-23", "a week without a holiday"),
    (date(2026, 4, 1), "2026-04-09", "Tomb-Sweeping Day, 4 to 6 April"),
    (date(2026, 4, 29), "2026-05-09", "1 to 5 May are off, and Saturday the 9th is worked"),
    (date(2026, 9, 16), "2026-09-22", "Sunday the 20th of September is worked"),
    (date(2026, 9, 29), "2026-10-12", "National Day, 1 to 7 October, and Saturday the 10th is worked"),
    (date(2026, 10, 3), "2026-10-13", "rated on a holiday itself"),
]


@pytest.mark.parametrize(("rated_on", "due_on", "why"), LIMITS)
async def test_a_limit_counts_working_days_by_the_statutory_calendar(
    rated: Rated, clock: FrozenClock, rated_on: date, due_on: str, why: str
) -> None:
    clock.set(datetime.fromisoformat(f"{rated_on}T02:00:00+00:00"))
    row = await rated.low()
    assert (row["opened_on"], row["due_on"], row["due_provisional"]) == (str(rated_on), due_on, False), why


async def test_a_limit_beyond_the_announced_years_is_provisional_until_they_are(
    rated: Rated, clock: FrozenClock, arrivals: Arrivals, facts: Facts
) -> None:
    clock.set(datetime.fromisoformat("2026-12-29T02:00:00+00:00"))
    row = await rated.low()
    assert row["due_provisional"] is True
    holidays = tuple(date(2027, 1, day) for day in (1, 2, 3, 4, 5))
    year = CalendarState(
        id="2027", version=1, year=2027, holidays=holidays, working_weekends=(), provisional=False, source="notice"
    )
    await arrivals.take(year)
    shown = await rated.get(f"/rectifications/{row['id']}")
    assert (shown["due_on"], shown["due_provisional"]) == ("2027-01-08", False), "30, 31 December; 6, 7, 8 January"
    said = len(await facts("services_hall.rectification"))
    await arrivals.take(year.model_copy(update={"version": 2}))
    assert len(await facts("services_hall.rectification")) == said, "what does not move is not told"


async def test_a_calendar_moves_what_runs_and_nothing_that_waits_for_a_review_or_has_ended(
    rated: Rated, arrivals: Arrivals
) -> None:
    rows = {status: await brought(rated, status) for status in LEADS}
    year = next(one for one in calendars() if one.year == 2026)
    await arrivals.take(year.model_copy(update={"version": 2, "holidays": (*year.holidays, date(2026, 3, 18))}))
    for status, row in rows.items():
        now = await rated.get(f"/rectifications/{row['id']}")
        assert now["due_on"] == ("2026-03-24" if status in ("open", "called_back") else "2026-03-23"), status
    back = await rated.step(rows["closed"], "undo", CALLER, version=rows["closed"]["version"])
    back = await rated.step(back, "undo", FIXER, version=back["version"])
    assert (back["status"], back["due_on"]) == ("called_back", "2026-03-24"), "what runs again runs by today's calendar"


async def test_a_reopened_one_runs_from_its_reopening_also_over_a_holiday(rated: Rated, clock: FrozenClock) -> None:
    row = await brought(rated, "closed")
    clock.set(datetime.fromisoformat("2026-04-29T02:00:00+00:00"))
    row = await rated.step(row, "reopen", REVIEWER, reason="again")
    assert (row["opened_on"], row["due_on"], row["reopened"]) == ("2026-03-16", "2026-05-09", 1)
    row = await rated.step(row, "rectify", FIXER, result="refunded")
    clock.advance(days=20)
    row = await rated.step(row, "reopen", REVIEWER, reason="not_done")
    assert (row["due_on"], row["reopened"]) == ("2026-05-26", 2)
    assert await rated.listed("rectifications", overdue=True) == []


async def test_one_that_was_closed_late_says_so_by_its_days(rated: Rated, clock: FrozenClock) -> None:
    row = await brought(rated, "called_back")
    clock.advance(days=8)
    row = await rated.step(row, "rectify", FIXER, result="improved")
    assert (row["due_on"], row["rectified_on"]) == ("2026-03-23", "2026-03-24")
    assert (await rated.step(row, "close", CALLER))["status"] == "closed"


@pytest.mark.parametrize("upheld", [True, False])
async def test_an_appeal_before_and_after_it_was_put_right_goes_on_where_it_was(rated: Rated, *, upheld: bool) -> None:
    for status in ("called_back", "rectified"):
        row = await rated.step(await brought(rated, status), "appeal", FIXER, reason="not_in_authority")
        for outsider in (FIXER, a_principal("county_officer", "450481")):
            assert (await rated.refused(row, "review", outsider, upheld=upheld))[0] == 403
        row = await rated.step(row, "review", of_role("county_officer"), upheld=upheld)
        assert (row["status"], row["reviewed_by"]) == ("overturned" if upheld else status, "county_officer-table")
    assert {one["status"] for one in await rated.listed("ratings")} == {"overturned" if upheld else "valid"}


async def test_who_put_it_right_may_call_back_another_and_nobody_checks_oneself(rated: Rated) -> None:
    row = await rated.step(await brought(rated, "called_back"), "rectify", CALLER, result="redone")
    assert await rated.refused(row, "close", CALLER) == (403, "rectification_same_person")
    row = await rated.step(row, "undo", CALLER, version=row["version"])
    row = await rated.step(row, "rectify", FIXER, result="redone")
    assert (await rated.step(row, "close", CALLER))["closed_by"] == "caller", "whom the last step names counts"


async def test_each_unended_status_goes_with_its_village_and_back_and_keeps_its_steps(
    rated: Rated, arrivals: Arrivals, facts: Facts
) -> None:
    rows = {status: await brought(rated, status) for status in LEADS}
    change = a_change()
    await arrivals.take(change)
    for status, row in rows.items():
        now = await rated.get(f"/rectifications/{row['id']}")
        goes = status in ("open", "called_back", "rectified", "appealed")
        assert now["area"] == (OTHER_VILLAGE if goes else VILLAGE), status
        assert without(now, "area") == without(row, "area")
    [told] = [one.state.former for one in (await facts("services_hall.rectification", rows["open"]["id"]))[-1:]]
    assert [(one.area, str(one.until)) for one in told] == [(VILLAGE, "2026-03-16")]
    there = await rated.step(rows["rectified"], "undo", OTHER_CLERK, version=rows["rectified"]["version"] + 1)
    assert (there["status"], there["area"]) == ("called_back", OTHER_VILLAGE), "an undo brings back no place"
    assert await rated.refused(rows["open"], "attempt", CALLER) == (404, "not_found")
    await arrivals.take(undone(change))
    assert {one["area"] for one in await rated.listed("rectifications")} == {VILLAGE}


async def test_restated_states_equal_what_was_told_last(
    rated: Rated, committed: Database, facts: Facts, arrivals: Arrivals
) -> None:
    for status in LEADS:
        await brought(rated, status)
    await arrivals.take(a_change())
    last = {one.state.id: one.state for one in await facts("services_hall.rectification")}
    restated: list[Any] = []
    async with committed.session() as session:
        while page := await restate_rectifications(session, str(restated[-1].id) if restated else None, 3):
            restated += [one.state for one in page]
    assert restated == [last[one] for one in sorted(last)]
    assert len(restated) == len(LEADS)
