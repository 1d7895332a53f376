"""申请缓办、挂起: asked for by the unit, given by somebody else, and what that does to the clock."""

import pytest

from shared.testing.clock import FrozenClock
from tests.grid.builders import COUNTY_OFFICER, HANDLER, HEAD, TOWN_OFFICER, WORKER
from tests.grid.conftest import Facts
from tests.grid.incidents.steps import code_of
from tests.grid.incidents.whole import Whole

DUE = "2026-03-18T18:00:00+08:00"


async def test_a_suspended_incident_is_due_later_by_the_working_days_that_it_stood_still(
    whole: Whole, clock: FrozenClock, facts: Facts
) -> None:
    incident = await whole.bring("handling")
    clock.advance(hours=1)
    stands = await whole.do(incident, "ask_leave")
    assert (stands["status"], stands["leave"]["kind"], stands["leave"]["until"]) == (
        "handling",
        "suspension",
        "2026-06-30",
    )
    stands = await whole.do(incident, "grant_leave")
    assert (stands["status"], stands["leave"], stands["act_by"]) == ("suspended", None, "2026-06-30T23:59:59+08:00")
    clock.advance(days=21)  # Monday 2026-04-06 is a holiday
    assert incident not in await whole.listed(overdue=True)
    resumed = await whole.do(incident, "resume")
    assert (resumed["status"], resumed["suspended_until"]) == ("handling", None)
    assert resumed["due_at"] == "2026-04-08T18:00:00+08:00"
    assert [fact.type.rsplit(".", 1)[1] for fact in (await facts("grid.incident", incident))[-3:]] == [
        "leave_asked", "suspended", "resumed",
    ]  # fmt: skip
    assert (await whole.undo(incident)).json()["status"] == "suspended"
    assert (await whole.undo(incident)).json()["due_at"] == DUE


async def test_a_suspension_that_nobody_ends_is_overdue_after_its_last_day(whole: Whole, clock: FrozenClock) -> None:
    incident = await whole.bring("suspended")
    clock.advance(days=108)
    assert incident in await whole.listed(overdue=True)


async def test_a_deferral_that_was_asked_for_ends_and_then_it_is_overdue(whole: Whole, clock: FrozenClock) -> None:
    incident = await whole.bring("accepted")
    assert (await whole.ask(incident, "ask_leave", kind="deferral")).status_code == 200
    stands = await whole.do(incident, "grant_leave")
    assert (stands["deferred"], stands["due_at"], stands["deferred_until"]) == (True, DUE, "2026-06-30T23:59:59+08:00")
    assert stands["act_by"] == stands["deferred_until"]
    clock.advance(days=30)
    assert incident not in await whole.listed(overdue=True)
    clock.advance(days=100)
    assert incident in await whole.listed(overdue=True)
    line = (await whole.detail(incident))["steps"][-1]
    assert (line["step"], line["reason"], line["actor"]) == ("grant_leave", "rainy_season", HEAD.subject)


async def test_who_handles_it_gives_no_leave_also_as_an_officer(whole: Whole) -> None:
    incident = await whole.bring("dispatched")
    assert (await whole.ask(incident, "accept", TOWN_OFFICER)).status_code == 200
    for step in ("defer", "suspend"):
        assert code_of(await whole.ask(incident, step, TOWN_OFFICER)) == (403, "incident_leave_by_handler")
    assert (await whole.ask(incident, "ask_leave", HANDLER)).status_code == 200
    for step in ("grant_leave", "refuse_leave"):
        assert code_of(await whole.ask(incident, step, TOWN_OFFICER)) == (403, "incident_leave_by_handler")
        assert code_of(await whole.ask(incident, step, WORKER)) == (403, "forbidden")
    assert (await whole.ask(incident, "refuse_leave", HEAD)).json()["leave"] is None


async def test_leave_is_asked_for_once_and_answered_once(whole: Whole) -> None:
    incident = await whole.bring("accepted")
    for step in ("grant_leave", "refuse_leave"):
        assert code_of(await whole.ask(incident, step)) == (409, "incident_leave_not_asked")
    await whole.do(incident, "ask_leave")
    assert code_of(await whole.ask(incident, "ask_leave")) == (409, "incident_leave_asked_already")
    stands = await whole.do(incident, "feedback")
    assert stands["leave"] is None  # nothing is left to be answered


@pytest.mark.parametrize("until", ["2026-03-16", "2026-03-01", "2027-03-18"])
async def test_leave_ends_after_today_and_within_a_year(whole: Whole, until: str) -> None:
    incident = await whole.bring("accepted")
    for step in ("ask_leave", "suspend", "defer"):
        answer = await whole.ask(incident, step, until=until)
        assert code_of(answer) == (422, "incident_leave_until_wrong")
        assert answer.json()["errors"][0]["path"] == "until"
    assert (await whole.read(incident))["version"] == 4


async def test_a_deferral_ends_after_the_deadline_and_is_given_before_it(whole: Whole, clock: FrozenClock) -> None:
    incident = await whole.bring("accepted")
    answer = await whole.ask(incident, "ask_leave", kind="deferral", until="2026-03-17")
    assert code_of(answer) == (422, "incident_leave_until_wrong")
    assert (await whole.ask(incident, "ask_leave", kind="deferral")).status_code == 200
    clock.advance(days=3)
    assert code_of(await whole.ask(incident, "grant_leave")) == (409, "incident_deferral_too_late")


async def test_it_is_urged_once_a_day_by_the_office_and_by_whoever_reported_it(
    whole: Whole, clock: FrozenClock
) -> None:
    resident = whole.resident
    incident = await whole.bring("accepted")
    own = await whole.reported_by_resident()
    for one, who in ((incident, None), (own, resident)):
        assert (await whole.ask(one, "urge", who)).json()["urges"] == 1
        assert code_of(await whole.ask(one, "urge", who)) == (409, "incident_urged_today")
    assert code_of(await whole.ask(incident, "urge", resident)) == (404, "not_found")
    clock.advance(days=1)
    assert (await whole.ask(own, "urge", resident)).json()["urges"] == 2
    assert code_of(await whole.ask(incident, "urge", WORKER)) == (403, "forbidden")


async def test_what_the_county_supervises_the_town_does_not_lift(whole: Whole) -> None:
    incident = await whole.bring("checked")
    assert code_of(await whole.ask(incident, "lift_supervision")) == (409, "incident_not_supervised")
    for until in ("2026-03-15", "2027-03-18"):
        answer = await whole.ask(incident, "supervise", until=until)
        assert code_of(answer) == (422, "incident_supervision_until_wrong")
    stands = (await whole.ask(incident, "supervise", COUNTY_OFFICER)).json()
    assert stands["supervised_until"] == "2026-03-20T23:59:59+08:00"
    assert await whole.listed(supervised=True) == [incident]
    assert incident not in await whole.listed(supervised=False)
    assert code_of(await whole.ask(incident, "supervise")) == (409, "incident_supervised_already")
    assert code_of(await whole.ask(incident, "lift_supervision")) == (403, "incident_supervisor_needed")
    assert code_of(await whole.ask(incident, "close")) == (409, "incident_supervision_stands")
    assert (await whole.ask(incident, "lift_supervision", COUNTY_OFFICER)).status_code == 200
    await whole.do(incident, "close")


async def test_a_deferral_goes_on_for_as_long_as_it_stood_still(whole: Whole, clock: FrozenClock) -> None:
    incident = await whole.bring("accepted")
    assert (await whole.ask(incident, "ask_leave", kind="deferral")).status_code == 200
    assert (await whole.do(incident, "grant_leave"))["deferred_until"] == "2026-06-30T23:59:59+08:00"
    await whole.do(incident, "suspend")
    clock.advance(days=120)
    resumed = await whole.do(incident, "resume")
    assert resumed["deferred_until"] == "2026-10-28T23:59:59+08:00"
    assert incident not in await whole.listed(overdue=True)
    assert (await whole.undo(incident)).json()["deferred_until"] == "2026-06-30T23:59:59+08:00"
