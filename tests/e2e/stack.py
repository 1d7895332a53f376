"""A whole local stack as a test uses it: started by the launcher's own verb, on free ports, in a folder of its own."""

import asyncio
import contextlib
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil

from deploy.local.stack.deployment import Stack, python
from deploy.local.stack.folder import Folder
from deploy.local.stack.ports import Ports, free_ports

START = 240.0
STOP = 60.0


class Running:
    """A launcher that was started here, and the processes below it."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.said: list[str] = []
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Until the ready line; the launcher's lines are in `said`."""
        program = self.stack.own_program("launcher")
        self._process = await asyncio.create_subprocess_exec(
            python(), *program.arguments, env=program.environment, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdout is not None
        async with asyncio.timeout(START):
            while line := await self._process.stdout.readline():
                self.said.append(line.decode().rstrip())
                if self.said[-1].startswith("ready:"):
                    return
        raise AssertionError("the stack did not start: " + " | ".join(self.said[-5:]))

    def processes(self) -> list[psutil.Process]:
        """The launcher and everything below it."""
        assert self._process is not None
        launcher = psutil.Process(self._process.pid)
        return [launcher, *launcher.children(recursive=True)]

    def service_process(self, service: str, role: str) -> psutil.Process:
        """The API or the worker of a service. Raises LookupError while it is away."""
        for pid, _, name in self.stack.folder.noted().get("processes", []):
            if name == f"{service}-{role}":
                with contextlib.suppress(psutil.NoSuchProcess):
                    return psutil.Process(pid)
        raise LookupError(f"{service} {role}")

    async def stop(self, number: int = signal.SIGINT) -> int:
        """Ctrl-C: the signal goes to the launcher's process group; its exit code."""
        process, self._process = self._process, None
        assert process is not None
        os.killpg(process.pid, number)
        async with asyncio.timeout(STOP):
            await process.communicate()
        assert process.returncode is not None
        return process.returncode

    async def kill(self) -> None:
        """What is left after a failed test."""
        if self._process is None:
            return
        with contextlib.suppress(psutil.NoSuchProcess):
            for process in reversed(self.processes()):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        await self._process.communicate()


@contextlib.asynccontextmanager
async def running(
    folder: Path,
    ports: Ports | None = None,
    kafka: str | None = None,
    *,
    issuer: str | None = None,
    over: Path | None = None,
    empty: bool = False,
) -> AsyncIterator[Running]:
    """A stack that has said it is ready; gone afterwards, whatever happened."""
    folder.chmod(0o755)
    found = Running(Stack(Folder(folder / "local"), ports or free_ports(), kafka, issuer, over, empty))
    try:
        await found.start()
        yield found
    finally:
        await found.kill()
        # the server is nobody's child: a launcher that is killed leaves it
        await asyncio.to_thread(found.stack.postgres.stop, immediately=True)


async def shell(commands: list[str], county: Running, folder: Path) -> str:
    """One shell for all commands of a page, in `folder`; it ends at the first that fails. What it said."""
    kept = {name: text for name, text in county.stack.environment().items() if name != "PYTHONPATH"}
    told = {"PORT": str(county.stack.ports.base), "LOCAL": str(county.stack.folder.path)}
    process = await asyncio.create_subprocess_exec(
        "bash", "-euo", "pipefail", "-c", "\n".join(commands), cwd=folder, env=kept | told,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(300):
            said = (await process.communicate())[0].decode()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    assert process.returncode == 0, said
    return said
