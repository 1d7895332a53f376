"""Conditions in CEL, as a definition writes them: `record.x`, `today`, `null`, `&&`, `"a" in record.several`."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from shared.ledgers.forms.conditions.reading import BINDING, Dialect, Reader, day
from shared.ledgers.forms.conditions.tree import Chosen, FieldValue, Joined, Literal, Negated, Node, Today, Unsaid

_TOKEN = re.compile(
    r"\s+|[0-9]+(?:\.[0-9]+)?|\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'"
    r"|record\.[a-z][a-z0-9_]*|[a-zA-Z_][a-zA-Z0-9_]*|&&|\|\||==|!=|<=|>=|[-+*<>!(),]"
)
_READ: Mapping[str, str] = {
    "||": "or", "&&": "and", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "in": "in",
    "+": "+", "-": "-", "*": "*",
}  # fmt: skip
_WRITTEN: Mapping[str, str] = {ours: theirs for theirs, ours in _READ.items()}
_WORDS: Mapping[str, Node] = {
    "null": Literal(None),
    "true": Literal(True),
    "false": Literal(False),
    "today": Today(),
}


def _word(word: str, reader: Reader) -> Node:
    if word.startswith("record."):
        return FieldValue(word.removeprefix("record."))
    if word in _WORDS:
        return _WORDS[word]
    if reader.peek() == "(":
        match word, tuple(reader.arguments()):
            case "day", (Literal(str() as written),):
                return day(written)
            case "decimal", (Literal(str() as written),) if re.fullmatch(r"-?[0-9]{1,12}(\.[0-9]{1,6})?", written):
                return Literal(Decimal(written))
            case "decimal", (Literal(int() as whole),):
                return Literal(Decimal(whole))
    raise Unsaid(f"手机表单不支持“{word}”")


CEL = Dialect(_TOKEN, _READ, _word, "!")


def read_cel(text: str) -> Node:
    """The condition of a CEL expression. Raises `Unsaid` for what a form cannot ask."""
    return Reader(text, CEL).whole()


def write_cel(node: Node, *, own: str | None = None, above: int = 0) -> str:
    """The condition in CEL; `own`: the field that it stands at. Raises `Unsaid` if it does not name a field."""
    match node:
        case Literal(value):
            return _literal(value)
        case Today():
            return "today"
        case FieldValue(name):
            return f"record.{_named(name, own)}"
        case Chosen(field, choice):
            return f'"{choice}" in record.{_named(field.name, own)}'
        case Negated(part):
            return f"!({write_cel(part, own=own)})"
        case Joined(operator, left, right):
            binding = BINDING[operator]
            said = (
                f"{write_cel(left, own=own, above=binding - 1)} {_WRITTEN[operator]} "
                f"{write_cel(right, own=own, above=binding)}"
            )
            return f"({said})" if binding <= above else said


def _literal(value: str | int | Decimal | bool | date | None) -> str:
    match value:
        case None | bool():
            return "null" if value is None else str(value).lower()
        case Decimal():
            return f'decimal("{value:f}")'
        case date():
            return f'day("{value}")'
        case str() if '"' in value or "\\" in value or not value.isprintable():
            raise Unsaid("文本中含有引号或转义符")
    return f'"{value}"' if isinstance(value, str) else str(value)


def _named(name: str | None, own: str | None) -> str:
    found = name or own
    if found is None:
        raise Unsaid("条件没有写明字段")
    return found
