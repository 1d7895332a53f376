"""Records under test, over grid's HTTP with two published ledgers."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from services.grid.features import ROUTES
from services.grid.ledgers.service import SURROUNDINGS
from shared.auth.principal import Principal
from shared.contracts.envelope import FACTS, Fact
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ledgers.definitions.models import LedgerRow, LedgerVersion
from shared.ledgers.definitions.reading import PublishedLedgers, definition_json, digest_of
from shared.ledgers.records.wiring import LedgerParts
from shared.messaging.outbox.tables import OutboxMessage
from shared.reference.departments import DEPARTMENTS
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import VILLAGE, WORKER, an_area, calendars
from tests.shared.ledgers.doors import door_of
from tests.shared.ledgers.records.definitions import MEDIATIONS, VISITED, compiled

RECORDS = "/ledgers/mediations/records"

Send = Callable[..., Awaitable[httpx.Response]]
Facts = Callable[..., Awaitable[list[Fact[Any]]]]


class Published:
    """Publishes ledgers, as two people did on the first day of 2026."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def publish(
        self,
        text: str,
        *,
        number: int = 1,
        additive: bool = True,
        mapping: dict[str, Any] | None = None,
        opens_on: date = date(2026, 1, 1),
        **changed: Any,
    ) -> None:
        stored = definition_json(compiled(text, **changed).definition)
        async with self._database.session() as session:
            if number == 1:
                row = LedgerRow(code=stored["code"], version=1, status="published", published_version=1)
                session.add(row)
            else:
                row = await session.get_one(LedgerRow, stored["code"])
                row.published_version = number
            await session.flush()
            session.add(
                LedgerVersion(
                    code=stored["code"],
                    number=number,
                    definition=stored,
                    digest=digest_of(stored),
                    additive=additive,
                    mapping=mapping,
                    opens_on=opens_on,
                    drafted_by="drafter",
                    published_by="publisher",
                    published_at=datetime(2026, 1, 1, tzinfo=UTC),
                )
            )
            await session.commit()

    async def retire(self, code: str) -> None:
        async with self._database.session() as session:
            row = await session.get_one(LedgerRow, code)
            row.status, row.retired_on = "retired", date(2026, 3, 1)
            await session.commit()


@pytest.fixture
def service_name() -> str:
    return "grid"


@pytest.fixture
def parts() -> LedgerParts:
    return LedgerParts(PublishedLedgers, SURROUNDINGS).in_county(DEPARTMENTS)


@pytest.fixture
async def published(committed: Database) -> Published:
    """Both ledgers of these tests."""
    one = Published(committed)
    for text in (MEDIATIONS, VISITED):
        await one.publish(text)
    return one


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock, published: Published) -> Door:
    return door_of(committed, service_database, clock)


@pytest.fixture
def arrivals(committed: Database, clock: FrozenClock, crypto: Crypto) -> Arrivals:
    return Arrivals(committed, ROUTES, owner="grid", clock=clock, crypto=crypto)


@pytest.fixture
async def villages(arrivals: Arrivals) -> None:
    """Registry announced two towns with three villages, and the calendar of 2026."""
    codes = ("450481100", "450481100201", "450481100202", "450481101", "450481101201")
    await arrivals.take(*(an_area(code) for code in codes), *(one for one in calendars() if one.year == 2026))


@pytest.fixture
def send(door: Door) -> Send:
    """A request: `send(CLERK, "post", path, {...})`; `seen`: the version in `If-Match`."""

    async def request(
        who: Principal | None, method: str, path: str, body: Any = None, *, seen: int | None = None, **more: Any
    ) -> httpx.Response:
        headers = {} if seen is None else {"If-Match": f'"{seen}"'}
        async with door.client(who) as client:
            return await client.request(
                method.upper(), path, json=body, headers={**headers, **more.pop("headers", {})}, **more
            )

    return request


@pytest.fixture
def opened(send: Send, villages: None) -> Callable[..., Awaitable[dict[str, Any]]]:
    """Opens a record of mediations: `await opened(amount=5, area=…)`."""

    async def make(who: Principal = WORKER, *, area: str = VILLAGE, **values: Any) -> dict[str, Any]:
        answer = await send(who, "post", RECORDS, {"area": area, "values": a_mediation(**values)})
        assert answer.status_code == 201, answer.text
        body: dict[str, Any] = answer.json()
        return body

    return make


@pytest.fixture
def facts(committed: Database) -> Facts:
    """What was announced of records so far, in order; of one record where given."""

    async def read(subject: str | None = None) -> list[Fact[Any]]:
        statement = select(OutboxMessage).where(OutboxMessage.noun.contains("record")).order_by(OutboxMessage.id)
        if subject is not None:
            statement = statement.where(OutboxMessage.key == subject)
        async with committed.session() as session:
            rows = (await session.scalars(statement)).all()
        return [FACTS[(row.type, row.schema_version)].model_validate_json(row.payload) for row in rows]

    return read


def a_mediation(**values: Any) -> dict[str, Any]:
    """The values of a record that may be opened."""
    return {"kind": "land", "found_on": "2026-03-02", **values}


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def wrong(answer: httpx.Response) -> list[tuple[str, str]]:
    """Place and code of each refused field."""
    return [(error["path"], error["code"]) for error in answer.json()["errors"]]
