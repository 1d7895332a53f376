"""Process supervisor of the local stack: starts everything in order, restarts what ends, stops all at Ctrl-C.

Order: PostgreSQL, bus, issuer and start page; schemas; then the eight processes of the services, while the demo county
is loaded at the first start. `ready` is printed once: when all eight `/readyz` answer 200 and the residents are
committed.
"""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from deploy.local.launcher.children import Child, ending, kill_session, stop_all
from deploy.local.launcher.spawning import Prefork, Process, Spawn, can_prefork, spawn_fresh
from deploy.local.launcher.stages import COUNTY_MISSING, SCHEMA_READY
from deploy.local.stack.command import complain
from deploy.local.stack.deployment import Program, Stack
from deploy.local.stack.folder import LocalRefused
from deploy.local.stack.postgres import PostgresFailed
from deploy.local.stack.probe import is_listening, is_ready

START_LIMIT = 240.0
"""Seconds after which a start is given up."""
GRACE = 10.0
MAINTAIN_EVERY = 86_400.0


class Supervisor:
    """One run of a stack, from its start to its end."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._postgres = stack.postgres
        self._began = time.monotonic()
        self._children: list[Child] = []
        self._own: dict[Process, str] = {}
        self._prefork = Prefork(stack.environment(), stack.folder.logs / "prefork.log")
        self._spawn: Spawn = self._prefork.spawn if can_prefork() else spawn_fresh
        self._postgres_start: asyncio.Future[None] | None = None
        self._schema = asyncio.Event()
        self._county_missing = False

    async def run(self) -> int:
        """Exit status: 0 after an ordered stop, 1 if the start failed. Raises LocalRefused if nothing was begun."""
        self._stack.folder.open()
        orphans = await asyncio.to_thread(self._stack.folder.end_orphans)
        if orphans:
            self.say(f"{orphans} processes of a launcher that was killed are ended")
        taken = self._stack.ports.taken()
        if taken:
            raise LocalRefused(
                f"port {', '.join(map(str, taken))} is taken: stop what listens there, "
                "or choose another base (PORT=9000)."
            )
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        work = asyncio.create_task(self._work(), name="stack")
        stopped = asyncio.create_task(stop.wait(), name="signals")
        try:
            await asyncio.wait({work, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if work.done():
                return self._failed(work.exception())
            self.say("stopping")
            return 0
        finally:
            work.cancel()
            stopped.cancel()
            await asyncio.gather(work, stopped, return_exceptions=True)
            await self._end()

    def say(self, text: str) -> None:
        """Prints one line of progress."""
        print(f"{time.monotonic() - self._began:7.1f} s  {text}", flush=True)

    # -- up ------------------------------------------------------------------------------------------------------------
    async def _work(self) -> None:
        async with asyncio.timeout(START_LIMIT):
            await self._start()
        print(f"ready: {self._stack.ports.origin}", flush=True)
        await asyncio.gather(self._keep_postgres(), self._maintain())

    async def _start(self) -> None:
        self._postgres_start = asyncio.ensure_future(asyncio.to_thread(self._postgres.start))
        if can_prefork():
            await self._prefork.start()
        await asyncio.gather(
            asyncio.shield(self._postgres_start), *(self._launch(program) for program in self._stack.support_programs())
        )
        self.say("PostgreSQL answers; bus, issuer and start page are starting")
        async with asyncio.TaskGroup() as group:
            group.create_task(self._prepare())
            group.create_task(self._services())

    async def _prepare(self) -> None:
        """Schemas, then the demo county if it is missing."""
        await self._follow("prepare", "the databases could not be prepared")
        if self._county_missing:
            await self._follow("county", "the demo county could not be loaded")

    async def _follow(self, verb: str, failure: str) -> None:
        """Runs a verb in a process of its own and shows its lines as progress. Raises LocalRefused if it fails."""
        theirs, ours = os.pipe()
        with open(theirs, "rb") as lines:
            try:
                process = await self._spawn_own(self._stack.own_program(verb), ours)
            finally:
                os.close(ours)
            async for line in lines_of(lines):
                if line == SCHEMA_READY:
                    self._schema.set()
                elif line == COUNTY_MISSING:
                    self._county_missing = True
                else:
                    self.say(line)
        if await process.wait() != 0:
            raise LocalRefused(
                f"{failure} ({ending(process.returncode or 0)}): {last_line(self._stack.folder.log_of(verb))}"
            )
        del self._own[process]

    async def _services(self) -> None:
        await self._schema.wait()
        programs = self._stack.service_programs()
        for program in programs:
            await self._launch(program)
        waiting = {program.name: program for program in [*programs, *self._stack.support_programs()]}
        self.say(f"{len(programs)} processes of the services are starting")
        while waiting:
            for name, program in list(waiting.items()):
                if await is_up(program):
                    del waiting[name]
            await asyncio.sleep(0.1)
        self.say("all services are ready")

    async def _launch(self, program: Program) -> None:
        spawn = self._spawn if program.forked else spawn_fresh
        child = Child(program, self._stack.folder, say=self.say, changed=self._note, spawn=spawn)
        self._children.append(child)
        await child.start()

    async def _spawn_own(self, program: Program, output: int | None = None) -> Process:
        """A verb of ours; its output goes to its log if no file is named."""
        with self._stack.folder.log_of(program.name).open("ab") as log:
            process = await self._spawn(program, log if output is None else output, log)
        self._own[process] = program.name
        self._note()
        return process

    # -- while it runs -------------------------------------------------------------------------------------------------
    async def _keep_postgres(self) -> None:
        """Starts PostgreSQL again if it ends."""
        while True:
            await asyncio.sleep(1)
            if self._postgres.pid() is None:
                self.say(f"PostgreSQL ended and is started again; see {self._postgres.log}")
                self._postgres_start = asyncio.ensure_future(asyncio.to_thread(self._postgres.start))
                with contextlib.suppress(PostgresFailed):
                    await asyncio.shield(self._postgres_start)

    async def _maintain(self) -> None:
        """Runs maintenance (partitions ahead, retention) now, after the relays compared brokers, and daily."""
        while True:
            process = await self._spawn_own(self._stack.own_program("maintain"))
            done = await process.wait() == 0
            if not done:
                self.say(f"maintain failed, tried again in a minute; see {self._stack.folder.log_of('maintain')}")
            del self._own[process]
            self._note()
            await asyncio.sleep(MAINTAIN_EVERY if done else 60.0)

    def _note(self) -> None:
        pids = {"prefork": self._prefork.pid} | {child.program.name: child.pid for child in self._children}
        pids |= {name: process.pid for process, name in self._own.items() if process.returncode is None}
        self._stack.folder.note_processes(self._stack.ports.base, {name: pid for name, pid in pids.items() if pid})

    # -- down ----------------------------------------------------------------------------------------------------------
    def _failed(self, error: BaseException | None) -> int:
        refusals = error.exceptions if isinstance(error, BaseExceptionGroup) else [error]
        for refusal in refusals:
            if isinstance(refusal, LocalRefused | PostgresFailed):
                complain(str(refusal))
            elif isinstance(refusal, TimeoutError):
                complain(f"not ready after {START_LIMIT:.0f} s; the logs in {self._stack.folder.logs} say why.")
            elif refusal is not None:
                raise refusal
        return 1

    async def _end(self) -> None:
        """Ends everything, users before what they use: services, then bus and issuer, then PostgreSQL."""
        for process in self._own:
            kill_session(process.pid)
            await process.wait()
        support = {program.name for program in self._stack.support_programs()} - {"start-page"}
        await stop_all([child for child in self._children if child.program.name not in support], GRACE)
        await stop_all([child for child in self._children if child.program.name in support], 3.0)
        await self._prefork.stop()
        if self._postgres_start is not None:
            await asyncio.gather(self._postgres_start, return_exceptions=True)
            await asyncio.to_thread(self._postgres.stop)
        self._stack.folder.forget_processes()
        self.say("stopped")


async def is_up(program: Program) -> bool:
    """Whether a program is up: `/readyz` of a service process answers 200, or the port of another one is open."""
    if program.health is not None:
        return await is_ready(program.health)
    return program.port is None or await is_listening(program.port)


async def lines_of(file: IO[bytes]) -> AsyncIterator[str]:
    """The lines that come through a pipe, until nobody can write into it any more."""
    reader = asyncio.StreamReader()
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), file
    )
    try:
        async for line in reader:
            yield line.decode(errors="replace").strip()
    finally:
        transport.close()


def last_line(log: Path) -> str:
    """Last line of a log and its path, for a message."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return (lines[-1] if lines else "no message")[:300] + f" (see {log})"
