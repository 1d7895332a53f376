"""Health probes of local processes, without an HTTP client: launcher and start page probe often."""

import asyncio

from deploy.loopback import HOST

TIMEOUT = 4.0


async def is_listening(port: int) -> bool:
    """Whether a process accepts connections on the port."""
    return await _first_line(port, None) is not None


async def is_ready(port: int) -> bool:
    """Whether `/readyz` on an internal port answers 200."""
    return b" 200 " in (await _first_line(port, "/readyz") or b"")


async def _first_line(port: int, path: str | None) -> bytes | None:
    try:
        async with asyncio.timeout(TIMEOUT):
            reader, writer = await asyncio.open_connection(HOST, port)
            try:
                if path is None:
                    return b""
                writer.write(f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode())
                return await reader.readline()
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return None
