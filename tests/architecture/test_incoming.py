"""What comes in through any HTTP door: days of possible years, codes that are no person's number, digits 0 to 9."""

import importlib
import re
import typing
from collections.abc import Iterator
from datetime import date
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any

from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError

from shared.http.schemas import Body
from shared.reference.digits import is_digits
from tests.architecture.operations import app_of, services
from tests.each import of_each

ROOT = Path(__file__).parents[2]
NUMBERS = ("45048119900307019X", "13912345678", "0774-8212345", "450481900307019", "6222020111122220000")
"""Numbers that people have: an identity number of either length, a mobile, a land line, a bank card."""
NO_DAYS = ("0000-01-01", "0001-01-01", "0999-12-31", "1799-12-31", "3000-01-01", "9999-12-31", "２０２６-01-01", "0")
FREE = {
    "SubmitCase.extract": "a signed text that is verified",
    "PublishItem.complaint_phone": "an office's number is public",
    "OpenRecord.subject_id": "an id or an area, looked up before anything is kept: `tests/shared/ledgers/records`",
    "Bounds.min": "a number or a day that a ledger's values are compared with",
    "Bounds.max": "a number or a day that a ledger's values are compared with",
}
"""Texts of a pattern that may hold a number."""


def bodies() -> list[type[Body]]:
    """Every body that a service of ours takes."""
    for service in services():
        importlib.import_module(f"services.{service}.app")

    def below(cls: type[Body]) -> Iterator[type[Body]]:
        for one in cls.__subclasses__():
            yield one
            yield from below(one)

    return sorted({one for one in below(Body) if one.__module__.startswith(("services.", "shared."))}, key=str)


def incoming() -> list[tuple[str, Any]]:
    """Every field of a body and every parameter of a query, with its type as it is validated."""
    found: list[tuple[str, Any]] = [
        (f"{cls.__name__}.{name}", Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation)
        for cls in bodies()
        for name, field in cls.model_fields.items()
    ]
    for service in services():
        for route in app_of(service).routes:
            if isinstance(route, APIRoute):
                found += [
                    (
                        f"{route.operation_id}?{one.alias}",
                        Annotated[one.field_info.annotation, *one.field_info.metadata]
                        if one.field_info.metadata
                        else one.field_info.annotation,
                    )
                    for one in (*route.dependant.query_params, *route.dependant.path_params)
                ]
    return found


def leaves(annotation: Any) -> Iterator[Any]:
    """The plain types in an annotation, and the metadata beside them."""
    if typing.get_origin(annotation) is None:
        yield annotation
    for inner in typing.get_args(annotation):
        yield from leaves(inner) if isinstance(inner, type) or typing.get_origin(inner) is not None else (inner,)


def takes(annotation: Any, value: Any) -> bool:
    """Whether a field of this type takes the value, by itself or in a list."""
    adapter = TypeAdapter(annotation)
    for given in (value, [value]):
        try:
            adapter.validate_python(given)
        except ValidationError:
            continue
        return True
    return False


def days() -> list[tuple[str, Any]]:
    dated = [(name, annotation) for name, annotation in incoming() if date in leaves(annotation)]
    return [(name, annotation) for name, annotation in dated if not name.startswith("Bounds.")]  # of a definition


def codes() -> list[tuple[str, Any]]:
    return [
        (name, annotation)
        for name, annotation in incoming()
        if name not in FREE and any(getattr(one, "pattern", None) for one in leaves(annotation))
    ]


OPEN_ENDED, FAR = {"RecordCircumstance.until"}, "9999-12-31"
OPEN_ENDED |= {f"{one}.until" for one in ("GiveOwnConsent", "GiveConsentByProof", "RecordConsent")}
"""Fields that take the far day of other systems for no end at all (长期), as their nouns' own tests say."""


@of_each(days, itemgetter(0))
def test_a_day_is_ten_characters_of_a_possible_year(one: tuple[str, Any]) -> None:
    name, annotation = one
    for text in NO_DAYS:
        assert takes(annotation, text) == (name in OPEN_ENDED and text == FAR), text
    for no_text in (0, 1_700_000_000, 20260316, 1.5):
        assert not takes(annotation, no_text), no_text
    assert takes(annotation, "2026-03-16")


@of_each(codes, itemgetter(0))
def test_a_code_is_no_number_of_a_person(one: tuple[str, Any]) -> None:
    _, annotation = one
    for number in NUMBERS:
        is_grid = len(number) == 15 and takes(annotation, "450481114201001")
        assert is_grid or not takes(annotation, number), number


@of_each(codes, itemgetter(0))
def test_digits_of_other_scripts_are_no_digits(one: tuple[str, Any]) -> None:
    _, annotation = one
    for digits in ("４５０４８１", "٤٥", "450481114201００１", "०२"):
        assert not takes(annotation, digits), digits


def test_there_is_something_to_ask() -> None:
    assert len(days()) > 20
    assert len(codes()) > 20


def test_nobody_but_one_function_asks_what_a_digit_is() -> None:
    assert [is_digits(text) for text in ("0123456789", "", "４５", "٤٥", "²", "1 ")] == [True] + [False] * 5
    wrong: list[str] = []
    for folder in ("shared", "services", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            if path.name == "digits.py":
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if re.search(r"\\d|\.is(digit|decimal|numeric)\b", line) and "# digits of every script" not in line:
                    wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert not wrong
