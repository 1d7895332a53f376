"""Step of the story by the county's hotline: it sends a request over the bus and follows it to the end."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from deploy.local.stack.deployment import HOTLINE, Stack
from deploy.local.stack.services import hotline_settings
from deploy.local.story.client import PATIENCE, StoryBroken, Who, require
from deploy.local.story.grid import handled
from deploy.local.story.invented import invented
from deploy.local.story.state import StoryState
from shared.clock import SHANGHAI, SystemClock
from shared.contracts.catalogue import topic_name
from shared.contracts.county.requests import RequestPersonal, RequestSubmitted
from shared.contracts.envelope import dataschema
from shared.crypto.jwe import seal
from shared.messaging.bus.kafka import connection_arguments


class Hotline:
    """A county system with a producer, and a consumer that begins at the end of the outcomes."""

    def __init__(self, producer: AIOKafkaProducer, consumer: AIOKafkaConsumer, prefix: str) -> None:
        self._producer = producer
        self._consumer = consumer
        self._prefix = prefix

    async def send(self, data: RequestSubmitted) -> str:
        """Sends a request as a CloudEvent in binary mode; the id of the event."""
        event_id = str(uuid4())
        attributes = {
            "ce_specversion": "1.0",
            "ce_id": event_id,
            "ce_source": HOTLINE,
            "ce_type": data.type,
            "ce_time": SystemClock().now().isoformat(),
            "ce_dataschema": dataschema(data.type, data.schema_version),
            "content-type": "application/json",
        }
        await self._producer.send_and_wait(
            topic_name(data.noun, self._prefix),
            data.model_dump_json(exclude_none=True).encode(),
            event_id.encode(),
            headers=[(name, value.encode()) for name, value in attributes.items()],
        )
        return event_id

    async def outcome(self, event_id: str, status: str) -> dict[str, Any]:
        """The outcome of the event in which its incident has that status. Raises StoryBroken."""
        last = "nothing"
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    state = json.loads((await self._consumer.getone()).value)["state"]
                    if state["request_id"] != event_id:
                        continue
                    require(
                        state["status"] == "accepted", f"the hotline's request was {state['status']}: {state['code']}"
                    )
                    last = state["incident_status"]
                    if last == status:
                        found: dict[str, Any] = state
                        return found
        except TimeoutError:
            raise StoryBroken(f"the hotline heard {last} and not {status} within {PATIENCE:.0f} s") from None


@asynccontextmanager
async def connected(stack: Stack) -> AsyncIterator[Hotline]:
    """A hotline on the bus of the stack."""
    settings = hotline_settings(stack)
    connection = connection_arguments(settings)
    producer = AIOKafkaProducer(**connection, acks="all", enable_idempotence=True)
    consumer = AIOKafkaConsumer(**connection, enable_auto_commit=False)
    topic = topic_name("grid.inbound_outcome", settings.topic_prefix)
    await producer.start()
    try:
        await consumer.start()
        partitions = [TopicPartition(topic, number) for number in await producer.partitions_for(topic)]
        consumer.assign(partitions)
        await consumer.seek_to_end(*partitions)
        for partition in partitions:
            await consumer.position(partition)  # known before anything is sent
        yield Hotline(producer, consumer, settings.topic_prefix)
    finally:
        await consumer.stop()
        await producer.stop()


async def request(story: StoryState, village: str, grid: str) -> None:
    """Sent with the caller encrypted; an incident appears, is dealt with, and the hotline hears that it is closed."""
    client = story.client
    clerk, officer = Who("village_clerk", village), Who("county_officer", "450481")
    closed = await story.figure("INC-CLOSED", village)
    key = (await client.get(officer, "/grid/v1/inbound/keys"))["keys"][0]
    caller = invented(1970, "2")
    words = f"{caller.name}说村口路灯不亮。"
    story.confidential = [caller.name, caller.phone, words]
    inside = RequestPersonal.model_validate({"caller": {"name": caller.name, "phone": caller.phone}, "text": words})
    received = SystemClock().now().astimezone(SHANGHAI) - timedelta(seconds=1)
    personal = seal(inside.model_dump_json(exclude_none=True).encode(), key)
    data = {"received_at": received.isoformat(), "category": "facility", "area": grid, "personal": personal}
    async with connected(story.stack) as hotline:
        event_id = await hotline.send(RequestSubmitted.model_validate(data))
        accepted = await hotline.outcome(event_id, "reported")
        incident = accepted["incident_id"]
        require(accepted["area"] == grid, f"the hotline's incident lies in {accepted['area']}")
        seen = await client.get(clerk, f"/grid/v1/incidents/{incident}")
        require(words in str(seen), "the clerk cannot read what the caller said")
        _, position = await handled(client, village, incident)
        ended = await hotline.outcome(event_id, "closed")
    require(ended["incident_id"] == incident, "the outcome names another incident")
    now = await story.figure("INC-CLOSED", village, position=position)
    require(now == closed + 1, f"incidents closed: {closed} before, {now} after the hotline's")
    client.say(8, "the county's hotline sends a request", f"incident in {grid}, outcome closed; {closed}→{now}")
