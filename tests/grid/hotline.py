"""The county's hotline in grid's tests: builds events as a stranger would, and reads what grid answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import orjson
from sqlalchemy import select

from services.grid.grids.domain import GridIndex
from services.grid.inbound.consumers import receivers
from shared.clock import Clock
from shared.contracts.grid.inbound_outcomes import InboundOutcomeState
from shared.crypto.jwe import InboundKeys, seal
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.inbound.processor import InboundProcessor
from shared.messaging.inbound.receiver import InboundDoor
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.reading.processor import PartitionView
from shared.testing.settings import VALUES
from tests.grid.builders import VILLAGE

TOPIC = "county.inbound.requests"
SOURCE = "urn:county:450481:hotline-12345"
TYPE = "county.request.submitted"
SCHEMA = f"urn:xiangli:schema:{TYPE}:v1"
KEYS = InboundKeys.parse(VALUES["inbound_private_keys"])
(PUBLIC_KEY,) = KEYS.public_set()["keys"]
PERSONAL = {
    "caller": {"name": "欧阳明远", "phone": "13800008000"},
    "text": "三堡村口路灯不亮,请联系13800008000",
    "address": "岑城镇三堡村12号",
}

_ids = count(1)


def a_request(**what_matters: Any) -> dict[str, Any]:
    """The data of a request that grid accepts, its personal part encrypted."""
    return {
        "received_at": "2026-03-16T09:00:00+08:00",
        "category": "environment",
        "severity": "normal",
        "area": VILLAGE,
        "point": None,
        "personal": sealed(PERSONAL),
        **what_matters,
    }


def sealed(personal: Any, key: Mapping[str, Any] = PUBLIC_KEY) -> str:
    return seal(personal if isinstance(personal, bytes) else orjson.dumps(personal), key)


def attributes(**what_matters: str | None) -> dict[str, str]:
    """The CloudEvents attributes, without those given as None."""
    found = {
        "specversion": "1.0",
        "id": f"HL-20260316-{next(_ids):06}",
        "source": SOURCE,
        "type": TYPE,
        "time": "2026-03-16T01:00:00Z",
        "dataschema": SCHEMA,
        **what_matters,
    }
    return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True)
class Sent:
    """A record before it has a place on the topic."""

    value: bytes | None
    headers: Sequence[tuple[str, bytes]]
    key: bytes | None = None


def binary(data: Any, *, content_type: str | None = "application/json", **what_matters: str | None) -> Sent:
    named = attributes(**what_matters)
    headers = [(f"ce_{name}", value.encode()) for name, value in named.items()]
    if content_type is not None:
        headers.append(("content-type", content_type.encode()))
    value = data if isinstance(data, bytes) else orjson.dumps(data)
    return Sent(value, tuple(headers), named.get("id", "").encode() or None)


def structured(data: Any, *, headers: Sequence[tuple[str, bytes]] = (), **what_matters: str | None) -> Sent:
    named = attributes(**what_matters)
    value = orjson.dumps({**named, "datacontenttype": "application/json", "data": data})
    return Sent(value, (("content-type", b"application/cloudevents+json"), *headers), named["id"].encode())


def headed_by(sent: Sent, *, key: bytes | None = None, headers: Sequence[tuple[str, bytes]] | None = None) -> Sent:
    """The record with another key or other headers."""
    return Sent(sent.value, sent.headers if headers is None else headers, sent.key if key is None else key)


@dataclass
class Hotline:
    """Hands records to grid's inbound processor, in order, as its runner would."""

    database: Database
    clock: Clock
    crypto: Crypto
    sources: frozenset[str] = frozenset({SOURCE})
    keys: InboundKeys = KEYS
    rate: int = 1000
    max_bytes: int = 65_536
    cluster: str = "cluster-1"
    offset: int = field(default=0)

    @property
    def processor(self) -> InboundProcessor:
        door = InboundDoor(receivers(GridIndex()), self.keys, self.sources, self.rate, self.max_bytes)
        return InboundProcessor(
            self.database, door, owner="grid", clock=self.clock, crypto=self.crypto, reader="grid.inbound"
        )

    def record(self, sent: Sent, *, partition: int = 0, offset: int | None = None) -> StoredRecord:
        if offset is None:
            offset, self.offset = self.offset, self.offset + 1
        return StoredRecord(TOPIC, partition, offset, sent.key, sent.value, tuple(sent.headers))

    async def take(self, *records: StoredRecord, processor: InboundProcessor | None = None) -> None:
        ends = {(record.topic, record.partition): record.offset + 1 for record in records}
        await (processor or self.processor).process(records, PartitionView(self.cluster, ends))

    async def send(self, data: Any, **what_matters: str | None) -> InboundOutcomeState:
        """One event in binary mode; the answer."""
        return await self.push(binary(data, **what_matters))

    async def push(self, sent: Sent) -> InboundOutcomeState:
        record = self.record(sent)
        await self.take(record)
        return await self.answer_to(record)

    async def answer_to(self, record: StoredRecord) -> InboundOutcomeState:
        """The newest announcement that names the record."""
        (*_, last) = [
            state
            for _, state in await self.outcomes()
            if (state.topic, state.partition, state.offset) == (record.topic, record.partition, record.offset)
        ]
        return last

    async def outcomes(self) -> list[tuple[str, InboundOutcomeState]]:
        """Facts and states announced so far, in order."""
        statement = select(OutboxMessage).where(OutboxMessage.noun == "grid.inbound_outcome").order_by(OutboxMessage.id)
        async with self.database.session() as session:
            rows = (await session.scalars(statement)).all()
        return [
            (row.type.rpartition(".")[2], InboundOutcomeState.model_validate(orjson.loads(row.payload)["state"]))
            for row in rows
        ]
