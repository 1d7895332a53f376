"""Dependencies worked out once: every answer, good or refused, is the one that FastAPI would have given."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi.routing import request_response

from shared.http.app import endpoints
from shared.http.route import ServiceRoute
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import CLERK, client
from tests.shared.http_world import HttpWorld, things_world

REQUESTS: list[tuple[str, str, dict[str, Any]]] = [
    ("POST", "/things", {"json": {"name": "井"}}),
    ("POST", "/things", {"json": {"name": "井", "area": "450481999999"}}),
    ("POST", "/things", {}),
    ("POST", "/things", {"content": b""}),
    ("POST", "/things", {"json": None}),
    ("POST", "/things", {"json": []}),
    ("POST", "/things", {"json": {"name": 5, "parts": [{"label": "x" * 30}], "born_on": "x", "odd": 1}}),
    ("POST", "/things", {"content": b'{"name": "x"}', "headers": {"content-type": "text/plain"}}),
    ("POST", "/things", {"json": {}, "headers": {"idempotency-key": "k" * 201}}),
    ("POST", "/things", {"json": {"name": "井"}, "headers": {"idempotency-key": " "}}),
    ("GET", "/things/x", {"params": {"purpose": "none"}}),
    ("GET", "/things/0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77", {"params": {"purpose": "none"}}),
    ("GET", "/things/0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77", {}),
    ("GET", "/things", {"params": {"limit": "0", "cursor": "x"}}),
    ("PUT", "/things/x", {"json": {"odd": 1}, "headers": {"if-match": "x" * 300}}),
    ("PUT", "/things/0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77", {"json": {"name": "井"}}),
    ("GET", "/newest", {}),
    ("GET", "/things/newest", {}),
    ("GET", "/own", {}),
    ("GET", "/open", {}),
]
OF_ITS_OWN = frozenset({"request_id", "id"})


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with things_world(committed_of) as one:
        yield one


async def answers(world: HttpWorld) -> list[tuple[int, dict[str, str], Any]]:
    found = []
    await world.execute("DELETE FROM things")
    async with client(world.app, CLERK) as clerk:
        for method, path, more in REQUESTS:
            answer = await clerk.request(method, path, **more)
            kept = {name: answer.headers[name] for name in ("content-type", "etag") if name in answer.headers}
            body = answer.json()
            if isinstance(body, dict):
                body = {name: value for name, value in body.items() if name not in OF_ITS_OWN}
            found.append((answer.status_code, kept, body))
    return found


async def test_every_answer_is_fastapis(world: HttpWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = await answers(world)
    assert {status for status, _, _ in ours} >= {200, 201, 404, 422}
    slow = [route for route in endpoints(world.app) if isinstance(route, ServiceRoute) and route.direct is not None]
    assert len(slow) == len(endpoints(world.app)), "an endpoint of the kit's own is left to FastAPI"
    monkeypatch.setattr("shared.http.route.solver", lambda _: None)
    for route in slow:
        monkeypatch.setattr(route, "app", request_response(route.get_route_handler()))
        monkeypatch.setattr(route, "direct", None)
    assert await answers(world) == ours
