"""The embedded broker as a process that a test owns."""

import asyncio
import socket
import sys


def free_port() -> int:
    """A port of the loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class BrokerProcess:
    """`deploy.local.broker` as a process of its own, with its fault controls."""

    def __init__(self, *, prefix: str = "", port: int | None = None) -> None:
        self.port = port or free_port()
        self._prefix = prefix
        self._process: asyncio.subprocess.Process | None = None

    @property
    def bootstrap(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "deploy.local.broker", "--control"),
            *("--port", str(self.port), "--prefix", self._prefix),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        line = await self._line()
        if not line.startswith("ready"):
            raise RuntimeError("the embedded broker did not start")

    async def order(self, order: str) -> None:
        """See `deploy.local.broker`. Raises RuntimeError when it was not carried out."""
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(order.encode() + b"\n")
        answer = await self._line()
        if answer != "ok":
            raise RuntimeError(f"{order}: {answer}")

    async def down(self) -> None:
        await self.order("down")

    async def up(self) -> None:
        await self.order("up")

    async def replace(self) -> None:
        await self.order("replace")

    async def stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            if process.returncode is None:
                process.kill()
            await process.wait()
            assert process.stdin is not None
            process.stdin.close()
            process._transport.close()  # type: ignore[attr-defined]  # else its pipes warn when collected

    async def _line(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        async with asyncio.timeout(20):
            return (await self._process.stdout.readline()).decode().strip()
