"""Rules of community profiles (社区概况): ages by bands, and cells too small to be told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from shared.contracts.registry.facilities import ONE_AND_EIGHT, DailyNeed, FacilityKind

LEAST = 5
"""Cells from 1 to below this one are not told to who may not read the lists; the others to a multiple of it."""

BANDS: Mapping[str, tuple[int, int | None]] = {
    "0-6": (0, 7),
    "7-14": (7, 15),
    "15-59": (15, 60),
    "60-64": (60, 65),
    "65-79": (65, 80),
    "80+": (80, None),
}
"""Ages from … to below … ; together they divide everybody."""


class Born(NamedTuple):
    """How many of a sex were born in a month; `month`: its first day."""

    sex: str
    month: date
    many: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What is counted in an area today, every cell exact."""

    residents: int = 0
    residents_missing: int = 0
    registered: int = 0
    registered_missing: int = 0
    by_sex: Mapping[str, int] = field(default_factory=dict)
    by_age: Mapping[str, int] = field(default_factory=dict)
    households: Mapping[str, int] = field(default_factory=dict)
    tags: Mapping[str, int] = field(default_factory=dict)
    restricted_tags: Mapping[str, int] | None = None
    buildings: int = 0
    dwellings: int = 0
    dwellings_by_use: Mapping[str, int] = field(default_factory=dict)
    organisations: Mapping[str, int] = field(default_factory=dict)
    facilities: Mapping[str, int] = field(default_factory=dict)
    needs: Mapping[str, int] = field(default_factory=dict)
    floor_area: Decimal = Decimal(0)

    @property
    def lacking_facilities(self) -> Sequence[FacilityKind]:
        """Of the "1+8" those of which none is open."""
        return [kind for kind in ONE_AND_EIGHT if not self.facilities.get(kind)]

    @property
    def lacking_needs(self) -> Sequence[DailyNeed]:
        """Of the six daily needs those that no open facility serves."""
        return [need for need in DailyNeed if not self.needs.get(need)]


def age_on(month: date, day: date) -> int:
    """Full years on a day of who was born in a month; a year is full on the first day of the month after.

    Indicators count alike: the bus tells the month of birth alone.
    """
    months = (day.year - month.year) * 12 + day.month - month.month
    return max(0, (months - 1) // 12)


def by_sex(born: Sequence[Born]) -> dict[str, int]:
    """How many of each sex that there is."""
    found: dict[str, int] = {}
    for one in born:
        found[one.sex] = found.get(one.sex, 0) + one.many
    return found


def by_age(born: Sequence[Born], day: date) -> dict[str, int]:
    """How many in each band on a day."""
    found = dict.fromkeys(BANDS, 0)
    for one in born:
        years = age_on(one.month, day)
        band = next(name for name, (low, high) in BANDS.items() if low <= years and (high is None or years < high))
        found[band] += one.many
    return found


def told(count: int, *, exact: bool) -> int | None:
    """A cell about people as a caller is told it; None: too small to be told."""
    if exact or count == 0:
        return count
    return None if count < LEAST else LEAST * round(count / LEAST)
