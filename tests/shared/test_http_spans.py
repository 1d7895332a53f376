"""What a request's span tells: its route, its status; never an address with its values, nor who is restricted."""

from collections.abc import AsyncIterator, Iterator

import httpx
import pytest

from shared.http import middleware
from shared.ids import new_id
from shared.observability import tracing
from shared.testing.plugin import DatabaseOf
from tests.shared.collector import Collector, Told, collecting
from tests.shared.http_service import CLERK, SECRET, client
from tests.shared.http_world import HttpWorld, things_world

CALLERS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with things_world(committed_of) as one:
        yield one


@pytest.fixture
async def clerk(world: HttpWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with client(world.app, CLERK) as one:
        yield one


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as found:
        tracing.start(found.endpoint, 1.0, service="kit", process="api")
        try:
            yield found
        finally:
            tracing.stop()


def told(collector: Collector) -> list[Told]:
    tracing.stop()
    return collector.spans


async def test_a_request_is_called_by_its_route_and_goes_on_in_its_callers_trace(
    clerk: httpx.AsyncClient, collector: Collector
) -> None:
    answer = await clerk.get(f"/things/{new_id()}?purpose=verification", headers={"traceparent": CALLERS})
    [span] = told(collector)
    assert answer.status_code == 404
    assert span.name == f"GET {span.attributes['http.route']}"
    assert span.attributes["http.route"].endswith("/things/{id}")
    assert span.attributes["http.response.status_code"] == "404"
    assert not span.failed, "a refusal is no fault of the service"
    assert (span.trace, span.parent) == (CALLERS[3:35], CALLERS[36:52])


async def test_nothing_of_an_address_a_query_or_a_body_is_in_a_span(
    clerk: httpx.AsyncClient, collector: Collector
) -> None:
    ident = new_id()
    await clerk.get(f"/things/{ident}?purpose={SECRET}")
    await clerk.get(f"/nowhere/{SECRET}")
    await clerk.request(SECRET.upper(), "/things")
    await clerk.post("/things", json={"name": SECRET})
    spans = told(collector)
    body = b"".join(collector.bodies)
    assert len(spans) == 4
    for text in (str(ident), ident.hex, SECRET, SECRET.upper()):
        assert text.encode() not in body
    assert "GET unrouted" in {one.name for one in spans}


async def test_a_defect_is_told_as_one_and_not_what_it_said(clerk: httpx.AsyncClient, collector: Collector) -> None:
    answer = await clerk.get("/boom")
    assert answer.status_code == 500
    [span] = told(collector)
    assert span.failed
    assert SECRET.encode() not in b"".join(collector.bodies)


async def test_operations_on_what_is_restricted_share_one_name(
    clerk: httpx.AsyncClient, collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "_counted_as", lambda _: "restricted")
    await clerk.get(f"/things/{new_id()}")
    [span] = told(collector)
    assert span.name == "GET restricted"
    assert "http.route" not in span.attributes
    assert span.attributes["xiangli.operation"] == "restricted"


async def test_the_outbox_carries_the_requests_own_span_on(
    world: HttpWorld, clerk: httpx.AsyncClient, collector: Collector
) -> None:
    await clerk.post("/things", json={"name": "井"}, headers={"traceparent": CALLERS})
    [row] = await world.rows("SELECT traceparent FROM outbox")
    [span] = told(collector)
    assert row["traceparent"] == f"00-{span.trace}-{span.id}-01"
    assert span.trace == CALLERS[3:35]
