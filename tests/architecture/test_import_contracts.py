"""Each import rule of the house is broken once, on purpose: the contract that guards it must name it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

BREACHES = {
    "kit": ("shared/clock.py", "import services.registry.areas.domain", "the kit knows no service"),
    "order": ("shared/db/engine.py", "import shared.http.app", "the kit's packages are stacked"),
    "messaging": (
        "shared/messaging/outbox/writer.py",
        "import shared.messaging.projection.projector",
        "the wings of messaging are stacked",
    ),
    "circles": ("shared/db/engine.py", "import shared.db.raw\nimport shared.db.versions", "no circle inside a package"),
    "independence": (
        "services/grid/incidents/domain/rules.py",
        "import services.registry.areas.domain",
        "services never import each other",
    ),
    "deployment": (
        "services/grid/incidents/service/__init__.py",
        "import deploy.local",
        "services do not know how they are deployed",
    ),
    "deployment-circles": (
        "deploy/local/county/loaded.py",
        "import deploy.local.prepare",
        "No cycles are allowed in deploy.local.",
    ),
    "rooms": (
        "services/grid/incidents/repository.py",
        "import services.grid.incidents.service",
        "rooms of a noun are stacked",
    ),
    "nouns": (
        "services/grid/incidents/service/records.py",
        "import services.grid.inbound.service.outcomes",
        "no circle of nouns",
    ),
    "doors": (
        "services/grid/incidents/api/incidents.py",
        "import services.grid.incidents.repository",
        "doors never reach queries",
    ),
    "contracts": ("shared/contracts/grid/grids.py", "import sqlalchemy", "contracts know pydantic only"),
    "domain": ("services/grid/incidents/domain/rules.py", "import fastapi", "domain knows no framework"),
    "fastapi": ("services/grid/incidents/service/__init__.py", "import fastapi", "only the HTTP door knows FastAPI"),
    "settings": (
        "services/grid/incidents/api/incidents.py",
        "import services.grid.settings",
        "settings are read at the roots only",
    ),
    "testing": (
        "services/grid/incidents/service/__init__.py",
        "import shared.testing",
        "the product never imports its tests' kit",
    ),
}


def lint(tree: Path, *options: str) -> subprocess.CompletedProcess[str]:
    program = Path(sys.executable).parent / "lint-imports"
    environment = {**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "200"}
    return subprocess.run(
        [str(program), "--config", str(tree / "pyproject.toml"), "--no-cache", *options],
        cwd=tree, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for package in ("shared", "services", "deploy"):
        ignored = shutil.ignore_patterns("__pycache__", "libs", "node_modules")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


@pytest.mark.parametrize("contract", BREACHES)
def test_a_breach_is_named(contract: str, tree: Path) -> None:
    path, line, name = BREACHES[contract]
    file = tree / path
    file.write_text(file.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    answer = lint(tree, "--contract", contract)
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert "BROKEN" in answer.stdout
    assert name in answer.stdout


def test_a_stray_module_in_a_noun_breaks_the_floor_plan(tree: Path) -> None:
    (tree / "services/grid/incidents/utils.py").write_text('"""A stray."""\n', encoding="utf-8")
    answer = lint(tree, "--contract", "rooms")
    assert answer.returncode == 1
    assert "utils" in answer.stdout


@pytest.mark.parametrize(
    ("path", "line", "ancestor"),
    [
        ("deploy/keycloak/server.py", "import deploy.local.stack.ports", "deploy"),
        ("deploy/local/story/state.py", "import deploy.local.story.household", "deploy.local.story"),
    ],
)
def test_a_circle_at_any_depth_of_deploy_is_named(path: str, line: str, ancestor: str, tree: Path) -> None:
    file = tree / path
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{line}\n", encoding="utf-8")
    answer = lint(tree, "--contract", "deployment-circles")
    assert answer.returncode == 1, answer.stdout + answer.stderr
    assert f"No cycles are allowed in {ancestor}." in answer.stdout


@pytest.mark.parametrize(
    ("contract", "place"), [("order", "shared/helpers.py"), ("messaging", "shared/messaging/helpers.py")]
)
def test_a_stray_module_in_the_kit_breaks_its_order(contract: str, place: str, tree: Path) -> None:
    (tree / place).write_text('"""A stray."""\n', encoding="utf-8")
    answer = lint(tree, "--contract", contract)
    assert answer.returncode == 1
    assert "helpers" in answer.stdout


def test_the_tree_as_it_stands_keeps_every_contract(tree: Path) -> None:
    answer = lint(tree)
    assert answer.returncode == 0, answer.stdout
    assert "0 broken" in answer.stdout
