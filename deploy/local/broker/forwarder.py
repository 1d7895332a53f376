"""TCP forwarder: a fixed port in front of the mock cluster's own, which nobody can choose; to be cut and restored."""

import asyncio
from contextlib import suppress

from deploy.local.broker import api_versions
from deploy.loopback import HOST

_CHUNK = 1 << 18


class Forwarder:
    """Forwards a fixed port to the cluster. `corrects_versions`: of the protocol, as a connection begins."""

    def __init__(self, port: int, *, corrects_versions: bool = False) -> None:
        self._port = port
        self._versions = corrects_versions
        self._target = 0
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()

    async def up(self, target: int) -> None:
        """Listens, and forwards new connections to the port `target`."""
        self._target = target
        if self._server is None:
            self._server = await asyncio.start_server(self._forward, HOST, self._port, limit=_CHUNK)

    async def down(self) -> None:
        """Refuses connections and cuts the present ones."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for writer in tuple(self._open):
            writer.transport.abort()
        await asyncio.sleep(0)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there_reader, there_writer = await asyncio.open_connection(HOST, self._target, limit=_CHUNK)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, there_writer}
        try:
            await self._greet(reader, writer, there_reader, there_writer)
            await asyncio.gather(self._pump(reader, there_writer), self._pump(there_reader, writer))
        finally:
            self._open -= {writer, there_writer}

    async def _greet(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there_reader: asyncio.StreamReader,
        there_writer: asyncio.StreamWriter,
    ) -> None:
        """Forwards the first requests of a connection, which ask for the versions of the protocol."""
        with suppress(asyncio.IncompleteReadError, OSError):
            head = await reader.readexactly(api_versions.HEAD.size)
            refusal = api_versions.refusal(head) if self._versions else None
            if refusal is None:
                there_writer.write(head)
                return
            await reader.readexactly(int.from_bytes(head[:4], "big") - api_versions.HEAD.size + 4)
            writer.write(refusal)
            again = await reader.readexactly(4)
            there_writer.write(again + await reader.readexactly(int.from_bytes(again, "big")))
            size = await there_reader.readexactly(4)
            writer.write(size + api_versions.capped(await there_reader.readexactly(int.from_bytes(size, "big"))))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(_CHUNK):
                writer.write(data)
                await writer.drain()
        writer.close()
