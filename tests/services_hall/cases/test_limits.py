"""What moves the limit of a case: special procedures, suspension, the one extension; and delivery with its receipt."""

from datetime import date, datetime
from typing import Any

import pytest

from shared.clock import SHANGHAI
from shared.contracts.registry.calendar import CalendarState
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.services_hall.cases.whole import TOWN, Whole
from tests.services_hall.conftest import CaseIn, Facts, Step, publish_version, refusal


def in_china(day: str, time: str = "10:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{time}:00+08:00")


async def test_a_working_day_counts_if_the_case_runs_at_its_end(
    door: Door, case_in: CaseIn, step: Step, clock: FrozenClock
) -> None:
    """The vector: accepted Monday 2026-03-02, 5 days, paused Wednesday 10:00, resumed Friday 09:00: due 03-11."""
    clock.set(in_china("2026-03-02"))
    case = await case_in("accepted")
    assert case["due_on"] == "2026-03-09"
    clock.set(in_china("2026-03-04"))
    stopped = (await step(case, "suspend", reason="force_majeure")).json()
    assert (stopped["status"], stopped["due_on"], stopped["paused_at"]) == (
        "suspended", None, "2026-03-04T10:00:00+08:00",
    )  # fmt: skip
    clock.set(in_china("2026-03-06", "09:00"))
    resumed = (await step(stopped, "resume")).json()
    assert (resumed["status"], resumed["due_on"], resumed["paused_at"]) == ("accepted", "2026-03-11", None)
    twice = (await step(resumed, "begin-special", procedure="testing")).json()
    clock.set(in_china("2026-03-09", "09:00"))
    assert (await step(twice, "resume")).json()["due_on"] == "2026-03-12"


async def test_a_review_goes_on_at_its_step_and_its_limit_stands_still_too(whole: Whole, clock: FrozenClock) -> None:
    case = await whole.bring("in_review")
    assert (case["step_due_on"], case["due_on"]) == ("2026-03-19", "2026-03-30")
    clock.set(in_china("2026-03-17"))
    case = await whole.do(case, "begin-special")
    assert (case["status"], case["step_due_on"], case["due_on"]) == ("special", None, None)
    clock.set(in_china("2026-03-19"))
    case = await whole.do(case, "resume")
    assert (case["status"], case["step"], case["step_due_on"], case["due_on"]) == (
        "in_review", 1, "2026-03-23", "2026-04-01",
    )  # fmt: skip
    shown = await whole.read(case)
    assert [(one["kind"], one["start"], one["end"]) for one in shown["pauses"]] == [
        ("public_notice", "2026-03-17T10:00:00+08:00", "2026-03-19T10:00:00+08:00"),
    ]  # fmt: skip
    back = await whole.do(case, "undo")
    assert (back["status"], back["due_on"], back["paused_at"]) == ("special", None, "2026-03-17T10:00:00+08:00")


async def test_a_limit_is_extended_once_before_it_has_run_out_by_who_decides(whole: Whole, clock: FrozenClock) -> None:
    case = await whole.bring("in_review")
    clerk = a_principal("village_clerk", TOWN)
    assert refusal(await whole.ask(case, "extend", clerk))[:2] == (403, "forbidden")
    for days, code in ((11, "extension_too_long"), (16, "invalid_request"), (0, "invalid_request")):
        assert refusal(await whole.ask(case, "extend", days=days, reason="complex"))[:2] == (422, code)
    clock.set(in_china("2026-03-30", "23:59"))
    extended = await whole.do(case, ("extend", {"days": 10, "reason": "complex"}))
    assert (extended["due_on"], extended["extended_days"]) == ("2026-04-14", 10)
    assert refusal(await whole.ask(extended, "extend"))[:2] == (409, "extended_already")
    back = await whole.do(extended, "undo")
    assert (back["due_on"], back["extended_days"]) == ("2026-03-30", 0)
    clock.set(in_china("2026-03-31", "00:00"))
    assert refusal(await whole.ask(back, "extend"))[:2] == (409, "extension_too_late")


async def test_several_departments_together_may_have_fifteen_days_more(whole: Whole) -> None:
    case = await whole.do(await whole.bring("in_review"), "ask-consent")
    assert (await whole.do(case, ("extend", {"days": 15, "reason": "other_body"})))["extended_days"] == 15


@pytest.mark.parametrize("status", ["special", "suspended"])
async def test_an_amended_year_leaves_what_stands_still_and_moves_it_when_it_goes_on(
    whole: Whole, arrivals: Arrivals, facts: Facts, status: str
) -> None:
    case = await whole.bring(status)
    year = next(year for year in published_years() if year.year == 2026)
    holidays = (*year.holidays, datetime(2026, 3, 20, tzinfo=SHANGHAI).date())
    await arrivals.take(
        CalendarState(
            id="2026", version=2, year=2026, holidays=holidays, working_weekends=tuple(year.working_weekends),
            provisional=False, source="notice",
        )
    )  # fmt: skip
    assert (await facts(subject=case["id"]))[-1].state.version == case["version"]
    assert (await whole.do(case, "resume"))["due_on"] == "2026-03-31"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"way": "post", "recipient": "applicant", "received_on": "2026-03-17"}, "tracking"),
    (
        {"way": "counter", "recipient": "agent", "received_on": "2026-03-17", "tracking": "EA123456789CN"},
        "tracking",
    ),
    ({"way": "agent", "recipient": "applicant", "received_on": "2026-03-15"}, "received_on"),
    ({"way": "agent", "recipient": "applicant", "received_on": "2026-03-18"}, "received_on"),
]


async def test_a_delivery_has_its_receipt(whole: Whole, clock: FrozenClock) -> None:
    case = await whole.bring("closed")
    assert case["deliver_by"] == "2026-03-30"
    clock.set(in_china("2026-03-17"))
    for body, path in WRONG:
        answer = await whole.ask(case, "deliver", **body)
        assert (refusal(answer)[:2], answer.json()["errors"][0]["path"]) == ((422, "delivery_wrong"), path), body
    by_post: dict[str, Any] = {"way": "post", "recipient": "adult_of_household", "received_on": "2026-03-17"}
    number = "45048119900307019X"
    answer = await whole.ask(case, "deliver", **by_post, tracking=number)
    assert answer.json()["errors"][0]["code"] == "plain_identifier"
    case = await whole.do(case, ("deliver", {**by_post, "tracking": "EA123456789CN"}))
    shown = await whole.read(case)
    assert shown["delivery"] == {**by_post, "tracking": "EA123456789CN"}
    assert (shown["status"], shown["delivered_at"]) == ("delivered", "2026-03-17T10:00:00+08:00")


async def test_what_never_was_accepted_is_archived_too(whole: Whole) -> None:
    for status in ("refused", "withdrawn"):
        case = await whole.do(await whole.bring(status), ("archive", {"retention": "permanent"}))
        assert (case["status"], case["retention"], case["archived_at"]) == (
            "archived", "permanent", "2026-03-16T10:00:00+08:00",
        )  # fmt: skip


async def test_a_pause_or_an_extension_is_one_fact_with_its_state(whole: Whole, facts: Facts) -> None:
    case = await whole.do(await whole.bring("in_review"), "begin-special", "resume", "extend")
    told = [(fact.type.rsplit(".", 1)[1], fact.state.due_on) for fact in (await facts(subject=case["id"]))[-3:]]
    assert [(name, str(day)) for name, day in told] == [
        ("paused", "None"), ("resumed", "2026-03-30"), ("extended", "2026-04-07"),
    ]  # fmt: skip


async def test_an_item_published_anew_does_not_change_the_steps_of_a_case(whole: Whole, door: Door) -> None:
    case = await whole.bring("accepted")
    assert (await publish_version(door, whole.item, steps=[])).status_code == 200
    assert (await whole.do(case, "begin-review", "take", "pass", "take"))["step"] == 2


def amended(*off: str) -> CalendarState:
    """The calendar of 2026 with these days off besides."""
    year = next(year for year in published_years() if year.year == 2026)
    holidays = (*year.holidays, *(date.fromisoformat(one) for one in off))
    return CalendarState(
        id="2026", version=2, year=2026, holidays=holidays, working_weekends=tuple(year.working_weekends),
        provisional=False, source="notice",
    )  # fmt: skip


async def test_an_amended_year_moves_the_day_of_delivery_until_it_is_delivered(
    whole: Whole, arrivals: Arrivals, clock: FrozenClock
) -> None:
    decided, closed, delivered = [await whole.bring(one) for one in ("decided", "closed", "delivered")]
    assert {one["deliver_by"] for one in (decided, closed, delivered)} == {"2026-03-30"}
    clock.set(in_china("2026-03-27"))
    await arrivals.take(amended("2026-03-30"))
    days = [(await whole.read(one))["deliver_by"] for one in (decided, closed, delivered)]
    assert days == ["2026-03-31", "2026-03-31", "2026-03-30"]
    assert (await whole.do(await whole.read(closed), "undo"))["deliver_by"] == "2026-03-31"


async def test_an_amended_year_moves_the_limit_of_a_step_that_ends_after_the_case_is_due(
    whole: Whole, arrivals: Arrivals, clock: FrozenClock
) -> None:
    case = await whole.bring("in_review")
    clock.set(in_china("2026-12-28"))
    case = await whole.do(case, "pass")
    assert (case["due_on"], case["step_due_on"]) == ("2026-03-30", "2027-01-05")
    await arrivals.take(
        CalendarState(
            id="2027", version=1, year=2027, holidays=(date(2027, 1, 1), date(2027, 1, 4)), working_weekends=(),
            provisional=False, source="notice",
        )
    )  # fmt: skip
    assert (await whole.read(case))["step_due_on"] == "2027-01-06"
