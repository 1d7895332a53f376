"""From contributions to rows: which areas a contribution counts in, and what a changed state changes."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date

from services.indicators.contributions.domain import Contribution
from shared.reference.areas import is_grid

LEVELS = (12, 9, 6, 4)
"""Code lengths with rows of their own: village, town, county, prefecture. Grids (15) are computed on reading."""

CHILD = {2: 4, 4: 6, 6: 9, 9: 12, 12: 15}
"""The level below, by code length."""

Row = tuple[str, str, str, date]


def ancestors(area: str) -> Iterator[str]:
    """The areas with rows of their own that contain `area`, itself included: its code cut by level."""
    for length in LEVELS:
        if length <= len(area):
            yield area[:length]


def difference(old: Iterable[Contribution], new: Iterable[Contribution]) -> Counter[Row]:
    """`f(new) − f(old)` by (area, measure, dimension, day), areas not yet rolled up; equal parts cancel out."""
    amounts: Counter[Row] = Counter()
    add_difference(amounts, old, new)
    return amounts


def add_difference(amounts: Counter[Row], old: Iterable[Contribution], new: Iterable[Contribution]) -> None:
    """Add `f(new) − f(old)` to the amounts of a batch."""
    for measure, area, day, amount, dimension in new:
        amounts[(area, measure, dimension, day)] += amount
    for measure, area, day, amount, dimension in old:
        amounts[(area, measure, dimension, day)] -= amount


def rolled_up(amounts: Counter[Row]) -> Counter[Row]:
    """The same amounts in every area that contains them. Zeros are left out before they are multiplied."""
    result: Counter[Row] = Counter()
    for (area, measure, dimension, day), amount in amounts.items():
        if amount:
            for ancestor in ancestors(area):
                result[(ancestor, measure, dimension, day)] += amount
    return result


def grids_of(contributions: Iterable[Contribution]) -> frozenset[str]:
    """The grids that a state contributes to."""
    return frozenset(contribution.area for contribution in contributions if is_grid(contribution.area))
