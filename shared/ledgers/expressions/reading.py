"""What an expression reads and costs, told from its tokens before it is compiled."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.ledgers.expressions.language import MACROS

MAX_DEPTH = 24
"""Brackets inside brackets."""

MAX_COST = 5_000
"""Tokens, those that a macro repeats counted once for each of the 200 rows that a list may have."""

ROWS = 200

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>"(?:[^"\\\n]|\\["\\'nt])*"|'(?:[^'\\\n]|\\["\\'nt])*')
    | (?P<number>[0-9]+)(?![0-9A-Za-z_.])
    | (?P<name>[a-zA-Z_][a-zA-Z0-9_]*)
    | (?P<sign>&&|\|\||[=!<>]=|[-+*/%!<>?:.,()\[\]])
    )""",
    re.VERBOSE,
)


class NotReadable(ValueError):
    """Refusal: the expression uses what the language does not have, or costs too much. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Read:
    """What an expression reads: variables (`record.kind`, `status`), texts beside them, numbers, its cost."""

    variables: frozenset[str]
    compared: tuple[tuple[str, str], ...]
    numbers: tuple[int, ...]
    cost: int


def read(expression: str) -> Read:
    """Raises `NotReadable`."""
    tokens = list(_tokens(expression))
    variables: set[str] = set()
    for place, (kind, word) in enumerate(tokens):
        before = tokens[place - 1][1] if place else ""
        after = tokens[place + 1][1] if place + 1 < len(tokens) else ""
        if kind == "name" and before != "." and after != "(":
            variables.add(_path(tokens, place))
        if word == "[" and before != "in":
            raise NotReadable("list_misplaced")
        if kind == "text" and place and tokens[place - 1][0] in ("name", "text") and before != "in":
            raise NotReadable("not_in_language")  # bytes, raw texts and texts in triple quotes
    numbers = tuple(dict.fromkeys(int(word) for kind, word in tokens if kind == "number"))
    return Read(frozenset(variables), tuple(_compared(tokens)), numbers, _cost(tokens))


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    place, text = 0, expression.strip()
    while place < len(text):
        found = _TOKEN.match(text, place)
        if found is None or found.lastgroup is None:
            raise NotReadable("not_in_language")
        yield found.lastgroup, found[found.lastgroup]
        place = found.end()


def _path(tokens: list[tuple[str, str]], place: int) -> str:
    """The longest dotted path that begins here and is not called: `record.parties.name`."""
    words = [tokens[place][1]]
    while (
        place + 2 < len(tokens)
        and tokens[place + 1][1] == "."
        and tokens[place + 2][0] == "name"
        and not (place + 3 < len(tokens) and tokens[place + 3][1] == "(")
    ):
        words.append(tokens[place + 2][1])
        place += 2
    return ".".join(words)


def _compared(tokens: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Variables with the texts beside them: `record.kind == "land"`, `record.kind in ["land", "wages"]`."""
    path = ""
    for place, (kind, word) in enumerate(tokens):
        if kind == "name" and word not in ("in", *MACROS) and (place == 0 or tokens[place - 1][1] != "."):
            path = _path(tokens, place)
            if place >= 2 and tokens[place - 1][1] in ("==", "!=") and tokens[place - 2][0] == "text":
                yield path, _content(tokens[place - 2][1])
        if kind == "text" and place and path and tokens[place - 1][1] in ("==", "!="):
            yield path, _content(word)
        if word == "[":
            for inner_kind, inner in tokens[place + 1 :]:
                if inner == "]":
                    break
                if inner_kind == "text" and path:
                    yield path, _content(inner)


def _content(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _cost(tokens: list[tuple[str, str]]) -> int:
    cost, open_macros, brackets = 0, 0, []
    for place, (_, word) in enumerate(tokens):
        if word in ("(", "["):
            is_macro = place >= 1 and tokens[place - 1][1] in MACROS
            brackets.append(is_macro)
            open_macros += is_macro
            if open_macros > 1:
                raise NotReadable("macro_in_macro")
            if len(brackets) > MAX_DEPTH:
                raise NotReadable("too_deep")
        elif word in (")", "]") and brackets:
            open_macros -= brackets.pop()
        cost += ROWS if open_macros else 1
    if cost > MAX_COST:
        raise NotReadable("too_costly")
    return cost
