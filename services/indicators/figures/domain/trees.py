"""Areas as the tree of a day has them: what ended before it counts in its heirs, what began after it in what it was of.

Figures stand under the code under which they came about, for good: a merger changes no past. Whoever asks by another
day's tree gets sums of these. What was divided counts in no part of it, but in what holds all parts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from shared.errors import DomainError, ErrorKind
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS

Terms = Mapping[str, int]
"""Areas by how often they are added (1) or taken off (-1)."""


class AreaNotInTree(DomainError):
    """The area does not exist on the day whose tree is asked for."""

    kind, code, title = ErrorKind.INVALID, "area_not_in_tree", "所选日期的区划中没有这个区域"
    advice = "请改选区划日期，或改选当日存在的区域"


@dataclass(frozen=True)
class Unit:
    """An area and the days on which it exists, `[since, until)`. `successors`: what carried on when it ended."""

    code: str
    since: date
    until: date | None
    successors: tuple[str, ...]

    def exists_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class Tree:
    """The tree of a day, out of all areas that a county ever had."""

    def __init__(self, units: Iterable[Unit], day: date) -> None:
        self._units = {one.code: one for one in units}
        self._day = day

    def has(self, code: str) -> bool:
        """Whether the area exists on the day; of a code that nobody told of nothing is denied."""
        return code not in self._units or self._units[code].exists_on(self._day)

    def below(self, area: str, digits: int) -> list[str]:
        """The areas of one level inside another on the day."""
        return sorted(
            code
            for code, unit in self._units.items()
            if len(code) == digits and code.startswith(area) and unit.exists_on(self._day)
        )

    def terms(self, area: str) -> Terms:
        """What the area is the sum of. Raises `AreaNotInTree`."""
        if not self.has(area):
            raise AreaNotInTree.at("query.area")
        found = Counter({area: 1})
        if COUNTY_DIGITS < len(area) <= VILLAGE_DIGITS:
            for code, places in self._elsewhere.items():
                sign = all(one.startswith(area) for one in places) - code.startswith(area)
                if sign and code != area:
                    for part, factor in self._alone(code).items():
                        found[part] += sign * factor
        return {code: factor for code, factor in found.items() if factor}

    @cached_property
    def _elsewhere(self) -> dict[str, frozenset[str]]:
        """Towns and villages that do not exist on the day, with the areas of it that they count in together."""
        absent = [
            code
            for code, unit in self._units.items()
            if len(code) in (TOWN_DIGITS, VILLAGE_DIGITS) and not unit.exists_on(self._day)
        ]
        found = {code: self._places(code) for code in absent}
        return {code: places for code, places in found.items() if places}

    def _places(self, code: str) -> frozenset[str]:
        """The areas of the day that took over what ended, or that what began later is of, over several steps."""
        ended = self._units[code].since <= self._day
        found, seen, wanted = set[str](), {code}, [code]
        while wanted:
            at = wanted.pop()
            for one in self._units[at].successors if ended else self._predecessors.get(at, ()):
                unit = self._units.get(one)
                if unit is None or len(one) != len(code) or one in seen:
                    continue
                seen.add(one)
                if unit.exists_on(self._day):
                    found.add(one)
                else:
                    wanted.append(one)
        return frozenset(found)

    @cached_property
    def _predecessors(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for unit in self._units.values():
            for one in unit.successors:
                found.setdefault(one, []).append(unit.code)
        return found

    def _alone(self, code: str) -> Terms:
        """An area without those of its villages that are judged by themselves."""
        if len(code) != TOWN_DIGITS:
            return {code: 1}
        villages = [one for one in self._units if len(one) == VILLAGE_DIGITS and one.startswith(code)]
        return {code: 1, **dict.fromkeys(villages, -1)}
