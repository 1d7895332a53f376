"""What granted cases change in the register: asked for by the hall, answered by registry, shown in the case."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from services.registry.benefits.domain import BenefitHeldAlready
from services.registry.case_effect_answers.domain import EFFECT_REVERSED
from services.registry.households.domain import LEAVING
from services.registry.life_events.domain import HAPPENING, PLACING, PersonAlreadyActive, PersonNotActive
from services.registry.postings.domain import BookOfAnotherPlace
from services.registry.residence_answers.domain import ResidentUnknown
from services.registry.tags.domain import TagDatesWrong, TagDoesNotFit
from services.services_hall.case_effects.domain import REFUSALS
from services.services_hall.case_effects.service import restate
from services.services_hall.features import ROUTES
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.registry.case_effect_answers import CaseEffectAnswerState
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.services_hall.case_effects import CaseEffectKind, CaseEffectState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.errors import NotYet
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.services_hall.cases.whole import TOWN, Whole
from tests.services_hall.conftest import (
    CLERK,
    NOT_FOUND,
    OTHER_VILLAGE,
    VILLAGE,
    Facts,
    Submit,
    a_person,
    an_area,
    publish_item,
    refusal,
)

EFFECT: dict[str, Any] = {"kind": "residence_registration"}
ACCEPTED = ("receive", "accept")
GRID = f"{VILLAGE}001"


async def hands(door: Door, submit: Submit, **effect: str) -> Whole:
    """The hands on cases of an item that is decided at once and has an effect."""
    at_once: dict[str, Any] = {"handling_mode": "at_once", "promised_days": 0, "levels": [6, 9, 12]}
    item = await publish_item(door, "RESIDENCE-01", effect=EFFECT | effect, **at_once)
    return Whole(door, submit, item)


@pytest.fixture
async def registering(door: Door, submit: Submit, arrivals: Arrivals) -> Whole:
    """An item with the usual effect; the county's own area is known."""
    await arrivals.take(an_area("450481"))
    return await hands(door, submit)


async def asked(facts: Facts) -> list[CaseEffectState]:
    return [one.state for one in await facts("services_hall.case_effect")]


def an_answer(to: CaseEffectState, code: str | None = None, version: int = 1) -> CaseEffectAnswerState:
    return CaseEffectAnswerState(
        id=to.id,
        version=version,
        asked=to.asked,
        status=EffectStatus.APPLIED if code is None else EffectStatus.REFUSED,
        code=code,
        answered_at="2026-03-16T02:00:00Z",
    )


async def shown(whole: Whole, case: Any) -> tuple[Any, ...]:
    effect = (await whole.read(case))["effect"]
    return tuple(effect[name] for name in ("area", "starts_on", "status", "asked", "code"))


async def test_a_granted_case_asks_for_its_effect_in_the_village_of_its_counter_from_the_day_of_the_decision(
    registering: Whole,
    facts: Facts,
    person: UUID,
    arrivals: Arrivals,
    committed: Database,
    clock: FrozenClock,
    crypto: Crypto,
) -> None:
    case = await registering.do(await registering.bring("submitted"), *ACCEPTED)
    assert await shown(registering, case) == (VILLAGE, None, None, 0, None)
    case = await registering.do(case, "decide")
    [state] = await asked(facts)
    told = state.model_dump(mode="json", exclude={"occurred_at"})
    assert told == {
        "id": case["id"], "version": 1, "asked": 1, "status": "asked", "code": None, "answered_at": None,
        "person_id": str(person), "kind": "residence_registration", "area": VILLAGE, "starts_on": "2026-03-16",
    }  # fmt: skip
    assert await shown(registering, case) == (VILLAGE, "2026-03-16", "asked", 1, None)
    for revision in range(2):
        await arrivals.take(an_answer(state), revision=revision)
    rebuilding = Arrivals(committed, ROUTES, owner="services_hall", clock=clock, crypto=crypto, shadow=True)
    await rebuilding.take(an_answer(state))
    assert await shown(registering, case) == (VILLAGE, "2026-03-16", "applied", 1, None)
    steps = [(one["step"], one["actor"]) for one in (await registering.read(case))["steps"]]
    assert steps[-1] == ("effect_answered", "system:registry")
    assert [name for name, _ in steps].count("effect_answered") == 1, "noted once, however often it is told"


@pytest.mark.parametrize("way", [("receive", "refuse"), ("withdraw",), (*ACCEPTED, "deny"), (*ACCEPTED,)])
async def test_what_is_not_granted_asks_for_nothing(registering: Whole, facts: Facts, way: tuple[str, ...]) -> None:
    denied = ("decide", {"granted": False, "reason": "conditions_not_met"})
    case = await registering.do(
        await registering.bring("submitted"), *(denied if one == "deny" else one for one in way)
    )
    assert await asked(facts) == []
    assert await shown(registering, case) == (VILLAGE, None, None, 0, None)
    if "deny" in way:
        answer = await registering.ask(case, "ask-effect")
        assert refusal(answer)[:2] == (409, "case_has_no_effect")


async def test_nothing_is_asked_for_who_was_typed_at_the_counter_and_the_case_says_so(
    registering: Whole, facts: Facts
) -> None:
    typed = {"name": "测试乙", "document_type": "citizen_id", "document_number": "45048119900307019X"}
    case = await registering.bring("submitted", extract=None, applicant=typed, consent="signed")
    case = await registering.do(case, *ACCEPTED, "decide")
    assert await asked(facts) == []
    effect = (await registering.read(case))["effect"]
    assert (effect["status"], effect["reason"]) == (None, "申请人不是底册中的居民，未提请登记")
    assert "身份摘要" in effect["advice"]


async def test_place_and_day_are_entered_before_the_decision_and_taken_back(
    registering: Whole, facts: Facts, arrivals: Arrivals
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    case = await registering.do(await registering.bring("submitted"), *ACCEPTED)
    entered = ("enter-effect", {"area": OTHER_VILLAGE, "starts_on": "2026-03-01"})
    case = await registering.do(case, ("enter-effect", {"area": GRID}), entered)
    assert await shown(registering, case) == (OTHER_VILLAGE, "2026-03-01", None, 0, None)
    case = await registering.do(case, "undo")
    assert await shown(registering, case) == (GRID, None, None, 0, None)
    await registering.do(case, entered, "decide")
    [state] = await asked(facts)
    assert (state.area, str(state.starts_on)) == (OTHER_VILLAGE, "2026-03-01")


async def test_a_place_lies_in_the_county_and_among_the_callers_and_a_day_is_not_to_come(
    registering: Whole, arrivals: Arrivals
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    case = await registering.do(await registering.bring("submitted"), *ACCEPTED)
    for area in (TOWN, "450481114999", "450482114201"):
        answer = await registering.ask(case, "enter-effect", area=area)
        assert refusal(answer)[:2] == (422, "effect_place_wrong"), area
        assert [one["path"] for one in answer.json()["errors"]] == ["area"]
    answer = await registering.ask(case, "enter-effect", starts_on="2026-03-17")
    assert refusal(answer)[:2] == (422, "effect_day_wrong")
    assert refusal(await registering.ask(case, "enter-effect", CLERK, area=OTHER_VILLAGE)) == NOT_FOUND
    assert (await registering.ask(case, "enter-effect", CLERK, area=GRID)).status_code == 200


async def test_an_item_without_effects_has_none(whole: Whole, facts: Facts) -> None:
    case = await whole.bring("accepted")
    assert refusal(await whole.ask(case, "enter-effect"))[:2] == (409, "case_has_no_effect")
    case = await whole.do(case, "begin-review", "take", "pass", "take", "decide")
    assert (await whole.read(case))["effect"] is None
    assert refusal(await whole.ask(case, "ask-effect"))[:2] == (409, "case_effect_not_refused")
    assert await asked(facts) == []


async def test_what_is_to_be_entered_is_entered_before_it_is_granted_and_decided_by_who_decides_there(
    door: Door, submit: Submit, arrivals: Arrivals, facts: Facts, extract_of: Callable[..., str], person: UUID
) -> None:
    await arrivals.take(an_area("450481"), an_area("450481115"), an_area("450481115201"))
    whole = await hands(door, submit, place_from="entered", day_from="entered")
    case = await whole.do(await whole.bring("submitted", area=TOWN), *ACCEPTED)
    for body in ({}, {"area": VILLAGE}, {"starts_on": "2026-03-02"}):
        if body:
            case = await whole.do(case, ("enter-effect", body))
        answer = await whole.ask(case, "decide")
        assert refusal(answer)[:2] == (409, "case_effect_incomplete"), body
    case = await whole.do(case, ("enter-effect", {"area": "450481115201", "starts_on": "2026-03-02"}))
    town = a_principal("town_officer", TOWN)
    assert refusal(await whole.ask(case, "decide", town))[:2] == (409, "case_effect_outside")
    assert await asked(facts) == []
    await whole.do(case, "decide")
    assert [one.area for one in await asked(facts)] == ["450481115201"]


async def test_a_refused_one_is_shown_with_its_reason_and_asked_for_again(
    registering: Whole, facts: Facts, arrivals: Arrivals
) -> None:
    case = await registering.do(await registering.bring("submitted"), *ACCEPTED, "decide", "close")
    assert refusal(await registering.ask(case, "ask-effect"))[:2] == (409, "case_effect_not_refused")
    [first] = await asked(facts)
    await arrivals.take(an_answer(first, "book_of_another_place"))
    effect = (await registering.read(case))["effect"]
    assert (effect["status"], effect["reason"]) == ("refused", "该人员的居住或户籍登记在其他村（社区）")
    assert "迁移申请" in effect["advice"]
    case = await registering.do(case, "ask-effect")
    again = (await asked(facts))[-1]
    assert (again.id, again.asked, str(again.status), again.code) == (first.id, 2, "asked", None)
    await arrivals.take(an_answer(first, "person_deceased", 2))
    assert (await shown(registering, case))[2:] == ("asked", 2, None), "an answer to what was asked before"
    await arrivals.take(an_answer(again, version=3))
    assert (await shown(registering, case))[2:] == ("applied", 2, None)
    [*_, step] = [one for one in (await registering.read(case))["steps"] if one["step"] == "effect_answered"]
    assert step["reason"] is None


async def test_a_decision_is_taken_back_only_once_the_register_has_refused_or_taken_back_what_it_asked_for(
    registering: Whole, facts: Facts, arrivals: Arrivals
) -> None:
    case = await registering.do(await registering.bring("submitted"), *ACCEPTED, "decide")
    [state] = await asked(facts)
    stands = (409, "case_effect_stands")
    assert refusal(await registering.ask(case, "undo"))[:2] == stands
    await arrivals.take(an_answer(state))
    case = await registering.read(case)
    assert refusal(await registering.ask(case, "undo"))[:2] == stands
    await arrivals.take(an_answer(state, EFFECT_REVERSED, 2))
    case = await registering.read(case)
    assert (case["effect"]["status"], case["effect"]["reason"]) == ("refused", "底册已撤销该登记")
    case = await registering.do(case, "undo")
    assert case["status"] == "accepted"
    await registering.do(case, ("enter-effect", {"area": GRID}), "decide")
    assert [(one.asked, one.area, str(one.status)) for one in await asked(facts)][-1] == (2, GRID, "asked")


async def test_who_was_merged_since_is_asked_for_under_the_id_that_goes_on(
    registering: Whole, facts: Facts, arrivals: Arrivals, person: UUID
) -> None:
    case = await registering.do(await registering.bring("submitted"), *ACCEPTED, "decide")
    [state] = await asked(facts)
    await arrivals.take(an_answer(state, "person_merged"))
    other = new_id()
    merged = a_person(person).model_copy(update={"version": 2, "status": PersonStatus.MERGED, "merged_into": other})
    await arrivals.take(a_person(other), merged)
    await registering.do(case, "ask-effect")
    assert (await asked(facts))[-1].person_id == other


async def test_effects_are_announced_again(registering: Whole, facts: Facts, committed: Database) -> None:
    await registering.do(await registering.bring("submitted"), *ACCEPTED, "decide")
    [state] = await asked(facts)
    async with committed.session() as session:
        [again] = await restate(session, None, 10)
        assert again.state.model_dump() == state.model_dump()
        assert await restate(session, str(state.id), 10) == []


@pytest.mark.parametrize("kind", [one for one in CaseEffectKind if one != EFFECT["kind"]])
async def test_an_item_may_name_any_kind_of_effect_and_registry_is_asked_for_it(
    door: Door, submit: Submit, arrivals: Arrivals, facts: Facts, kind: CaseEffectKind
) -> None:
    await arrivals.take(an_area("450481"))
    hands_on = await hands(door, submit, kind=str(kind))
    case = await hands_on.do(await hands_on.bring("submitted"), *ACCEPTED, "decide")
    [state] = await asked(facts)
    assert (state.kind, state.area) == (kind, VILLAGE)
    await arrivals.take(an_answer(state, "person_not_active"))
    told = (await hands_on.read(case))["effect"]
    assert (told["kind"], told["status"], told["reason"]) == (str(kind), "refused", "该人员当日不在册")


def test_every_refusal_of_registry_has_its_title_here_and_says_what_to_do() -> None:
    of_residences = {*HAPPENING, *PLACING, *LEAVING, PersonAlreadyActive, PersonNotActive, BookOfAnotherPlace}
    of_benefits = {BenefitHeldAlready, TagDatesWrong, TagDoesNotFit}
    refusals = (of_residences | of_benefits | {ResidentUnknown}) - {NotYet}
    assert {one.code: one.title for one in refusals} == {
        code: told.reason for code, told in REFUSALS.items() if code != EFFECT_REVERSED
    }
    assert all(told.advice for told in REFUSALS.values())
