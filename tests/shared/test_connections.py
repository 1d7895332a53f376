"""Connections that keep us waiting are ended, and their number never keeps others out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from shared.http.connections import Limits
from shared.http.health import served
from shared.testing.broker import free_port

BIG = b"x" * 50_000_000
HEAD = b"POST /things HTTP/1.1\r\nhost: t\r\n"
GOOD = b"GET /things HTTP/1.1\r\nhost: t\r\n\r\n"


class App:
    """Reads the body and answers how long it was; `/big` answers more than any buffer holds."""

    def __init__(self) -> None:
        self.under_way = 0
        self.disconnected = 0

    async def __call__(self, scope: Any, receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        self.under_way += 1
        try:
            size = 0
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    self.disconnected += 1
                    return
                size += len(message["body"])
                if not message["more_body"]:
                    break
            body = BIG if scope["path"] == "/big" else b"%d" % size
            length = str(len(body)).encode()
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", length)]})
            for start in range(0, len(body), 1_000_000):
                part = body[start : start + 1_000_000]
                more = start + len(part) < len(body)
                await send({"type": "http.response.body", "body": part, "more_body": more})
        finally:
            self.under_way -= 1


class Client:
    """A connection that sends what it likes, when it likes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def say(self, text: bytes) -> None:
        self.writer.write(text)
        await self.writer.drain()

    async def answer(self) -> bytes:
        """The status line; empty if the connection was ended without one."""
        with contextlib.suppress(ConnectionError):
            return (await self.reader.readline()).strip()
        return b""

    async def body(self) -> bytes:
        """The rest of an answer with a length of one digit."""
        while (await self.reader.readline()).strip():
            pass
        return await self.reader.read(1)

    async def ended(self) -> bool:
        """Returns when the server has ended the connection."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(65_536):
                pass
        return True


Connect = Callable[[], AbstractAsyncContextManager[Client]]


@asynccontextmanager
async def port_of(app: App, **limits: Any) -> AsyncIterator[Connect]:
    """A server with these limits."""
    port = free_port()

    @asynccontextmanager
    async def connect() -> AsyncIterator[Client]:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            yield Client(reader, writer)
        finally:
            writer.transport.abort()

    async with served(app, host="127.0.0.1", port=port, grace=1, limits=Limits(**limits)), asyncio.timeout(60):
        yield connect


LATE = b"HTTP/1.1 408 Request Timeout"


@pytest.mark.parametrize("begun", [b"", b"GET ", HEAD, HEAD + b"x-slow: 1"], ids=["nothing", "verb", "host", "half"])
async def test_headers_that_do_not_come_are_not_waited_for(begun: bytes) -> None:
    async with port_of(App(), headers=1) as connect, connect() as client:
        await client.say(begun)
        assert await client.answer() == LATE
        assert await client.ended()


async def test_a_header_now_and_then_does_not_keep_the_connection() -> None:
    async with port_of(App(), headers=1) as connect, connect() as client:
        await client.say(HEAD)
        answering = asyncio.create_task(client.answer())
        while not answering.done():
            with contextlib.suppress(ConnectionError):
                await client.say(b"x-slow: 1\r\n")
            await asyncio.sleep(0.05)
        assert await answering == LATE


TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large"
LARGE = {
    "one header": HEAD + b"x-large: ",
    "name of a header": HEAD + b"x",
    "address": b"GET /x",
    "extension of a chunk": HEAD + b"transfer-encoding: chunked\r\n\r\n4;x=",
    "trailer": HEAD + b"transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\nx-large: ",
}


@pytest.mark.parametrize("name", list(LARGE))
async def test_headers_without_end_are_not_kept(name: str) -> None:
    async with port_of(App(), headers=50, body=50) as connect, connect() as client:
        await client.say(LARGE[name])
        answering = asyncio.create_task(client.answer())
        sent = 0
        with contextlib.suppress(ConnectionError):
            while not answering.done() and sent < 20_000_000:
                await client.say(b"x" * 100_000)
                sent += 100_000
        assert sent < 20_000_000
        assert await answering in (TOO_LARGE, b"")  # empty: our own bytes overtook the answer
        assert await client.ended()


@pytest.mark.parametrize("headers", [b"x-large: " + b"x" * 70_000 + b"\r\n", b"a:\r\n" * 17_000], ids=["one", "many"])
async def test_headers_that_come_at_once_and_are_too_large_are_refused(headers: bytes) -> None:
    async with port_of(App()) as connect, connect() as client:
        await client.say(HEAD + headers + b"\r\n")
        assert await client.answer() == TOO_LARGE
        assert await client.ended()


async def test_a_token_and_a_position_of_the_greatest_size_and_a_body_in_small_chunks_are_taken() -> None:
    async with port_of(App()) as connect, connect() as client:
        await client.say(b"POST /things?min_position=" + b"x" * 16_384 + b" HTTP/1.1\r\nhost: t\r\n")
        await client.say(b"authorization: Bearer " + b"x" * 8_192 + b"\r\ntransfer-encoding: chunked\r\n\r\n")
        await client.say(b"1\r\nx\r\n" * 30_000 + b"0\r\n\r\n")
        assert await client.answer() == b"HTTP/1.1 200 OK"


JAVA = (
    b"POST /things HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\n%b\r\nHost: t\r\n"
    b"HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nUpgrade: h2c\r\n"
    b"User-Agent: Java-http-client/21.0.8\r\nContent-Type: application/json\r\n\r\n"
)
"""The first request of Java's own client over plain HTTP, byte for byte; its body follows in a packet of its own."""


@pytest.mark.parametrize("apart", [False, True], ids=["in one packet", "body after the head"])
@pytest.mark.parametrize(
    ("framing", "body"),
    [(b"Content-Length: 7", b'{"a":1}'), (b"Transfer-Encoding: chunked", b'7\r\n{"a":1}\r\n0\r\n\r\n')],
    ids=["length", "chunks"],
)
async def test_a_request_that_asks_for_another_protocol_is_answered_in_this_one(
    framing: bytes, body: bytes, apart: bool
) -> None:
    """RFC 9110 §7.8: a server may ignore `Upgrade`; what it may not is to lose the body."""
    async with port_of(App()) as connect, connect() as client:
        head = JAVA % framing
        for _ in range(3):
            await client.say(head if apart else head + body)
            if apart:
                await asyncio.sleep(0.05)
                await client.say(body)
            assert await client.answer() == b"HTTP/1.1 200 OK"
            assert await client.body() == b"7"
        await client.say(GOOD)
        assert await client.answer() == b"HTTP/1.1 200 OK"


async def test_whoever_asks_for_another_protocol_is_bounded_like_everybody_else() -> None:
    web = (
        b"GET /things HTTP/1.1\r\nhost: t\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-key: x\r\n\r\n"
    )
    async with port_of(App()) as connect, connect() as client:
        await client.say(web * 3 + JAVA % b"Content-Length: 2" + b"ab" + GOOD)
        for length in (b"0", b"0", b"0", b"2", b"0"):
            assert await client.answer() == b"HTTP/1.1 200 OK"
            assert await client.body() == length
    async with port_of(App()) as connect, connect() as client:
        with contextlib.suppress(ConnectionError):
            await client.say(web * 5_000)
        assert await client.ended()
    async with port_of(App()) as connect, connect() as client:
        await client.say(JAVA % b"Content-Length: 2\r\nx: ".ljust(70_000, b"x"))
        assert await client.answer() == TOO_LARGE
    async with port_of(App()) as connect, connect() as client:
        await client.say(b"CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n" + GOOD)
        assert await client.answer() == b"HTTP/1.1 400 Bad Request"
        assert await client.ended()


async def test_requests_that_wait_on_one_connection_are_bounded() -> None:
    app = App()
    async with port_of(app) as connect, connect() as client:
        await client.say(HEAD + b"content-length: 2\r\n\r\nab" + GOOD * 10)
        for _ in range(11):
            assert await client.answer() == b"HTTP/1.1 200 OK"
            await client.body()
    async with port_of(app) as connect, connect() as client:
        with contextlib.suppress(ConnectionError):
            await client.say(GOOD * 5_000)
        assert await client.ended()
    assert app.under_way == 0


@pytest.mark.parametrize(
    "framing",
    [b"content-length: 100\r\n\r\nhalf", b"transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n"],
    ids=["length", "chunks"],
)
async def test_a_body_that_does_not_come_is_not_waited_for_and_the_request_ends(framing: bytes) -> None:
    app = App()
    async with port_of(app, body=1) as connect, connect() as client:
        await client.say(HEAD + framing)
        assert await client.answer() == LATE
        assert await client.ended()
        while app.under_way:
            await asyncio.sleep(0.01)
        assert app.disconnected == 1


async def test_the_time_begins_anew_with_each_request() -> None:
    async with port_of(App(), headers=3, body=3) as connect, connect() as client:
        for _ in range(5):
            await asyncio.sleep(0.5)
            await client.say(HEAD + b"content-length: 2\r\n\r\n")
            await asyncio.sleep(0.2)
            await client.say(b"ab")
            assert await client.answer() == b"HTTP/1.1 200 OK"
            assert await client.body() == b"2"
        await client.say(b"POST")
        assert await client.answer() == LATE


async def test_a_connection_without_a_request_is_ended() -> None:
    async with port_of(App(), idle=1) as connect, connect() as client:
        await client.say(GOOD)
        assert await client.answer() == b"HTTP/1.1 200 OK"
        assert await client.ended()


async def test_an_answer_that_nobody_takes_is_not_kept() -> None:
    app = App()
    async with port_of(app, body=1) as connect, connect() as client:
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a stream has a transport that reads
        await client.say(b"GET /big HTTP/1.1\r\nhost: t\r\n\r\n")
        while not app.under_way:
            await asyncio.sleep(0.01)
        while app.under_way:
            await asyncio.sleep(0.01)


async def test_idle_connections_never_keep_others_out() -> None:
    async with port_of(App(), total=5, exempt="127.0.0.1") as connect, contextlib.AsyncExitStack() as stack:
        idle = [await stack.enter_async_context(connect()) for _ in range(20)]
        async with connect() as client:
            await client.say(GOOD)
            assert await client.answer() == b"HTTP/1.1 200 OK"
        for one in idle[:15]:
            assert await one.ended()


async def test_a_request_under_way_is_not_ended_for_anothers_sake() -> None:
    app = App()
    async with port_of(app, total=2, exempt="127.0.0.0/8") as connect, connect() as first, connect() as second:
        await first.say(HEAD + b"content-length: 2\r\n\r\n")
        await second.say(HEAD + b"content-length: 2\r\n\r\n")
        while app.under_way < 2:
            await asyncio.sleep(0.01)
        async with connect() as third:
            assert await third.answer() == b"HTTP/1.1 503 Service Unavailable"
        for one in (first, second):
            await one.say(b"ab")
            assert await one.answer() == b"HTTP/1.1 200 OK"


@pytest.mark.parametrize(("exempt", "kept"), [("", 3), ("127.0.0.1", 8), ("10.0.0.0/8, 127.0.0.0/8", 8), ("*", 8)])
async def test_one_address_has_so_many_connections_unless_it_speaks_for_many(exempt: str, kept: int) -> None:
    app = App()
    async with port_of(app, per_address=3, exempt=exempt) as connect, contextlib.AsyncExitStack() as stack:
        for _ in range(8):
            client = await stack.enter_async_context(connect())
            await client.say(HEAD + b"content-length: 2\r\n\r\n")
            await asyncio.sleep(0.02)
        async with asyncio.timeout(30):
            while app.under_way != kept:
                await asyncio.sleep(0.01)
