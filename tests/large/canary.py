"""`python -m tests.large.canary`: what comes next, tried now in environments of its own: SQLAlchemy 2.1, Python 3.14.

Every canary ends in one line: how many tests passed, that tests failed, or what could not be had here. Exit code 1 if
tests failed; what could not be had is told and is no failure.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCK = ROOT / "requirements-dev.lock"
UV = Path(sys.executable).parent / "uv"
SUITES = ("tests/shared", "tests/contracts", "tests/registry", "tests/services_hall", "tests/grid", "tests/indicators")
APART = ("county", "faults", "kafka", "large", "noun", "chart", "cluster", "image", "node", "oidc", "handbook", "chaos")
"""Marks of tests that need more than an environment, or hours."""


@dataclass(frozen=True)
class Canary:
    """An environment that differs from the lock in one thing.

    `python`: an interpreter as uv finds it. `instead`: requirements that take the place of the lock's. `proof`: a
    program that prints the version that is tried.
    """

    name: str
    proof: str
    python: str = sys.executable
    instead: Sequence[str] = ()


CANARIES = (
    Canary(
        "SQLAlchemy 2.1", "import sqlalchemy; print(sqlalchemy.__version__)", instead=("sqlalchemy[asyncio]>=2.1,<2.2",)
    ),
    Canary("Python 3.14", "import platform; print(platform.python_version())", python="3.14"),
)


class NotToBeHad(Exception):
    """What is missing here, in one sentence."""


@dataclass(frozen=True)
class Outcome:
    """`held` is None where the canary could not be tried."""

    held: bool | None
    line: str


def main(canaries: Sequence[Canary] = CANARIES, suites: Sequence[str] = SUITES) -> int:
    """Tries all of them, says how each went, and returns the exit code."""
    outcomes = [tried(canary, suites) for canary in canaries]
    for outcome in outcomes:
        print(outcome.line, flush=True)
    return 1 if any(outcome.held is False for outcome in outcomes) else 0


def tried(canary: Canary, suites: Sequence[str]) -> Outcome:
    """One canary: its environment, then the suites in it; what they print goes to the terminal."""
    with tempfile.TemporaryDirectory(prefix="xiangli-canary-") as name:
        try:
            python = environment(canary, Path(name))
        except NotToBeHad as error:
            return Outcome(None, f"canary {canary.name}: not to be had here: {error}")
        version = subprocess.run(
            [python, "-c", canary.proof], check=True, capture_output=True, text=True
        ).stdout.strip()
        command = [str(python), "-m", "pytest", "-q", "-m", f"not ({' or '.join(APART)})", *suites]
        kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
        done = subprocess.run(command, cwd=ROOT, env=kept, check=False, stdout=subprocess.PIPE, text=True)
    last = done.stdout.strip().splitlines()[-1:] or ["nothing was said"]
    if done.returncode:
        print(done.stdout[-8000:], flush=True)
        return Outcome(False, f"canary {canary.name} ({version}): FAILED: {last[0]}")
    return Outcome(True, f"canary {canary.name} ({version}): {last[0]}")


def environment(canary: Canary, folder: Path) -> Path:
    """The interpreter of a fresh environment with the lock in it, but for what stands instead. Raises NotToBeHad."""
    made = folder / "env"
    python = made / "bin" / "python"
    _uv("venv", "-q", "--no-python-downloads", "--python", canary.python, str(made))
    install = ["pip", "install", "-q", "--compile-bytecode", "--only-binary", ":all:", "--python", str(python)]
    if canary.instead:
        instead = folder / "instead.txt"
        instead.write_text("\n".join(canary.instead) + "\n", encoding="utf-8")
        # the lock holds no hashes of what stands instead
        install += ["--overrides", str(instead), "--no-verify-hashes"]
    else:
        install.append("--require-hashes")
    _uv(*install, "-r", str(LOCK))
    return python


def _uv(*arguments: str) -> None:
    done = subprocess.run([UV, *arguments], check=False, capture_output=True, text=True)
    if done.returncode:
        said = re.sub(r"\s+", " ", done.stderr).strip()
        raise NotToBeHad(said.removeprefix("error: ")[:400])


if __name__ == "__main__":
    sys.exit(main())
