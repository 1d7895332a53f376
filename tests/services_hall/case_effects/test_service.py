"""Effects as the register is asked for them: once, again after a refusal, and what of the answers is noted."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date, datetime
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.services_hall.case_effects.domain import CaseEffectNotRefused, CaseEffectStands
from services.services_hall.case_effects.service import CaseEffects, Wanted, restate
from services.services_hall.features import SPEC
from shared.clock import SHANGHAI
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.registry.case_effect_answers import CaseEffectAnswerState
from shared.contracts.registry.persons import PersonStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals
from tests.services_hall.conftest import VILLAGE, Facts, a_person

AT = datetime(2026, 3, 16, 10, tzinfo=SHANGHAI)
KIND = "residence_registration"


@pytest.fixture
async def context(committed: Database, clock: FrozenClock, crypto: Crypto) -> AsyncIterator[PlainContext]:
    """A transaction of the hall's."""
    async with committed.session() as session:
        yield plain_context(session, SPEC, clock, crypto)


@pytest.fixture
def effects(context: PlainContext) -> CaseEffects:
    return CaseEffects(context)


@pytest.fixture
def told(context: PlainContext, facts: Facts) -> Callable[[UUID], Awaitable[list[tuple[str, int, int, str]]]]:
    """Type, version, asking and status of what was announced of a case, once it is committed."""

    async def read(case: UUID) -> list[tuple[str, int, int, str]]:
        await context.session.commit()
        found = await facts("services_hall.case_effect", str(case))
        return [
            (one.type.rsplit(".", 1)[1], one.state.version, one.state.asked, str(one.state.status)) for one in found
        ]

    return read


def wanted(person: UUID | None = None, area: str = VILLAGE, on: date = date(2026, 3, 16)) -> Wanted:
    return Wanted(person or new_id(), KIND, area, on)


def an_answer(
    case: UUID, asked: int = 1, *, code: str | None = None, version: int = 1, person: UUID | None = None
) -> CaseEffectAnswerState:
    status = EffectStatus.APPLIED if code is None else EffectStatus.REFUSED
    return CaseEffectAnswerState(id=case, version=version, asked=asked, status=status, code=code, answered_at=AT)


def standing(effect: Any) -> tuple[Any, ...]:
    return effect.version, effect.asked, effect.status, effect.code, effect.heard, effect.answered_at


async def test_what_is_granted_is_asked_for_once_and_says_whom_where_and_since_when(
    effects: CaseEffects, told: Any
) -> None:
    case, person = new_id(), new_id()
    assert await effects.of(case) is None
    await effects.ask(case, wanted(person))
    asked = await effects.of(case)
    assert asked is not None
    assert (asked.person_id, asked.kind, asked.area, asked.starts_on) == (person, KIND, VILLAGE, date(2026, 3, 16))
    assert standing(asked) == (1, 1, "asked", None, 0, None)
    assert await told(case) == [("asked", 1, 1, "asked")]


async def test_what_is_granted_once_more_is_another_asking_and_forgets_the_answer_but_not_that_it_was_heard(
    effects: CaseEffects, told: Any
) -> None:
    case, person = new_id(), new_id()
    await effects.ask(case, wanted(person))
    assert await effects.note(an_answer(case, code="unknown_grid")) is not None
    await effects.ask(case, wanted(person, f"{VILLAGE}001", date(2026, 3, 10)))
    again = await effects.of(case)
    assert again is not None
    assert (again.area, again.starts_on) == (f"{VILLAGE}001", date(2026, 3, 10))
    assert standing(again) == (3, 2, "asked", None, 1, None)
    assert await told(case) == [("asked", 1, 1, "asked"), ("answered", 2, 1, "refused"), ("asked", 3, 2, "asked")]


async def test_only_what_was_refused_is_asked_for_again(effects: CaseEffects, told: Any) -> None:
    case = new_id()
    with pytest.raises(CaseEffectNotRefused):
        await effects.ask_again(case)
    await effects.ask(case, wanted())
    with pytest.raises(CaseEffectNotRefused):
        await effects.ask_again(case)
    await effects.note(an_answer(case))
    with pytest.raises(CaseEffectNotRefused):
        await effects.ask_again(case)
    await effects.note(an_answer(case, code="effect_reversed", version=2))
    await effects.ask_again(case)
    assert standing(await effects.of(case)) == (4, 2, "asked", None, 2, None)
    assert [one[0] for one in await told(case)] == ["asked", "answered", "answered", "asked"]


@pytest.mark.parametrize(
    ("answers", "stands"),
    [
        ([], True),
        ([None], True),
        (["unknown_grid"], False),
        ([None, "effect_reversed"], False),
        (["unknown_grid", None], True),
    ],
)
async def test_a_decision_is_released_while_the_register_refuses_what_it_asks_for(
    effects: CaseEffects, answers: list[str | None], stands: bool
) -> None:
    case = new_id()
    await effects.require_released(case)  # nothing was asked for
    await effects.ask(case, wanted())
    for version, code in enumerate(answers, 1):
        await effects.note(an_answer(case, code=code, version=version))
    if stands:
        with pytest.raises(CaseEffectStands):
            await effects.require_released(case)
    else:
        await effects.require_released(case)


@pytest.mark.parametrize(
    ("second", "noted"),
    [
        ({"version": 2, "code": "person_deceased"}, True),
        ({"version": 7}, True),
        ({"version": 1, "code": "person_deceased"}, False),  # told again
        ({"version": 2, "asked": 0}, False),  # to what was asked before
        ({"version": 2, "asked": 2}, False),  # to what was not asked yet
    ],
)
async def test_an_answer_is_noted_if_it_is_newer_and_to_the_last_asking(
    effects: CaseEffects, told: Any, second: dict[str, Any], noted: bool
) -> None:
    case = new_id()
    await effects.ask(case, wanted())
    assert await effects.note(an_answer(case)) is not None
    before = standing(await effects.of(case))
    found = await effects.note(an_answer(case, **{"asked": 1, **second}))
    assert (found is not None) is noted
    assert (standing(await effects.of(case)) != before) is noted
    assert len(await told(case)) == (3 if noted else 2)


async def test_an_answer_about_a_case_that_asked_for_nothing_is_not_noted(effects: CaseEffects, told: Any) -> None:
    case = new_id()
    assert await effects.note(an_answer(case)) is None
    assert (await effects.of(case), await told(case)) == (None, [])


async def test_an_answer_to_the_first_asking_that_comes_after_the_second_changes_nothing(effects: CaseEffects) -> None:
    case = new_id()
    await effects.ask(case, wanted())
    await effects.note(an_answer(case, code="unknown_area"))
    await effects.ask_again(case)
    assert await effects.note(an_answer(case, 1, version=2)) is None
    assert standing(await effects.of(case))[2] == "asked"
    assert await effects.note(an_answer(case, 2, version=3)) is not None
    assert standing(await effects.of(case))[2] == "applied"


async def test_whoever_was_merged_several_times_is_asked_for_under_the_last_id(
    effects: CaseEffects, arrivals: Arrivals
) -> None:
    ids = [new_id() for _ in range(4)]
    merged = {"version": 2, "status": PersonStatus.MERGED}
    states = [a_person(one).model_copy(update={**merged, "merged_into": into}) for one, into in pairwise(ids)]
    await arrivals.take(a_person(ids[-1]), *states)
    for n, person in enumerate(ids):
        case = new_id()
        await effects.ask(case, wanted(person))
        asked = await effects.of(case)
        assert asked is not None
        assert asked.person_id == ids[-1], n


async def test_two_who_were_merged_into_each_other_by_mistake_are_asked_for_all_the_same(
    effects: CaseEffects, arrivals: Arrivals
) -> None:
    """Registry says so of no two; whoever asks comes to an end all the same."""
    one, other = new_id(), new_id()
    states = [
        a_person(person).model_copy(update={"version": 2, "status": PersonStatus.MERGED, "merged_into": into})
        for person, into in ((one, other), (other, one))
    ]
    await arrivals.take(*states)
    case = new_id()
    await effects.ask(case, wanted(one))
    asked = await effects.of(case)
    assert asked is not None
    assert asked.person_id in (one, other)


async def test_effects_are_said_again_page_by_page_as_they_stand(
    effects: CaseEffects, context: PlainContext, committed: Database
) -> None:
    ids = sorted(new_id() for _ in range(5))
    for case in ids:
        await effects.ask(case, wanted())
    await effects.note(an_answer(ids[2], code="unknown_grid"))
    await context.session.commit()
    async with committed.session() as session:
        said: list[Any] = []
        after = None
        while page := await restate(session, after, 2):
            assert len(page) <= 2
            said += page
            after = page[-1].state.subject
    assert [one.state.id for one in said] == ids
    assert [(one.state.version, str(one.state.status)) for one in said if one.state.code] == [(2, "refused")]


@pytest.mark.parametrize(
    "wrong", ["status = 'applied'", "status = 'refused'", "code = 'x'", "status = 'unheard'", "answered_at = now()"]
)
async def test_the_table_keeps_no_answer_without_its_time_nor_a_reason_without_a_refusal(
    effects: CaseEffects, context: PlainContext, wrong: str
) -> None:
    await effects.ask(new_id(), wanted())
    await context.session.flush()
    with pytest.raises(Exception, match="case_effects"):
        await context.session.execute(text(f"UPDATE case_effects SET {wrong}"))
