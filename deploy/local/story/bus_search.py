"""Search of a whole bus: reads every topic from its beginning, for words that must not be there."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from shared.messaging.bus.kafka import connection_arguments
from shared.settings import ServiceSettings


async def search(settings: ServiceSettings, words: Sequence[str], limit: float = 60.0) -> tuple[int, list[str]]:
    """How many messages were read, and the topics in which a word stood: in key, value or headers, in UTF-8.

    `settings`: of a client that may read every topic of the deployment.
    """
    connection = connection_arguments(settings)
    consumer = AIOKafkaConsumer(**connection, enable_auto_commit=False, auto_offset_reset="earliest")
    needles = [word.encode() for word in words]
    read, found = 0, set()
    async with asyncio.timeout(limit):
        await consumer.start()
        try:
            partitions = await _partitions(connection, settings.topic_prefix)
            consumer.assign(partitions)
            await consumer.seek_to_beginning(*partitions)
            ends = await consumer.end_offsets(partitions)
            while any([await consumer.position(partition) < ends[partition] for partition in partitions]):
                for partition, records in (await consumer.getmany(timeout_ms=300)).items():
                    for record in records:
                        read += 1
                        parts = [record.key or b"", record.value or b"", *(value for _, value in record.headers)]
                        if any(needle in part for needle in needles for part in parts):
                            found.add(partition.topic)
        finally:
            await consumer.stop()
    return read, sorted(found)


async def _partitions(connection: Mapping[str, Any], prefix: str) -> list[TopicPartition]:
    """Every partition of every topic of the deployment, dead letters included."""
    admin = AIOKafkaAdminClient(**connection)
    await admin.start()
    try:
        described = await admin.describe_topics()
    finally:
        await admin.close()
    return [
        TopicPartition(topic["topic"], part["partition"])
        for topic in described
        if topic["topic"].startswith(prefix) and not topic["topic"].startswith("__")
        for part in topic["partitions"]
    ]
