"""The outermost layer of every request: its id, its trace, its time, and an answer even to unexpected exceptions."""

import os
import re
import time
from collections.abc import Collection, Mapping, MutableMapping
from functools import cache
from typing import Any

import structlog
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from prometheus_client import Counter, Histogram
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.errors import DomainError
from shared.http.errors import defect, respond
from shared.http.kit import REQUEST_ID, STATE, RequestState
from shared.observability import metrics, tracing

log = structlog.get_logger(__name__)

_REQUEST_ID = re.compile(r"^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$")

SECURITY: tuple[tuple[bytes, bytes], ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
"""Headers of every answer."""
POLICY = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")
"""And of everything but the documentation page, which brings its own."""

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Methods that a span names; whatever else somebody sends is `_OTHER`."""

SLOW = 1.0
"""Seconds from which on a plain read is worth a log line."""


class Shell:
    """Outermost ASGI layer: gives requests an id and a trace, answers their headers, log line and metrics.

    An exception that no handler knows is logged without what it may quote and answered with a bare 500.
    """

    def __init__(
        self,
        app: ASGIApp,
        constraints: Mapping[str, type[DomainError]],
        refusals: Mapping[str, Collection[str]],
    ) -> None:
        self._app = app
        self._constraints = constraints
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        given, traceparent = _headers(scope)
        request_id = given if given is not None and _REQUEST_ID.match(given) else os.urandom(16).hex()
        scope[REQUEST_ID] = request_id
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message.setdefault("headers", [])
                headers.append((b"x-request-id", request_id.encode()))
                headers.extend(SECURITY)
                if not any(name == POLICY[0] for name, _ in headers):
                    headers.append(POLICY)
            await send(message)

        metrics.HTTP_IN_FLIGHT.inc()
        with tracing.traced(traceparent, "HTTP", SpanKind.SERVER) as span:
            try:
                await self._app(scope, receive, send_with_headers)
            except ClientDisconnect:
                status = status or 499
            except Exception as error:
                if status:  # the answer is on its way: nothing can be taken back
                    raise
                response = respond(error, request_id, self._constraints)
                if response is None:
                    log.error("unexpected", request_id=request_id, exc_info=error)
                    response = defect(request_id)
                self._require_listed(scope, response.code)
                await response(scope, receive, send_with_headers)
            finally:
                metrics.HTTP_IN_FLIGHT.dec()
                record(scope, request_id, status, time.perf_counter() - started)
                if span.is_recording():
                    tell(span, scope, status)

    def _require_listed(self, scope: Scope, code: str) -> None:
        """Count and log a refusal that the operation's document does not list; it is answered all the same."""
        state = scope.get(STATE)
        if isinstance(state, RequestState) and code not in self._refusals.get(state.operation, ()):
            metrics.HTTP_UNLISTED.labels(state.operation, code).inc()
            log.error("refusal_not_listed", operation=state.operation, code=code)


def record(scope: MutableMapping[str, Any], request_id: str, status: int, seconds: float) -> None:
    """Count an answer, and log it unless it is a plain, quick read: those are counted only."""
    state = scope.get(STATE)
    operation = state.operation if isinstance(state, RequestState) else "unrouted"
    counted, timed = _series(_counted_as(state), status)
    counted.inc()
    timed.observe(seconds)
    if status < 400 and scope["method"] == "GET" and seconds < SLOW:
        return
    log.info(
        "http_request",
        operation=operation,
        method=scope["method"],
        status=status,
        milliseconds=round(seconds * 1000, 2),
        request_id=request_id,
    )


def tell(span: Span, scope: MutableMapping[str, Any], status: int) -> None:
    """Name a request's span by its route's template: an address with its values, or a query, would tell of people.

    Those on restricted tags and visits are one, as in the metrics.
    """
    operation = _counted_as(scope.get(STATE))
    route = getattr(scope.get("route"), "path", None)
    span.set_attribute("http.request.method", scope["method"] if scope["method"] in METHODS else "_OTHER")
    span.set_attribute("http.response.status_code", status)
    span.set_attribute("xiangli.operation", operation)
    if route is None or operation in ("unrouted", "restricted"):
        span.update_name(f"{scope['method'] if scope['method'] in METHODS else 'HTTP'} {operation}")
    else:
        span.set_attribute("http.route", route)
        span.update_name(f"{scope['method']} {route}")
    if status >= 500:
        span.set_status(Status(StatusCode.ERROR))


def _counted_as(state: object) -> str:
    """An operation as metrics name it: those on restricted tags and visits are one: counts would tell of people."""
    if not isinstance(state, RequestState):
        return "unrouted"
    access = state.kit.access.get(state.operation)
    restricted = access is not None and access.permission is not None and access.permission.endswith(".restricted")
    return "restricted" if restricted else state.operation


@cache
def _series(operation: str, status: int) -> tuple[Counter, Histogram]:
    """The time series of an operation; as many as there are operations and statuses."""
    return metrics.HTTP_REQUESTS.labels(operation, str(status)), metrics.HTTP_SECONDS.labels(operation)


def _headers(scope: Scope) -> tuple[str | None, str | None]:
    headers = dict(scope["headers"])
    request_id, traceparent = headers.get(b"x-request-id"), headers.get(b"traceparent")
    return request_id and request_id.decode("latin-1"), traceparent and traceparent.decode("latin-1")
