"""The pages themselves: two languages, the same commands, no command that a test could miss. Needs no cluster."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.handbook.meanings import CHINESE as MEANINGS
from deploy.handbook.pages import CHINESE, FOLDER, PAGES, ROOT, blocks, text_of
from deploy.handbook.settings import pages, settings
from deploy.helm import readme

RUNNABLE = {"sh", "text", "sql", "yaml", "json"}
HAN = re.compile(r"[一-鿿]")


def test_every_page_has_its_twin() -> None:
    names = {path.name for path in FOLDER.glob("*.md")}
    english = {name for name in names if CHINESE not in name}
    assert {name.replace(".md", f"{CHINESE}.md") for name in english} == names - english
    assert {f"{page}.md" for page in PAGES} <= english


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_commands_in_the_same_order(page: str) -> None:
    assert blocks(page)
    assert blocks(page, CHINESE) == blocks(page)


@pytest.mark.parametrize("language", ["", CHINESE])
def test_no_command_stands_where_no_test_would_run_it(language: str) -> None:
    for path in FOLDER.glob("*.md"):
        if (CHINESE in path.name) == bool(language):
            text = path.read_text(encoding="utf-8")
            fences = set(re.findall(r"^```(\S*)$", text, re.MULTILINE)) - {""}
            assert fences <= RUNNABLE, path.name
            if path.name.partition(".")[0] not in PAGES:
                assert "sh" not in fences, f"{path.name} is not executed"
            assert not re.search(r"^(    |\t)\s*(kubectl|helm|curl) ", text, re.MULTILINE), path.name


@pytest.mark.parametrize("page", PAGES)
def test_each_language_is_in_its_language(page: str) -> None:
    prose = re.sub(r"```.*?```", "", text_of(page), flags=re.DOTALL)
    assert HAN.findall(prose) == list("中文")
    assert len(HAN.findall(text_of(page, CHINESE))) > 200


def test_every_setting_has_a_meaning_in_both_languages_and_none_is_left_over() -> None:
    names = {setting.name for setting in settings()}
    assert set(MEANINGS) == names
    rows = Counter(setting.variable for setting in settings())  # one of two services, each with its own words, has two
    for _, text in pages():
        for variable, times in rows.items():
            assert text.count(f"| `{variable}` |") == times


def test_every_setting_names_its_value_in_the_chart() -> None:
    assert {setting.variable for setting in settings()} == set(readme.settings())


def headings(path: Path) -> set[str]:
    """Names by which a link may point into a page."""
    lines = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-") for line in lines}


def test_every_link_between_pages_leads_somewhere() -> None:
    for path in FOLDER.glob("*.md"):
        for target, heading in re.findall(r"\]\(([^)#]+)(?:#([^)]*))?\)", path.read_text(encoding="utf-8")):
            assert (path.parent / target).exists(), f"{path.name}: {target}"
            assert not heading or heading in headings(path.parent / target), f"{path.name}: {target}#{heading}"


def secrets(values: Any, at: str = "") -> Iterator[str]:
    """Values of the chart that name a Secret, by their path."""
    for name, value in values.items():
        path = f"{at}.{name}" if at else name
        if isinstance(value, dict):
            yield from secrets(value, path)
        elif name in ("existingSecret", "ownerSecret"):
            yield path


def test_the_charts_page_says_which_keys_each_secret_holds() -> None:
    values = yaml.load((ROOT / "deploy/helm/xiangli/values.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    said = readme.page().partition("## Secrets")[2].partition("## Migrations")[0]
    named = set(re.findall(r"`([\w.*]+Secret)`", said))
    found = list(secrets(values))
    assert len(found) > 10
    for path in found:
        anywhere = re.sub(r"^services\.\w+\.", "services.*.", path)
        assert path in named or anywhere in named, path


ELSEWHERE = {
    'secret "…" not found',
    "couldn't find key … in Secret",
    'violates PodSecurity "restricted:',
    "ImagePullBackOff",
    "additional properties '…' not allowed",
    "got string, want integer",
}
"""Sentences of Kubernetes and of helm; the latter's are held against it in test_commands.py."""


@pytest.mark.parametrize("language", ["", CHINESE])
def test_what_one_sees_is_what_the_program_or_the_chart_says(language: str) -> None:
    """A sentence that was reworded in the code is noticed here."""
    seen = re.findall(r"^\| `([^`]+)` \|", text_of("trouble", language), re.MULTILINE)
    assert len(seen) >= 20
    sources = [*ROOT.glob("shared/**/*.py"), *ROOT.glob("deploy/helm/xiangli/templates/*")]
    said = re.sub(
        r'"\s*\n\s*f?"', "", "\n".join(path.read_text(encoding="utf-8") for path in sources if path.is_file())
    )
    for sentence in seen:
        for part in filter(None, sentence.split("…")):
            assert part in said or sentence in ELSEWHERE, sentence


def test_the_codes_of_dead_letters_are_those_of_the_code() -> None:
    text = text_of("dead-letters")
    source = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "shared" / "messaging").rglob("*.py"))
    table = text.partition("| `code` |")[2].partition("\n\n")[0]
    codes = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    named = [code for row in codes for code in re.findall(r"`([a-z_]+)…?`", row)]
    assert len(named) >= 6
    for code in named:
        assert f'"{code}' in source, code
