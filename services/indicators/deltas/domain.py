"""From contributions to rows: which areas a contribution counts in, and what a changed state changes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from services.indicators.contributions.domain import Contribution
from shared.reference.areas import COUNTY_DIGITS, GRID_DIGITS, VILLAGE_DIGITS, county_of, village_of

LEVELS = (12, 9, 6, 4)
"""Code lengths with rows of their own: village, town, county, prefecture. On reading, a grid's (15) are computed from
its states and a province's (2) are summed up from its prefectures."""

CHILD = {2: 4, 4: 6, 6: 9, 9: 12, 12: 15}
"""The level below, by code length."""

Row = tuple[str, str, str, date]


@dataclass(frozen=True)
class Openings:
    """Opening days (建账日) by county; None: none was announced. Before its own a county has no figures."""

    by_county: Mapping[str, date | None]

    def has_figures(self, area: str, on: date) -> bool:
        """Whether an area has figures on a day. One above the counties has some as soon as one of these has."""
        if len(area) >= COUNTY_DIGITS:
            return self._opened(county_of(area), on)
        counties = [county for county in self.by_county if county.startswith(area)]
        return not counties or any(self._opened(county, on) for county in counties)

    def left_out(self, area: str, on: date) -> tuple[str, ...]:
        """The counties inside an area above them that do not count in its figures yet."""
        if len(area) >= COUNTY_DIGITS:
            return ()
        return tuple(county for county in self.by_county if county.startswith(area) and not self._opened(county, on))

    def _opened(self, county: str, on: date) -> bool:
        opening = self.by_county.get(county)
        return opening is None or on >= opening


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


class LevelsDisagree(RuntimeError):
    """What a batch would add to the villages, towns and counties does not come to one sum: a fault of the roll-up."""


def require_levels_agree(amounts: Mapping[Row, int], rows: Mapping[Row, int]) -> None:
    """County = Σ towns = Σ villages, of each measure and part, in what a batch adds: each level holds all that was
    counted in it or below. Raises `LevelsDisagree`.
    """
    expected, found = Counter[tuple[int, str, str]](), Counter[tuple[int, str, str]]()
    for (area, measure, dimension, _), amount in amounts.items():
        for length in LEVELS:
            if length <= len(area):
                expected[length, measure, dimension] += amount
    for (area, measure, dimension, _), amount in rows.items():
        found[len(area), measure, dimension] += amount
    if any(expected[key] != found[key] for key in expected.keys() | found.keys()):
        raise LevelsDisagree


def place_of(area: str) -> str:
    """Where a contribution is looked for: the village of a grid, else the area itself."""
    return village_of(area) if len(area) > VILLAGE_DIGITS else area


NOWHERE: frozenset[str] = frozenset()


def elsewhere(contributions: Iterable[Contribution], lies: str | None) -> frozenset[str]:
    """The places that a state counts in besides the one where it lies now: where somebody lived or is registered."""
    areas = {one[1] for one in contributions}
    areas.discard(lies or "")
    if not areas:
        return NOWHERE
    here = None if lies is None else place_of(lies)
    return frozenset([place for area in areas if (place := place_of(area)) != here])


def grids_of(contributions: Iterable[Contribution]) -> frozenset[str]:
    """The grids that a state contributes to."""
    return frozenset([area for _, area, _, _, _ in contributions if len(area) == GRID_DIGITS])
