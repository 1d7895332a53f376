"""Reverse proxy of the start page: `/<service>/…` to the service: one origin, as behind an Ingress. Streams bodies."""

from collections.abc import AsyncIterator, Iterable, Mapping

import httpx
import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse
from starlette.types import Receive, Scope, Send

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip
"""Headers of one connection only (RFC 9110, 7.6.1)."""
TIMEOUT = httpx.Timeout(30.0, connect=3.0, pool=5.0)
RETRY_AFTER = "1"

Headers = list[tuple[bytes, bytes]]


def passed_on(headers: Iterable[tuple[bytes, bytes]], *, without: Iterable[str] = ()) -> Headers:
    """The end-to-end headers: without hop-by-hop headers and those that `Connection` names."""
    listed = list(headers)
    dropped = HOP_BY_HOP | set(without)
    for name, value in listed:
        if name.lower() == b"connection":
            dropped |= {token.strip().lower() for token in value.decode("latin-1").split(",")}
    return [(name, value) for name, value in listed if name.lower().decode("latin-1") not in dropped]


class Proxy:
    """An ASGI application for the paths of several services. `upstreams`: first path segment → base URL."""

    def __init__(self, upstreams: Mapping[str, str], *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._upstreams = dict(upstreams)
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=40, keepalive_expiry=4.0)
        self._client = httpx.AsyncClient(timeout=TIMEOUT, limits=limits, transport=transport, trust_env=False)

    async def close(self) -> None:
        await self._client.aclose()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._forward(request)
        except ClientDisconnect:
            return
        await response(scope, receive, send)

    async def _forward(self, request: Request) -> Response:
        path: bytes = request.scope.get("raw_path") or request.url.path.encode()
        base = self._upstreams[path.split(b"/", 2)[1].decode()]
        query: bytes = request.scope["query_string"]
        url = httpx.URL(base).copy_with(raw_path=path + (b"?" + query if query else b""))
        headers = passed_on(request.headers.raw, without=("x-forwarded-for", "x-forwarded-proto"))
        headers += [(b"x-forwarded-for", (request.client.host if request.client else "").encode())]
        headers += [(b"x-forwarded-proto", request.url.scheme.encode())]
        if "accept-encoding" not in request.headers:
            headers.append((b"accept-encoding", b"identity"))  # else the client of this proxy takes what ours does not
        has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
        sent = self._client.build_request(
            request.method, url, headers=headers, content=request.stream() if has_body else None
        )
        try:
            answer = await self._client.send(sent, stream=True)
        except (httpx.TransportError, httpx.StreamError):
            return away(request.headers.get("x-request-id"))
        response = StreamingResponse(body_of(answer), status_code=answer.status_code)
        response.raw_headers = passed_on(answer.headers.raw, without=("date",))  # our server says its own
        return response


async def body_of(answer: httpx.Response) -> AsyncIterator[bytes]:
    """The body as the service sent it; the connection is released even if the reader leaves."""
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def away(request_id: str | None) -> Response:
    """503 for a service that refused, broke off or was too late. The same request may be sent again."""
    problem = {
        "type": "urn:xiangli:problem:unavailable",
        "title": "服务暂时不可用",
        "status": 503,
        "code": "unavailable",
        "detail": "服务正在启动或重启，请稍后用同一个 Idempotency-Key 重试。",
        "errors": [],
        "request_id": request_id,
    }
    return Response(
        orjson.dumps(problem),
        status_code=503,
        media_type="application/problem+json",
        headers={"retry-after": RETRY_AFTER, "cache-control": "no-store"},
    )
