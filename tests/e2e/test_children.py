"""Child processes of the launcher: watched, started again, and gone with everything below them."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import psutil
import pytest

from deploy.local.launcher.children import Child, ending
from deploy.local.stack.deployment import Program
from deploy.local.stack.folder import Folder, LocalRefused

SLEEPER = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(600)"
)
PARENT = (
    "import subprocess, sys; "
    "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).wait()"
)  # fmt: skip


@asynccontextmanager
async def child_of(folder: Folder, code: str, said: list[str]) -> AsyncIterator[Child]:
    child = Child(Program("part", ("-c", code), dict(os.environ)), folder, say=said.append, changed=lambda: None)
    await child.start()
    try:
        yield child
    finally:
        await child.stop(0.1)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    opened = Folder(tmp_path / "local")
    opened.open()
    yield opened
    opened.close()


async def until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_child_that_is_killed_is_reported_and_started_again(folder: Folder) -> None:
    said: list[str] = []
    async with child_of(folder, SLEEPER, said) as child:
        first = child.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: child.pid not in (None, first))
        assert len(said) == 1
        assert "part ended (SIGKILL) and is started again" in said[0]
        assert str(folder.log_of("part")) in said[0]


async def test_a_child_that_ends_at_once_is_started_again_more_and_more_slowly(folder: Folder) -> None:
    said: list[str] = []
    began = time.monotonic()
    async with child_of(folder, "raise SystemExit(3)", said):
        await until(lambda: len(said) >= 3)
    assert time.monotonic() - began >= 0.2 + 0.4
    assert all("exit status 3" in line for line in said)


async def test_a_child_leaves_no_grandchild_whether_it_is_stopped_or_killed(folder: Folder) -> None:
    async with child_of(folder, PARENT, []) as child:
        pid = child.pid
        assert pid is not None
        await until(lambda: len(psutil.Process(pid).children()) == 1)
        orphan = psutil.Process(pid).children()[0]
        os.kill(pid, signal.SIGKILL)
        await until(lambda: not alive(orphan))
        await until(lambda: child.pid not in (None, pid) and len(psutil.Process(child.pid).children()) == 1)
        assert child.pid is not None
        below = psutil.Process(child.pid).children()[0]
        await child.stop(5)
        await until(lambda: not alive(below))
        assert child.pid is None


async def test_a_child_that_does_not_listen_is_killed_after_its_grace(folder: Folder) -> None:
    said: list[str] = []
    async with child_of(folder, STUBBORN, said) as child:
        await until(lambda: b"deaf" in folder.log_of("part").read_bytes())
        await child.stop(0.2)
        assert child.pid is None
    assert said == ["part did not end within 0 s and is killed"]


async def test_children_are_out_of_reach_of_the_terminals_signals(folder: Folder) -> None:
    async with child_of(folder, SLEEPER, []) as child:
        assert child.pid is not None
        assert os.getsid(child.pid) == child.pid != os.getsid(0)


async def test_what_a_killed_launcher_left_is_ended_by_the_next_one(folder: Folder) -> None:
    left = await asyncio.create_subprocess_exec("sleep", "600", start_new_session=True)
    stranger = await asyncio.create_subprocess_exec("sleep", "600", start_new_session=True)
    try:
        killed = psutil.Process(left.pid)
        folder.note_processes(9000, {"left": left.pid})
        noted = folder.noted()
        noted["processes"].append([stranger.pid, psutil.Process(stranger.pid).create_time() - 100, "stranger"])
        (folder.path / "run.json").write_text(json.dumps(noted))
        assert folder.end_orphans() == 1
        await asyncio.wait_for(left.wait(), 5)  # its exit code may have been taken by who ended it
        assert not alive(killed)
        assert alive(psutil.Process(stranger.pid)), "another process under a pid that was reused"
        assert folder.noted() == {}
    finally:
        for process in (left, stranger):
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def test_a_folder_serves_one_launcher_at_a_time(folder: Folder) -> None:
    assert folder.is_held()
    with pytest.raises(LocalRefused, match="another stack runs in"):
        Folder(folder.path).open()


def test_endings_are_told_in_words() -> None:
    assert ending(0) == "exit status 0"
    assert ending(-9) == "SIGKILL"
    assert ending(-63) in {"signal 63", "SIGRTMAX-1"}


def alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
