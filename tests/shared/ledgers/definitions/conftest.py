"""Definitions under test, over grid's HTTP: two county officers, and what was announced."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select

from shared.auth.principal import Grant, Principal
from shared.contracts.envelope import FACTS, Fact
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ledgers.records.models import LedgerRecord
from shared.messaging.outbox.tables import OutboxMessage
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.shared.ledgers.builders import definition
from tests.shared.ledgers.doors import door_of

Send = Callable[..., Awaitable[httpx.Response]]
Facts = Callable[[], Awaitable[list[Fact[Any]]]]

COUNTY = "450481"


def an_officer(name: str, *roles: str) -> Principal:
    """Somebody with these roles over the county."""
    return Principal(name, tuple(Grant(role, COUNTY) for role in roles or ("county_officer",)))


DRAFTER, PUBLISHER = an_officer("drafter"), an_officer("publisher")


@pytest.fixture
def service_name() -> str:
    return "grid"


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock) -> Door:
    return door_of(committed, service_database, clock)


@pytest.fixture
def send(door: Door) -> Send:
    """A request: `send(DRAFTER, "post", path, {...})`; `seen`: the version in `If-Match`."""

    async def request(
        who: Principal | None, method: str, path: str, body: Any = None, *, seen: int | None = None
    ) -> httpx.Response:
        headers = {} if seen is None else {"If-Match": f'"{seen}"'}
        async with door.client(who) as client:
            return await client.request(method.upper(), path, json=body, headers=headers)

    return request


@pytest.fixture
def publish(send: Send) -> Callable[..., Awaitable[httpx.Response]]:
    """Drafts and publishes a small ledger by two people; the answer to the publishing."""

    async def both(
        parts: dict[str, Any] | None = None, *, mapping: Any = None, opens_on: str | None = None
    ) -> httpx.Response:
        body = {"definition": definition(**(parts or {})), "mapping": mapping, "opens_on": opens_on}
        drafted = await send(DRAFTER, "post", "/ledger-drafts", body)
        assert drafted.status_code == 201, drafted.text
        return await send(PUBLISHER, "post", f"/ledger-drafts/{drafted.json()['code']}/publish", seen=1)

    return both


@pytest.fixture
def facts(committed: Database) -> Facts:
    """What was announced so far, in order."""

    async def read() -> list[Fact[Any]]:
        async with committed.session() as session:
            rows = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
        return [FACTS[row.type, row.schema_version].model_validate_json(row.payload) for row in rows]

    return read


@pytest.fixture
def hold(committed: Database, crypto: Crypto, clock: FrozenClock) -> Callable[..., Awaitable[UUID]]:
    """Puts a live record into a ledger, as the noun of records stores it."""

    async def keep(
        record_id: UUID, values: dict[str, Any], *, personal: str | None = None, status: str = "open"
    ) -> UUID:
        sealed = None if personal is None else crypto.seal(personal, field="ledger.personal", owner=str(record_id))
        async with committed.session() as session:
            session.add(
                LedgerRecord(
                    id=record_id,
                    version=1,
                    ledger="rounds",
                    ledger_version=1,
                    status=status,
                    area="450481100201",
                    department=None,
                    subject_id=None,
                    live=True,
                    restricted_topic=False,
                    values=values,
                    masked=None,
                    personal=sealed,
                    restricted=None,
                    entered={},
                    limits=[],
                    due_at=None,
                    runs_until=None,
                    warn_at=None,
                    opened_by="worker",
                    opened_at=clock.now(),
                    changed_at=clock.now(),
                )
            )
            await session.commit()
        return record_id

    return keep


def errors_of(answer: httpx.Response) -> set[tuple[str, str]]:
    """Places and codes of a refusal."""
    return {(error["path"], error["code"]) for error in answer.json()["errors"]}
