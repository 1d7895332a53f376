"""Texts of a record: plain ones, and names, phones and identity numbers by the rules of the house."""

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from shared.ledgers.grammar.fields import Bounds, FieldDefinition
from shared.ledgers.grammar.words import FieldType
from shared.reference import identity, names, phones

Taker = Callable[[Any, date], Any]
"""Takes a value that is not null, as seen on a day: its JSON form. Raises `Refused`."""

MAX_TEXT, MAX_LONG_TEXT = 200, 5_000
"""Characters of a text and of a long text."""


class Refused(ValueError):
    """Refusal of a value: a stable code and a Chinese message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code, self.message = code, message


def bounds_of(field: FieldDefinition) -> Bounds:
    """The bounds of a field; without any of its own, empty ones."""
    return field.bounds or Bounds()


def _text(field: FieldDefinition) -> Taker:
    long = field.type is FieldType.LONG_TEXT
    most = bounds_of(field).max_length or (MAX_LONG_TEXT if long else MAX_TEXT)

    def take(value: Any, today: date) -> str:
        text = _plain(value, lines=long)
        if not text:
            raise Refused("string_too_short", "至少 1 个字符")
        if len(text) > most:
            raise Refused("string_too_long", f"最多 {most} 个字符")
        return text

    return take


def _plain(value: Any, *, lines: bool) -> str:
    """A trimmed text without characters that nobody sees. Line ends are `\\n`."""
    if not isinstance(value, str):
        raise Refused("string_type", "应为文本")
    text = value.replace("\r\n", "\n").replace("\r", "\n").strip()
    if (text.replace("\n", "").replace("\t", "") if lines else text).isprintable():
        return text
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs") and not (lines and character in "\n\t"):
            raise Refused("control_character", "含有不可见的控制字符，请重新输入")
    return text


def _phone(field: FieldDefinition) -> Taker:
    def take(value: Any, today: date) -> str:
        phone = phones.clean_phone(value) if isinstance(value, str) and len(value) <= phones.MAX_PHONE else None
        if phone is None:
            raise Refused("phone", phones.MESSAGE)
        return phone

    return take


def _identity_number(field: FieldDefinition) -> Taker:
    def take(value: Any, today: date) -> str:
        if not isinstance(value, str) or len(value) > 40:
            raise Refused("identity_length", identity.MESSAGES[identity.Problem.LENGTH])
        checked = identity.check_number(value, on=today)
        if checked.problems:
            raise Refused(str(checked.problems[0]), identity.MESSAGES[checked.problems[0]])
        return checked.number

    return take


def _name(field: FieldDefinition) -> Taker:
    def take(value: Any, today: date) -> str:
        if not isinstance(value, str) or len(value) > 2 * names.MAX_NAME:
            raise Refused("name_length", names.MESSAGES[names.NameProblem.LENGTH])
        if names.is_plain(value):
            return value
        name = names.clean_name(value)
        if name.problems:
            raise Refused(str(name.problems[0]), names.MESSAGES[name.problems[0]])
        return name.text

    return take


TEXT_TAKERS: Mapping[FieldType, Callable[[FieldDefinition], Taker]] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _text,
    FieldType.ADDRESS: _text,
    FieldType.PHONE: _phone,
    FieldType.IDENTITY_NUMBER: _identity_number,
    FieldType.NAME: _name,
}
