"""The statutory clock of a case: working days from acceptance, and due dates that are computed again."""

from datetime import date, datetime, timedelta

import pytest

from shared.clock import SHANGHAI
from shared.contracts.registry.calendar import CalendarState
from shared.contracts.services_hall.cases import CaseRescheduled
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.services_hall.conftest import CLERK, CaseIn, Facts, Step, publish_item, publish_version

NEW_YEAR = (date(2027, 1, 1), date(2027, 1, 4))


def year_2027(
    *holidays: date, worked: tuple[date, ...] = (), version: int = 1, provisional: bool = False
) -> CalendarState:
    return CalendarState(
        id="2027", version=version, year=2027, holidays=holidays, working_weekends=worked,
        provisional=provisional, source="notice",
    )  # fmt: skip


def in_china(year: int, month: int, day: int, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("accepted", "days", "due", "provisional"),
    [
        ("2026-03-16", 1, "2026-03-17", False),
        ("2026-03-20", 1, "2026-03-23", False),
        ("2026-03-20", 0, "2026-03-20", False),
        ("2026-03-21", 0, "2026-03-23", False),
        ("2026-09-30", 5, "2026-10-13", False),
        ("2026-02-13", 1, "2026-02-14", False),
        ("2026-02-14", 1, "2026-02-24", False),
        ("2026-10-03", 0, "2026-10-08", False),
        ("2026-10-03", 1, "2026-10-08", False),
        ("2026-12-31", 0, "2026-12-31", False),
        ("2026-12-31", 1, "2027-01-04", True),
    ],
)
async def test_working_days_are_counted_from_the_day_after_acceptance(
    door: Door, case_in: CaseIn, clock: FrozenClock, accepted: str, days: int, due: str, provisional: bool
) -> None:
    mode = "at_once" if days == 0 else "within_promise"
    item = await publish_item(door, "VECTOR-01", promised_days=days, handling_mode=mode)
    clock.set(datetime.fromisoformat(f"{accepted}T09:00:00+08:00"))
    case = await case_in("accepted", item_id=item)
    assert (case["due_on"], case["due_provisional"]) == (due, provisional)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (in_china(2026, 3, 16, 0, 0), "2026-03-17"),
        (in_china(2026, 3, 16, 7, 59), "2026-03-17"),
        (in_china(2026, 3, 16, 23, 59), "2026-03-17"),
        (in_china(2026, 3, 17, 0, 0), "2026-03-18"),
    ],
)
async def test_the_day_of_acceptance_is_a_day_in_china(
    door: Door, case_in: CaseIn, clock: FrozenClock, moment: datetime, due: str
) -> None:
    item = await publish_item(door, "ONE-DAY", promised_days=1)
    clock.set(moment)
    assert (await case_in("accepted", item_id=item))["due_on"] == due


async def test_the_clock_starts_at_acceptance_if_the_papers_did_not_lie_too_long(
    case_in: CaseIn, step: Step, clock: FrozenClock
) -> None:
    case = await case_in("received")
    assert (case["due_on"], case["due_provisional"]) == (None, False)
    clock.advance(days=7)  # Monday to Monday: the fifth working day
    accepted = (await step(case, "accept")).json()
    assert (accepted["due_on"], accepted["deemed"]) == ("2026-03-30", False)


async def test_a_case_keeps_the_promise_that_it_pinned(door: Door, case_in: CaseIn, step: Step, item: str) -> None:
    case = await case_in("received")
    await publish_version(door, item, promised_days=20)
    accepted = (await step(case, "accept")).json()
    assert (accepted["promised_days"], accepted["due_on"]) == (5, "2026-03-23")


async def test_later_steps_do_not_move_the_due_date(case_in: CaseIn, step: Step, clock: FrozenClock) -> None:
    case = await case_in("accepted")
    for verb in ("decide", "close"):
        clock.advance(days=30)
        assert (await step(case, verb)).json()["due_on"] == case["due_on"]


async def test_when_a_year_is_announced_every_open_case_is_told_once_and_no_other_is_touched(
    door: Door, case_in: CaseIn, clock: FrozenClock, arrivals: Arrivals, facts: Facts
) -> None:
    certain = await case_in("accepted")
    clock.set(in_china(2026, 12, 30))
    before = [await case_in("accepted") for _ in range(5)] + [await case_in("decided")]
    over = [await case_in(("receive", "accept", "withdraw"))]
    assert all(case["due_provisional"] for case in before)
    assert {case["due_on"] for case in before} == {"2027-01-07"}
    others = [certain, *over, await case_in("received"), await case_in("refused")]
    told = len(await facts("services_hall.case"))
    await arrivals.take(year_2027(*NEW_YEAR, date(2027, 1, 7)))
    async with door.client(CLERK) as client:
        for case in before:
            after = (await client.get(f"/cases/{case['id']}")).json()
            steps = after.pop("steps")
            expected = {"due_on": "2027-01-11", "due_provisional": False, "version": case["version"] + 1}
            expected["deliver_by"] = case["deliver_by"] and "2027-01-18"
            assert {name: after[name] for name in case} == {**case, **expected}
            assert (steps[-1]["step"], steps[-1]["actor"], steps[-1]["version"]) == (
                "reschedule", "system:calendar", after["version"],
            )  # fmt: skip
        for case in others:
            assert (await client.get(f"/cases/{case['id']}")).json()["version"] == case["version"]
    fresh = (await facts("services_hall.case"))[told:]
    assert {type(fact) for fact in fresh} == {CaseRescheduled}
    assert sorted(fact.state.subject for fact in fresh) == sorted(case["id"] for case in before)
    assert {(str(fact.state.due_on), fact.state.due_provisional) for fact in fresh} == {("2027-01-11", False)}
    assert all(
        fact.state.version == 1 + next(c["version"] for c in before if c["id"] == fact.state.subject) for fact in fresh
    )


def year_2026(*more: date, worked: tuple[date, ...] = (), version: int = 2) -> CalendarState:
    """The calendar of 2026, amended: these days off and these weekend days worked besides."""
    year = next(year for year in published_years() if year.year == 2026)
    return CalendarState(
        id="2026", version=version, year=2026, holidays=(*year.holidays, *more),
        working_weekends=(*year.working_weekends, *worked), provisional=False, source="notice",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("off", "worked", "due"),
    [
        ((date(2026, 3, 20),), (), "2026-03-24"),  # a working day before the due date made a holiday
        ((date(2026, 3, 23),), (), "2026-03-24"),  # the due date itself
        ((date(2026, 3, 18), date(2026, 3, 19)), (), "2026-03-25"),
        ((), (date(2026, 3, 21),), "2026-03-21"),  # a Saturday that is worked
    ],
)
async def test_an_amended_year_moves_every_open_due_date_that_it_touches(
    door: Door,
    case_in: CaseIn,
    arrivals: Arrivals,
    facts: Facts,
    off: tuple[date, ...],
    worked: tuple[date, ...],
    due: str,
) -> None:
    cases = [await case_in("accepted"), await case_in("decided")]
    early = await case_in("accepted", item_id=await publish_item(door, "ONE-DAY", promised_days=1))
    over = [await case_in(("receive", "accept", "withdraw"))]
    assert {case["due_on"] for case in (*cases, *over)} == {"2026-03-23"}
    told = len(await facts("services_hall.case"))
    await arrivals.take(year_2026(*off, worked=worked))
    async with door.client(CLERK) as client:
        for case in cases:
            after = (await client.get(f"/cases/{case['id']}")).json()
            assert (after["due_on"], after["due_provisional"], after["version"]) == (due, False, case["version"] + 1)
        for case in (early, *over):
            after = (await client.get(f"/cases/{case['id']}")).json()
            assert (after["due_on"], after["version"]) == (case["due_on"], case["version"])
    fresh = (await facts("services_hall.case"))[told:]
    assert {(type(fact), str(fact.state.due_on)) for fact in fresh} == {(CaseRescheduled, due)}
    assert sorted(fact.state.subject for fact in fresh) == sorted(case["id"] for case in cases)


async def test_an_amended_year_moves_a_date_of_the_next_one(
    door: Door, case_in: CaseIn, clock: FrozenClock, arrivals: Arrivals
) -> None:
    clock.set(in_china(2026, 12, 30))
    case = await case_in("accepted")
    await arrivals.take(year_2027(*NEW_YEAR))
    await arrivals.take(year_2026(date(2026, 12, 31)))
    async with door.client(CLERK) as client:
        assert (await client.get(f"/cases/{case['id']}")).json()["due_on"] == "2027-01-11"


@pytest.mark.parametrize("way", ["closed", ("receive", "accept", "withdraw")])
async def test_a_case_that_ends_before_the_year_is_announced_keeps_its_date_and_no_doubt(
    case_in: CaseIn, clock: FrozenClock, arrivals: Arrivals, facts: Facts, way: str | tuple[str, ...]
) -> None:
    """Its limit no longer runs: it is measured by the date that stood when it ended."""
    clock.set(in_china(2026, 12, 30))
    case = await case_in(way)
    assert (case["due_on"], case["due_provisional"]) == ("2027-01-07", False)
    assert not (await facts(subject=case["id"]))[-1].state.due_provisional
    await arrivals.take(year_2027(*NEW_YEAR))
    last = (await facts(subject=case["id"]))[-1].state
    assert (str(last.due_on), last.due_provisional) == ("2027-01-07", False)
    assert last.version == case["version"] + (way == "closed")  # what is not delivered has a day of delivery yet


async def test_a_date_that_proves_right_is_told_as_certain(
    case_in: CaseIn, clock: FrozenClock, arrivals: Arrivals, facts: Facts
) -> None:
    clock.set(in_china(2026, 12, 30))
    case = await case_in("accepted")
    await arrivals.take(year_2027(date(2027, 1, 1)))
    state = (await facts(subject=case["id"]))[-1].state
    assert (str(state.due_on), state.due_provisional) == (case["due_on"], False)


async def test_a_year_that_is_announced_again_or_does_not_matter_tells_nothing(
    door: Door, case_in: CaseIn, clock: FrozenClock, arrivals: Arrivals, facts: Facts
) -> None:
    clock.set(in_china(2026, 12, 30))
    case = await case_in("accepted")
    told = await facts()
    await arrivals.take(year_2027(*NEW_YEAR).model_copy(update={"id": "2028", "year": 2028}))
    assert await facts() == told
    year = year_2027(*NEW_YEAR)
    await arrivals.take(year)
    assert len(await facts()) == len(told) + 1
    await arrivals.take(year)
    await arrivals.take(year, revision=1)
    assert len(await facts()) == len(told) + 1
    async with door.client(CLERK) as client:
        assert (await client.get(f"/cases/{case['id']}")).json()["version"] == case["version"] + 1


async def test_a_year_that_is_announced_provisionally_moves_the_date_and_keeps_the_doubt(
    case_in: CaseIn, clock: FrozenClock, arrivals: Arrivals, facts: Facts
) -> None:
    clock.set(in_china(2026, 12, 30))
    case = await case_in("accepted")
    await arrivals.take(year_2027(*NEW_YEAR, provisional=True))
    await arrivals.take(year_2027(*NEW_YEAR, worked=(date(2027, 1, 2),), version=2))
    states = [fact.state for fact in (await facts(subject=case["id"]))[-3:]]
    assert [(str(state.due_on), state.due_provisional) for state in states] == [
        ("2027-01-07", True), ("2027-01-08", True), ("2027-01-07", False),
    ]  # fmt: skip


async def test_a_rescheduled_case_goes_on_from_its_new_version(
    door: Door, case_in: CaseIn, step: Step, clock: FrozenClock, arrivals: Arrivals, facts: Facts
) -> None:
    clock.set(in_china(2026, 12, 30))
    case = await case_in("accepted")
    clock.advance(days=2)
    await arrivals.take(year_2027(*NEW_YEAR))
    decided = (await step(case, "decide")).json()
    assert (decided["version"], decided["due_on"]) == (case["version"] + 2, "2027-01-08")
    assert [fact.state.version for fact in await facts(subject=case["id"])] == [1, 2, 3, 4, 5]
    async with door.client(CLERK) as client:
        steps = (await client.get(f"/cases/{case['id']}")).json()["steps"]
    assert [(one["step"], one["version"]) for one in steps] == [
        ("submit", 1), ("receive", 2), ("accept", 3), ("reschedule", 4), ("decide", 5),
    ]  # fmt: skip
    assert datetime.fromisoformat(steps[3]["at"]) == in_china(2026, 12, 30) + timedelta(days=2)
