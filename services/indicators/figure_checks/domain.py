"""Figures held against their parts: village = Σ its states, larger area = Σ areas below + its own level."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from services.indicators.contributions.domain import Contribution
from services.indicators.deltas.domain import place_of

Key = tuple[str, str, date]
"""(measure, dimension, day)"""
Part = tuple[str, str]
"""(measure, dimension)"""


def counted_in(area: str, counted: Iterable[Contribution]) -> Counter[Key]:
    """What contributions add in a village, or at a larger area's own level."""
    amounts: Counter[Key] = Counter()
    for measure, where, day, amount, dimension in counted:
        if place_of(where) == area:
            amounts[measure, dimension, day] += amount
    return amounts


def differing(expected: Mapping[Key, int], found: Mapping[Key, int], left_out: Collection[str]) -> dict[Part, int]:
    """By measure and part on how many days something else is stored than should be. `left_out`: of these measures not
    everything is counted yet."""
    days: Counter[Part] = Counter()
    for key in expected.keys() | found.keys():
        measure, dimension, _ = key
        if measure not in left_out and expected.get(key, 0) != found.get(key, 0):
            days[measure, dimension] += 1
    return dict(days)
