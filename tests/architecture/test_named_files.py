"""A file that a page names is there: moves take their mentions along."""

import re
from functools import cache
from pathlib import Path

import pytest

from tests.each import of_each

ROOT = Path(__file__).parents[2]
FOLDERS = ("deploy", "docs", "examples", "services", "shared", "tests")
NAMED = re.compile(r"`([\w./<>-]+\.py)`")
SCAFFOLDED = {"samples.py"}
"""What a scaffolded noun brings; the first nouns have none."""


def pages() -> list[Path]:
    return sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])


@cache
def files() -> frozenset[str]:
    """Every Python file, under each of the names by which a page may call it: `a/b/c.py`, `b/c.py`, `c.py`."""
    found = [path.relative_to(ROOT).parts for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    return frozenset("/".join(parts[start:]) for parts in found for start in range(len(parts)))


@of_each(pages, lambda page: str(page.relative_to(ROOT)))
def test_a_python_file_that_a_page_names_is_there(page: Path) -> None:
    named = {name.replace("services/X/", "services/registry/") for name in NAMED.findall(page.read_text("utf-8"))}
    assert not {name for name in named - SCAFFOLDED - files() if "<" not in name}


@pytest.mark.parametrize("service", ["registry", "services_hall", "grid", "indicators"])
def test_the_plan_of_the_house_names_every_noun_and_no_other_folder(service: str) -> None:
    page = (ROOT / "docs/architecture/containers.md").read_text("utf-8")
    (row,) = re.findall(rf"^\| {service} [^|]*\| ([^|]*) \|", page, re.MULTILINE)
    told = {noun.strip() for noun in re.sub(r"\([^)]*\)", "", row).split(",")}
    folders = {path.parent.name for path in (ROOT / "services" / service).glob("*/__init__.py")}
    nouns = {path.parent.name for path in (ROOT / "services" / service).glob("*/feature.py")}
    assert (nouns - told, told - folders) == (set(), set())
