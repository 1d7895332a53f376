"""A county that is only a bus and this test: it reads what the hotline sends and answers as the contract says."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from confluent_kafka import OFFSET_BEGINNING, Consumer, Message, Producer, TopicPartition

from shared.clock import SystemClock
from shared.contracts.catalogue import topic_name
from shared.contracts.county.answers import InboundStatus
from shared.contracts.envelope import Fact
from shared.contracts.grid.inbound_outcomes import InboundOutcomeAccepted, InboundOutcomeRejected, InboundOutcomeState
from shared.crypto.jwe import InboundKeys, new_private_key
from shared.crypto.keyring import KeyRing
from shared.messaging.bus.cloudevents import headers
from tests.examples.hotline import SOURCE

INBOUND = topic_name("county.request")


class County:
    """`keys_file` is what an operator would send."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        self.bootstrap = bootstrap
        self._clock = SystemClock()
        self._producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "log_level": 0})
        self.keys_file = folder / "keys.json"
        self.keys = self.new_key("k1")

    def new_key(self, kid: str) -> InboundKeys:
        """Another key takes the place of all before it."""
        self.keys = InboundKeys(KeyRing({kid: new_private_key()}))
        self.keys_file.write_text(json.dumps(self.keys.public_set()), encoding="utf-8")
        return self.keys

    async def received(self, count: int, *requests: str) -> list[Message]:
        """What lies on the inbound topic of these requests, in order of arrival, once it is so many."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": "unused", "enable.auto.commit": False})
        partitions = consumer.list_topics(INBOUND, timeout=10).topics[INBOUND].partitions
        consumer.assign([TopicPartition(INBOUND, number, OFFSET_BEGINNING) for number in partitions])
        found: list[Message] = []
        try:
            async with asyncio.timeout(30):
                while len(found) < count:
                    came = await asyncio.to_thread(consumer.consume, 10, 0.2)
                    found += [message for message in came if bytes_of(message.key()).decode() in requests]
        finally:
            consumer.close()
        return sorted(found, key=lambda message: message.timestamp()[1])

    def answer(self, to: Message, request: str | None, version: int = 1, **said: Any) -> None:
        """An outcome of the message; `code` makes it a rejection."""
        name = f"{said.pop('source', SOURCE)} {request or (to.partition(), to.offset())}{said.pop('apart', '')}"
        given: dict[str, Any] = {
            "id": uuid5(NAMESPACE_URL, name),
            "version": version,
            "topic": INBOUND,
            "partition": to.partition(),
            "offset": to.offset(),
            "request_source": SOURCE if request is not None else None,
            "request_id": request,
            "status": InboundStatus.REJECTED if said.get("code") else InboundStatus.ACCEPTED,
            "answered_at": self._clock.now(),
        }
        state = InboundOutcomeState.model_validate(given | said)
        fact = InboundOutcomeRejected if state.code else InboundOutcomeAccepted
        self.announce("grid.inbound_outcome", fact(state=state))

    def announce(self, noun: str, fact: Fact[Any], revision: int = 0) -> None:
        """Any fact of the deployment, as its relay would write it."""
        state = fact.state
        self._producer.produce(
            topic_name(noun),
            fact.model_dump_json(),
            state.subject,
            headers=dict(
                headers(
                    event_id=uuid5(NAMESPACE_URL, f"{state.subject} {state.version} {revision}"),
                    type_=fact.type,
                    schema_version=fact.schema_version,
                    subject=state.subject,
                    time=self._clock.now(),
                    sequence=state.version,
                    revision=revision,
                    traceparent=None,
                )
            ),
        )
        assert self._producer.flush(10) == 0


def bytes_of(part: str | bytes | None) -> bytes:
    """A part of a message, which the client types more widely than it is."""
    return part.encode() if isinstance(part, str) else part or b""


def attributes(message: Message) -> Mapping[str, str]:
    """The headers of a message as text."""
    return {str(name): bytes_of(value).decode() for name, value in dict(message.headers() or []).items()}
