"""Taking back: by who took the step, as often as it is asked for, and never against what the law has made of a case."""

from datetime import date
from typing import Any

from shared.contracts.registry.calendar import CalendarState
from shared.reference.calendar import published_years
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals
from tests.services_hall.cases.test_review import HEALTH, HEALTH_OF_THE_TOWN, INSURANCE, TOWN_OFFICER
from tests.services_hall.cases.whole import PAPERS, Whole
from tests.services_hall.conftest import COUNTY_OFFICER, NOT_FOUND, refusal

BOTH = ("ask-consent", {"departments": ["health", "medical_insurance"]})
OF_INSURANCE: dict[str, Any] = {"department": "medical_insurance", "agreed": True}


async def test_a_department_takes_its_own_answer_back_though_it_is_asked_nothing_any_more(whole: Whole) -> None:
    case = await whole.do(await whole.bring("in_review"), BOTH)
    case = await whole.do(case, "answer-consent", who=HEALTH)
    for who in (INSURANCE, TOWN_OFFICER):
        assert refusal(await whole.ask(case, "undo", who))[:2] == (403, "forbidden")
    assert refusal(await whole.ask(case, "undo", HEALTH_OF_THE_TOWN)) == NOT_FOUND
    case = await whole.do(case, "undo", who=HEALTH)
    assert await whole.listed(HEALTH, desk="asked") == [case["id"]]
    case = await whole.do(case, "answer-consent", who=HEALTH)
    case = await whole.do(case, ("answer-consent", OF_INSURANCE), who=INSURANCE)
    assert refusal(await whole.ask(case, "undo", HEALTH)) == NOT_FOUND  # another has answered since


async def test_several_answers_are_taken_back_one_after_the_other_also_after_the_calendar_moved_the_due_date(
    whole: Whole, arrivals: Arrivals
) -> None:
    case = await whole.do(await whole.bring("in_review"), BOTH, "answer-consent", ("answer-consent", OF_INSURANCE))
    year = next(year for year in published_years() if year.year == 2026)
    await arrivals.take(
        CalendarState(
            id="2026", version=2, year=2026, holidays=(*year.holidays, date(2026, 3, 20)),
            working_weekends=tuple(year.working_weekends), provisional=False, source="notice",
        )
    )  # fmt: skip
    case = await whole.read(case)
    assert case["steps"][-1]["step"] == "reschedule"
    case = await whole.do(case, "undo", "undo", "undo")
    assert (await whole.read(case))["consents"] == []


async def test_what_silence_has_accepted_is_not_made_undone_by_taking_back_its_receipt_its_supply_or_its_acceptance(
    whole: Whole, clock: FrozenClock
) -> None:
    lying = await whole.do(await whole.bring("submitted"), "receive")
    supplied = await whole.do(await whole.bring("supplement"), PAPERS[1], "supply")
    accepted = await whole.do(await whole.bring("submitted"), "receive")
    clock.advance(days=8)
    for case in (lying, supplied):
        assert refusal(await whole.ask(case, "undo"))[:2] == (409, "case_deemed_accepted")
    accepted = await whole.do(accepted, "accept")
    assert accepted["deemed"] is True
    assert refusal(await whole.ask(accepted, "undo", COUNTY_OFFICER))[:2] == (409, "case_nothing_to_undo")
