"""Grid under test: registry's states arrive as from the bus, everything else goes over HTTP."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import select

from services.grid.app import create_app
from services.grid.features import ROUTES
from services.grid.settings import Settings
from shared.contracts.envelope import FACTS, Fact
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.outbox.tables import OutboxMessage
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from shared.testing.settings import settings_for
from tests.grid.builders import COUNTY_OFFICER, FIRST_GRID, SECOND_GRID, TOWN, UNIT, an_area, calendars, square
from tests.grid.hotline import Hotline

Facts = Callable[..., Awaitable[list[Fact[Any]]]]


@pytest.fixture
def arrivals(committed: Database, clock: FrozenClock, crypto: Crypto) -> Arrivals:
    return Arrivals(committed, ROUTES, owner="grid", clock=clock, crypto=crypto)


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock) -> Door:
    settings = settings_for("grid", service_database.service_url)
    assert isinstance(settings, Settings)
    return Door(create_app(settings, clock=clock, database=committed))


@pytest.fixture
async def villages(arrivals: Arrivals) -> None:
    """Registry announced the county, two towns with three villages, and the calendar of 2026."""
    codes = ("450481", "450481100", "450481100201", "450481100202", "450481101", "450481101201")
    await arrivals.take(*(an_area(code) for code in codes), *(one for one in calendars() if one.year == 2026))


@pytest.fixture
async def grids(door: Door, villages: None) -> None:
    """Two neighbours that share the edge at longitude 111.01."""
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post(
            "/grids/draw",
            json={
                "grids": [
                    {"code": FIRST_GRID, "polygon": square(111.00, 22.90), "synthetic": True},
                    {"code": SECOND_GRID, "polygon": square(111.01, 22.90)},
                ]
            },
        )
    assert answer.status_code == 201, answer.text


@pytest.fixture
async def unit(door: Door, villages: None) -> str:
    """A unit of the town."""
    async with door.client(COUNTY_OFFICER) as client:
        answer = await client.post("/units", json={"area": TOWN, **UNIT})
    assert answer.status_code == 201, answer.text
    unit_id: str = answer.json()["id"]
    return unit_id


@pytest.fixture
def hotline(committed: Database, clock: FrozenClock, crypto: Crypto) -> Hotline:
    return Hotline(committed, clock, crypto)


@pytest.fixture
def facts(committed: Database) -> Facts:
    """What was announced so far, in order; of one noun or aggregate where given."""

    async def read(noun: str | None = None, subject: str | None = None) -> list[Fact[Any]]:
        statement = select(OutboxMessage).order_by(OutboxMessage.id)
        if noun is not None:
            statement = statement.where(OutboxMessage.noun == noun)
        if subject is not None:
            statement = statement.where(OutboxMessage.key == subject)
        async with committed.session() as session:
            rows = (await session.scalars(statement)).all()
        return [FACTS[(row.type, row.schema_version)].model_validate_json(row.payload) for row in rows]

    return read
