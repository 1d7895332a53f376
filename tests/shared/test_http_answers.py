"""What an answer of the HTTP door carries: ids, traces, pages, tags, and the document that describes it."""

import asyncio
import base64
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from shared.http.pagination import InvalidCursor, decode_cursor
from shared.ids import new_id
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import (
    CLERK,
    OTHER_VILLAGE,
    SECRET,
    client,
)
from tests.shared.http_world import HttpWorld, things_world
from tests.shared.test_http import problem


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with things_world(committed_of) as one:
        yield one


@pytest.fixture
async def clerk(world: HttpWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with client(world.app, CLERK) as one:
        yield one


async def test_a_request_id_of_the_usual_form_is_taken_over_and_any_other_replaced(clerk: httpx.AsyncClient) -> None:
    given = str(new_id())
    assert (await clerk.get("/own", headers={"X-Request-Id": given})).headers["x-request-id"] == given
    for bad in (SECRET, "x" * 300, "a b"):
        assert (await clerk.get("/own", headers={"X-Request-Id": bad})).headers["x-request-id"] != bad


async def test_the_trace_of_a_request_reaches_its_outbox_row(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    """As it came: without an endpoint for traces nobody is told of a span between."""
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await clerk.post("/things", json={"name": "井"}, headers={"traceparent": given})
    [row] = await world.rows("SELECT traceparent FROM outbox")
    assert row["traceparent"] == given


async def test_pages_follow_each_other_without_gap_or_repetition(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    made = [(await clerk.post("/things", json={"name": f"井{n}"})).json()["id"] for n in range(7)]
    seen: list[str] = []
    cursor = None
    for _ in range(4):
        query = {"limit": "2"} | ({"cursor": cursor} if cursor else {})
        body = (await clerk.get("/things", params=query)).json()
        seen += [item["id"] for item in body["items"]]
        cursor = body["next_cursor"]
    assert cursor is None
    assert seen == sorted(made)


async def test_a_cursor_that_was_changed_or_belongs_elsewhere_is_refused(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    for n in range(2):
        await clerk.post("/things", json={"name": f"井{n}"})
    cursor = (await clerk.get("/things?limit=1")).json()["next_cursor"]
    forged = cursor[:-2] + ("AA" if not cursor.endswith("AA") else "BB")
    for bad in (forged, "x", "", "中", cursor + "A", "A" * 2000):
        problem(await clerk.get("/things", params={"cursor": bad}), 422, "invalid_cursor")
    with pytest.raises(InvalidCursor):
        decode_cursor(world.app.state.kit, cursor, operation="listOthers")


async def test_a_cursor_tells_nothing_of_the_row_that_it_names(clerk: httpx.AsyncClient) -> None:
    for n in range(2):
        await clerk.post("/things", json={"name": f"井{n}"})
    first, again = [(await clerk.get("/things?limit=1")).json() for _ in range(2)]
    assert first["next_cursor"] != again["next_cursor"], "sealed anew each time"
    raw = base64.urlsafe_b64decode(first["next_cursor"] + "==")
    assert first["items"][0]["id"].encode() not in raw


async def test_a_known_version_is_not_sent_again(clerk: httpx.AsyncClient) -> None:
    thing = (await clerk.post("/things", json={"name": "井"})).json()["id"]
    first = await clerk.get(f"/things/{thing}")
    assert first.headers["etag"] == '"1.masked"'
    again = await clerk.get(f"/things/{thing}", headers={"If-None-Match": f'"x", {first.headers["etag"]}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]
    assert (await clerk.get(f"/things/{thing}", headers={"If-None-Match": '"2.masked"'})).status_code == 200


async def test_a_change_needs_the_version_that_the_caller_saw(clerk: httpx.AsyncClient) -> None:
    thing = (await clerk.post("/things", json={"name": "井"})).json()["id"]
    path, body = f"/things/{thing}", {"name": "新井"}
    problem(await clerk.put(path, json=body), 428, "precondition_required")
    for tag in ('"2"', 'W/"1"', '"2", W/"1"', '"x"', '""'):
        problem(await clerk.put(path, json=body, headers={"If-Match": tag}), 412, "version_mismatch")
    for tag in ("1", '"1', 'w/"1"', '"1" "2"', '"1", *', "", ","):
        answer = problem(await clerk.put(path, json=body, headers={"If-Match": tag}), 422, "invalid_request")
        assert [error["path"] for error in answer["errors"]] == ["header.if-match"]
    assert (await clerk.put(path, json=body, headers={"If-Match": '"1.masked"'})).json()["version"] == 2
    problem(await clerk.put(path, json=body, headers={"If-Match": '"1"'}), 412, "version_mismatch")


async def test_a_star_changes_any_version_and_a_list_one_of_those_it_names(clerk: httpx.AsyncClient) -> None:
    thing = (await clerk.post("/things", json={"name": "井"})).json()["id"]
    for number, tag in enumerate(("*", '"1", "2"', 'W/"3", "3.full"'), start=2):
        answer = await clerk.put(f"/things/{thing}", json={"name": f"井{number}"}, headers={"If-Match": tag})
        assert answer.json()["version"] == number, tag
    nothing = f"/things/{new_id()}"
    problem(await clerk.put(nothing, json={"name": "井"}, headers={"If-Match": "*"}), 404, "not_found")


async def test_an_operator_whose_proxy_weakens_tags_says_so(committed_of: DatabaseOf) -> None:
    async with (
        things_world(committed_of, settings={"weakened_etags": True}) as world,
        client(world.app, CLERK) as clerk,
    ):
        thing = (await clerk.post("/things", json={"name": "井"})).json()["id"]
        tag = (await clerk.get(f"/things/{thing}")).headers["etag"]
        weak = await clerk.put(f"/things/{thing}", json={"name": "新井"}, headers={"If-Match": f"W/{tag}"})
        assert weak.json()["version"] == 2
        stale = await clerk.put(f"/things/{thing}", json={"name": "井"}, headers={"If-Match": f"W/{tag}"})
        problem(stale, 412, "version_mismatch")


PAGE = "https://app.county.example"


async def test_a_page_elsewhere_may_call_only_if_the_operator_names_its_origin(committed_of: DatabaseOf) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization, if-match"}
    settings = {"cors_origins": f"{PAGE}, http://localhost:5173"}
    async with things_world(committed_of, settings=settings) as world, client(world.app, CLERK) as clerk:
        allowed = await clerk.options("/things", headers={"Origin": PAGE, **asks})
        assert (allowed.status_code, allowed.headers["access-control-allow-origin"]) == (200, PAGE)
        assert "If-Match" in allowed.headers["access-control-allow-headers"]
        other = await clerk.options("/things", headers={"Origin": "https://app.county.example.evil", **asks})
        assert (other.status_code, "access-control-allow-origin" in other.headers) == (400, False)
        made = await clerk.post("/things", json={"name": "井"}, headers={"Origin": PAGE})
        refused = await clerk.post("/things", json={"name": 1}, headers={"Origin": PAGE})
        for answer, status in ((made, 201), (refused, 422)):
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (status, PAGE)
            exposed = answer.headers["access-control-expose-headers"]
            assert {"ETag", "Xiangli-Position", "Retry-After"} <= set(exposed.split(", "))
            assert "access-control-allow-credentials" not in answer.headers


async def test_nobody_elsewhere_may_call_if_nothing_is_set(clerk: httpx.AsyncClient) -> None:
    answer = await clerk.post("/things", json={"name": "井"}, headers={"Origin": PAGE})
    assert answer.status_code == 201
    assert not [name for name in answer.headers if name.startswith("access-control")]


async def test_two_changes_of_one_version_at_once_one_wins(clerk: httpx.AsyncClient) -> None:
    thing = (await clerk.post("/things", json={"name": "井"})).json()["id"]
    answers = await asyncio.gather(
        *(clerk.put(f"/things/{thing}", json={"name": f"新井{n}"}, headers={"If-Match": '"1"'}) for n in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412]


async def test_others_are_served_while_the_document_is_made_and_it_is_made_once(
    world: HttpWorld, clerk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a large service it takes seconds: on the loop, nobody would be answered meanwhile."""
    begun, may_end, made = threading.Event(), threading.Event(), world.app.openapi
    turns: list[int] = []

    def slowly() -> dict[str, Any]:
        turns.append(1)
        begun.set()
        if not may_end.wait(timeout=15):
            raise TimeoutError("the loop stood still")
        if len(turns) == 1:
            raise MemoryError
        return made()

    monkeypatch.setattr(world.app, "openapi", slowly)
    async with client(world.app, None) as anybody:
        failing = asyncio.create_task(anybody.get("http://test/registry/openapi.json"))
        await asyncio.to_thread(begun.wait)
        assert (await clerk.get("/own")).status_code == 200
        may_end.set()
        assert (await failing).status_code == 500
        several = (anybody.get("http://test/registry/openapi.json") for _ in range(4))
        assert [(await answer).status_code for answer in [asyncio.create_task(one) for one in several]] == [200] * 4
        assert (await anybody.get("http://test/registry/openapi.json")).headers["content-type"] == "application/json"
    assert len(turns) == 2, "what failed is made again, what was made is kept"


async def test_the_openapi_document_is_valid_and_declares_refusals_security_and_positions(world: HttpWorld) -> None:
    async with client(world.app, None) as anybody:
        document = (await anybody.get("http://test/registry/openapi.json")).json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    make = document["paths"]["/registry/v1/things"]["post"]
    assert {"201", "401", "403", "409", "413", "422", "500", "503"} <= set(make["responses"])
    assert make["responses"]["422"] == {"$ref": "#/components/responses/InvalidRequest"}
    refused = document["components"]["responses"]
    assert "application/problem+json" in refused["InvalidRequest"]["content"]
    assert "Retry-After" in refused["Unavailable"]["headers"]
    assert "Xiangli-Position" in make["responses"]["201"]["headers"]
    assert make["security"] == [{"bearer": []}]
    assert "HTTPValidationError" not in json.dumps(document)
    assert document["paths"]["/registry/v1/open"]["get"]["security"] == [{}, {"bearer": []}]
    assert "Idempotency-Key" in {parameter["name"] for parameter in make["parameters"]}
    assert OTHER_VILLAGE not in json.dumps(document)
