"""Node packages of the checks, installed once below `.local/tools` out of their lock, and sources beside them."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from deploy.local.locks import ROOT

HERE = Path(__file__).parent
PARTS = ("package.json", "package-lock.json", ".npmrc", "redocly.yaml", "tsconfig.json", "check-asyncapi.mjs", "src")
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1", "CI": "true"}


class NodeFailed(AssertionError):
    """A Node program ended badly; its whole output is the message."""


def run(folder: Path, *command: str, timeout: float = 300, **environment: str) -> str:
    """What the program said. Raises NodeFailed where it does not end well."""
    done = subprocess.run(
        command, cwd=folder, env=os.environ | QUIET | environment, capture_output=True, text=True, timeout=timeout,
        check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise NodeFailed(f"{' '.join(command)}\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


def workspace(here: Path = HERE, parts: Sequence[str] = PARTS, name: str = "node") -> Path:
    """A folder with the sources of today that stand in `here`, and the packages of their lock."""
    folder = (ROOT / (os.environ.get("LOCAL") or ".local") / "tools" / name).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    installed = folder / "installed-lock.json"
    for part in parts:
        source, target = here / part, folder / part
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
        else:
            shutil.copyfile(source, target)
    wanted = (here / "package-lock.json").read_text(encoding="utf-8")
    if not installed.exists() or installed.read_text(encoding="utf-8") != wanted:
        run(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
        installed.write_text(wanted, encoding="utf-8")
    return folder


def tool(folder: Path, name: str) -> str:
    """The program of an installed package."""
    return str(folder / "node_modules" / ".bin" / name)
