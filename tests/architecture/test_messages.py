"""What a clerk is told of a value that does not fit: the form, the values or the bounds that are asked for."""

import ast
import re
from collections.abc import Iterator
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, Field, ValidationError

from shared.errors import DomainError, ErrorKind
from shared.http.patterns import PATTERNS
from shared.http.validation import field_errors
from tests.architecture.operations import app_of, services
from tests.architecture.test_refusals import refusals

ROOT = Path(__file__).parents[2]
HAN = re.compile(r"[\u3400-\u9fff]")
NARROW = re.compile(r"[\u3400-\u9fff][,;?!()][\u3400-\u9fff]")
"""Punctuation of Latin script between Chinese characters."""

WHOLE = {"NothingToCorrect", "BuildingUnchanged", "DwellingUnchanged", "FacilityUnchanged", "OrganisationUnchanged"}
WHOLE |= {"AreaSetUnchanged", "TagContactUnchanged", "TermUnchanged"}
"""Refusals of what is no one field of the body."""


def patterns(spec: Any) -> Iterator[str]:
    """Every pattern below this part of a document."""
    if isinstance(spec, dict):
        if isinstance(spec.get("pattern"), str):
            yield spec["pattern"]
        for part in spec.values():
            yield from patterns(part)
    elif isinstance(spec, list):
        for part in spec:
            yield from patterns(part)


def asked_for(service: str) -> set[str]:
    """Patterns of parameters and bodies; what only answers hold cannot be refused."""
    document = app_of(service).openapi()
    schemas = document["components"]["schemas"]
    waiting = [
        part
        for operations in document["paths"].values()
        for operation in operations.values()
        for part in (operation.get("parameters", []), operation.get("requestBody", {}))
    ]
    found: set[str] = set()
    seen: set[str] = set()
    while waiting:
        part = waiting.pop()
        found.update(patterns(part))
        named = set(re.findall(r"#/components/schemas/([\w.-]+)", str(part))) - seen
        seen |= named
        waiting += [schemas[name] for name in named]
    return found


@pytest.mark.parametrize("service", services())
def test_every_pattern_of_a_request_has_a_sentence(service: str) -> None:
    found = asked_for(service)
    assert len(found) > 5
    assert found <= set(PATTERNS)


def test_no_sentence_of_a_pattern_is_left_over() -> None:
    assert set(PATTERNS) == set().union(*(asked_for(service) for service in services()))


class Colour(StrEnum):
    """Values of a choice."""

    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    """Numbers of a choice."""

    TOWN = 9
    VILLAGE = 12


class Asked(BaseModel):
    """One value of each kind."""

    area: Annotated[str, Field(pattern=r"^[0-9]{12}([0-9]{3})?$")] = "450481114201"
    colour: Colour = Colour.RED
    level: Level = Level.TOWN
    sex: Literal["1", "2"] = "1"
    many: Literal[*(str(number) for number in range(30))] = "1"  # type: ignore[valid-type]
    latitude: Annotated[float, Field(ge=-90, le=90)] = 0
    rate: Annotated[float, Field(le=0.5)] = 0
    own: Annotated[str, Field(pattern=r"^x$")] = "x"


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("area", "三堡镇", "应为 12 位的村（社区）代码，或 15 位的网格编码"),
        ("colour", "绿", "应为下列之一：red、blue"),
        ("level", 10, "应为下列之一：9、12"),
        ("sex", "男", "应为下列之一：1、2"),
        ("many", "三十", "不在允许的取值之内"),
        ("latitude", 110.9, "应不大于 90"),
        ("rate", 0.7, "应不大于 0.5"),
        ("own", "y", "格式不正确"),
    ],
)
def test_the_message_says_what_is_asked_for_and_repeats_nothing(field: str, value: Any, message: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Asked.model_validate({field: value})
    (error,) = field_errors(refused.value.errors())
    assert (error.path, error.message) == (field, message)
    assert str(value) not in error.message


def raised(path: Path) -> Iterator[tuple[str, bool]]:
    """Every refusal that this module raises, and whether it is raised with the fields that it is about."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Raise):
            match node.exc:
                case ast.Name(id=name):
                    yield name, False
                case ast.Call(func=ast.Name(id=name), keywords=keywords):
                    yield name, any(one.arg == "errors" for one in keywords)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="at")):
                    yield name, True


def test_a_refusal_of_a_value_names_the_field() -> None:
    """All of the kind `INVALID` that services raise: the clerk's application marks the field."""
    invalid: dict[str, type[DomainError]] = {
        kind.__name__: kind for kind in refusals() if kind.kind is ErrorKind.INVALID
    }
    found = [
        (str(path.relative_to(ROOT)), name, named)
        for path in sorted((ROOT / "services").rglob("*.py"))
        for name, named in raised(path)
        if name in invalid
    ]
    assert sum(named for _, _, named in found) > 20
    assert [(path, name) for path, name, named in found if not named and name not in WHOLE] == []


def texts(path: Path) -> Iterator[str]:
    """Chinese texts of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    said = {ast.get_docstring(node, clean=False) for node in ast.walk(tree) if isinstance(node, owners)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and text not in said and HAN.search(text):
            yield text


def test_chinese_sentences_have_chinese_punctuation() -> None:
    """Titles, advice, messages, descriptions."""
    narrow = [
        (path.name, text)
        for folder in ("services", "shared")
        for path in sorted((ROOT / folder).rglob("*.py"))
        for text in texts(path)
        if NARROW.search(text)
    ]
    assert narrow == []
