"""What takes several steps: both pages name the same operations and refusals, and there are such."""

import json
import re

import pytest

from deploy.local.stack.deployment import ROOT
from tests.architecture.operations import operations

PAGES = {"apps.md": "What takes several steps", "apps.zh-CN.md": "需要多步"}


def rows(name: str, title: str) -> list[list[str]]:
    """What is written as code in each row of the table."""
    page = (ROOT / "docs/integration" / name).read_text(encoding="utf-8")
    (section,) = [one for one in re.split(r"^## ", page, flags=re.MULTILINE) if one.startswith(title)]
    return [re.findall(r"`([^`]+)`", line) for line in section.splitlines() if line.startswith("| ")][2:]


def test_both_pages_name_the_same_operations_and_refusals() -> None:
    one, other = (rows(name, title) for name, title in PAGES.items())
    assert [sorted(row) for row in one] == [sorted(row) for row in other]
    assert len(one) == 6


def test_there_are_such_operations_and_they_answer_such_refusals() -> None:
    by_id = {one.id: one for one in operations() if one.service == "registry"}
    for row in rows(*next(iter(PAGES.items()))):
        named = [by_id[word.split("?")[0]] for word in row if re.match("[a-z]+[A-Z]", word)]
        codes = {code for one in named for code in one.spec.get("x-problem-codes", ())}
        refusals = [word for word in row if "_" in word and word not in ("next_step",)]
        assert set(refusals) <= codes, row
        for word in (word for word in row if "?" in word):
            asked = {one["name"] for one in by_id[word.split("?")[0]].spec["parameters"]}
            assert word.split("?")[1].split("=")[0] in asked


@pytest.mark.parametrize("page", ["apps", "residents"])
def test_every_operation_that_a_page_names_exists_and_both_languages_name_it(page: str) -> None:
    folder = ROOT / "docs/integration"
    merged = json.loads((ROOT / "docs/api/openapi.json").read_text(encoding="utf-8"))
    exists = {one["operationId"] for path in merged["paths"].values() for one in path.values() if "operationId" in one}
    one, other = (
        set(re.findall(r"`([a-z]+[A-Z]\w+)", (folder / f"{page}{language}.md").read_text(encoding="utf-8")))
        for language in ("", ".zh-CN")
    )
    assert one == other
    assert len(one) >= 20
    assert one <= exists
