"""The shape of a contribution, and the table from nouns to the functions that make them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple, TypeVar

from shared.contracts.envelope import Span, State


class Contribution(NamedTuple):
    """`amount` more of `measure` in `area` from `day` on. The area may be a grid; roll-up cuts its code.

    `dimension` is empty for the whole, else `<axis>:<value>`.
    """

    measure: str
    area: str
    day: date
    amount: int = 1
    dimension: str = ""


S = TypeVar("S", bound=State)
Contribute = Callable[[Any], Iterable[Contribution]]

CONTRIBUTIONS: dict[str, Contribute] = {}
"""By noun. A noun without a function is stored, and counts nothing."""


def contributes(
    *nouns: str,
) -> Callable[[Callable[[S], Iterator[Contribution]]], Callable[[S], Iterator[Contribution]]]:
    """Register the function of one or more nouns; a noun has one."""

    def register(function: Callable[[S], Iterator[Contribution]]) -> Callable[[S], Iterator[Contribution]]:
        for noun in nouns:
            assert noun not in CONTRIBUTIONS, noun
            CONTRIBUTIONS[noun] = function
        return function

    return register


def contributions_of(state: State | None) -> Iterable[Contribution]:
    """All that a state counts; nothing for no state."""
    if state is None or state.noun not in CONTRIBUTIONS:
        return ()
    return CONTRIBUTIONS[state.noun](state)


Part = tuple[str, date, date | None]
"""A dimension, and when it begins and ceases to hold: `[start, end)`."""


def parts_held(measure: str, span: Span, parts: Iterable[Part]) -> Iterator[Contribution]:
    """A stock that holds in the span's area while the span overlaps each part."""
    area, since, until = span.area, span.start, span.end
    for dimension, start, end in parts:
        begins = since if since > start else start
        ends = until if end is None or (until is not None and until < end) else end
        if ends is not None and ends <= begins:
            continue
        yield Contribution(measure, area, begins, 1, dimension)
        if ends is not None:
            yield Contribution(measure, area, ends, -1, dimension)


def stay(
    measure: str, spans: Iterable[Span], start: date = date.min, end: date | None = None, dimension: str = ""
) -> Iterator[Contribution]:
    """A stock that holds in every span's area while the span overlaps `[start, end)`."""
    for span in spans:
        yield from parts_held(measure, span, ((dimension, start, end),))
