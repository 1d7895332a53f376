"""Django REST Framework at its best: an environment of its own, out of its lock, and the server that it goes best with.

Granian answers in one process with as many threads as connections of PostgreSQL: of the servers tried (gunicorn with
processes, gunicorn with threads, granian) it gave the most requests a second.
"""

import os
import subprocess
import venv
from collections.abc import Sequence
from pathlib import Path

from deploy.local.environment import ROOT
from tests.bench.harness import Unmeasured

HERE = Path(__file__).parent / "controls" / "drf"
LOCK = HERE / "drf.lock"
THREADS = 4


def tools() -> Path:
    """The folder of its programs, made where the lock has changed. Raises Unmeasured."""
    folder = (ROOT / (os.environ.get("LOCAL") or ".local") / "tools" / "drf").resolve()
    installed = folder / "installed.lock"
    if not installed.exists() or installed.read_text("utf-8") != LOCK.read_text("utf-8"):
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        done = subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], capture_output=True, text=True, check=False)
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:] or ["pip said nothing"]
            raise Unmeasured(f"Django REST Framework could not be installed: {said[0]}")
        installed.write_text(LOCK.read_text("utf-8"), encoding="utf-8")
    return folder / "bin"


def command(port: int) -> Sequence[str]:
    """How it is started; it listens on the port, and takes the database's address from CONTROL_DSN."""
    return (
        str(tools() / "granian"), "--interface", "wsgi", "--port", str(port), "--blocking-threads", str(THREADS),
        "--no-ws", "--log-level", "error", "--working-dir", str(HERE), "persons:application",
    )  # fmt: skip
