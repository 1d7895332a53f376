"""Conditions in XPath, as forms write them: `${x}`, `.`, `today()`, `''` for nothing, `selected(${several}, 'a')`."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from shared.ledgers.forms.conditions.reading import BINDING, Dialect, Reader, day
from shared.ledgers.forms.conditions.tree import (
    Chosen,
    FieldValue,
    Joined,
    Literal,
    Negated,
    Node,
    Today,
    Unsaid,
    is_null,
)

_TOKEN = re.compile(
    r"\s+|[0-9]+(?:\.[0-9]+)?|\"[^\"]*\"|'[^']*'|\$\{\s*[^{}\s]+\s*\}"
    r"|[a-zA-Z_][a-zA-Z0-9_-]*|!=|<=|>=|[-+*=<>(),.]"
)
_READ: Mapping[str, str] = {
    "or": "or", "and": "and", "=": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
    "+": "+", "-": "-", "*": "*",
}  # fmt: skip
_WRITTEN: Mapping[str, str] = {ours: theirs for theirs, ours in _READ.items()}


def _word(word: str, reader: Reader) -> Node:
    if word == ".":
        return FieldValue(None)
    if word.startswith("${"):
        return FieldValue(word[2:-1].strip())
    if reader.peek() != "(":
        raise Unsaid("条件的写法不能识别")
    return _called(word, reader)


def _called(function: str, reader: Reader) -> Node:
    match function, tuple(reader.arguments()):
        case "today", ():
            return Today()
        case (("true" | "false"), ()):
            return Literal(function == "true")
        case "not", (part,):
            return Negated(part)
        case "date", (Literal(str() as written),):
            return day(written)
        case "number", (part,):
            return part
        case "selected", (FieldValue() as field, Literal(str() as choice)):
            return Chosen(field, choice)
    raise Unsaid(f"不支持函数 {function}")


XPATH = Dialect(_TOKEN, _READ, _word, None)


def read_xpath(text: str) -> Node:
    """The condition of an XPath expression of a form; a comparison with '' is one with null. Raises `Unsaid`."""
    return _with_null(Reader(text, XPATH).whole())


def _with_null(node: Node) -> Node:
    match node:
        case Joined("==" | "!=" as operator, left, Literal("")):
            return Joined(operator, _with_null(left), Literal(None))
        case Joined(operator, left, right):
            return Joined(operator, _with_null(left), _with_null(right))
        case Negated(part):
            return Negated(_with_null(part))
    return node


def write_xpath(node: Node, term: Callable[[str | None, Node | None], str], above: int = 0) -> str:
    """The condition in XPath.

    `term(name, beside)` writes the value of a field, which is compared with `beside`. Raises `Unsaid`.
    """
    match node:
        case Literal(value):
            return _literal(value)
        case Today():
            return "today()"
        case FieldValue(name):
            return f"{term(name, None)} = 'true'"  # a field by itself is one of yes and no
        case Chosen(field, choice):
            return f"selected({term(field.name, None)}, {_literal(choice)})"
        case Negated(part):
            return f"not({write_xpath(part, term)})"
        case Joined("and" | "or" as operator, left, right):
            binding = BINDING[operator]
            said = f"{write_xpath(left, term, binding - 1)} {operator} {write_xpath(right, term, binding)}"
            return f"({said})" if binding <= above else said
        case Joined(operator, left, right):
            binding = BINDING[operator]
            said = f"{_side(left, right, term, binding - 1)} {_WRITTEN[operator]} {_side(right, left, term, binding)}"
            return f"({said})" if binding <= above else said


def _side(node: Node, other: Node, term: Callable[[str | None, Node | None], str], above: int) -> str:
    if isinstance(node, FieldValue):
        return term(node.name, None if is_null(other) else other)
    return write_xpath(node, term, above)


def _literal(value: str | int | Decimal | bool | date | None) -> str:
    match value:
        case None | bool():
            return "''" if value is None else f"'{str(value).lower()}'"
        case date():
            return f"date('{value}')"
        case str() if "'" in value or "$" in value or not value.isprintable():
            raise Unsaid("文本中含有引号")
    return f"'{value}'" if isinstance(value, str) else f"{value}"
