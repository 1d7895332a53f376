"""What a granted case or a changed grid asks for, while its person moves, dies or is merged: one order of the two."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from services.registry.wiring import use_cases
from shared.db.engine import Database
from shared.testing.doors import Arrivals
from tests.registry.builders import VILLAGE
from tests.registry.case_effect_answers.conftest import Answers, Context, an_effect, gone
from tests.registry.conftest import Client, Events
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.residence_answers.test_events import NEW, OLD, a_grid, a_proposal, registered
from tests.registry.steps import CLERK, REGISTRAR, die, move_in, move_out, person_of

Meanwhile = Callable[[Any, Any, str], Awaitable[Any]]


async def dies(_: Any, registrar: Any, person: str) -> Any:
    return await die(registrar, person, "2026-03-12")


async def leaves(clerk: Any, _: Any, person: str) -> Any:
    return await move_out(clerk, person, "2026-03-12")


async def moves(clerk: Any, _: Any, person: str) -> Any:
    return await move_in(clerk, person, "2026-03-12", residence=VILLAGE)


async def is_merged(_: Any, registrar: Any, person: str) -> Any:
    return person


def spans_of(person: Any) -> list[tuple[str, str | None]]:
    return [(one["area"], one["end"]) for one in person["residence"]]


@pytest.mark.parametrize("meanwhile", [dies, moves], ids=["dies", "moves in by hand"])
async def test_a_grant_and_a_life_event_at_once(
    client_of: Client, county: None, answers: Answers, committed: Database, context: Context, events: Events,
    meanwhile: Meanwhile,
) -> None:  # fmt: skip
    """The answer is what happened: an applied one has its life event, a refused one has left nothing; two readers of
    one grant answer once.
    """
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    person = await gone(clerk)
    effect = an_effect(person)

    async def asked() -> None:
        async with committed.session() as session:
            await use_cases(context(session)).case_effect_answers.take([effect])
            await session.commit()

    happened, *_ = await asyncio.gather(meanwhile(clerk, registrar, person), asked(), asked())
    ((case, asking, status, code),) = await answers()
    assert (case, asking) == (effect.id, 1)
    shown = await person_of(registrar, person)
    here = [one for one in spans_of(shown) if one[0] == VILLAGE]
    applied, by_hand = status == "applied", meanwhile is moves and happened.status_code == 200
    assert len(here) == 1 + applied + by_hand, (status, code, happened.text)
    assert applied or code is not None
    await assert_books_agree(registrar, events)


@pytest.mark.parametrize("meanwhile", [dies, leaves, moves], ids=["dies", "leaves", "moves"])
async def test_a_proposal_and_a_life_event_at_once(
    client_of: Client, county: None, arrivals: Arrivals, committed: Database, context: Context, events: Events,
    meanwhile: Meanwhile,
) -> None:  # fmt: skip
    """Whoever was proposed another grid lives there or not, once; the books agree, nobody who left comes back."""
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    await arrivals.take(a_grid(OLD), a_grid(NEW))
    person = await registered(clerk)
    proposal = a_proposal(person)
    happened, *_ = await asyncio.gather(
        meanwhile(clerk, registrar, person), arrivals.take(proposal), arrivals.take(proposal, revision=1)
    )
    assert happened.status_code in (200, 409, 422), happened.text
    told = [one["state"] for one in await events("registry.residence_answer")]
    assert [one["id"] for one in told] == [str(proposal.id)]
    spans = spans_of(await person_of(registrar, person))
    assert [one for one, _ in spans].count(NEW) == (told[0]["status"] == "applied"), (spans, told)
    if meanwhile is not moves and happened.status_code == 200:
        assert spans[-1][1] is not None, "who has left lives nowhere here"
    await assert_books_agree(registrar, events)
