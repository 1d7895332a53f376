"""Incidents under test."""

from typing import Any

import httpx
import pytest

from shared.auth.principal import Principal
from shared.testing.doors import Door
from tests.grid.builders import TOWN
from tests.grid.incidents.steps import Do, report
from tests.grid.incidents.whole import Whole, a_unit


@pytest.fixture
def do(door: Door) -> Do:
    """Takes a step: `do(CLERK, incident_id, "file")`."""

    async def send(who: Principal, incident_id: str, step: str, **body: Any) -> httpx.Response:
        async with door.client(who) as client:
            return await client.post(f"/incidents/{incident_id}/{step}", json=body)

    return send


@pytest.fixture
async def incident(door: Door, grids: None) -> str:
    """A reported incident in the first grid."""
    return await report(door)


@pytest.fixture
async def whole(door: Door, grids: None, unit: str) -> Whole:
    """A unit that leads, one of another department, and another incident to merge into."""
    world = Whole(door, unit, await a_unit(door, TOWN, "water", "水利站"))
    world.other = await report(door)
    return world
