"""Grid's worker process reads the county's topic beside everything else, and its answers arrive on the bus."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import orjson
import pytest
import pytest_asyncio

from shared.db.engine import Database
from shared.testing.broker import free_port
from shared.testing.databases import ServiceDatabase
from shared.testing.settings import VALUES
from tests.grid.hotline import SOURCE, a_request, binary
from tests.grid.inbound.test_bus import produced
from tests.shared.buses import EmbeddedRig, embedded_rig

pytestmark = pytest.mark.embedded
Child = asyncio.subprocess.Process


@pytest_asyncio.fixture(loop_scope="session")
async def rig() -> AsyncIterator[EmbeddedRig]:
    async with embedded_rig() as embedded:
        yield embedded


async def until(found: Callable[[], Awaitable[Any]], seconds: float = 60) -> Any:
    async with asyncio.timeout(seconds):
        while not (one := await found()):
            await asyncio.sleep(0.1)
    return one


async def outcomes(rig: EmbeddedRig) -> list[dict[str, Any]]:
    """What stands on grid's topic of outcomes."""
    consumer = rig.bus.consumer(None)
    await consumer.start()
    try:
        ends = await rig.bus.end_offsets("grid.inbound_outcomes")
        consumer.assign(list(ends))
        await consumer.seek_to_beginning(*ends)
        found: list[dict[str, Any]] = []
        while len(found) < sum(ends.values()):
            for records in (await consumer.getmany(timeout_ms=200)).values():
                found += [orjson.loads(record.value or b"")["state"] for record in records]
        return found
    finally:
        await consumer.stop()


@pytest_asyncio.fixture(loop_scope="session")
async def worker(
    rig: EmbeddedRig, grids: None, committed: Database, service_database: ServiceDatabase
) -> AsyncIterator[tuple[Child, str]]:
    """The process, and the address of its health."""
    port = free_port()
    given = VALUES | {
        "database_url": service_database.service_url,
        "kafka_bootstrap": rig.bootstrap,
        "broker_profile": "embedded",
        "internal_port": port,
        "shutdown_grace": 8,
    }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("XIANGLI_")}
    environment |= {f"XIANGLI_{name.upper()}": str(value) for name, value in given.items()}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.grid", "worker"), env=environment, start_new_session=True
    )
    yield process, f"http://127.0.0.1:{port}"
    if process.returncode is None:
        process.kill()
    await process.wait()


async def test_a_request_on_the_bus_is_answered_on_the_bus_and_the_process_ends_in_time(
    rig: EmbeddedRig, worker: tuple[Child, str]
) -> None:
    process, address = worker
    async with httpx.AsyncClient(base_url=address) as client:

        async def ready() -> Any:
            try:
                answer = await client.get("/readyz")
            except httpx.TransportError:
                return None
            return answer.json() if answer.status_code == 200 else None

        parts = await until(ready)
        assert "inbound" in str(parts)
        received = a_request(received_at="2026-03-16T09:00:00+08:00")
        sent = [binary(received, id="HL-1"), binary(b"{", source="urn:stranger"), binary(received, id="HL-1")]
        (place, _, _) = await asyncio.to_thread(produced, rig.bootstrap, sent)

        async def answered() -> Any:
            found = await outcomes(rig)
            return found if len(found) >= 3 else None

        found = await until(answered)
        metrics = (await client.get("/metrics")).text
    told = {(state["request_id"], state["status"], state["repeats"]) for state in found}
    assert told == {("HL-1", "accepted", 0), (None, "rejected", 0), ("HL-1", "accepted", 1)}
    assert {state["request_source"] for state in found} == {SOURCE, None}
    assert f'xiangli_consumer_lag_records{{partition="{place[0]}",topic="county.inbound.requests"}} 0.0' in metrics
    assert 'xiangli_inbound_total{answer="taken",noun="county.request"} 2.0' in metrics
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(10):
        assert await process.wait() == 0
