"""Definitions for tests: a whole one, and changes to it by place."""

import copy
from datetime import date
from typing import Any

from shared.errors import Invalid
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.grammar.definition import Definition

TODAY = date(2026, 11, 29)


def field(name: str, type_: str = "text", **parts: Any) -> dict[str, Any]:
    """A field of a definition."""
    return {"name": name, "title": name, "type": type_, **parts}


def choices(*codes: str) -> list[dict[str, Any]]:
    """Choices of a field, titled as they are coded."""
    return [{"code": code, "title": code} for code in codes]


def status(code: str, **parts: Any) -> dict[str, Any]:
    """A status of a definition."""
    return {"code": code, "title": code, **parts}


def definition(**parts: Any) -> dict[str, Any]:
    """A small whole definition of grid: opened, closed. `parts` take the place of its own."""
    whole: dict[str, Any] = {
        "code": "rounds",
        "title": "保洁巡查",
        "owner": "grid",
        "source": "测试",
        "levels": ["village"],
        "fields": [
            field("kind", "choice", choices=choices("street", "river")),
            field("found_on", "date"),
            field("bins", "integer"),
        ],
        "statuses": [status("open", initial=True), status("done", final=True)],
        "steps": [{"verb": "close", "title": "办结", "from": ["open"], "to": "done", "permission": "record.write"}],
    }
    return copy.deepcopy(whole | parts)


def compiled(**parts: Any) -> Ledger:
    """The same, compiled."""
    return compile_ledger(Definition.model_validate(definition(**parts)))


def refused(**parts: Any) -> set[tuple[str, str]]:
    """Places and codes of what is wrong with such a definition; empty for nothing."""
    try:
        compiled(**parts)
    except Invalid as error:
        return {(one.path, one.code) for one in error.errors}
    return set()
