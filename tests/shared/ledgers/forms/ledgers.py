"""Ledgers whose forms are drawn in tests: those that ship, and one with a field of every type."""

from pathlib import Path

import yaml

from deploy.local.locks import ROOT
from shared.ledgers.forms.drawing.form import Form, draw
from shared.ledgers.grammar.definition import Definition
from shared.reference.codes import PublishedCodes, published
from shared.reference.ethnic_groups import ETHNIC_GROUPS

EVERYTHING = Path(__file__).parent / "everything.yaml"
LISTS = {"ethnic_groups": published("ethnic_groups", "民族", ETHNIC_GROUPS)}


def shipped() -> list[Path]:
    """The definitions that ship with the services."""
    return sorted(path for path in ROOT.glob("services/*/ledgers/*.yaml") if not path.name.endswith(".measures.yaml"))


def definition_in(path: Path) -> Definition:
    return Definition.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def code_lists(definition: Definition) -> dict[str, PublishedCodes]:
    """Every code list that the fields name; one that the tests do not know has a single code."""
    tables = [definition.fields, *(rows.fields for rows in definition.rows)]
    named = {one.code_list for fields in tables for one in fields if one.code_list}
    return {name: LISTS.get(name) or PublishedCodes(name, name, {"01": "示例"}) for name in named}


def form_of(path: Path, version: int = 1) -> Form:
    definition = definition_in(path)
    return draw(definition, version, code_lists(definition))
