"""The short ways: from path to route, and round the dependencies of a hot read. Nobody may notice them."""

from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from shared.http.app import endpoints
from shared.http.dispatch import Dispatch
from shared.ids import new_id
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import ASSESSOR, CLERK, NEIGHBOUR, SECRET, client
from tests.shared.http_world import HttpWorld, things_world


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with things_world(committed_of) as one:
        yield one


@pytest.fixture
async def clerk(world: HttpWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with client(world.app, CLERK) as one:
        yield one


async def test_a_fixed_path_is_found_before_one_with_a_parameter_whatever_the_order(clerk: httpx.AsyncClient) -> None:
    assert (await clerk.get("/things/newest")).json() == {"newest": CLERK.subject}


async def test_of_two_paths_with_parameters_the_one_with_more_fixed_segments_is_found_whatever_the_order() -> None:
    app = FastAPI()

    @app.get("/{kind}/{id}")
    async def anything(kind: str, id: str) -> str:
        return f"{kind} {id}"

    @app.get("/things/{id}")
    async def thing(id: str) -> str:
        return f"thing {id}"

    @app.get("/files/{path:path}")
    async def file(path: str) -> str:
        return f"file {path}"

    short = Dispatch(app.router, endpoints(app))
    transport = httpx.ASGITransport(app=short)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        assert (await http.get("/things/1")).json() == "thing 1"
        assert (await http.get("/bridges/%E4%BA%95")).json() == "bridges 井"
        assert (await http.get("/files/a/b")).json() == "file a/b"


@pytest.mark.parametrize("path", ["/things/", "/things//x", "/things/a/b/c", "//things", "/things/quick/", ""])
async def test_a_path_that_is_nearly_one_of_ours_is_not_found(clerk: httpx.AsyncClient, path: str) -> None:
    answer = await clerk.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "QUERY")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/things", {"GET", "POST"}),
        ("/things/0197b8f0-0000-7000-8000-000000000001", {"GET", "PUT"}),
        ("/things/slowly", {"POST"}),  # no thing that is called so
        ("/things/count", {"GET"}),
        ("/search", {"POST"}),
        ("/things/quick/0197b8f0-0000-7000-8000-000000000001", {"GET"}),
    ],
)
async def test_a_method_that_a_path_does_not_know_is_refused_with_all_that_it_knows(
    clerk: httpx.AsyncClient, path: str, allowed: set[str]
) -> None:
    """HEAD is one of those that it does not know: to look is to be written down."""
    for method in METHODS:
        answer = await clerk.request(method, path)
        assert (answer.status_code == 405) == (method not in allowed), method
        if method not in allowed:
            assert answer.headers["allow"] == ", ".join(sorted(allowed))


async def test_the_short_way_and_the_ordinary_way_answer_and_note_the_same(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    thing = (await clerk.post("/things", json={"name": "井"})).json()["id"]
    ordinary, short = await clerk.get(f"/things/{thing}"), await clerk.get(f"/things/quick/{thing}")
    assert (short.status_code, short.content) == (ordinary.status_code, ordinary.content) == (200, ordinary.content)
    assert {**short.headers, "x-request-id": ""} == {**ordinary.headers, "x-request-id": ""}
    rows = await world.rows("SELECT subject, noun, object_id, area FROM access_log WHERE action = 'read'")
    assert len(rows) == 2
    assert tuple(rows[0]) == tuple(rows[1])
    known = {"If-None-Match": ordinary.headers["etag"]}
    assert (await clerk.get(f"/things/quick/{thing}", headers=known)).status_code == 304


async def test_the_short_way_refuses_what_the_ordinary_way_refuses(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    thing = (await clerk.post("/things", json={"name": "井"})).json()["id"]
    for caller, id_ in ((None, thing), (ASSESSOR, thing), (NEIGHBOUR, thing), (CLERK, str(new_id())), (CLERK, SECRET)):
        async with client(world.app, caller) as one:
            ordinary, short = await one.get(f"/things/{id_}"), await one.get(f"/things/quick/{id_}")
        assert short.status_code == ordinary.status_code >= 400
        assert {**short.json(), "request_id": ""} == {**ordinary.json(), "request_id": ""}
    rows = await world.rows("SELECT count(*) FROM access_log WHERE action = 'read' AND subject = 'clerk-2'")
    assert rows[0][0] == 2


async def test_what_the_short_way_does_not_understand_goes_the_ordinary_one(clerk: httpx.AsyncClient) -> None:
    thing = (await clerk.post("/things", json={"name": "井"})).json()["id"]
    assert (await clerk.get(f"/things/quick/{thing}?purpose=visit")).status_code == 200
    answer = await clerk.get(f"/things/quick/{thing}?purpose={SECRET}")
    assert answer.json()["errors"][0]["path"] == "query.purpose"
