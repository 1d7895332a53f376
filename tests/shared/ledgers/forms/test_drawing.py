"""A form is drawn from its definition alone: the same bytes everywhere, and a new version with any other byte."""

import os
import subprocess
import sys
from typing import Any
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.locks import ROOT
from shared.ledgers.forms.drawing.form import draw, opening_fields, version_of
from shared.ledgers.forms.drawing.questions import plain
from shared.ledgers.grammar.definition import Definition
from tests.shared.ledgers.forms.ledgers import EVERYTHING, LISTS, definition_in, form_of, shipped

PRINTED = "from tests.shared.ledgers.forms.ledgers import *\nprint(form_of(EVERYTHING).hash, end='')"


@pytest.mark.parametrize("seed", ["1", "2"])
def test_another_process_draws_the_same_bytes(seed: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PRINTED],
        cwd=ROOT,
        env=os.environ | {"PYTHONHASHSEED": seed},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == form_of(EVERYTHING).hash


def test_the_version_changes_with_the_ledgers_and_with_any_byte() -> None:
    definition = definition_in(EVERYTHING)
    form = draw(definition, 1, LISTS)
    renamed = draw(definition.model_copy(update={"title": "另一个"}), 1, LISTS)
    assert len({form.version, renamed.version, draw(definition, 2, LISTS).version}) == 3
    assert version_of(form.version) == 1
    assert f'version="{form.version}"' in form.xml


@pytest.mark.parametrize("text", ["", "1", "1-", "x-12345678", "-1-12345678", "1-1234567", "1234567890-12345678"])
def test_a_version_of_somebody_else_is_none(text: str) -> None:
    assert version_of(text) is None


def test_titles_reach_the_phone_as_they_are_written() -> None:
    xml = form_of(EVERYTHING).xml
    assert "按“实际”填写" in xml, "Chinese quotation marks are no quotation marks of ASCII"
    assert "事由 &lt;急&gt;" in xml
    assert "＄{kind}" in xml, "a title names no field"


def test_a_department_is_chosen_by_its_name_out_of_the_countys_own() -> None:
    definition = definition_in(EVERYTHING)
    form = draw(definition, 1, {**LISTS, "departments": {"water": "水利局", "ours": "河长办"}})
    assert form.xml.count("<label>河长办</label>") == 1
    assert '<select1 ref="/record/G0/unit" appearance="minimal">' in form.xml
    assert "<label>河长办</label>" not in form_of(EVERYTHING).xml
    assert form.version != form_of(EVERYTHING).version


def test_a_field_that_a_step_fills_is_not_asked_at_the_opening() -> None:
    names = {one.name for one in opening_fields(definition_in(EVERYTHING))}
    assert "outcome" not in names
    assert {"matter", "paid_on"} <= names


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_ledger_that_ships_has_a_form(path: Any) -> None:
    form = form_of(path)
    assert form.xml.count("jr://file-csv/areas.csv") == 1
    for field in opening_fields(definition_in(path)):
        assert f"/{field.name}" in form.xml


TITLES = st.text(min_size=1, max_size=20).map(str.strip).filter(lambda text: plain(text).strip())


@given(TITLES, TITLES, st.integers(1, 30))
def test_whatever_a_title_holds_the_form_is_read_back(title: str, choice: str, length: int) -> None:
    status = {"code": "opened", "title": title[:60], "initial": True, "final": True}
    definition = Definition.model_validate({
        "code": "any_ledger", "title": title, "owner": "grid", "source": title, "levels": ["village"],
        "fields": [
            {"name": "one", "title": title, "type": "text", "help": choice, "bounds": {"max_length": length}},
            {"name": "two", "title": choice, "type": "choice", "choices": [{"code": "a", "title": choice}]},
        ],
        "rows": [{"name": "rows", "title": title, "fields": [{"name": "one", "title": choice, "type": "text"}]}],
        "statuses": [status],
    })  # fmt: skip
    form = draw(definition, 1, {})
    assert form == draw(definition, 1, {})
    texts = {node.text for node in fromstring(form.xml).iter()}
    assert {plain(title), plain(choice)} <= texts
