"""A new noun, and a new field, touch as few files as the house promises: counted on a copy of the tree."""

import ast
import importlib
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory

from deploy.noun.scaffold import Scaffold, head_of
from deploy.noun.words import NounRefused, Words

ROOT = Path(__file__).parents[2]
KEPT = ("Makefile", "pyproject.toml", "requirements.in", "requirements-dev.in", "requirements.lock")
FOLDERS = ("shared", "services", "deploy", "tests", "docs", "examples")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The tree without what is generated from it or installed."""
    ignored = shutil.ignore_patterns("__pycache__", "node_modules", "libs", "target", ".venv")
    for folder in FOLDERS:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    for file in (*KEPT, "requirements-dev.lock", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        shutil.copy(ROOT / file, tmp_path)
    return tmp_path


def written_by_make_noun(tree: Path, service: str, nouns: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "deploy.noun", service, nouns, "--title", "房屋", "--root", str(tree)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("service", ["registry", "services_hall", "grid", "indicators"])
def test_a_noun_is_at_most_nine_new_files_and_four_edited_ones(service: str, tree: Path) -> None:
    before = {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    written = Scaffold(tree, Words.of(service, "orchards")).write()
    after = {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}
    new = {str(path.relative_to(tree)) for path in after.keys() - before.keys()}
    edited = {str(path.relative_to(tree)) for path in before if before[path] != after[path]}
    assert new == {*written.new, *written.generated, *written.tests}, "nothing is written that is not said"
    assert edited == set(written.edited)
    assert len(written.new) <= 9
    assert len(written.edited) <= 4
    assert all("/migrations/" in path for path in written.generated)
    assert all(path.startswith("tests/") for path in written.tests)


@pytest.mark.parametrize("service", ["registry", "services_hall", "grid", "indicators"])
def test_a_noun_rests_on_the_last_migration_whatever_its_number(service: str) -> None:
    folder = ROOT / "services" / service / "migrations"
    (head,) = ScriptDirectory(str(folder), version_locations=[str(folder / "versions")]).get_heads()
    assert head_of(folder / "versions") == head


def test_what_is_written_imports_only_what_the_kit_has(tree: Path) -> None:
    written = Scaffold(tree, Words.of("grid", "orchards")).write()
    own = "shared.contracts.grid.orchards"
    wanted = {
        (node.module, one.name)
        for path in (*written.new, *written.tests)
        for node in ast.walk(ast.parse((tree / path).read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("shared.") and node.module != own
        for one in node.names
    }
    assert wanted
    missing = {(module, name) for module, name in wanted if not hasattr(importlib.import_module(module), name)}
    assert not missing, "a module of the kit moved: deploy/noun/templates still import it by its old name"


def test_what_is_written_is_in_order_and_keeps_the_import_rules(tree: Path) -> None:
    done = written_by_make_noun(tree, "grid", "orchards")
    assert done.returncode == 0, done.stderr
    for command in (
        [sys.executable, "-m", "ruff", "check", "."],
        [sys.executable, "-m", "ruff", "format", "--check", "."],
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"],
    ):
        checked = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
        assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.noun
def test_a_scaffolded_noun_passes_make_check_and_its_tests(tree: Path) -> None:
    done = written_by_make_noun(tree, "registry", "orchards")
    assert done.returncode == 0, done.stderr
    (tree / ".venv").symlink_to(ROOT / ".venv")
    if (ROOT / ".mypy_cache").exists():
        shutil.copytree(ROOT / ".mypy_cache", tree / ".mypy_cache")
    tests = "tests/registry/orchards tests/contracts tests/architecture/test_endpoints_hidden.py"
    for command in ("make generate", "make check", f".venv/bin/python -m pytest -q -x {tests}"):
        run = subprocess.run(command.split(), cwd=tree, capture_output=True, text=True, check=False)
        assert run.returncode == 0, f"{command}: {run.stdout[-4000:]}{run.stderr[-2000:]}"


@pytest.mark.parametrize(
    ("service", "nouns", "one", "message"),
    [
        ("registry", "persons", "", "is there already"),
        ("post_office", "letters", "", "SERVICE is one of"),
        ("grid", "Dwellings", "", "plural in snake_case"),
        ("grid", "sheep", "", "say it with ONE="),
    ],
)
def test_what_cannot_be_a_noun_is_refused_before_anything_is_written(
    service: str, nouns: str, one: str, message: str, tree: Path
) -> None:
    before = {path for path in tree.rglob("*") if path.is_file()}
    with pytest.raises(NounRefused, match=message):
        Scaffold(tree, Words.of(service, nouns, one)).write()
    assert before == {path for path in tree.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("nouns", "one"), [("orchards", "orchard"), ("parties", "party"), ("time_boxes", "time_box"), ("passes", "pass")]
)
def test_the_singular_of_a_plain_plural_is_found(nouns: str, one: str) -> None:
    assert Words.of("grid", nouns).one == one


@pytest.mark.parametrize(
    ("service", "field", "most"),
    [
        ("registry", "ethnic_group", 7),  # of a person, the columns of lists included
        ("registry", "village_type", 5),  # of an area
        ("grid", "reworks", 5),  # of an incident
        ("services_hall", "complaint_phone", 6),  # of an item
    ],
)
def test_a_field_lives_in_few_files(service: str, field: str, most: int) -> None:
    """What somebody who adds such a field touches by hand; tests and generated files are not counted."""
    folders = (ROOT / "services" / service, ROOT / "shared/contracts" / service)
    files = [path for folder in folders for path in folder.rglob("*.py") if "migrations" not in path.parts]
    naming = [path for path in files if re.search(rf"\b{field}\b", path.read_text(encoding="utf-8"))]
    assert 0 < len(naming) <= most, [str(path.relative_to(ROOT)) for path in naming]
