"""Connections of strangers: how long one may keep us waiting, and how many there may be.

uvicorn waits for ever for headers and bodies that do not come, and for a client that does not read its answer; it takes
headers without end, and queues every request that comes before the one under way is answered.
"""

import asyncio
import ipaddress
from collections import Counter
from dataclasses import dataclass
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shared.observability import metrics
from shared.observability.logging import get_logger
from shared.settings import ServiceSettings

log = get_logger(__name__)

LATE = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
FULL = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n"

MAX_HEAD = 65_536
"""Bytes of a request beside its body: address, headers, framing of chunks, trailers. A token has 8,192, a position
16,384 at most."""
MAX_QUEUED = 16
"""Requests that may wait on a connection for the one under way (pipelining)."""
FRAMING = 8
"""Bytes of framing that each byte of a body may bring: a chunk of one byte has five."""


@dataclass(frozen=True)
class Limits:
    """Limits of connections; times in seconds. The defaults are those of the internal port."""

    total: int = 200
    per_address: int = 200
    headers: int = 10  # from the opening, or the first byte of a further request, to the end of the headers
    body: int = 30  # from the headers to the end of the body; also how long an answer may wait to be read
    idle: int = 75  # from an answer to the next request
    exempt: str = ""  # addresses and networks that speak for many, separated by commas, or *

    @classmethod
    def of(cls, settings: ServiceSettings) -> "Limits":
        """The limits of a public port."""
        return cls(
            total=settings.max_connections,
            per_address=settings.connections_per_address,
            headers=settings.header_timeout,
            body=settings.body_timeout,
            idle=settings.idle_timeout,
            exempt=settings.trusted_proxies,
        )


class Connections:
    """All connections of one port. Who is over a limit takes the place of the one that has been idle longest."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._all = "*" in limits.exempt
        self._networks = [
            ipaddress.ip_network(one.strip(), strict=False)
            for one in limits.exempt.split(",")
            if one.strip() and not self._all
        ]
        self._addresses: Counter[str] = Counter()
        self._idle: dict[BoundedProtocol, None] = {}  # in the order in which they became idle
        self._open = 0

    def enter(self, connection: "BoundedProtocol") -> bool:
        """Whether the connection may stay."""
        self._open += 1
        self._addresses[connection.address] += 1
        self._idle[connection] = None
        over = self._addresses[connection.address] > self.limits.per_address
        if over and not self._speaks_for_many(connection.address):
            return self._make_room(connection, connection.address)
        return self._open <= self.limits.total or self._make_room(connection, None)

    def leave(self, connection: "BoundedProtocol") -> None:
        """The connection is gone."""
        self._open -= 1
        self._idle.pop(connection, None)
        self._addresses[connection.address] -= 1
        if not self._addresses[connection.address]:
            del self._addresses[connection.address]

    def busy(self, connection: "BoundedProtocol") -> None:
        """The connection has a request: it is not closed for another's sake."""
        self._idle.pop(connection, None)

    def idle(self, connection: "BoundedProtocol") -> None:
        """The connection has no request, or none whose headers are whole."""
        self._idle.pop(connection, None)
        self._idle[connection] = None

    def _speaks_for_many(self, address: str) -> bool:
        if self._all or not address:
            return True
        try:
            parsed = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._networks)

    def _make_room(self, new: "BoundedProtocol", address: str | None) -> bool:
        for one in self._idle:
            if one is not new and (address is None or one.address == address):
                metrics.CONNECTIONS_ENDED.labels("crowded").inc()
                self._idle.pop(one)
                one.transport.abort()
                return True
        return False


class _Parser(httptools.HttpRequestParser):
    """Parser of HTTP/1.1 requests to which one that asks for an upgrade is a request like any other (RFC 9110 §7.8).

    httptools takes what follows the headers of such a request for another protocol, and its body is lost: Java's own
    client asks for h2c in its first request over plain HTTP. The head is parsed once more, without asking.
    """

    def __init__(self, protocol: "BoundedProtocol") -> None:
        super().__init__(protocol)
        self._protocol = protocol

    def feed_data(self, data: Any) -> None:
        while data:
            try:
                super().feed_data(data)
                return
            except httptools.HttpParserUpgrade as upgrade:
                head = self._protocol.head_without_upgrade()
                if head is None:
                    raise  # CONNECT: there is no request to go on with
                data = head + data[upgrade.args[0] :]


class BoundedProtocol(HttpToolsProtocol):
    """HTTP/1.1 connection of uvicorn that does not wait for ever."""

    def __init__(self, *arguments: Any, connections: Connections, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.parser = _Parser(self)
        self._connections = connections
        self._timer: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._waits_for = ""
        self._head = 0  # bytes of the present request's address and headers
        self._beside = 0  # bytes that came since it began and are no body
        self._refusal: tuple[str, bytes] | None = None
        self.address = ""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if isinstance(peer, tuple) else ""
        self._begin("headers", self._connections.limits.headers)
        if not self._connections.enter(self):
            metrics.CONNECTIONS_ENDED.labels("refused").inc()
            transport.write(FULL)
            transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end()
        self.resume_writing()
        self._connections.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if not self._waits_for and self.cycle.response_complete:
            self._begin("headers", self._connections.limits.headers)
        self._beside += len(data)
        super().data_received(data)
        if self._beside > MAX_HEAD and not self.transport.is_closing():
            self._refuse("large", TOO_LARGE)
            self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        """What the parser refuses, or we in one of its callbacks."""
        if self._refusal is None:
            super().send_400_response(msg)
            return
        part, answer = self._refusal
        if answer and (self._waits_for == "headers" or not self.cycle.response_started):
            self.transport.write(answer)
            self._hang_up(part)
        else:
            metrics.CONNECTIONS_ENDED.labels(part).inc()
            self.transport.abort()

    def on_message_begin(self) -> None:
        self._head = self._beside = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value) + len(b": \r\n"))
        super().on_header(name, value)

    def on_body(self, body: bytes) -> None:
        self._beside = max(0, self._beside - FRAMING * len(body))
        super().on_body(body)

    def on_headers_complete(self) -> None:
        if self._asks_for_upgrade:
            return
        if len(self.pipeline) >= MAX_QUEUED:
            self._refuse("pipelined", b"")
            raise ConnectionError("too many requests wait on one connection")
        self._beside = 0
        self._begin("body", self._connections.limits.body)
        self._connections.busy(self)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self._asks_for_upgrade:
            return
        self._end()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self.pipeline:
            self._connections.idle(self)

    @property
    def _asks_for_upgrade(self) -> bool:
        return self.parser.should_upgrade() and self.parser.get_method() != b"CONNECT"

    def head_without_upgrade(self) -> bytes | None:
        """The head that was just parsed, without its `Upgrade`; None if it is no request of ours."""
        if not self._asks_for_upgrade:
            return None
        first = b" ".join((self.parser.get_method(), self.url, b"HTTP/" + self.parser.get_http_version().encode()))
        kept = [name + b": " + value for name, value in self.headers if name != b"upgrade"]
        return b"\r\n".join((first, *kept, b"", b""))

    def pause_writing(self) -> None:
        self._stalled = self.loop.call_later(self._connections.limits.body, self._unread)
        super().pause_writing()

    def resume_writing(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    def _count(self, size: int) -> None:
        """Count bytes of the address or of a header, a trailer included. Raises, which ends the parsing."""
        self._head += size
        if self._head > MAX_HEAD:
            self._refuse("large", TOO_LARGE)
            raise ConnectionError("address and headers are too large")

    def _refuse(self, part: str, answer: bytes) -> None:
        """The connection is to be ended, with this answer unless another one is on its way."""
        self._refusal = part, answer

    def _begin(self, part: str, seconds: float) -> None:
        self._end()
        self._waits_for = part
        self._timer = self.loop.call_later(seconds, self._late)

    def _end(self) -> None:
        self._waits_for = ""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        """Headers or body did not come in time."""
        if self._waits_for == "headers" or not self.cycle.response_started:
            self.transport.write(LATE)
        self._hang_up(self._waits_for)

    def _unread(self) -> None:
        """The client has not taken its answer in time."""
        self._hang_up("answer")

    def timeout_keep_alive_handler(self) -> None:
        self._hang_up("idle")

    def _hang_up(self, part: str) -> None:
        metrics.CONNECTIONS_ENDED.labels(part).inc()
        if self.flow.write_paused or part == "idle":
            self.transport.abort()  # what the client does not take cannot be flushed
        else:
            self.transport.close()
            self.loop.call_later(self._connections.limits.body, self.transport.abort)
