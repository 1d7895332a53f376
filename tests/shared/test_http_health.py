"""Health, readiness, metrics and a graceful end, over real sockets."""

import asyncio
import socket
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text

from shared.http.health import health_app, served
from shared.http.serve import serve
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import CLERK
from tests.shared.http_world import HttpWorld, things_world


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    ports = {"port": free_port(), "internal_port": free_port()}
    async with things_world(committed_of, settings=ports) as one:
        yield one


async def until_ready(http: httpx.AsyncClient, url: str) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                if (await http.get(url)).status_code == 200:
                    return
            except httpx.ConnectError:
                pass
            await asyncio.sleep(0.02)


async def test_an_api_answers_reports_and_ends_without_breaking_a_request(world: HttpWorld) -> None:
    settings = world.app.state.kit.settings
    public, internal = f"http://127.0.0.1:{settings.port}", f"http://127.0.0.1:{settings.internal_port}"
    headers = {"Authorization": f"Bearer {CLERK.subject}"}
    stop = asyncio.Event()
    async with httpx.AsyncClient(headers=headers) as http:
        running = asyncio.create_task(serve(world.app, stop=stop, drain=0.3))
        await until_ready(http, f"{internal}/readyz")
        assert (await http.get(f"{internal}/healthz")).json() == {"alive": True}
        assert (await http.post(f"{public}/registry/v1/things", json={"name": "井"})).status_code == 201
        metrics = await http.get(f"{internal}/metrics")
        assert 'xiangli_http_requests_total{operation="makeThing",status="201"}' in metrics.text
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await http.get(public + path)).status_code == 404

        async with world.database.session() as blocker:
            await blocker.execute(text("LOCK TABLE things IN ACCESS EXCLUSIVE MODE"))
            slow = asyncio.create_task(http.post(f"{public}/registry/v1/things", json={"name": "桥"}))
            await asyncio.sleep(0.2)
            stop.set()
            await asyncio.sleep(0.1)
            not_ready = await http.get(f"{internal}/readyz")
            assert (not_ready.status_code, not_ready.json()["serving"]) == (503, False)
            await asyncio.sleep(0.4)
            assert not slow.done()
        assert (await slow).status_code == 201
        await asyncio.wait_for(running, timeout=5)
        with pytest.raises(httpx.ConnectError):
            await http.get(f"{public}/registry/v1/own")
    assert await world.count("things") == 2


async def test_a_taken_port_is_said_so(world: HttpWorld) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        with pytest.raises(OSError, match=r"listen|start"):
            async with served(health_app(ready=nothing), host="127.0.0.1", port=port):
                pass


async def nothing() -> dict[str, bool]:
    return {}


@pytest.mark.parametrize(
    ("alive", "parts", "expected"),
    [
        (True, {"database": True}, (200, 200)),
        (True, {"database": False, "bus": True}, (200, 503)),
        (False, {"database": True}, (503, 200)),
    ],
)
async def test_a_worker_is_judged_by_its_parts(alive: bool, parts: dict[str, bool], expected: tuple[int, int]) -> None:
    async def ready() -> dict[str, bool]:
        return parts

    transport = httpx.ASGITransport(app=health_app(ready=ready, alive=lambda: alive))
    async with httpx.AsyncClient(transport=transport, base_url="http://internal") as http:
        health, readiness = await http.get("/healthz"), await http.get("/readyz")
        assert (health.status_code, readiness.status_code) == expected
        assert readiness.json() == parts
        assert (await http.get("/other")).status_code == 404


async def test_a_check_that_hangs_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.http.health.CHECK_TIMEOUT", 0.05)

    async def ready() -> dict[str, bool]:
        await asyncio.sleep(5)
        return {}

    transport = httpx.ASGITransport(app=health_app(ready=ready))
    async with httpx.AsyncClient(transport=transport, base_url="http://internal") as http:
        assert (await http.get("/readyz")).status_code == 503
