"""What a library keeps to itself (a leading underscore) may change with any of its releases: nobody imports it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("shared", "services", "deploy", "tests")
FOLDERS = (*OURS, "examples")
SOURCES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

ALLOWED = {
    "argparse._SubParsersAction": "the type of what add_subparsers() returns has no other name",
    "os._exit": "documented under this name",
    "prometheus_client.REGISTRY": "the labels of a metric that has no sample yet are told by nothing else",
    "confluent_kafka.KafkaError": "librdkafka's own codes are documented with a leading underscore",
}
"""Qualified names, or the owner of such names, with the reason."""

LIKELY = re.compile(
    r"(?<![\w.])(?!(?:self|cls)\b)[A-Za-z_]\w*(?:\.\w+)*\._[A-Za-z]"  # a name's own
    r"|^\s*(?:from|import)\b.*\b_[A-Za-z]|^\s+_[A-Za-z]\w*(?: as \w+)?,?\s*$|^\s*\._[A-Za-z]",
    re.MULTILINE,
)
"""What a file without any does not have: to parse all costs half a minute."""


def is_of_a_library(name: str) -> bool:
    return name.partition(".")[0] not in OURS


def is_private(name: str) -> bool:
    return name.startswith("_") and not (name.startswith("__") and name.endswith("__"))


def private_names(source: str) -> Iterator[tuple[int, str]]:
    """Line and qualified name of every private module or name of a library that is imported, or reached through an
    import."""
    if not LIKELY.search(source):
        return
    tree = ast.parse(source)
    bound: dict[str, str] = {}  # what a name of the file stands for
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                for one in names:
                    bound[one.asname or one.name.partition(".")[0]] = (
                        one.name if one.asname else one.name.partition(".")[0]
                    )
                    if is_of_a_library(one.name) and any(is_private(part) for part in one.name.split(".")):
                        yield node.lineno, one.name
            case ast.ImportFrom(module=str(module), names=names):
                for one in names:
                    bound[one.asname or one.name] = whole = f"{module}.{one.name}"
                    if is_of_a_library(whole) and any(is_private(part) for part in whole.split(".")):
                        yield node.lineno, whole
    trees = [tree, *(parsed for text in _quoted_types(tree) if (parsed := _expression(text)) is not None)]
    for node in (node for each in trees for node in ast.walk(each)):
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            owner = ast.unparse(node.value)
            first, _, rest = owner.partition(".")
            if first in bound and owner.replace(".", "").isidentifier():
                name = ".".join(part for part in (bound[first], rest, node.attr) if part)
                if is_of_a_library(name):
                    yield node.lineno, name


def _quoted_types(tree: ast.Module) -> Iterator[str]:
    """Types that stand in quotes: of arguments, of answers, of variables, and aliases of types."""
    for node in ast.walk(tree):
        places: tuple[ast.expr | None, ...] = ()
        match node:
            case ast.arg(annotation=annotation):
                places = (annotation,)
            case ast.AnnAssign(annotation=annotation, value=value):
                places = (annotation, value)
            case ast.FunctionDef(returns=returns) | ast.AsyncFunctionDef(returns=returns):
                places = (returns,)
        for one in (inner for place in places if place is not None for inner in ast.walk(place)):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


def _expression(text: str) -> ast.Expression | None:
    """A type in quotes; None for other texts."""
    try:
        return ast.parse(text, mode="eval")
    except SyntaxError:
        return None


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    """Qualified names by the place that uses them, over every source file of ours."""
    return {
        f"{path.relative_to(ROOT)}:{line}": name
        for path in SOURCES
        for line, name in private_names(path.read_text(encoding="utf-8"))
    }


def test_nobody_imports_what_a_library_keeps_to_itself(found: dict[str, str]) -> None:
    assert {
        place: name for place, name in found.items() if name not in ALLOWED and name.rpartition(".")[0] not in ALLOWED
    } == {}


def test_every_exception_is_still_needed(found: dict[str, str]) -> None:
    used = {owner for name in found.values() for owner in (name, name.rpartition(".")[0])}
    assert ALLOWED.keys() - used == set()


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("from joserfc._rfc7515.model import JWSAlgModel", "joserfc._rfc7515.model.JWSAlgModel"),
        ("from starlette.requests import _CachedRequest", "starlette.requests._CachedRequest"),
        ("from pytest import _code as code", "pytest._code"),
        ("import pydantic._internal", "pydantic._internal"),
        ("def late() -> None:\n    import aiokafka._version", "aiokafka._version"),
        ("import pydantic\npydantic._internal.thing()", "pydantic._internal"),
        ("import sqlalchemy.orm as orm\norm._session", "sqlalchemy.orm._session"),
        ("from sqlalchemy import orm\norm.session._Session()", "sqlalchemy.orm.session._Session"),
        ('import argparse\nVerbs: "argparse._ArgumentGroup"', "argparse._ArgumentGroup"),
    ],
)
def test_each_way_to_a_private_name_is_seen(source: str, name: str) -> None:
    assert name in {found for _, found in private_names(source)}


@pytest.mark.parametrize(
    "source",
    [
        "import shared.clock\nshared.clock._now",
        "from __future__ import annotations",
        "from package import __version__",
        "import module\nmodule.__name__",
        "class A:\n    def f(self) -> None:\n        self._x = 1",
        "from json import loads as _loads\n_loads('1')",
    ],
)
def test_our_own_private_attributes_and_dunder_names_are_no_concern_of_it(source: str) -> None:
    assert list(private_names(source)) == []
