"""Live figures go out when they changed, each with the next version, and never the restricted ones."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.indicators.features import SPEC
from services.indicators.wiring import use_cases
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals
from tests.indicators.states import VILLAGE, a_person
from tests.indicators.figures.test_api import COUNTY, TREE


@pytest.fixture
def announce(committed: Database, clock: FrozenClock, crypto: Crypto) -> Any:
    async def run() -> int:
        async with committed.session() as session:
            changed = await use_cases(plain_context(session, SPEC, clock, crypto)).announcements.announce()
            await session.commit()
            return changed

    return run


async def states(database: Database) -> list[dict[str, Any]]:
    async with database.session() as session:
        rows = await session.execute(text("SELECT payload FROM outbox ORDER BY id"))
        return [json.loads(payload)["state"] for (payload,) in rows]


async def test_only_what_changed_is_announced_again(
    announce: Any, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    await arrivals.take(*TREE, a_person(1))
    first = await announce()
    assert first > 15
    assert await announce() == 0
    await arrivals.take(a_person(2))
    assert 0 < await announce() < first
    said = [state for state in await states(committed) if (state["area"], state["code"]) == (COUNTY, "POP-RES")]
    assert [(state["version"], state["value"]) for state in said] == [(1, 1), (2, 2)]
    assert said[0]["id"] == f"{COUNTY}:POP-RES:2026-03-16"


async def test_towns_are_announced_and_villages_and_restricted_figures_are_not(
    announce: Any, arrivals: Arrivals, committed: Database
) -> None:
    await arrivals.take(*TREE, a_person(1))
    await announce()
    said = await states(committed)
    assert {len(state["area"]) for state in said} == {6, 9}
    assert VILLAGE not in {state["area"] for state in said}
    assert not any(state["code"].startswith("TAG-RESTRICTED") for state in said)


async def test_yesterday_stays_as_it_was_left(
    announce: Any, arrivals: Arrivals, committed: Database, clock: FrozenClock
) -> None:
    await arrivals.take(*TREE, a_person(1))
    await announce()
    clock.set(clock.now() + timedelta(days=1))
    await arrivals.take(a_person(2))
    await announce()
    said = [state for state in await states(committed) if (state["area"], state["code"]) == (COUNTY, "POP-RES")]
    assert [(state["day"], state["version"], state["value"]) for state in said] == [
        ("2026-03-16", 1, 1),
        ("2026-03-17", 1, 2),
    ]
