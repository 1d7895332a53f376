"""A department's system in registry's tests: delivers lists as a stranger would, and reads what registry answers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import orjson
from sqlalchemy import select

from services.registry.inbound_lists.consumers import receivers
from services.registry.inbound_lists.domain import Authorities
from shared.clock import Clock
from shared.contracts.registry.list_outcomes import ListOutcomeState
from shared.crypto.jwe import InboundKeys, seal
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.inbound.processor import InboundProcessor
from shared.messaging.inbound.receiver import InboundDoor
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.reading.processor import PartitionView
from shared.testing.doors import HeardAccesses
from shared.testing.settings import VALUES
from tests.registry.builders import COUNTY, TOWN

TOPIC = "county.inbound.lists"
SOURCE, TOWN_SOURCE = "urn:county:450481:civil-affairs", "urn:county:450481:town-office"
AUTHORITIES = Authorities.parse(
    f"{SOURCE}={COUNTY}:minimum_living+old_age_allowance,{TOWN_SOURCE}={TOWN}:minimum_living"
)
KEYS = InboundKeys.parse(VALUES["inbound_private_keys"])
(PUBLIC_KEY,) = KEYS.public_set()["keys"]

_ids = count(1)


def a_list(*rows: dict[str, Any], numbers: dict[str, str] | None = None, **what: Any) -> dict[str, Any]:
    """The data of a list in one part; `numbers` by row are encrypted."""
    return {
        "kind": "minimum_living",
        "list_id": "DB-2026-03",
        "area": COUNTY,
        "as_of": "2026-03-10",
        "part": 1,
        "parts": 1,
        "rows": [{"since": "2026-01-01", **row} for row in rows],
        "personal": sealed({"numbers": [{"row": row, "number": one} for row, one in numbers.items()]})
        if numbers
        else None,
        **what,
    }


def sealed(personal: Any) -> str:
    return seal(orjson.dumps(personal), PUBLIC_KEY)


@dataclass
class CivilAffairs:
    """Hands records to registry's inbound processor, in order, as its runner would."""

    database: Database
    clock: Clock
    crypto: Crypto
    accesses: HeardAccesses = field(default_factory=HeardAccesses)
    authorities: Authorities = AUTHORITIES
    rate: int = 1000
    offset: int = 0

    def record(self, data: Any, *, source: str = SOURCE, id: str | None = None, partition: int = 0) -> StoredRecord:
        attributes = {
            "specversion": "1.0",
            "id": id or f"L-{next(_ids)}",
            "source": source,
            "type": "county.list.submitted",
            "time": "2026-03-16T01:00:00Z",
            "dataschema": "urn:xiangli:schema:county.list.submitted:v1",
        }
        headers = [(f"ce_{name}", value.encode()) for name, value in attributes.items()]
        value = data if isinstance(data, bytes) else orjson.dumps(data)
        self.offset += 1
        return StoredRecord(
            TOPIC, partition, self.offset - 1, b"key", value, (*headers, ("content-type", b"application/json"))
        )

    async def take(self, *records: StoredRecord) -> None:
        door = InboundDoor(receivers(self.authorities), KEYS, self.authorities.sources, self.rate, max_bytes=65_536)
        processor = InboundProcessor(
            self.database,
            door,
            owner="registry",
            clock=self.clock,
            crypto=self.crypto,
            reader="registry.inbound",
            access_log=self.accesses,  # type: ignore[arg-type]  # in memory
        )
        ends = {(record.topic, record.partition): record.offset + 1 for record in records}
        await processor.process(records, PartitionView("cluster-1", ends))

    async def send(self, data: Any, **how: Any) -> ListOutcomeState:
        """One event; the answer."""
        record = self.record(data, **how)
        await self.take(record)
        return [one for one in await self.outcomes() if one.offset == record.offset][-1]

    async def outcomes(self) -> list[ListOutcomeState]:
        """States announced so far, in order."""
        statement = (
            select(OutboxMessage).where(OutboxMessage.noun == "registry.list_outcome").order_by(OutboxMessage.id)
        )
        async with self.database.session() as session:
            rows = (await session.scalars(statement)).all()
        return [ListOutcomeState.model_validate(orjson.loads(row.payload)["state"]) for row in rows]


def results(answer: ListOutcomeState) -> dict[str, str]:
    """What became of each row: its code if it was refused."""
    return {one.row: one.code or str(one.result) for one in answer.rows}


def told(states: Sequence[ListOutcomeState]) -> str:
    """Everything that the topic says."""
    return "".join(state.model_dump_json() for state in states)
