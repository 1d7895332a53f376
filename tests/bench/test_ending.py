"""A bench that is told to end leaves nothing behind."""

import signal
import subprocess
import sys
from pathlib import Path

import psutil

MEASURING = """
import sys, time
import tests.bench.__main__ as bench
from tests.bench.harness import Goal
from tests.bench.server import server

def measure():
    with server() as postgres:
        print(postgres.pid(), postgres.folder, flush=True)
        time.sleep(120)

bench.goals = lambda: {Goal("endless", "a measurement that takes its time", 1, 1): measure}
sys.exit(bench.main([]))
"""


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE  # it has ended, and nobody has asked how
    except psutil.NoSuchProcess:
        return False


def test_a_bench_that_is_ended_takes_its_server_along() -> None:
    with subprocess.Popen([sys.executable, "-c", MEASURING], stdout=subprocess.PIPE, text=True) as bench:
        try:
            assert bench.stdout is not None
            pid, folder = bench.stdout.readline().split()
            assert runs(int(pid))
            bench.send_signal(signal.SIGTERM)
            assert bench.wait(60) == 128 + signal.SIGTERM
            assert not runs(int(pid))
            assert not Path(folder).exists()
        finally:
            bench.kill()
