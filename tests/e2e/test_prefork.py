"""Pre-fork server of the local stack: what it forks is a process like any other."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import psutil
import pytest
import pytest_asyncio

from deploy.local.launcher.spawning import Forked, Prefork
from deploy.local.stack.deployment import ROOT, Program

PART = """
import os, signal, sys, threading, time
loaded = "services.registry.app" in sys.modules
print("begun", sys.argv[1:], os.environ.get("XIANGLI_TOLD"), loaded, threading.active_count())
print(os.getcwd(), os.getsid(0) == os.getpid(), sys.stdin.read() == "", file=sys.stderr)
if sys.argv[1] == "waits":
    time.sleep(600)
if sys.argv[1] == "falls":
    raise ValueError("fallen")
sys.exit(int(sys.argv[1]))
"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def prefork(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Prefork]:
    folder = tmp_path_factory.mktemp("prefork")
    (folder / "part.py").write_text(PART)
    kept = {name: text for name, text in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    made = Prefork(kept | {"PYTHONPATH": f"{ROOT}:{folder}"}, folder / "prefork.log")
    yield made
    await made.stop()


async def forked(prefork: Prefork, log: Path, argument: str) -> Forked:
    environment = dict(os.environ) | {"XIANGLI_TOLD": argument}
    with log.open("wb") as output:
        process = await prefork.spawn(Program("part", ("-m", "part", argument), environment), output, output)
    assert isinstance(process, Forked)
    return process


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_it_runs_its_module_with_arguments_environment_and_files(prefork: Prefork, tmp_path: Path) -> None:
    one, two = await asyncio.gather(forked(prefork, tmp_path / "one", "3"), forked(prefork, tmp_path / "two", "0"))
    assert (await one.wait(), await two.wait()) == (3, 0)
    assert (tmp_path / "one").read_text().splitlines() == ["begun ['3'] 3 True 1", f"{ROOT} True True"]
    assert (tmp_path / "two").read_text().splitlines() == ["begun ['0'] 0 True 1", f"{ROOT} True True"]
    assert "XIANGLI_TOLD" not in os.environ


async def test_a_fault_is_a_traceback_and_status_1(prefork: Prefork, tmp_path: Path) -> None:
    process = await forked(prefork, tmp_path / "log", "falls")
    assert await process.wait() == 1
    assert (tmp_path / "log").read_text().rstrip().endswith("ValueError: fallen")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
async def test_a_signal_ends_it_and_the_launcher_hears_of_it(
    prefork: Prefork, tmp_path: Path, number: signal.Signals
) -> None:
    process = await forked(prefork, tmp_path / "log", "waits")
    async with asyncio.timeout(20):
        while "begun" not in (tmp_path / "log").read_text():
            await asyncio.sleep(0.02)
    if number is signal.SIGTERM:
        process.terminate()
    else:
        os.kill(process.pid, number)
    assert await asyncio.wait_for(process.wait(), 20) == -number
    assert not psutil.pid_exists(process.pid), "nobody is left to be waited for"
    with pytest.raises(ProcessLookupError):
        process.terminate()


async def test_a_server_that_is_killed_counts_its_processes_as_killed_and_is_started_again(
    prefork: Prefork, tmp_path: Path
) -> None:
    process = await forked(prefork, tmp_path / "log", "waits")
    server = prefork.pid
    assert server is not None
    os.kill(server, signal.SIGKILL)
    assert await asyncio.wait_for(process.wait(), 20) == -signal.SIGKILL
    os.kill(process.pid, signal.SIGKILL)
    again = await forked(prefork, tmp_path / "again", "0")
    assert await again.wait() == 0
    assert prefork.pid not in (None, server)


async def test_stopped_it_leaves_what_it_has_forked_alone(prefork: Prefork, tmp_path: Path) -> None:
    process = await forked(prefork, tmp_path / "log", "waits")
    await prefork.stop()
    assert prefork.pid is None
    left = psutil.Process(process.pid)
    assert left.is_running()
    left.kill()
