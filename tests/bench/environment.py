"""Environments of controls whose libraries are none of ours: each out of its lock, below `.local/tools`."""

import os
import subprocess
import venv
from pathlib import Path

from deploy.local.environment import ROOT
from tests.bench.harness import Unmeasured

CONTROLS = Path(__file__).parent / "controls"


def programs(name: str) -> Path:
    """The folder of its programs, made again where its lock has changed. Raises Unmeasured."""
    lock = (CONTROLS / name / f"{name}.lock").read_text("utf-8")
    folder = (ROOT / (os.environ.get("LOCAL") or ".local") / "tools" / name).resolve()
    installed = folder / "installed.lock"
    if not installed.exists() or installed.read_text("utf-8") != lock:
        venv.create(folder, with_pip=True, clear=True)
        pip = [str(folder / "bin/python"), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        pip += ["--require-hashes", "-r", str(CONTROLS / name / f"{name}.lock")]
        done = subprocess.run(pip, capture_output=True, text=True, check=False)
        if done.returncode:
            said = done.stderr.strip().splitlines()[-1:] or ["pip said nothing"]
            raise Unmeasured(f"the libraries of {name} could not be installed: {said[0]}")
        installed.write_text(lock, encoding="utf-8")
    return folder / "bin"
