"""Values between their JSON forms and the forms in which expressions run over them."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from shared.ledgers.compiler.texts import MAX_LONG_TEXT
from shared.ledgers.compiler.values import MAX_SAFE
from shared.ledgers.expressions.functions import day_number, decimal_text, millionths
from shared.ledgers.grammar.words import FieldType

_CONVERTED: Mapping[FieldType, Callable[[Any], Any]] = {
    FieldType.DECIMAL: millionths,
    FieldType.PERCENT: millionths,
    FieldType.DATE: day_number,
    **dict.fromkeys((FieldType.POINT, FieldType.PHOTO, FieldType.FILE, FieldType.SIGNATURE), lambda _: True),
}
"""How the others than those that run as they are become what runs."""


def running(type_: FieldType, value: Any) -> Any:
    """A value in its JSON form as an expression runs over it; null is an empty field, and an empty list of choices."""
    if value is None:
        return [] if type_ is FieldType.CHOICES else None
    convert = _CONVERTED.get(type_)
    return value if convert is None else convert(value)


def of_running(type_: FieldType, value: Any, scale: int) -> Any:
    """The JSON form of a computed value. Raises `ValueError` for what has none."""
    if value is None:
        return None
    match type_:
        case FieldType.DECIMAL | FieldType.PERCENT:
            return decimal_text(value, scale)
        case FieldType.DATE:
            return date.fromordinal(value).isoformat()
        case FieldType.INTEGER | FieldType.MONEY if not -MAX_SAFE <= value <= MAX_SAFE:
            raise ValueError("too large")
        case FieldType.TEXT if len(value) > MAX_LONG_TEXT:
            raise ValueError("too long")
        case _:
            return value
