"""Round trips to PostgreSQL, counted on the wire: whatever library sends them, and however quick the machine is."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

SOCKET = ".s.PGSQL.5432"


@dataclass
class Trips:
    """What clients asked the server. `url` leads to the same database by way of the count."""

    url: str
    waited: int = 0
    """Round trips: every query of the simple protocol, every synchronisation of the extended one."""
    notices: int = 0
    """Those of them that only notify, after a commit: nobody waits for these."""
    texts: list[str] = field(default_factory=list)
    """The statements, as far as their text was sent: a prepared one is sent once."""

    def reset(self) -> None:
        self.waited = self.notices = 0
        self.texts.clear()


@contextlib.asynccontextmanager
async def counted(url: str, folder: Path) -> AsyncIterator[Trips]:
    """A way to the server of `url` (on a unix socket) that counts; its own socket lies in `folder`."""
    parts = urlsplit(url)
    target = Path(parse_qs(parts.query)["host"][0]) / SOCKET
    trips = Trips(parts._replace(query=f"host={quote(str(folder), safe='/')}").geturl())
    links: set[asyncio.Task[None]] = set()

    async def link(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        links.add(task)
        task.add_done_callback(links.discard)
        server_reader, server_writer = await asyncio.open_unix_connection(str(target))
        answers = asyncio.create_task(_pass_on(server_reader, writer))
        try:
            await _count(reader, server_writer, trips)
        finally:
            server_writer.close()
            await answers
            with contextlib.suppress(OSError):
                await server_writer.wait_closed()
                await writer.wait_closed()

    server = await asyncio.start_unix_server(link, str(folder / SOCKET))
    try:
        yield trips
    finally:
        server.close()
        if links:  # they end with the clients, who have closed their connections
            await asyncio.wait(links, timeout=5)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()  # a client that said good-bye waits for the server to hang up


async def _count(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, trips: Trips) -> None:
    """Messages of a client: the first has no type, the others have a letter and their length."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        length = await reader.readexactly(4)
        writer.write(length + await reader.readexactly(int.from_bytes(length) - 4))
        while True:
            head = await reader.readexactly(5)
            body = await reader.readexactly(int.from_bytes(head[1:]) - 4)
            match head[:1]:
                case b"Q":
                    said = body.rstrip(b"\0").decode()
                    trips.texts.append(said)
                    if said.startswith("NOTIFY"):
                        trips.notices += 1
                    else:
                        trips.waited += 1
                case b"P":
                    trips.texts.append(body.split(b"\0")[1].decode())
                case b"S":
                    trips.waited += 1
            writer.write(head + body)
            await writer.drain()
