"""Functions of expressions, as they run: days as day numbers, decimals as whole millionths. All are exact.

A function raises `ValueError` for what has no answer; the door turns that into `NotEvaluated`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache
from typing import Any

from shared.reference.days import is_possible

MILLIONTHS = 1_000_000
"""A decimal runs as a whole number of these: it has at most six places."""

MOST = 10**18
"""A decimal has at most twelve digits before the point."""

_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True)
class Function:
    """What runs, and its types: of the result, then of the parameters."""

    run: Callable[..., Any]
    overloads: Sequence[Sequence[str]]


def millionths(text: str) -> int:
    """A decimal's text as a whole number of millionths. Raises `ValueError`."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError("no decimal")
    return int(Decimal(text).scaleb(6))


def decimal_text(number: int, scale: int) -> str:
    """The text of a whole number of millionths, rounded half up to so many places. Raises `ValueError` if too large."""
    if not -MOST < number < MOST:
        raise ValueError("too large")
    rounded = Decimal(number).scaleb(-6).quantize(Decimal(1).scaleb(-scale), context=_EXACT)
    return str(rounded or abs(rounded))


@lru_cache(maxsize=4_096)
def day_number(text: str) -> int:
    """A day's number out of `YYYY-MM-DD`. Raises `ValueError`."""
    found = date.fromisoformat(text)
    if len(text) != 10 or not is_possible(found):
        raise ValueError("no day")
    return found.toordinal()


def day_of(number: int) -> date:
    """The day of a number. Raises `ValueError` for one that is not dealt with."""
    try:
        found = date.fromordinal(number)
    except OverflowError as error:
        raise ValueError("no day") from error
    if not is_possible(found):
        raise ValueError("no day")
    return found


def _decimal(value: Any) -> int:
    return millionths(value) if isinstance(value, str) else _within(value * MILLIONTHS)


def _within(number: int) -> int:
    if not -MOST < number < MOST:
        raise ValueError("too large")
    return number


def _rounded(number: Decimal) -> int:
    return _within(int(number.quantize(Decimal(1), context=_EXACT)))


def _times(one: int, other: int) -> int:
    return _rounded(_EXACT.divide(Decimal(one) * Decimal(other), Decimal(MILLIONTHS)))


def _divide(one: int, other: int) -> int:
    if other == 0:
        raise ValueError("division by zero")
    return _rounded(_EXACT.divide(Decimal(one) * MILLIONTHS, Decimal(other)))


def _round(number: int) -> int:
    return _rounded(Decimal(number).scaleb(-6))


def _time(text: str) -> str:
    if not _TIME.fullmatch(text):
        raise ValueError("no time")
    return text


def _plus_days(day: int, days: int) -> int:
    return day_of(day + days).toordinal()


def _months(first: int, last: int) -> int:
    """Completed months between two days; negative if the second is earlier."""
    if last < first:
        return -_months(last, first)
    one, other = day_of(first), day_of(last)
    return (other.year - one.year) * 12 + other.month - one.month - (other.day < one.day)


def _held(values: Sequence[Any]) -> list[Any]:
    found: list[Any] = []
    for value in values:
        plain = value.value() if hasattr(value, "value") else value
        if plain is not None:
            found.append(plain)
    return found


def _sum(values: Sequence[Any]) -> int:
    return sum(_held(values))


def _least(values: Sequence[Any]) -> Any:
    return min(_held(values), default=None)


def _greatest(values: Sequence[Any]) -> Any:
    return max(_held(values), default=None)


def _distinct(values: Sequence[Any]) -> bool:
    held = _held(values)
    return len(set(held)) == len(held)


FUNCTIONS: dict[str, Function] = {
    "decimal": Function(_decimal, [("decimal", "text"), ("decimal", "int")]),
    "times": Function(_times, [("decimal", "decimal", "decimal")]),
    "divide": Function(_divide, [("decimal", "decimal", "decimal")]),
    "round": Function(_round, [("int", "decimal")]),
    "day": Function(day_number, [("day", "text")]),
    "time": Function(_time, [("time", "text")]),
    "days": Function(lambda first, last: last - first, [("int", "day", "day")]),
    "months": Function(_months, [("int", "day", "day")]),
    "years": Function(lambda first, last: int(_months(first, last) / 12), [("int", "day", "day")]),
    "plus_days": Function(_plus_days, [("day", "day", "int")]),
    "year": Function(lambda day: day_of(day).year, [("int", "day")]),
    "month": Function(lambda day: day_of(day).month, [("int", "day")]),
    "sum": Function(_sum, [("int", "ints"), ("decimal", "decimals")]),
    "least": Function(_least, [("int", "ints"), ("decimal", "decimals"), ("day", "days")]),
    "greatest": Function(_greatest, [("int", "ints"), ("decimal", "decimals"), ("day", "days")]),
    "distinct": Function(_distinct, [("bool", "texts"), ("bool", "ints")]),
}
"""Functions by name. Days: `days(a, b)` is how many days b lies after a. Empty members of a list are passed over."""
