"""Servers on the loopback that are not what a process hopes for."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def listening(talk: Talk, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """The port of a server that treats every connection with `talk` and then hangs up."""

    async def treat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                await talk(reader, writer)
        finally:
            writer.close()

    server = await asyncio.start_server(treat, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def hangs_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """As soon as somebody says something."""
    await reader.read(1)


async def is_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """For longer than anybody waits."""
    await asyncio.sleep(60)


def refuses(code: str) -> Talk:
    """A PostgreSQL that answers the greeting with an error."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while (first := await reader.readexactly(8))[4:] == b"\x04\xd2\x16\x2f":  # asks for TLS
            writer.write(b"N")
        await reader.readexactly(int.from_bytes(first[:4], "big") - 8)
        fields = b"SFATAL\0VFATAL\0C" + code.encode() + b"\0Mrefused for tests\0\0"
        writer.write(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
        await writer.drain()

    return talk


def tls(store: Path) -> ssl.SSLContext:
    """Of a server with key and certificate in one file."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(store))
    return context
