"""A client that openapi-python-client makes out of the published document does five flows against a running county."""

import json
import os
import subprocess
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.local.locks import ROOT
from deploy.local.story.client import StoryClient
from deploy.local.story.household import Story
from deploy.local.story.state import GRID, VILLAGE
from deploy.local.tokens import token
from tests.e2e.stack import running

pytestmark = [pytest.mark.node, pytest.mark.embedded, pytest.mark.xdist_group("stack")]

HERE = ROOT / "tests/clients/python"
LOCK = HERE / "generator.lock"


def run(*command: str, cwd: Path, **environment: str) -> str:
    """What the program said; it fails where the program does not end well."""
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def tools() -> Path:
    """An environment of its own with the generator, out of the lock."""
    folder = (ROOT / (os.environ.get("LOCAL") or ".local") / "tools" / "python-client").resolve()
    installed = folder / "installed.lock"
    if not installed.exists() or installed.read_text("utf-8") != LOCK.read_text("utf-8"):
        venv.create(folder, with_pip=True, clear=True)
        run(str(folder / "bin/python"), "-m", "pip", "install", "-q", "--require-hashes", "-r", str(LOCK), cwd=ROOT)
        installed.write_text(LOCK.read_text("utf-8"), encoding="utf-8")
    return folder / "bin"


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where a server that runs as another user may look."""
    with tempfile.TemporaryDirectory(prefix="xiangli-python-", ignore_cleanup_errors=True) as made:
        yield Path(made)


@pytest.fixture
def client(tools: Path, folder: Path) -> Path:
    """The generated package. A warning of the generator is something that it left out."""
    settings = folder / "generator.yaml"
    settings.write_text("package_name_override: xiangli_client\npost_hooks: []\n", encoding="utf-8")
    said = run(
        str(tools / "openapi-python-client"), "generate", "--path", str(ROOT / "docs/api/openapi.json"),
        "--config", str(settings), "--output-path", str(folder / "client"), "--fail-on-warning", cwd=folder,
    )  # fmt: skip
    assert "warning" not in said.lower(), said
    return folder / "client"


async def test_the_generated_client_does_five_flows(client: Path, tools: Path, folder: Path) -> None:
    async with running(folder) as county:
        asking = StoryClient(county.stack.ports)
        story = Story(county.stack, asking)
        await story.settles()
        await asking.close()
        day = str(story.today)
        told = {
            "origin": county.stack.ports.origin,
            "clerk": token(county.stack.ports, "village_clerk", VILLAGE),
            "worker": token(county.stack.ports, "grid_worker", VILLAGE),
            "village": VILLAGE,
            "grid": GRID,
            "household": story.new_household(),
            "birth": {
                "entry": "birth", "occurred_on": day, "birth_date": day, "name": "示例小", "sex": "2",
                "residence": {"area": GRID}, "registration": {"area": VILLAGE},
            },
            "extract": {
                "audience": "services_hall", "purpose": "case_handling", "place": VILLAGE,
            },
        }  # fmt: skip
        said = run(
            str(tools / "python"), str(HERE / "flows.py"), cwd=folder, FLOWS=json.dumps(told), PYTHONPATH=str(client),
            NO_PROXY="*",
        )  # fmt: skip
    assert said.startswith("five flows: population "), said
