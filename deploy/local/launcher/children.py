"""Child process of the launcher: in a session of its own, its output in a file, restarted if it ends by itself."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence

from deploy.local.launcher.spawning import Process, Spawn, spawn_fresh
from deploy.local.stack.deployment import Program
from deploy.local.stack.folder import Folder

FIRST_PAUSE = 0.2
LONGEST_PAUSE = 15.0
HEALTHY_AFTER = 30.0
"""A child that lived this long (seconds) starts again at once when it ends."""

Say = Callable[[str], None]


class Child:
    """One program that is kept running until `stop`."""

    def __init__(
        self,
        program: Program,
        folder: Folder,
        *,
        say: Say,
        changed: Callable[[], None],
        spawn: Spawn = spawn_fresh,
    ) -> None:
        self.program = program
        self._start_process = spawn
        self._folder = folder
        self._say = say
        self._changed = changed
        self._process: Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    @property
    def pid(self) -> int | None:
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def start(self) -> None:
        """Returns when the process exists; from then on it is kept running until `stop`."""
        await self._spawn()
        self._task = asyncio.create_task(self._keep(), name=f"keep:{self.program.name}")

    async def stop(self, grace: float) -> None:
        """SIGTERM, `grace` seconds, SIGKILL for the whole session. Nothing of it is left afterwards."""
        self._stopping = True
        process = self._process
        if process is not None and process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace):
                    await process.wait()
            if process.returncode is None:
                self._say(f"{self.program.name} did not end within {grace:.0f} s and is killed")
        if process is not None:
            kill_session(process.pid)
            await process.wait()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _spawn(self) -> None:
        with self._folder.log_of(self.program.name).open("ab") as log:
            self._process = await self._start_process(self.program, log, log)
        self._changed()

    async def _keep(self) -> None:
        pause = 0.0
        while True:
            assert self._process is not None
            began = time.monotonic()
            status = await self._process.wait()
            if self._stopping:
                return
            kill_session(self._process.pid)
            if time.monotonic() - began > HEALTHY_AFTER:
                pause = 0.0
            pause = min(max(FIRST_PAUSE, pause * 2), LONGEST_PAUSE)
            self._say(
                f"{self.program.name} ended ({ending(status)}) and is started again; "
                f"see {self._folder.log_of(self.program.name)}"
            )
            await asyncio.sleep(pause)
            if self._stopping:
                return
            await self._spawn()


async def stop_all(children: Sequence[Child], grace: float) -> None:
    """Stops all children at the same time."""
    await asyncio.gather(*(child.stop(grace) for child in children))


def kill_session(pid: int) -> None:
    """Kills what is left of the process group that the child led."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def ending(status: int) -> str:
    """Exit status or signal name of a process that ended."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
