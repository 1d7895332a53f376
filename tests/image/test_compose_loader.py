"""deploy/compose.yaml through the loader of docker compose itself: the Go module of the Compose Specification."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.compose.__main__ import main
from tests.image import composition
from tests.image.conftest import TOOLS

pytestmark = [pytest.mark.image, pytest.mark.xdist_group("image")]


@pytest.fixture(scope="module")
def loader() -> Path:
    """Built once, kept below `.local/tools`; needs Go."""
    assert shutil.which("go"), "Go is needed: this test builds the loader of docker compose"
    program = TOOLS / "composeloader"
    TOOLS.mkdir(parents=True, exist_ok=True)
    build = ["go", "build", "-o", str(program), "."]
    done = subprocess.run(build, cwd=Path(__file__).parent / "loader", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return program


def load(loader: Path, file: Path, secrets: Path) -> subprocess.CompletedProcess[str]:
    command = [str(loader), str(file), str(secrets)]
    return subprocess.run(command, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False)


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    assert main([str(tmp_path / "compose.env")]) == 0
    return tmp_path / "compose.env"


def test_it_is_loaded_and_says_what_our_own_reader_says(loader: Path, secrets: Path) -> None:
    done = load(loader, composition.FILE, secrets)
    assert done.returncode == 0, done.stderr
    project: dict[str, Any] = json.loads(done.stdout)
    values = dict(line.split("=", 1) for line in secrets.read_text().splitlines() if not line.startswith("#"))
    ours = composition.resolved(values)
    assert set(project["services"]) == set(ours["services"])
    for name, one in project["services"].items():
        assert one.get("environment") == ours["services"][name].get("environment"), name
        assert one["read_only" if ours["services"][name]["read_only"] else "image"]
        assert one["image"] == ours["services"][name]["image"]
        assert set(one["networks"]) == set(ours["services"][name]["networks"])
    assert project["services"]["grid-api"]["stop_grace_period"] == "40s"
    assert project["services"]["grid-migrate"]["healthcheck"]["disable"] is True


def test_without_secrets_it_says_what_to_do(loader: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.env").write_text("")
    done = load(loader, composition.FILE, tmp_path / "empty.env")
    assert done.returncode == 1
    assert "required variable CURSOR_KEY is missing a value: run make compose-env" in done.stderr


def test_a_dependency_on_nobody_would_be_noticed(loader: Path, secrets: Path, tmp_path: Path) -> None:
    broken = tmp_path / "compose.yaml"
    broken.write_text(composition.TEXT.replace("postgres: {condition", "postgre: {condition"), encoding="utf-8")
    done = load(loader, broken, secrets)
    assert done.returncode == 1
    assert 'depends on undefined service "postgre"' in done.stderr
