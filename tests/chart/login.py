"""A PostgreSQL that asks for TLS and a password, notes both, and lets nobody in."""

import asyncio
import ssl
import struct
from dataclasses import dataclass, field

SSL_REQUEST = 80877103
CLEARTEXT = b"R" + struct.pack("!ii", 8, 3)
REFUSAL = b"SFATAL\0VFATAL\0C28P01\0Mrefused, as always\0\0"


@dataclass
class Login:
    """What a client said about itself before it was refused."""

    encrypted: bool = False
    parameters: dict[str, str] = field(default_factory=dict)
    password: str = ""


@dataclass
class Doorman:
    """Serves on a port of its own until it is closed. `logins`: who came, in order."""

    context: ssl.SSLContext
    logins: list[Login] = field(default_factory=list)

    async def start(self) -> int:
        """Its port."""
        self._server = await asyncio.start_server(self._answer, "0.0.0.0", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def stop(self) -> None:
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        login = Login()
        try:
            body = await _startup(reader)
            if struct.unpack("!i", body[:4])[0] == SSL_REQUEST:
                writer.write(b"S")
                await writer.drain()
                await writer.start_tls(self.context)
                login.encrypted = True
                body = await _startup(reader)
            words = body[4:].rstrip(b"\0").split(b"\0")
            login.parameters = {k.decode(): v.decode() for k, v in zip(words[::2], words[1::2], strict=True)}
            writer.write(CLEARTEXT)
            await reader.readexactly(1)
            login.password = (await _startup(reader)).rstrip(b"\0").decode()
            writer.write(b"E" + struct.pack("!i", len(REFUSAL) + 4) + REFUSAL)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass  # whoever does not trust us goes away
        finally:
            self.logins.append(login)
            writer.close()


async def _startup(reader: asyncio.StreamReader) -> bytes:
    (length,) = struct.unpack("!i", await reader.readexactly(4))
    return await reader.readexactly(length - 4)
