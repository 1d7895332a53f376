"""Acceptance: a low rating is called back, put right, appealed and reviewed, each on its day; and what may not be."""

from datetime import date
from typing import Any

import pytest

from services.services_hall.case_warnings.schedules import scan
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.services_hall.cases.test_areas import a_change, undone
from tests.services_hall.conftest import COUNTY_OFFICER, OTHER_CLERK, OTHER_VILLAGE, VILLAGE, Facts, calendars
from tests.services_hall.ratings.hands import CALLER, FIXER, REVIEWER, Rated
from tests.services_hall.tasks.hands import in_context

BY_HANDLER = (403, "rectification_by_handler")
SAME = (403, "rectification_same_person")
NOT_HERE = (409, "rectification_transition_not_allowed")


async def test_a_low_rating_is_called_back_put_right_appealed_and_reviewed_with_its_days(
    rated: Rated, clock: FrozenClock, facts: Facts
) -> None:
    """From Monday 2026-03-16; the limit of five working days ends on Monday the 23rd."""
    row = await rated.low()
    assert (row["status"], row["opened_on"], row["due_on"], row["days"]) == ("open", "2026-03-16", "2026-03-23", 5)
    clock.advance(days=1)
    row = await rated.step(row, "attempt")
    row = await rated.step(row, "call-back", outcome="confirmed", note="窗口排队过久")
    assert (row["status"], row["attempts"], row["called_on"], row["called_by"]) == (
        *("called_back", 1, "2026-03-17"),
        "caller",
    )
    clock.advance(days=2)
    row = await rated.step(row, "rectify", FIXER, result="improved", note="增开一个窗口")
    assert (row["status"], row["rectified_on"], row["result"]) == ("rectified", "2026-03-19", "improved")
    clock.advance(days=1)
    row = await rated.step(row, "appeal", FIXER, reason="mistaken")
    assert (row["status"], row["appealed_on"], row["appeal_reason"]) == ("appealed", "2026-03-20", "mistaken")
    clock.advance(days=3)
    row = await rated.step(row, "review", REVIEWER, upheld=False, note="评价属实")
    assert (row["status"], row["reviewed_on"], row["upheld"]) == ("rectified", "2026-03-23", False)
    clock.advance(days=1)
    row = await rated.step(row, "close", CALLER)
    assert (row["status"], row["closed_on"], row["due_on"]) == ("closed", "2026-03-24", "2026-03-23")
    shown = await rated.get(f"/rectifications/{row['id']}")
    assert [(one["step"], one["done_by"], one["done_at"][:10], one["note"]) for one in shown["steps"]] == [
        ("open", None, "2026-03-16", None),
        ("attempt", "caller", "2026-03-17", None),
        ("call_back", "caller", "2026-03-17", "窗口排队过久"),
        ("rectify", "fixer", "2026-03-19", "增开一个窗口"),
        ("appeal", "fixer", "2026-03-20", None),
        ("review", "reviewer", "2026-03-23", "评价属实"),
        ("close", "caller", "2026-03-24", None),
    ]
    told = await facts("services_hall.rectification")
    assert [type(one).__name__.removeprefix("Rectification") for one in told] == [
        *("Opened", "Attempted", "CalledBack", "Done", "Appealed", "Reviewed", "Closed")
    ]
    last = told[-1].state
    assert (last.called_on, last.rectified_on, last.appealed_on, last.reviewed_on, last.closed_on) == (
        *(date(2026, 3, 17), date(2026, 3, 19), date(2026, 3, 20)),
        *(date(2026, 3, 23), date(2026, 3, 24)),
    )
    assert [one["status"] for one in await rated.listed("ratings")] == ["valid"], "the rating stands"


async def test_an_appeal_that_is_upheld_keeps_the_rating_from_counting_until_it_is_undone(
    rated: Rated, facts: Facts
) -> None:
    row = await rated.called()
    row = await rated.step(row, "appeal", FIXER, reason="malicious")
    row = await rated.step(row, "review", REVIEWER, upheld=True)
    assert (row["status"], row["upheld"]) == ("overturned", True)
    assert [one["status"] for one in await rated.listed("ratings")] == ["overturned"]
    row = await rated.step(row, "undo", REVIEWER, version=row["version"])
    assert (row["status"], row["upheld"], row["reviewed_on"]) == ("appealed", None, None)
    assert [one["status"] for one in await rated.listed("ratings")] == ["valid"]
    told = [type(one).__name__ for one in await facts("services_hall.rating")]
    assert told == ["RatingGiven", "RatingOverturned", "RatingRestored"]
    row = await rated.step(row, "review", REVIEWER, upheld=True)
    assert row["status"] == "overturned"


async def test_it_is_reopened_with_a_limit_of_its_own(rated: Rated, clock: FrozenClock) -> None:
    row = await rated.rectified()
    row = await rated.step(row, "close", CALLER)
    clock.advance(days=10)
    row = await rated.step(row, "reopen", REVIEWER, reason="not_satisfied")
    assert (row["status"], row["reopened"], row["due_on"]) == ("called_back", 1, "2026-04-02")
    assert [row[name] for name in ("rectified_on", "result", "closed_on", "reviewed_on")] == [None] * 4
    assert row["called_on"] == "2026-03-16"
    back = await rated.step(row, "undo", REVIEWER, version=row["version"])
    assert (back["status"], back["reopened"], back["due_on"], back["closed_on"]) == (
        *("closed", 0, "2026-03-23"),
        "2026-03-16",
    )


async def test_an_appeal_is_judged_once_until_it_is_reopened(rated: Rated) -> None:
    row = await rated.step(await rated.called(), "appeal", FIXER, reason="mistyped")
    row = await rated.step(row, "review", REVIEWER, upheld=False)
    assert row["status"] == "called_back"
    assert await rated.refused(row, "appeal", FIXER, reason="mistyped") == (409, "appealed_already")
    row = await rated.step(row, "rectify", FIXER, result="explained")
    assert await rated.refused(row, "appeal", FIXER, reason="mistyped") == (409, "appealed_already")
    row = await rated.step(row, "reopen", REVIEWER, reason="again")
    assert (await rated.step(row, "appeal", FIXER, reason="malicious"))["status"] == "appealed"


async def test_whoever_is_not_reached_was_called_three_times(rated: Rated) -> None:
    row = await rated.low()
    for _ in range(2):
        row = await rated.step(row, "attempt")
    assert await rated.refused(row, "call-back", outcome="unreached") == (409, "call_not_tried_enough")
    row = await rated.step(row, "attempt")
    row = await rated.step(row, "undo", version=row["version"])
    assert row["attempts"] == 2
    row = await rated.step(row, "attempt")
    assert (await rated.step(row, "call-back", outcome="unreached"))["outcome"] == "unreached"


async def test_two_of_us_and_nobody_who_handled_the_case(rated: Rated) -> None:
    row = await rated.low()
    assert await rated.refused(row, "attempt", COUNTY_OFFICER) == BY_HANDLER
    assert await rated.refused(row, "call-back", COUNTY_OFFICER, outcome="confirmed") == BY_HANDLER
    row = await rated.step(row, "call-back", outcome="confirmed")
    row = await rated.step(row, "rectify", FIXER, result="redone")
    assert await rated.refused(row, "close", FIXER) == SAME
    row = await rated.step(row, "appeal", REVIEWER, reason="mistaken")
    assert await rated.refused(row, "review", REVIEWER, upheld=True) == SAME
    assert await rated.refused(row, "review", COUNTY_OFFICER, upheld=True) == BY_HANDLER
    assert await rated.refused(row, "review", CALLER, upheld=True) == (403, "forbidden")


ALLOWED = {
    "attempt": {"open"},
    "call-back": {"open"},
    "rectify": {"called_back"},
    "appeal": {"called_back", "rectified"},
    "review": {"appealed"},
    "close": {"rectified"},
    "reopen": {"rectified", "closed"},
}
BODIES: dict[str, dict[str, Any]] = {
    "call-back": {"outcome": "confirmed"},
    "rectify": {"result": "redone"},
    "appeal": {"reason": "mistaken"},
    "review": {"upheld": False},
    "reopen": {"reason": "not_done"},
}
WAYS = {
    "open": (),
    "called_back": ("call-back",),
    "rectified": ("call-back", "rectify"),
    "appealed": ("call-back", "appeal"),
    "closed": ("call-back", "rectify", "close"),
    "overturned": ("call-back", "appeal", "review"),
}
WHO = {"rectify": FIXER, "appeal": FIXER, "review": REVIEWER, "reopen": REVIEWER}


@pytest.mark.parametrize("status", WAYS)
async def test_each_status_allows_what_the_table_says_restated_by_hand(rated: Rated, status: str) -> None:
    for verb, origins in ALLOWED.items():
        row = await rated.low()
        for one in WAYS[status]:
            body = {"upheld": True} if one == "review" else BODIES.get(one, {})
            row = await rated.step(row, one, WHO.get(one, CALLER), **body)
        assert row["status"] == status
        answer = await rated.ask(f"/rectifications/{row['id']}/{verb}", WHO.get(verb, CALLER), **BODIES.get(verb, {}))
        if status in origins:
            assert answer.status_code == 200, (status, verb, answer.text)
        else:
            assert (answer.status_code, answer.json()["code"]) == NOT_HERE, (status, verb)


async def test_undo_goes_back_step_by_step_and_no_further(rated: Rated) -> None:
    row = await rated.rectified()
    assert await rated.refused(row, "undo", OTHER_CLERK, version=row["version"]) == (404, "not_found")
    assert await rated.refused(row, "undo", FIXER, version=1) == (412, "version_mismatch")
    assert await rated.refused(row, "undo", FIXER) == (428, "precondition_required")
    for status in ("called_back", "open"):
        row = await rated.step(row, "undo", FIXER, version=row["version"])
        assert row["status"] == status
    assert (row["called_on"], row["outcome"], row["rectified_on"]) == (None, None, None)
    assert await rated.refused(row, "undo", FIXER, version=row["version"]) == (409, "rectification_nothing_to_undo")
    row = await rated.step(row, "call-back", outcome="partly")
    row = await rated.step(row, "undo", version=row["version"])
    assert row["status"] == "open"


async def test_who_handles_does_not_undo_what_who_reviews_did(rated: Rated) -> None:
    row = await rated.step(await rated.rectified(), "reopen", REVIEWER, reason="not_done")
    assert await rated.refused(row, "undo", FIXER, version=row["version"]) == (403, "forbidden")


async def test_what_is_late_is_listed_and_warned_about_as_cases_are(
    rated: Rated, clock: FrozenClock, committed: Database, crypto: Crypto
) -> None:
    await rated.rectified()
    row = await rated.low()
    assert await rated.listed("rectifications", overdue=True) == []
    mine = {"case_id": row["case_id"]}

    async def warned() -> list[tuple[str, str, str]]:
        await in_context(committed, clock, crypto, scan)
        shown = (await rated.get("/case-warnings"))["items"]
        return sorted(
            (one["colour"], one["area"], one["due_on"])
            for one in shown
            if one["metric"] == "rectification" and one["case_id"] == mine["case_id"]
        )

    assert await warned() == []
    clock.advance(days=4)  # Friday: one working day is left after it
    soon = ("yellow", VILLAGE, "2026-03-23")
    assert await warned() == [soon]
    clock.advance(days=4)
    assert await warned() == [("red", "450481", "2026-03-23"), soon]
    assert await warned() == [("red", "450481", "2026-03-23"), soon], "once each"
    assert [one["id"] for one in await rated.listed("rectifications", overdue=True)] == [row["id"]]
    shown = (await rated.get("/case-warnings"))["items"]
    assert len([one for one in shown if one["metric"] == "rectification"]) == 2, "what was put right is not"


async def test_a_calendar_that_is_amended_moves_the_limit(
    rated: Rated, arrivals: Arrivals, facts: Facts, clock: FrozenClock
) -> None:
    row, done = await rated.low(), await rated.rectified()
    year = next(one for one in calendars() if one.year == 2026)
    amended = year.model_copy(update={"version": 2, "holidays": (*year.holidays, date(2026, 3, 20))})
    await arrivals.take(amended)
    assert (await rated.get(f"/rectifications/{row['id']}"))["due_on"] == "2026-03-24"
    assert (await rated.get(f"/rectifications/{done['id']}"))["due_on"] == "2026-03-23", "put right by then"
    told = [type(one).__name__ for one in await facts("services_hall.rectification", row["id"])]
    assert told == ["RectificationOpened", "RectificationRescheduled"]
    row = await rated.step(row, "call-back", outcome="confirmed")
    row = await rated.step(row, "undo", version=row["version"])
    assert (row["status"], row["due_on"]) == ("open", "2026-03-24")


async def test_what_is_open_goes_with_a_village_that_is_merged_and_comes_back(
    rated: Rated, arrivals: Arrivals, door: Door
) -> None:
    row, closed = await rated.low(), await rated.step(await rated.rectified(), "close", CALLER)
    change = a_change()
    await arrivals.take(change)
    shown = await rated.get(f"/rectifications/{row['id']}")
    assert shown["area"] == OTHER_VILLAGE
    assert (await rated.get(f"/rectifications/{closed['id']}"))["area"] == VILLAGE, "what has ended keeps its code"
    await rated.step(row, "call-back", OTHER_CLERK, outcome="confirmed")
    await arrivals.take(undone(change))
    assert (await rated.get(f"/rectifications/{row['id']}"))["area"] == VILLAGE
