"""The shape of a contribution, and the table from nouns to the functions that make them."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import partial
from typing import Any, NamedTuple, TypeVar

from shared.contracts.envelope import Span, State
from shared.contracts.registry.households import FormerPlace

DAYS = "days"
"""Axis of durations: `days:<n>`."""


class Contribution(NamedTuple):
    """`amount` more of `measure` in `area` from `day` on. The area may be a grid; roll-up cuts its code.

    `dimension` is empty for the whole, else `<axis>:<value>`.
    """

    measure: str
    area: str
    day: date
    amount: int = 1
    dimension: str = ""


_new: Callable[[tuple[str, str, date, int, str]], Contribution] = partial(tuple.__new__, Contribution)
"""A contribution in a third of the time of a call: the consumer makes millions."""

S = TypeVar("S", bound=State)
Contribute = Callable[[Any], Iterable[Contribution]]

CONTRIBUTIONS: dict[str, Contribute] = {}
"""By noun. A noun without a function is stored, and counts nothing."""

MEASURED: dict[str, frozenset[str]] = {}
"""By noun the measures that its function makes. Those of ledgers stand in their records' states."""


def contributes(
    *nouns: str, measures: Iterable[str] = ()
) -> Callable[[Callable[[S], Iterable[Contribution]]], Callable[[S], Iterable[Contribution]]]:
    """Register the function of one or more nouns, with the measures that it makes; a noun has one."""
    made = frozenset(measures)

    def register(function: Callable[[S], Iterable[Contribution]]) -> Callable[[S], Iterable[Contribution]]:
        for noun in nouns:
            assert noun not in CONTRIBUTIONS, noun
            CONTRIBUTIONS[noun] = function
            MEASURED[noun] = made
        return function

    return register


def contributions_of(state: State | None) -> Iterable[Contribution]:
    """All that a state counts; nothing for no state."""
    if state is None or state.noun not in CONTRIBUTIONS:
        return ()
    return CONTRIBUTIONS[state.noun](state)


def area_on(day: date, area: str, former: Iterable[FormerPlace]) -> str:
    """Where something lay on a day: in the first of its places of before that it had not left yet, else where it is."""
    return next((place.area for place in former if day < place.until), area)


def places(area: str, former: Iterable[FormerPlace]) -> list[Span]:
    """The same as spans, one after the other, the first one without a beginning."""
    spans, start = [], date.min
    for place in former:
        spans.append(Span(area=place.area, kind="place", start=start, end=place.until))
        start = place.until
    return [*spans, Span(area=area, kind="place", start=start, end=None)]


Part = tuple[str, date, date | None]
"""A dimension, and when it begins and ceases to hold: `[start, end)`."""


def parts_held(measure: str, span: Span, parts: Iterable[Part]) -> list[Contribution]:
    """A stock that holds in the span's area while the span overlaps each part."""
    area, since, until = span.area, span.start, span.end
    held: list[Contribution] = []
    for dimension, start, end in parts:
        begins = since if since > start else start
        ends = until if end is None or (until is not None and until < end) else end
        if ends is None:
            held.append(_new((measure, area, begins, 1, dimension)))
        elif ends > begins:
            held += (_new((measure, area, begins, 1, dimension)), _new((measure, area, ends, -1, dimension)))
    return held


def stay(
    measure: str, spans: Iterable[Span], start: date = date.min, end: date | None = None, dimension: str = ""
) -> Iterator[Contribution]:
    """A stock that holds in every span's area while the span overlaps `[start, end)`."""
    for span in spans:
        yield from parts_held(measure, span, ((dimension, start, end),))
