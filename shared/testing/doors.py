"""The two doors of a service as a test uses them: an HTTP client for a caller, and states that arrive from the bus."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count

import httpx
from fastapi import FastAPI

from shared.auth.access_log import AccessEntry
from shared.auth.lineage import FixedLineage
from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES
from shared.clock import Clock
from shared.contracts.catalogue import TOPICS
from shared.contracts.envelope import FACTS, State
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.http.kit import Kit
from shared.ids import event_id
from shared.messaging.bus.cloudevents import headers
from shared.messaging.bus.interface import Bus, Message
from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.routes import Route
from shared.messaging.reading.processor import PartitionView
from shared.testing.apps import Tokens

DEPARTMENT = "civil_affairs"
"""The department of the samples."""


def a_principal(role: str, area: str, subject: str | None = None, department: str | None = None) -> Principal:
    """A caller with one grant; who acts for a department does so for the first of the samples unless it is named."""
    if department is None and role in DEPARTMENT_ROLES:
        department = DEPARTMENT
    return Principal(subject or f"{role}@{area}", (Grant(role, area, department),))


class HeardAccesses:
    """Access log in memory, for tests that read what was noted."""

    def __init__(self) -> None:
        self.entries: list[AccessEntry] = []

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def write(self, entries: Sequence[AccessEntry]) -> None:
        self.entries.extend(entries)


class Door:
    """The HTTP door of an application under test. The tree has no history, accesses are heard."""

    def __init__(self, app: FastAPI) -> None:
        kit = app.state.kit
        assert isinstance(kit, Kit)
        self.app = app
        self.kit = kit
        self.accesses = HeardAccesses()
        self._tokens = Tokens()
        kit.verifier = self._tokens
        kit.lineage = FixedLineage()
        kit.access_log = self.accesses  # type: ignore[assignment]  # the same three methods

    @asynccontextmanager
    async def client(self, principal: Principal | None) -> AsyncIterator[httpx.AsyncClient]:
        """A client that talks in process, below `/<service>/v1`, as this caller or without a token."""
        given = {}
        if principal is not None:
            given["Authorization"] = f"Bearer {self._tokens.of(principal)}"
        base = f"http://test/{self.kit.spec.path}/v1"
        transport = httpx.ASGITransport(app=self.app)
        async with httpx.AsyncClient(transport=transport, base_url=base, headers=given) as client:
            yield client


class Arrivals:
    """States arrive as they do from the bus, through the service's own routes and their hooks; no broker is needed.

    `shadow`: into the generation that is not read, as in a rebuild.
    """

    def __init__(
        self,
        database: Database,
        routes: Sequence[Route],
        *,
        owner: str,
        clock: Clock,
        crypto: Crypto,
        shadow: bool = False,
    ) -> None:
        self._processor = StateProcessor(
            Projector(database, routes, owner=owner, clock=clock, crypto=crypto, reader=owner, shadow=shadow)
        )
        self._offsets = count()

    async def take(self, *states: State, revision: int = 0, word: str = "restated") -> None:
        """One batch. `word`: which fact of their nouns the states come with."""
        records = [self._record(state, revision, word) for state in states]
        ends = {(record.topic, record.partition): record.offset + 1 for record in records}
        await self._processor.process(records, PartitionView(cluster_id="test", ends=ends))

    async def publish(self, bus: Bus, *states: State) -> None:
        """The same records on a bus, for tests that run a consumer."""
        sender = bus.sender()
        records = [self._record(state, 0) for state in states]
        await sender.send([Message(one.topic, one.key or b"", one.value or b"", one.headers, 0) for one in records])
        await sender.close()

    def _record(self, state: State, revision: int, word: str = "restated") -> StoredRecord:
        type_ = f"{state.noun}.{word}"
        fact = FACTS[(type_, 1)](state=state)
        return StoredRecord(
            topic=TOPICS[state.noun].name,
            partition=0,
            offset=next(self._offsets),
            key=state.subject.encode(),
            value=fact.model_dump_json().encode(),
            headers=headers(
                event_id=event_id(state.subject, state.version, revision, type_),
                type_=type_,
                schema_version=1,
                subject=state.subject,
                time=datetime(2026, 3, 1, 8, tzinfo=UTC),
                sequence=state.version,
                revision=revision,
                traceparent=None,
            ),
        )
