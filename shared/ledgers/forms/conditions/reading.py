"""Reads a condition by precedence climbing. What the two languages write differently is a `Dialect`."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from shared.ledgers.forms.conditions.tree import Chosen, FieldValue, Joined, Literal, Negated, Node, Unsaid
from shared.reference.digits import is_digits

MAX_TOKENS, MAX_DEPTH = 400, 24
"""How long and how deep a condition may be: what is longer is no condition that a clerk wrote."""

BINDING: Mapping[str, int] = {
    "or": 1, "and": 2, "==": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "in": 4, "+": 5, "-": 5, "*": 6,
}  # fmt: skip
"""How strongly an operator binds."""


@dataclass(frozen=True)
class Dialect:
    """What a language writes: its tokens, its spelling of the operators, and what a word means.

    `word(text, reader)` reads what begins with a word (a name, a function); raises `Unsaid`.
    """

    token: re.Pattern[str]
    operators: Mapping[str, str]
    word: Callable[[str, "Reader"], Node]
    negation: str | None


class Reader:
    """Reads one condition. Raises `Unsaid`, never anything else."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.dialect = dialect
        self.tokens = _tokens(text, dialect.token)
        self.place = 0
        self.depth = 0

    def whole(self) -> Node:
        node = self.expression(0)
        if self.place < len(self.tokens):
            raise Unsaid("条件的写法不能识别")
        return node

    def peek(self) -> str:
        return self.tokens[self.place] if self.place < len(self.tokens) else ""

    def take(self, wanted: str | None = None) -> str:
        word = self.peek()
        if not word or (wanted is not None and word != wanted):
            raise Unsaid("条件的写法不能识别")
        self.place += 1
        return word

    def expression(self, above: int) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise Unsaid("条件嵌套过深")
        left = self._single()
        while True:
            operator = self.dialect.operators.get(self.peek())
            if operator is None or BINDING[operator] <= above:
                break
            self.take()
            right = self.expression(BINDING[operator])
            left = _inside(left, right) if operator == "in" else Joined(operator, left, right)
        self.depth -= 1
        return left

    def arguments(self) -> Sequence[Node]:
        """What stands between the parentheses of a function."""
        self.take("(")
        found: list[Node] = []
        while self.peek() != ")":
            found.append(self.expression(0))
            if self.peek() == ",":
                self.take()
            elif self.peek() != ")":
                raise Unsaid("条件的写法不能识别")
        self.take(")")
        return found

    def _single(self) -> Node:
        word = self.take()
        if word == "(":
            node = self.expression(0)
            self.take(")")
            return node
        if self.dialect.negation is not None and word == self.dialect.negation:
            return Negated(self.expression(6))
        if word == "-" and is_digits(self.peek()[:1]):
            return number("-" + self.take())
        if word[:1] in "'\"":
            return Literal(unquoted(word))
        if is_digits(word[:1]):
            return number(word)
        return self.dialect.word(word, self)


def number(text: str) -> Literal:
    """A number: whole, or an exact decimal."""
    return Literal(Decimal(text) if "." in text else int(text))


def day(text: str) -> Literal:
    """A day written `YYYY-MM-DD`. Raises `Unsaid`."""
    try:
        return Literal(date.fromisoformat(text))
    except ValueError as error:
        raise Unsaid("日期应写作 YYYY-MM-DD") from error


def unquoted(word: str) -> str:
    """The text of a quoted token. Raises `Unsaid` for escapes: what they mean differs."""
    if "\\" in word:
        raise Unsaid("文本中含有转义符")
    return word[1:-1]


def _inside(left: Node, right: Node) -> Node:
    """`"a" in record.several`: a field with several choices holds this one."""
    if isinstance(left, Literal) and isinstance(left.value, str) and isinstance(right, FieldValue):
        return Chosen(right, left.value)
    raise Unsaid("只支持“选项 in 多选字段”的写法")


def _tokens(text: str, pattern: re.Pattern[str]) -> list[str]:
    found, place = [], 0
    while place < len(text):
        match = pattern.match(text, place)
        if match is None:
            raise Unsaid("条件中含有不能识别的符号")
        if match.group().strip():
            found.append(match.group().strip())
        place = match.end()
        if len(found) > MAX_TOKENS:
            raise Unsaid("条件过长")
    return found
