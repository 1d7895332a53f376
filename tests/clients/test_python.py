"""A client that openapi-python-client makes out of the published document does five flows against a running county."""

import json
import os
import subprocess
import venv
from pathlib import Path

import pytest

from deploy.local.locks import ROOT
from tests.clients import flows
from tests.e2e.stack import Running

pytestmark = [pytest.mark.client, pytest.mark.embedded, pytest.mark.xdist_group("stack")]

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


def generated(tools: Path, document: Path, package: str, folder: Path) -> Path:
    """Where the package is that the generator made. A warning of the generator is something that it left out."""
    settings = folder / "generator.yaml"
    # the generator knows no paper: an application/pdf is bytes like any other file
    papers = "content_type_overrides: {application/pdf: application/octet-stream}"
    settings.write_text(f"package_name_override: {package}\npost_hooks: []\n{papers}\n", encoding="utf-8")
    said = run(
        str(tools / "openapi-python-client"), "generate", "--path", str(document), "--config", str(settings),
        "--output-path", str(folder / "client"), "--fail-on-warning", cwd=folder,
    )  # fmt: skip
    assert "warning" not in said.lower(), said
    return folder / "client"


@pytest.fixture
def client(tools: Path, tmp_path: Path) -> Path:
    """The package made out of the published document."""
    return generated(tools, ROOT / "docs/api/openapi.json", "xiangli_client", tmp_path)


async def test_the_generated_client_does_five_flows(county: Running, client: Path, tools: Path, tmp_path: Path) -> None:
    told = await flows.given(county)
    said = run(
        str(tools / "python"), str(HERE / "flows.py"), cwd=tmp_path, FLOWS=json.dumps(told), PYTHONPATH=str(client),
        NO_PROXY="*",
    )  # fmt: skip
    flows.confirm(said, told)
