"""The example programs as a test starts them: in an environment of their own, with nothing of this project in reach."""

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from deploy.local.environment import VENV, environment_of_uv
from deploy.local.stack.deployment import ROOT

EXAMPLE = ROOT / "examples/county_hotline"
SOURCE = "urn:county:450481:hotline-12345"
LIMIT = 120.0
LANGUAGES = (pytest.param("python"), pytest.param("java", marks=pytest.mark.kafka))
"""Java and Maven stand where a real Kafka runs: `make test` has Python alone."""


@dataclass(frozen=True)
class Hotline:
    """One installation: a program, where it runs, and its settings (without `HOTLINE_`)."""

    command: tuple[str, ...]
    folder: Path
    settings: Mapping[str, str]

    def told(self, **settings: str) -> "Hotline":
        """The same with other settings."""
        return replace(self, settings={**self.settings, **settings})

    async def run(self, *arguments: str, expect: int = 0, orders: list[dict[str, Any]] | None = None) -> str:
        """What it printed, complaints included; `orders` are handed over on standard input."""
        process = await self.start(*arguments)
        given = "".join(json.dumps(order, ensure_ascii=False) + "\n" for order in orders or []).encode()
        async with asyncio.timeout(LIMIT):
            said = (await process.communicate(given))[0].decode()
        assert process.returncode == expect, f"{arguments} ended with {process.returncode}: {said}"
        return said

    async def start(self, *arguments: str) -> asyncio.subprocess.Process:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "JAVA_HOME") if name in os.environ}
        told = {f"HOTLINE_{name.upper()}": value for name, value in self.settings.items()}
        return await asyncio.create_subprocess_exec(
            *self.command, *arguments, cwd=self.folder, env=kept | told, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip

    async def orders(self) -> dict[str, dict[str, Any]]:
        """Its own table, by id."""
        lines = (await self.run("requests", "--json")).splitlines()
        return {row["id"]: row for row in map(json.loads, lines)}

    async def figures(self, *arguments: str) -> dict[tuple[str, str], dict[str, Any]]:
        """Its mirror, by area and code."""
        lines = (await self.run("figures", "--json", *arguments)).splitlines()
        return {(row["area"], row["code"]): row for row in map(json.loads, lines)}


def python_command(folder: Path) -> tuple[str, ...]:
    """The example in Python with what its own requirements.txt names, in an environment below the folder."""
    return (python_with(EXAMPLE / "python/requirements.txt", folder), "-m", "hotline")


def python_with(requirements: Path, folder: Path) -> str:
    """A Python below the folder that has what these requirements name, and nothing of this project."""
    there, uv = folder / "venv", str(VENV / "bin/uv")
    environment = environment_of_uv()
    for arguments in (
        ("venv", "-q", "--python", str(VENV / "bin/python"), str(there)),
        ("pip", "install", "-q", "--python", str(there), "-r", str(requirements)),
    ):
        subprocess.run([uv, *arguments], env=environment, check=True)
    return str(there / "bin/python")


def java_command() -> tuple[str, ...]:
    """The example in Java, built by its own pom.xml."""
    maven = shutil.which("mvn")
    assert maven is not None, "Maven is needed: install the Debian package maven"
    done = subprocess.run([maven, "-q", "-B", "package"], cwd=EXAMPLE / "java", capture_output=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr).decode()[-2000:]
    return ("java", "-XX:TieredStopAtLevel=1", "-jar", "target/hotline.jar")
