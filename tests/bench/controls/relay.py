"""The control of `relay`: select a batch, send each row with its key, wait for all answers, mark: the plain way."""

import asyncio

import asyncpg
from aiokafka import AIOKafkaProducer

from shared.contracts.catalogue import topic_name
from shared.messaging.bus.cloudevents import headers

SELECT = """
    SELECT id, event_id, noun, key, type, schema_version, sequence, revision, occurred_at, payload, traceparent
    FROM outbox WHERE published_at IS NULL ORDER BY id LIMIT $1
"""
MARK = "UPDATE outbox SET published_at = now(), broker = 'control' WHERE id = ANY($1::bigint[])"


async def drain(connection: asyncpg.Connection, producer: AIOKafkaProducer, batch: int) -> int:
    """Publishes everything; returns the number of rows."""
    done = 0
    while rows := await connection.fetch(SELECT, batch):
        futures = [
            await producer.send(
                topic_name(row["noun"]),
                key=row["key"].encode(),
                value=row["payload"],
                timestamp_ms=int(row["occurred_at"].timestamp() * 1000),
                headers=headers(
                    event_id=row["event_id"],
                    type_=row["type"],
                    schema_version=row["schema_version"],
                    subject=row["key"],
                    time=row["occurred_at"],
                    sequence=row["sequence"],
                    revision=row["revision"],
                    traceparent=row["traceparent"],
                ),
            )
            for row in rows
        ]
        await asyncio.gather(*futures)
        await connection.execute(MARK, [row["id"] for row in rows])
        done += len(rows)
    return done
