"""Child processes of a test: each leads a group of its own, writes into a file, and is gone when the test ends."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[3]
STARTED = 90.0
"""Seconds after which a process that is not ready fails the test; machines are shared."""


class Child:
    """One running program. `health` is the address of its internal port, without a path."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, output: Path, health: str | None) -> None:
        self.name = name
        self.output = output
        self._process = process
        self._health = health

    @property
    def running(self) -> bool:
        return self._process.returncode is None

    def log(self) -> str:
        """What it has said so far."""
        return self.output.read_text(errors="replace")

    async def until_ready(self) -> "Child":
        """Until `/readyz` answers 200. Raises AssertionError with the end of its log."""
        assert self._health is not None
        async with httpx.AsyncClient(timeout=5) as client:
            try:
                async with asyncio.timeout(STARTED):
                    while not await self._ready(client):
                        assert self.running, f"{self.name} ended: {self._tail()}"
                        await asyncio.sleep(0.05)
            except TimeoutError:
                raise AssertionError(f"{self.name} did not become ready: {self._tail()}") from None
        return self

    async def ends(self, seconds: float = 60.0) -> int:
        """Its exit status; negative for a signal."""
        async with asyncio.timeout(seconds):
            return await self._process.wait()

    async def kill(self) -> None:
        """SIGKILL to it and to whatever it started. Returns when it is gone."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def terminate(self, seconds: float = 30.0) -> int:
        """SIGTERM, and its exit status."""
        self._process.terminate()
        return await self.ends(seconds)

    async def _ready(self, client: httpx.AsyncClient) -> bool:
        with suppress(httpx.TransportError):
            return (await client.get(f"{self._health}/readyz")).status_code == 200
        return False

    def _tail(self) -> str:
        return self.log()[-2000:]


class Children:
    """Everything that a test started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started: list[Child] = []

    async def start(
        self, name: str, arguments: Sequence[str], *, settings: Mapping[str, object], health_port: int | None = None
    ) -> Child:
        """`python -m …`; settings go into its environment as `XIANGLI_…`."""
        environment = {key: value for key, value in os.environ.items() if not key.startswith("XIANGLI_")}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment |= {f"XIANGLI_{key.upper()}": str(value) for key, value in settings.items()}
        output = self._folder / f"{len(self._started):02}-{name}.log"
        with output.open("wb") as log:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *arguments),
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        health = None if health_port is None else f"http://127.0.0.1:{health_port}"
        child = Child(name, process, output, health)
        self._started.append(child)
        return child

    async def end(self) -> None:
        """Nothing of them is left afterwards."""
        for child in self._started:
            await child.kill()

    def said(self, event: str) -> list[str]:
        """The log lines of all of them that name an event."""
        return [line for child in self._started for line in child.log().splitlines() if f'"{event}"' in line]
