"""An expression that was checked, and the door behind which it runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cel_expr_python import cel

from shared.ledgers.expressions.language import BOOL, DAY, DECIMAL, INT, TEXT, TIME, checker, runner
from shared.ledgers.expressions.reading import NotReadable, Read, read


class NotAccepted(ValueError):
    """Refusal of an expression. `code` is stable; the library's own words, which repeat the expression, stay inside."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class NotEvaluated(ValueError):
    """The expression has no value here: it met an empty field, a number too large, a division by zero."""


RESULTS: Mapping[str, tuple[Any, type]] = {
    "boolean": (BOOL, bool),
    "integer": (INT, int),
    "money": (INT, int),
    "text": (TEXT, str),
    "choice": (TEXT, str),
    "decimal": (DECIMAL, int),
    "percent": (DECIMAL, int),
    "date": (DAY, int),
    "time": (TIME, str),
}
"""Types that an expression may have: as it is checked, and as it runs."""

_NULL = cel.Type.NULL
MAX_KEPT = 2_000
"""Results that a program keeps."""

KINDS: Mapping[type, Any] = {bool: BOOL, int: INT, str: TEXT}


@dataclass(frozen=True)
class Program:
    """A checked expression. `reads` are its variables, `compared` the texts beside them, `numbers` those in it."""

    reads: frozenset[str]
    compared: tuple[tuple[str, str], ...]
    numbers: tuple[int, ...]
    cost: int
    _kind: Any
    _result: type
    _expression: Any
    _kept: dict[tuple[Any, ...], Any] | None = None
    """Results by what was read, if that is of few values only."""

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The result: of the declared type or None. Raises `NotEvaluated` for anything else."""
        if self._kept is None:
            return self._evaluate(values)
        try:
            read = tuple([values[name] for name in self.reads])
            return self._kept[read]
        except KeyError:  # nothing kept, or something that is read is missing
            found = self._evaluate(values)
        if len(self._kept) < MAX_KEPT:
            self._kept[read] = found
        return found

    def _evaluate(self, values: Mapping[str, Any]) -> Any:
        """The library gives an error as a value that is true: only its type tells."""
        try:
            found = self._expression.eval(data={name: values[name] for name in self.reads})
        except (RuntimeError, ValueError, TypeError, KeyError, OverflowError) as error:
            raise NotEvaluated from error
        kind = found.type()
        if kind == self._kind:
            plain = found.value()
            if type(plain) is self._result:
                return plain
        elif kind == _NULL:
            return None  # not `value()`: up to 0.1.3 it gives away a None that it does not own
        raise NotEvaluated

    def holds(self, values: Mapping[str, Any]) -> bool:
        """The result of a condition. Raises `NotEvaluated` for anything but true and false."""
        found = self.evaluate(values)
        if found is None:
            raise NotEvaluated
        return bool(found)


class Language:
    """Compiles the expressions of one definition over its variables and their types.

    `few`: variables of few values (choices, days, yes or no). What reads nothing else is evaluated once for each.
    """

    def __init__(self, variables: Mapping[str, Any], few: frozenset[str] = frozenset()) -> None:
        self._variables = dict(variables)
        self._few = few
        self._checker = checker(self._variables)
        self._runner = runner(list(self._variables))

    def compile(self, expression: str, result: str, *, allowed: frozenset[str] | None = None) -> Program:
        """A program of the result's type (a key of `RESULTS`). `allowed`: variables that it may read; None: all.

        Raises `NotAccepted`: `expression_syntax`, `expression_unknown`, `expression_type`, `expression_costly`, …
        """
        try:
            known: Read = read(expression)
        except NotReadable as error:
            raise NotAccepted(f"expression_{error.code}") from error
        reads = frozenset(known.variables) & self._variables.keys()
        if allowed is not None and not reads <= allowed:
            raise NotAccepted("expression_reads_other")
        checked, python = RESULTS[result]
        try:
            found = self._checker.compile(expression)
            if not checked.is_assignable_from(found.return_type()) and found.return_type() != cel.Type.NULL:
                raise NotAccepted("expression_result")
            compiled = self._runner.compile(expression)
        except RuntimeError as error:
            raise NotAccepted(_code(str(error))) from error
        kept: dict[tuple[Any, ...], Any] | None = {} if reads <= self._few else None
        return Program(reads, known.compared, known.numbers, known.cost, KINDS[python], python, compiled, kept)


def _code(told: str) -> str:
    if "undeclared reference" in told:
        return "expression_unknown"
    if "no matching overload" in told or "operand" in told or "type" in told:
        return "expression_type"
    return "expression_syntax"


def variables_of(names: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Variables with their types, `status` and `today` beside them."""
    return {**dict(names), "status": TEXT, "today": DAY}
