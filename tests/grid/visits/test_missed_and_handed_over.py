"""Visits: two workers report a missed one once; staff that change, are undone or stand in hand over and back."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from services.grid.visits.schedules import plan_visits
from services.grid.visits.service.announcing import restate, restate_restricted
from services.grid.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    SECOND_GRID,
    WORKER,
    a_person,
    a_span,
    a_tag,
    restricted,
    until_it_waits,
)
from tests.grid.conftest import Facts
from tests.grid.visit_rules.entering import a_rule
from tests.grid.visits.test_care import OTHER_WORKER, appointed, kinds, shown, step


@pytest.fixture
def person() -> UUID:
    return new_id()


def context_of(session: Any, clock: FrozenClock, crypto: Crypto) -> PlainContext:
    return PlainContext(session, clock, Outbox(session, owner="grid", clock=clock), crypto, AccessNotes(clock))


async def test_two_workers_at_once_make_one_incident_of_a_missed_visit(
    door: Door,
    grids: None,
    arrivals: Arrivals,
    person: UUID,
    facts: Facts,
    clock: FrozenClock,
    committed: Database,
    crypto: Crypto,
) -> None:
    await arrivals.take(a_tag(person), a_tag(new_id(), a_span(SECOND_GRID)))
    clock.advance(days=20)

    async def sweep() -> None:
        async with committed.session() as session:
            await plan_visits(context_of(session, clock, crypto))
            await session.commit()

    async with committed.session() as first:
        await use_cases(context_of(first, clock, crypto)).missed_visits.report()
        await first.flush()
        second = asyncio.create_task(sweep())
        await until_it_waits(second, committed)
        await first.commit()
    await second
    async with door.client(CLERK) as clerk:
        assert (await clerk.get("/incidents/count")).json()["count"] == 2
    assert (await kinds(facts)).count("missed") == 2


async def test_a_visit_that_is_paid_while_it_is_reported_missed_stays_paid(
    door: Door,
    grids: None,
    arrivals: Arrivals,
    person: UUID,
    clock: FrozenClock,
    committed: Database,
    crypto: Crypto,
) -> None:
    await arrivals.take(a_tag(person))
    clock.advance(days=20)
    [visit] = await shown(door)
    async with committed.session() as session:
        reporting = use_cases(context_of(session, clock, crypto)).missed_visits
        assert await reporting.report() == 1
        await session.flush()
        paying = asyncio.create_task(step(door, visit, "record", finding="normal", done_on="2026-04-05"))
        await until_it_waits(paying, committed)
        await session.commit()
    assert (await paying).status_code == 412, "it is another version now"
    [missed] = await shown(door)
    paid = await step(door, missed, "record", finding="normal", done_on="2026-04-05")
    assert (paid.status_code, paid.json()["missed_on"]) == (200, "2026-04-05")
    async with committed.session() as session:
        assert await use_cases(context_of(session, clock, crypto)).missed_visits.report() == 0


async def test_the_next_visit_is_missed_by_itself(
    door: Door, grids: None, arrivals: Arrivals, person: UUID, clock: FrozenClock, committed: Database, crypto: Crypto
) -> None:
    await a_rule(door, "elder_alone", every_days=5, first_within_days=1, missed_after_days=0, missed_category="other")
    await arrivals.take(a_tag(person))
    made = []
    for _ in range(3):
        clock.advance(days=6)
        async with committed.session() as session:
            made.append(await use_cases(context_of(session, clock, crypto)).missed_visits.report())
            await session.commit()
        [due] = await shown(door, status="due")
        day = clock.now().date().isoformat()
        assert (await step(door, due, "record", finding="normal", done_on=day)).status_code == 200
    assert made == [1, 1, 1]
    async with door.client(CLERK) as clerk:
        found = (await clerk.get("/incidents")).json()["items"]
    assert [one["category"] for one in found] == ["other"] * 3
    assert len({one["id"] for one in found}) == 3


async def test_an_appointment_that_is_taken_back_hands_the_visits_back(
    door: Door, grids: None, arrivals: Arrivals, person: UUID, facts: Facts
) -> None:
    mine = await appointed(door, WORKER.subject, until="2026-03-31")
    await arrivals.take(a_person(person), a_tag(person))
    async with door.client(COUNTY_OFFICER) as county:
        ended = (await county.post(f"/grid-staff/{mine['id']}/end", json={"until": "2026-03-16"})).json()
        assert (await shown(door))[0]["worker"] is None
        undone = await county.post(f"/grid-staff/{mine['id']}/undo", headers={"If-Match": f'"{ended["version"]}"'})
        assert undone.status_code == 200, undone.text
    [visit] = await shown(door)
    assert (visit["worker"], visit["handovers"]) == (WORKER.subject, 1)
    assert await kinds(facts) == ["planned", "handed_over", "handed_over"]


@pytest.mark.parametrize(
    "what",
    [
        {"since": "2026-03-20"},
        {"duty": "assisting"},
        {"grid": SECOND_GRID},
    ],
)
async def test_who_does_not_answer_for_the_grid_today_is_given_nothing(
    door: Door, grids: None, arrivals: Arrivals, person: UUID, facts: Facts, what: dict[str, str]
) -> None:
    await arrivals.take(a_tag(person))
    await appointed(door, WORKER.subject, **what)
    assert [one["worker"] for one in await shown(door)] == [None]
    assert await kinds(facts) == ["planned"]


async def test_my_visits_are_those_that_i_am_to_pay_and_those_that_i_had(
    door: Door, grids: None, arrivals: Arrivals, person: UUID
) -> None:
    await appointed(door, WORKER.subject)
    await appointed(door, OTHER_WORKER.subject, grid=SECOND_GRID)
    await arrivals.take(a_tag(person), a_tag(new_id()), a_tag(new_id(), a_span(SECOND_GRID)))
    assert {one["area"] for one in await shown(door, WORKER, mine=True)} == {FIRST_GRID}
    assert [one["area"] for one in await shown(door, OTHER_WORKER, mine=True)] == [SECOND_GRID]
    assert len(await shown(door, WORKER)) == 3, "the village's are seen besides"
    [first, *_] = await shown(door, WORKER, mine=True)
    await step(door, first, "record", finding="normal", done_on="2026-03-16")
    assert len(await shown(door, WORKER, mine=True, status="done")) == 1
    assert await shown(door, COUNTY_OFFICER, mine=True) == []


async def test_what_is_restated_is_what_was_told_last(
    door: Door,
    grids: None,
    arrivals: Arrivals,
    person: UUID,
    facts: Facts,
    clock: FrozenClock,
    committed: Database,
    crypto: Crypto,
) -> None:
    await appointed(door, WORKER.subject)
    await arrivals.take(a_person(person), a_tag(person), restricted(a_tag(person, code="released_prisoner")))
    await appointed(door, OTHER_WORKER.subject, duty="substitute", since="2026-03-16", until="2026-04-30")
    clock.advance(days=20)
    async with committed.session() as session:
        await plan_visits(context_of(session, clock, crypto))
        await session.commit()
    for noun, again in (("grid.visit", restate), ("grid.restricted_visit", restate_restricted)):
        told = await facts(noun)
        assert {one.type.rpartition(".")[2] for one in told} == {"planned", "handed_over", "missed"}, noun
        async with committed.session() as session:
            [said] = await again(session, None, 10)
        assert said.state == told[-1].state
        assert (said.state.handovers, said.state.assigned) == (1, True)
