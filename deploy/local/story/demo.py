"""Demonstration: runs the story against the stack at PORT, or against one that it starts and stops itself."""

import asyncio
import contextlib
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

from aiokafka.errors import KafkaError

from deploy.local.stack.deployment import Stack, python
from deploy.local.stack.folder import Folder, LocalRefused
from deploy.local.stack.ports import free_ports
from deploy.local.stack.probe import is_listening
from deploy.local.story.client import StoryBroken, StoryClient, TokenSource
from deploy.local.story.household import Story, broken
from deploy.local.story.keycloak_users import source_of

START = 240.0
STOP = 40.0


async def demo(stack: Stack) -> int:
    """Exit status: 0 and a last line `story ok`, or 1 and what broke. Raises LocalRefused."""
    source = _source(stack)
    async with _running(stack) as there:
        client = StoryClient(there.ports, source)
        try:
            await Story(there, client).run()
        except (StoryBroken, TimeoutError, KafkaError) as error:
            print(f"story broken: {broken(error)}", file=sys.stderr)
            return 1
        finally:
            await client.close()
    print("story ok", flush=True)
    return 0


def _source(stack: Stack) -> TokenSource | None:
    """Token source for an issuer of one's own; None for the development issuer."""
    if stack.issuer is None:
        return None
    return source_of(stack.issuer, stack.folder.path / "keycloak")


@contextlib.asynccontextmanager
async def _running(stack: Stack) -> AsyncIterator[Stack]:
    """The stack that runs at PORT, or one of our own on free ports in a folder that is thrown away."""
    if await is_listening(stack.ports.base):
        yield stack
        return
    with tempfile.TemporaryDirectory(prefix="xiangli-demo-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own if we are root
        ours = replace(stack, folder=Folder(Path(folder) / "local"), ports=free_ports())
        print(f"no stack runs at {stack.ports.origin}: starting one at {ours.ports.origin}", flush=True)
        program = ours.own_program("launcher")
        process = await asyncio.create_subprocess_exec(
            python(),
            *program.arguments,
            env=program.environment,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        try:
            await _ready(process)
            yield ours
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP):
                    await process.communicate()


async def _ready(process: asyncio.subprocess.Process) -> None:
    assert process.stdout is not None
    async with asyncio.timeout(START):
        while line := await process.stdout.readline():
            text = line.decode().rstrip()
            print(text, flush=True)
            if text.startswith("ready:"):
                return
    raise LocalRefused("the stack of the demo did not start.")
