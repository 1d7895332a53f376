"""Proposals of grid are applied under the rules of the register, or refused, and answered."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from services.registry.features import ROUTES
from services.registry.residence_answers.schedules import again
from services.registry.residence_answers.service import ResidenceAnswers, restate
from services.registry.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.envelope import FACTS
from shared.contracts.grid.grids import GridState
from shared.contracts.grid.residence_proposals import ProposalRule, ResidenceProposalState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.errors import NotYet
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.inbound import effects
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals
from tests.registry.builders import BOOKS_OPENED_ON, VILLAGE, a_household, a_person
from tests.registry.conftest import Client
from tests.registry.steps import CLERK

OLD, NEW, NEWER = f"{VILLAGE}001", f"{VILLAGE}002", f"{VILLAGE}003"
SQUARE = ((111.0, 22.9), (111.1, 22.9), (111.1, 23.0), (111.0, 22.9))
PERSONS, HOUSEHOLDS = "/registry/v1/persons", "/registry/v1/households"

Answers = Callable[[], Awaitable[list[tuple[UUID, int, str, str | None]]]]


def a_grid(code: str, version: int = 1, **what: Any) -> GridState:
    fields: dict[str, Any] = {"village": code[:12], "kind": "comprehensive", "valid_from": BOOKS_OPENED_ON}
    return GridState(id=code, code=code, version=version, polygon=SQUARE, **(fields | what))


def a_proposal(person: str | UUID, **what: Any) -> ResidenceProposalState:
    fields: dict[str, Any] = {
        "id": new_id(),
        "version": 1,
        "person_id": person,
        "origin": OLD,
        "target": NEW,
        "target_version": 1,
        "effective_on": date(2026, 3, 10),
        "rule": ProposalRule.HEIR,
        "status": EffectStatus.ASKED,
    }
    return ResidenceProposalState(**(fields | what))


@pytest.fixture
def arrivals(committed: Database, clock: FrozenClock, crypto: Crypto) -> Arrivals:
    return Arrivals(committed, ROUTES, owner="registry", clock=clock, crypto=crypto)


@pytest.fixture
async def grids(county: None, arrivals: Arrivals) -> None:
    """The old grid and the new one."""
    await arrivals.take(a_grid(OLD), a_grid(NEW))


@pytest.fixture
def answers(committed: Database) -> Answers:
    """What was answered so far, in order: proposal, asking, status, code."""

    async def read() -> list[tuple[UUID, int, str, str | None]]:
        statement = select(OutboxMessage).where(OutboxMessage.noun == "registry.residence_answer")
        async with committed.session() as session:
            rows = (await session.scalars(statement.order_by(OutboxMessage.id))).all()
        told: list[Any] = [FACTS[(row.type, row.schema_version)].model_validate_json(row.payload).state for row in rows]
        return [(one.id, one.asked, str(one.status), one.code) for one in told]

    return read


@pytest.fixture
def schedule(committed: Database, clock: FrozenClock, crypto: Crypto) -> Callable[[], Awaitable[None]]:
    async def run() -> None:
        async with committed.session() as session:
            outbox = Outbox(session, owner="registry", clock=clock)
            await again(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
            await session.commit()

    return run


async def registered(client: Any, **what: Any) -> str:
    answer = await client.post(PERSONS, json=a_person(**({"residence": {"area": OLD}} | what)))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def residence(client: Any, person: str) -> list[tuple[str, str, str | None]]:
    spans = (await client.get(f"{PERSONS}/{person}")).json()["residence"]
    return [(one["area"], one["start"], one["end"]) for one in spans]


async def lines(committed: Database) -> int:
    async with committed.session() as session:
        return int((await session.execute(text("SELECT count(*) FROM postings"))).scalar_one())


async def test_a_proposal_is_applied_and_answered_once(
    client_of: Client, grids: None, arrivals: Arrivals, answers: Answers, committed: Database
) -> None:
    client = client_of(*CLERK)
    person = await registered(client)
    [(_, since, _)] = await residence(client, person)
    before = await lines(committed)
    proposal = a_proposal(person)
    for revision in range(3):
        await arrivals.take(proposal, revision=revision)
    day = max(since, "2026-03-10")
    assert await residence(client, person) == [(OLD, since, day), (NEW, day, None)]
    assert await answers() == [(proposal.id, 1, "applied", None)]
    assert await lines(committed) == before, "nobody moved: the village's book stays as it is"
    events = (await client.get(f"{PERSONS}/{person}/life-events")).json()
    assert [one["kind"] for one in events["items"]][-1:] == ["boundary"]


async def test_what_the_rules_refuse_is_answered_with_its_code(
    client_of: Client, grids: None, arrivals: Arrivals, answers: Answers
) -> None:
    client = client_of(*CLERK)
    person = await registered(client)
    await arrivals.take(a_grid(NEWER, valid_to=date(2026, 3, 1)))
    cases = [
        (a_proposal(new_id()), "resident_unknown"),
        (a_proposal(person, origin=NEWER), "residence_elsewhere"),
        (a_proposal(person, target=NEWER), "unknown_grid"),
        (a_proposal(person, target="450481100202001"), "proposal_leaves_village"),
    ]
    for proposal, code in cases:
        await arrivals.take(proposal)
        assert (await answers())[-1] == (proposal.id, 1, "refused", code)
    assert [area for area, _, _ in await residence(client, person)] == [OLD]


async def test_the_dead_stay_where_they_lived(
    client_of: Client, grids: None, arrivals: Arrivals, answers: Answers
) -> None:
    client = client_of(*CLERK)
    person = await registered(client)
    died = await client.post(f"{PERSONS}/{person}/death", json={"occurred_on": "2026-03-12"})
    assert died.is_success, died.text
    proposal = a_proposal(person)
    await arrivals.take(proposal)
    assert await answers() == [(proposal.id, 1, "refused", "residence_elsewhere")]


async def test_a_proposal_waits_for_its_grid(
    client_of: Client,
    grids: None,
    arrivals: Arrivals,
    answers: Answers,
    schedule: Callable[[], Awaitable[None]],
) -> None:
    """Also for the version that the proposal rests on: of a reopened grid the state of before says that it ended."""
    client = client_of(*CLERK)
    person = await registered(client)
    proposal = a_proposal(person, target=NEWER, target_version=3)
    await arrivals.take(proposal)
    await schedule()
    await arrivals.take(a_grid(NEWER, 2, valid_to=date(2026, 3, 10)))
    await schedule()
    assert await answers() == []
    await arrivals.take(a_grid(NEWER, 3))
    for _ in range(2):
        await schedule()
    assert await answers() == [(proposal.id, 1, "applied", None)]
    assert (await residence(client, person))[-1][0] == NEWER


async def test_what_an_undo_proposes_waits_for_what_it_undoes(
    client_of: Client,
    grids: None,
    arrivals: Arrivals,
    answers: Answers,
    schedule: Callable[[], Awaitable[None]],
) -> None:
    client = client_of(*CLERK)
    person = await registered(client)
    there = a_proposal(person)
    back = a_proposal(person, origin=NEW, target=OLD, follows=there.id, rule=ProposalRule.UNDONE)
    await arrivals.take(back)
    assert await answers() == []
    await arrivals.take(there)
    await schedule()
    assert [one[2] for one in await answers()] == ["applied", "applied"]
    assert (await residence(client, person))[-1][0] == OLD


async def test_who_is_asked_for_once_more_is_answered_once_more(
    client_of: Client, grids: None, arrivals: Arrivals, answers: Answers
) -> None:
    client = client_of(*CLERK)
    person = await registered(client)
    await arrivals.take(a_grid(NEWER, valid_to=date(2026, 3, 1)))
    first = a_proposal(person, target=NEWER)
    await arrivals.take(first)
    second = first.model_copy(update={"version": 3, "asked": 2, "target": NEW})
    await arrivals.take(second)
    assert await answers() == [(first.id, 1, "refused", "unknown_grid"), (first.id, 2, "applied", None)]


async def test_all_that_wait_are_judged_in_one_order_however_many_they_are(
    grids: None,
    arrivals: Arrivals,
    schedule: Callable[[], Awaitable[None]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By person, as they are when they come: else a batch that comes in and the schedule wait for each other."""
    monkeypatch.setattr(effects, "PAGE", 2)
    persons = sorted((new_id() for _ in range(5)), reverse=True)
    ids = sorted(new_id() for _ in persons)  # they rise as their persons fall
    waiting = [a_proposal(person, id=one, target=NEWER) for person, one in zip(persons, ids, strict=True)]
    await arrivals.take(*waiting)
    judged: list[UUID] = []

    async def apply(self: ResidenceAnswers, request: ResidenceProposalState) -> None:
        judged.append(request.person_id)
        raise NotYet(request.target)

    monkeypatch.setattr(ResidenceAnswers, "apply", apply)
    await schedule()
    assert judged == sorted(persons)
    judged.clear()
    await schedule()
    assert len(judged) == 5, "what cannot be judged yet waits on"


async def test_a_rebuild_answers_nothing_itself(
    client_of: Client,
    grids: None,
    answers: Answers,
    committed: Database,
    clock: FrozenClock,
    crypto: Crypto,
    arrivals: Arrivals,
    schedule: Callable[[], Awaitable[None]],
) -> None:
    person = await registered(client_of(*CLERK))
    proposal = a_proposal(person)
    shadow = Arrivals(committed, ROUTES, owner="registry", clock=clock, crypto=crypto, shadow=True)
    await shadow.take(proposal)
    assert await answers() == []
    await arrivals.take(proposal)
    await schedule()
    assert await answers() == [(proposal.id, 1, "applied", None)]


async def test_what_is_asked_once_more_during_a_rebuild_waits(
    client_of: Client,
    grids: None,
    committed: Database,
    clock: FrozenClock,
    crypto: Crypto,
    arrivals: Arrivals,
) -> None:
    """It may have come to the rebuild alone: the schedule judges it when that is live."""
    await arrivals.take(a_grid(NEWER, valid_to=date(2026, 3, 1)))
    first = a_proposal(await registered(client_of(*CLERK)), target=NEWER)
    await arrivals.take(first)
    second = first.model_copy(update={"version": 3, "asked": 2, "target": NEW})
    await Arrivals(committed, ROUTES, owner="registry", clock=clock, crypto=crypto, shadow=True).take(second)
    async with committed.session() as session:
        waits = text("SELECT asked > answered FROM residence_answers WHERE id = :id")
        assert await session.scalar(waits, {"id": first.id})


async def test_a_living_household_goes_along_with_the_last_of_it(
    client_of: Client, grids: None, arrivals: Arrivals
) -> None:
    client = client_of(*CLERK)
    head, other = await registered(client), await registered(client)
    members = ({"relation": "02", "person_id": head}, {"relation": "10", "person_id": other})
    made = await client.post(HOUSEHOLDS, json=a_household(*members, kind="living", area=OLD))
    assert made.status_code == 201, made.text
    path = f"{HOUSEHOLDS}/{made.json()['id']}"
    await arrivals.take(a_proposal(head))
    assert (await client.get(path)).json()["area"] == OLD
    await arrivals.take(a_proposal(other))
    assert (await client.get(path)).json()["area"] == NEW


async def test_what_was_done_before_a_refusal_is_undone_with_it(
    client_of: Client, grids: None, arrivals: Arrivals, answers: Answers
) -> None:
    """Of two proposals in one batch the second is refused: it takes nothing of the first along."""
    client = client_of(*CLERK)
    person = await registered(client)
    there, twice = sorted((a_proposal(person), a_proposal(person)), key=lambda one: one.id)
    await arrivals.take(there, twice)
    assert [one[2:] for one in await answers()] == [("applied", None), ("refused", "residence_elsewhere")]
    assert (await residence(client, person))[-1][0] == NEW


async def test_a_worker_that_is_killed_before_its_commit_has_done_nothing(
    client_of: Client,
    grids: None,
    arrivals: Arrivals,
    answers: Answers,
    committed: Database,
    clock: FrozenClock,
    crypto: Crypto,
) -> None:
    """What it had done in the transaction is gone with it; the record comes again and is answered once."""
    client = client_of(*CLERK)
    person = await registered(client)
    proposal = a_proposal(person)
    async with committed.session() as session:
        outbox = Outbox(session, owner="registry", clock=clock)
        context = PlainContext(session, clock, outbox, crypto, AccessNotes(clock))
        await use_cases(context).residence_answers.take([proposal])
        await session.flush()
        await session.rollback()
    assert (await answers(), [area for area, _, _ in await residence(client, person)]) == ([], [OLD])
    await arrivals.take(proposal)
    assert await answers() == [(proposal.id, 1, "applied", None)]


async def test_of_two_workers_that_read_a_proposal_at_once_one_answers(
    client_of: Client, grids: None, answers: Answers, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    client = client_of(*CLERK)
    person = await registered(client)
    proposal = a_proposal(person)

    async def worker() -> None:
        async with committed.session() as session:
            outbox = Outbox(session, owner="registry", clock=clock)
            context = PlainContext(session, clock, outbox, crypto, AccessNotes(clock))
            await use_cases(context).residence_answers.take([proposal])
            await session.commit()

    await asyncio.gather(*(worker() for _ in range(4)))
    assert await answers() == [(proposal.id, 1, "applied", None)]
    assert [area for area, _, _ in await residence(client, person)] == [OLD, NEW]


async def test_answers_are_announced_again(
    client_of: Client, grids: None, arrivals: Arrivals, committed: Database
) -> None:
    """Those that wait are not: nothing was said of them."""
    person = await registered(client_of(*CLERK))
    there, waiting = a_proposal(person), a_proposal(person, target=NEWER)
    await arrivals.take(there, waiting)
    async with committed.session() as session:
        told = await restate(session, None, 10)
        assert [(fact.state.id, str(fact.state.status)) for fact in told] == [(there.id, "applied")]
        assert await restate(session, str(there.id), 10) == []
