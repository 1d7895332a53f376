"""How the launcher starts a process: with an interpreter of its own, or forked from the pre-fork server."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO, Protocol

from deploy.local.stack.deployment import ROOT, Program, python

LONGEST_MESSAGE = 1 << 16
ATTEMPTS = 3


class Process(Protocol):
    """What is asked of a process, however it was started."""

    @property
    def pid(self) -> int: ...

    @property
    def returncode(self) -> int | None: ...

    async def wait(self) -> int: ...

    def terminate(self) -> None: ...


Spawn = Callable[[Program, IO[bytes] | int, IO[bytes]], Awaitable[Process]]
"""Starts a program with these files as standard output and standard error, in a session of its own."""


async def spawn_fresh(program: Program, output: IO[bytes] | int, errors: IO[bytes]) -> Process:
    """With an interpreter of its own."""
    return await asyncio.create_subprocess_exec(
        python(), *program.arguments, env=program.environment, cwd=ROOT,
        stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True,
    )  # fmt: skip


class Forked:
    """A process that the pre-fork server has forked."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._over = asyncio.Event()

    async def wait(self) -> int:
        """Until its end; its exit status, negative for a signal."""
        await self._over.wait()
        assert self.returncode is not None
        return self.returncode

    def terminate(self) -> None:
        """SIGTERM. Raises ProcessLookupError if it is gone."""
        os.kill(self.pid, signal.SIGTERM)

    def ended(self, status: int) -> None:
        """The server has told of its end."""
        self.returncode = status
        self._over.set()


class Prefork:
    """Client of the pre-fork server, which is started with the first `start` and again if it has ended.

    If the server is killed, what it forked counts as killed: nobody can tell any more when it ends.
    """

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self._environment = environment
        self._log = log
        self._server: asyncio.subprocess.Process | None = None
        self._door: socket.socket | None = None
        self._reading: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._asked: deque[asyncio.Future[Forked]] = deque()
        self._running: dict[int, Forked] = {}

    @property
    def pid(self) -> int | None:
        """Of the server, while it runs."""
        return None if self._server is None or self._server.returncode is not None else self._server.pid

    async def start(self) -> None:
        """The server begins to load; nobody waits for it before the first process is asked for."""
        async with self._starting:
            if self._door is not None:
                return
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            ours.setblocking(False)
            with theirs, self._log.open("ab") as log:
                self._server = await asyncio.create_subprocess_exec(
                    python(), "-m", "deploy.local.launcher.preforked", str(theirs.fileno()), cwd=ROOT,
                    env=self._environment, pass_fds=[theirs.fileno()], stdin=asyncio.subprocess.DEVNULL, stdout=log,
                    stderr=log, start_new_session=True,
                )  # fmt: skip
            self._door = ours
            self._reading = asyncio.create_task(self._read(ours), name="prefork")

    async def spawn(self, program: Program, output: IO[bytes] | int, errors: IO[bytes]) -> Process:
        """Fork a process that runs the program's module. Raises ConnectionError if no server can be had."""
        dash, *arguments = program.arguments
        assert dash == "-m"
        message = json.dumps({"arguments": arguments, "environment": program.environment}).encode()
        files = [file if isinstance(file, int) else file.fileno() for file in (output, errors)]
        for attempt in range(ATTEMPTS):
            try:
                return await self._asked_for(message, files)
            except ConnectionError:  # the server ended while it was asked
                if attempt + 1 == ATTEMPTS:
                    raise
        raise AssertionError

    async def _asked_for(self, message: bytes, files: list[int]) -> Process:
        await self.start()
        if self._door is None:
            raise ConnectionError("the pre-fork server ended at once")
        future: asyncio.Future[Forked] = asyncio.get_running_loop().create_future()
        socket.send_fds(self._door, [message], files)
        self._asked.append(future)
        return await future

    async def stop(self) -> None:
        """The server ends; what it forked is not touched."""
        if self._door is not None and self._server is not None and self._reading is not None:
            with contextlib.suppress(ProcessLookupError):
                self._server.kill()  # it may still be loading, and has nothing to lose
            await self._server.wait()
            await self._reading

    async def _read(self, door: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while message := await self._received(loop, door):
            told = json.loads(message)
            if "started" in told:
                forked = self._running[told["started"]] = Forked(told["started"])
                asked = self._asked.popleft()
                if not asked.done():
                    asked.set_result(forked)
            elif told["ended"] in self._running:
                self._running.pop(told["ended"]).ended(told["status"])
        door.close()
        self._door = None
        for forked in self._running.values():
            forked.ended(-signal.SIGKILL)
        self._running.clear()
        while self._asked:
            asked = self._asked.popleft()
            if not asked.done():
                asked.set_exception(ConnectionError("the pre-fork server has ended"))

    @staticmethod
    async def _received(loop: asyncio.AbstractEventLoop, door: socket.socket) -> bytes:
        try:
            return await loop.sock_recv(door, LONGEST_MESSAGE)
        except ConnectionError:
            return b""


def can_prefork() -> bool:
    """Whether processes may be forked here: elsewhere than on Linux, system libraries do not survive a fork."""
    return sys.platform == "linux"
