#!/usr/bin/env bash
# The mock cluster of librdkafka 2.16.0 (`test.mock.num.brokers`, in the wheel of confluent-kafka 2.16.1) answers a fetch that
# waits for data when its longest wait is over, and not when a record comes. A broker of Apache Kafka answers with the first
# record, for `fetch.min.bytes` is 1. So a consumer of aiokafka 0.14.0 reads a record that was written at once after a quarter
# of a second only 0.75 s later with fetch_max_wait_ms=1000, and 2.75 s later with 3000; what lies there before it asks, it reads
# at once. Whoever tests against the mock cluster with default waits measures half a second that real brokers do not take.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q aiokafka==0.14.0 confluent-kafka==2.16.1
"$work/venv/bin/python" - <<'END'
import asyncio
import sys
import time

from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka import Producer, libversion

PARTITION = TopicPartition("letters", 0)
owner = Producer({"bootstrap.servers": "mock", "test.mock.num.brokers": 1, "log_level": 0})
broker = next(iter(owner.list_topics("letters", timeout=10).brokers.values()))


async def read_after(wait: float, pause: float) -> float:
    """Seconds from a record's acknowledgement to its reading, by a consumer that has waited for `pause` seconds."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=f"{broker.host}:{broker.port}", fetch_max_wait_ms=int(wait * 1000), group_id=None
    )
    await consumer.start()
    try:
        consumer.assign([PARTITION])
        await consumer.seek_to_end(PARTITION)
        waiting = asyncio.create_task(consumer.getmany(timeout_ms=20_000))
        await asyncio.sleep(pause)
        owner.produce("letters", b"one", partition=0)
        assert owner.flush(10) == 0
        written = time.monotonic()
        records = await waiting
        assert [record.value for record in records[PARTITION]] == [b"one"]
        return time.monotonic() - written
    finally:
        await consumer.stop()


async def main() -> bool:
    print("librdkafka", libversion()[0])
    same = True
    for wait in (1.0, 3.0):
        took = await read_after(wait, 0.25)
        print(f"fetch_max_wait {wait} s: read {took:.2f} s after it was written")
        same = same and took > 0.6 * wait
    return same


sys.exit(0 if asyncio.run(main()) else 1)
END
