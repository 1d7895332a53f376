"""Everything that grid owns can be said again, at the same version."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.grid.features import SPEC
from shared.contracts.catalogue import nouns_of
from shared.contracts.envelope import Fact
from shared.contracts.grid.grids import GridRestated
from shared.contracts.grid.inbound_outcomes import InboundOutcomeRestated
from shared.contracts.grid.incidents import IncidentRestated
from shared.contracts.grid.visits import VisitRestated
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import CLERK, WORKER, a_tag, an_incident, until_it_waits
from tests.grid.conftest import Facts
from tests.grid.hotline import Hotline, a_request


@pytest.fixture
async def something(door: Door, grids: None, arrivals: Arrivals, hotline: Hotline) -> None:
    """Two grids, three incidents of which one is filed, three visits of which one is cancelled, two requests of the
    county of which one was taken and went a step."""
    async with door.client(WORKER) as client:
        ids = [(await client.post("/incidents", json=an_incident())).json()["id"] for _ in range(3)]
    async with door.client(CLERK) as client:
        await client.post(f"/incidents/{ids[0]}/file", json={})
        taken = await hotline.send(a_request())
        await client.post(f"/incidents/{taken.incident_id}/file", json={})
    await hotline.send(a_request(category="unheard-of"))
    tags = [a_tag(new_id()) for _ in range(3)]
    await arrivals.take(*tags)
    await arrivals.take(tags[0].model_copy(update={"version": 2, "ended_on": tags[0].started_on}))


def test_every_noun_of_grid_can_be_restated() -> None:
    assert set(SPEC.restate) == set(nouns_of("grid"))


@pytest.mark.parametrize(
    ("noun", "fact_class"),
    [
        ("grid.grid", GridRestated),
        ("grid.incident", IncidentRestated),
        ("grid.visit", VisitRestated),
        ("grid.inbound_outcome", InboundOutcomeRestated),
    ],
)
async def test_the_newest_state_of_each_aggregate_is_restated_once_in_the_order_of_ids(
    something: None, committed: Database, facts: Facts, noun: str, fact_class: type
) -> None:
    newest = {fact.state.subject: fact.state for fact in await facts(noun)}
    said: list[Fact[Any]] = []
    after: str | None = None
    async with committed.session() as session:
        while page := await SPEC.restate[noun](session, after, 2):
            assert len(page) <= 2
            said += page
            after = page[-1].state.subject
    assert all(isinstance(fact, fact_class) for fact in said)
    assert {fact.state.subject: fact.state for fact in said} == newest
    assert len(said) == len(newest) > 1
    key = (lambda subject: subject) if noun == "grid.grid" else UUID
    assert [fact.state.subject for fact in said] == sorted(newest, key=key)


@pytest.mark.parametrize("noun", ["grid.grid", "grid.incident", "grid.visit", "grid.inbound_outcome"])
async def test_whoever_restates_holds_the_rows_until_the_end(something: None, committed: Database, noun: str) -> None:
    table = {"grid.grid": "grids", "grid.incident": "incidents", "grid.visit": "visits"}.get(noun, "inbound_outcomes")
    async with committed.session() as restating, committed.session() as other:
        await SPEC.restate[noun](restating, None, 10)
        moving = asyncio.create_task(other.execute(text(f"UPDATE {table} SET version = version + 1")))
        await until_it_waits(moving, committed)
        await restating.rollback()
        await moving
        await other.rollback()
