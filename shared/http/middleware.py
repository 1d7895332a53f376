"""The outermost layer of every request: its id, its trace, its time, and an answer even to what nobody foresaw."""

import re
import time
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.http.errors import problem
from shared.http.kit import REQUEST_ID, STATE, RequestState
from shared.ids import new_id
from shared.observability import metrics, tracing

log = structlog.get_logger(__name__)

_REQUEST_ID = re.compile(r"^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$")

SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
CONTENT_POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


class Shell:
    """Gives every request an id and a trace, every answer its headers, a log line and its metrics.

    An exception that no handler knows is logged without what it may quote and answered with a bare 500.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        given, traceparent = _headers(scope)
        request_id = given if given is not None and _REQUEST_ID.match(given) else str(new_id())
        scope[REQUEST_ID] = request_id
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                headers.append((b"x-request-id", request_id.encode()))
                headers.extend(SECURITY)
                if not any(name == b"content-type" and value.startswith(b"text/html") for name, value in headers):
                    headers.append(CONTENT_POLICY)
            await send(message)

        metrics.HTTP_IN_FLIGHT.inc()
        with tracing.traced(traceparent):
            try:
                await self._app(scope, receive, send_with_headers)
            except ClientDisconnect:
                status = status or 499
            except Exception as error:
                log.error("unexpected", request_id=request_id, exc_info=error)
                if status:  # the answer is on its way: nothing can be taken back
                    raise
                response = problem(500, "internal", "服务内部错误", request_id)
                await response(scope, receive, send_with_headers)
            finally:
                metrics.HTTP_IN_FLIGHT.dec()
                self._tell(scope, request_id, status, time.perf_counter() - started)

    def _tell(self, scope: MutableMapping[str, Any], request_id: str, status: int, seconds: float) -> None:
        state = scope.get(STATE)
        operation = state.operation if isinstance(state, RequestState) else "unrouted"
        metrics.HTTP_REQUESTS.labels(operation, str(status)).inc()
        metrics.HTTP_SECONDS.labels(operation).observe(seconds)
        log.info(
            "http_request",
            operation=operation,
            method=scope["method"],
            status=status,
            milliseconds=round(seconds * 1000, 2),
            request_id=request_id,
        )


def _headers(scope: Scope) -> tuple[str | None, str | None]:
    request_id = traceparent = None
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            request_id = value.decode("latin-1")
        elif name == b"traceparent":
            traceparent = value.decode("latin-1")
    return request_id, traceparent
