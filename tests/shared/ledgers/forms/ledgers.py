"""Ledgers whose forms are drawn in tests: those that ship, and one with a field of every type."""

from pathlib import Path

import yaml

from deploy.local.locks import ROOT
from shared.ledgers.compiler.code_lists import CODE_LISTS
from shared.ledgers.forms.drawing.form import Form, draw
from shared.ledgers.grammar.definition import Definition
from shared.reference.departments import DEPARTMENTS

EVERYTHING = Path(__file__).parent / "everything.yaml"
LISTS = {**CODE_LISTS, "departments": DEPARTMENTS}


def shipped() -> list[Path]:
    """The definitions that ship with the services."""
    return sorted(path for path in ROOT.glob("services/*/ledgers/*.yaml") if not path.name.endswith(".measures.yaml"))


def definition_in(path: Path) -> Definition:
    return Definition.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))


def form_of(path: Path, version: int = 1) -> Form:
    definition = definition_in(path)
    return draw(definition, version, LISTS)
