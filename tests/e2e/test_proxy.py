"""The one origin: what is forwarded, what stays behind, and what is said when nobody answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from deploy.local.stack.ports import SERVICES, Ports, free_ports
from deploy.local.start_page.page import create_app
from deploy.local.start_page.proxy import Proxy
from deploy.loopback import HOST
from shared.http.health import served


async def echo(request: Request) -> Response:
    """What a service sees of a request."""
    body = await request.body()
    seen = {
        "method": request.method,
        "path": request.scope["raw_path"].decode(),
        "query": request.scope["query_string"].decode(),
        "headers": dict(request.headers.items()),
        "body": body.decode(),
    }
    answer = JSONResponse(seen, 201)
    answer.headers["xiangli-position"] = "p1"
    answer.headers.append("set-cookie", "a=1")
    answer.headers.append("set-cookie", "b=2")
    answer.headers["keep-alive"] = "timeout=5"
    return answer


def over(app: Any) -> Starlette:
    """The proxy in front of an application, without sockets."""
    proxy = Proxy({"registry": "http://registry.test"}, transport=httpx.ASGITransport(app))
    return Starlette(routes=[Route("/registry/{rest:path}", proxy, methods=None)])


def client_of(app: Any) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://start.test")


UPSTREAM = Starlette(routes=[Route("/registry/{rest:path}", echo, methods=["GET", "POST", "DELETE"])])


async def test_method_path_query_headers_and_body_arrive_as_they_were_sent() -> None:
    async with client_of(over(UPSTREAM)) as client:
        answer = await client.post(
            "/registry/v1/a%2Fb?x=1&y=%E5%B2%91",
            content=b"{}",
            headers={"authorization": "Bearer t", "idempotency-key": "k", "if-match": '"3"'},
        )
    seen = answer.json()
    assert answer.status_code == 201
    assert (seen["method"], seen["path"], seen["query"]) == ("POST", "/registry/v1/a%2Fb", "x=1&y=%E5%B2%91")
    assert seen["body"] == "{}"
    assert {name: seen["headers"][name] for name in ("authorization", "idempotency-key", "if-match")} == {
        "authorization": "Bearer t",
        "idempotency-key": "k",
        "if-match": '"3"',
    }
    assert answer.headers["xiangli-position"] == "p1"
    assert answer.headers.get_list("set-cookie") == ["a=1", "b=2"]


async def test_what_concerns_one_connection_only_is_not_forwarded() -> None:
    async with client_of(over(UPSTREAM)) as client:
        answer = await client.get(
            "/registry/v1/x",
            headers={"connection": "x-secret-hop", "x-secret-hop": "1", "te": "trailers", "proxy-authorization": "p"},
        )
    seen = answer.json()["headers"]
    assert not {"x-secret-hop", "te", "proxy-authorization"} & set(seen)
    assert "keep-alive" not in answer.headers


async def test_a_caller_cannot_say_from_where_it_was_forwarded() -> None:
    async with client_of(over(UPSTREAM)) as client:
        answer = await client.get(
            "/registry/v1/x", headers={"x-forwarded-for": "6.6.6.6", "x-forwarded-proto": "gopher"}
        )
    assert answer.json()["headers"]["x-forwarded-for"] == "127.0.0.1"
    assert answer.json()["headers"]["x-forwarded-proto"] == "http"


async def test_an_answer_is_passed_on_while_it_is_still_being_written() -> None:
    go_on = asyncio.Event()

    async def slowly(_: Request) -> Response:
        async def parts() -> AsyncIterator[bytes]:
            yield b"first "
            await go_on.wait()
            yield b"last"

        return StreamingResponse(parts())

    async with listening(Starlette(routes=[Route("/registry/slow", slowly)])) as upstream:
        proxy = Proxy({"registry": upstream})
        async with (
            listening(Starlette(routes=[Route("/registry/{rest:path}", proxy)])) as origin,
            httpx.AsyncClient(trust_env=False) as client,
            client.stream("GET", f"{origin}/registry/slow") as answer,
        ):
            chunks = answer.aiter_raw()
            assert await anext(chunks) == b"first "
            go_on.set()
            assert b"".join([chunk async for chunk in chunks]) == b"last"
        await proxy.close()


@pytest.mark.parametrize(
    "error", [httpx.ConnectError("refused"), httpx.ReadTimeout("late"), httpx.RemoteProtocolError("gone")]
)
async def test_nobody_there_is_a_503_that_may_be_repeated(error: httpx.TransportError) -> None:
    def refuse(_: httpx.Request) -> httpx.Response:
        raise error

    proxy = Proxy({"registry": "http://registry.test"}, transport=httpx.MockTransport(refuse))
    app = Starlette(routes=[Route("/registry/{rest:path}", proxy, methods=None)])
    async with client_of(app) as client:
        answer = await client.post("/registry/v1/persons", json={}, headers={"x-request-id": "r1"})
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["code"], problem["status"], problem["request_id"]) == ("unavailable", 503, "r1")


async def test_the_start_page_serves_without_any_service_and_says_so() -> None:
    async with client_of(create_app(free_ports())) as client:
        page = await client.get("/")
        status = await client.get("/status.json")
        forwarded = await client.get("/services-hall/v1/items")
    assert page.status_code == 200
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page.text, "it fits a phone"
    for service in SERVICES:
        path = service.replace("_", "-")
        assert f"/docs/api/{path}/" in page.text
        assert f"/{path}/openapi.json" in page.text
    assert "class='no'" in page.text
    assert "class='yes'" not in page.text
    assert status.status_code == 503
    assert status.json()["services"]["grid"] == {"api": False, "worker": False}
    assert forwarded.status_code == 503


async def test_the_start_page_knows_every_port_of_its_stack() -> None:
    ports = Ports(9000)
    async with client_of(create_app(ports)) as client:
        page = (await client.get("/")).text
    for service in SERVICES:
        assert f"http://{HOST}:{ports.api_internal(service)}/readyz" in page
        assert f"http://{HOST}:{ports.worker_internal(service)}/metrics" in page
    assert f"{ports.issuer_url}/token" in page


@asynccontextmanager
async def listening(app: Any) -> AsyncIterator[str]:
    """The application on a port of its own."""
    port = free_ports().base
    async with served(app, host=HOST, port=port, grace=1):
        yield f"http://{HOST}:{port}"
