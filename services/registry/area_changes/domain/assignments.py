"""Who and what goes where by a plan of areas: grids with their new codes, households, buildings, persons."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from services.registry.area_changes.domain.plans import Plan
from shared.reference.areas import VILLAGE_DIGITS, next_grid, village_of


def recoded(plan: Plan, grids: Collection[str], used: Collection[str]) -> Mapping[str, str]:
    """The code of each open grid of the plan's villages from the day on: that of its new village, and a number.

    A grid keeps its number if the village has none of it yet. `grids`: the open ones; `used`: all codes of before.
    """
    taken, found = set(used), dict[str, str]()
    if not plan.undivided:
        return found
    for code in sorted(grids):
        move = plan.villages[village_of(code)]
        to = next((share.to for share in move.shares if code in share.grids), move.to)
        if to is not None and (new := next_grid(to, code, taken)) is not None:
            taken.add(new)
            found[code] = new
    return found


@dataclass(frozen=True, slots=True)
class HouseholdPlace:
    """A household in a village that changes, and where it goes; None: it stays."""

    village: str
    kind: str
    to: str | None


@dataclass(slots=True)
class Assignment:
    """Where each household, building and person of the villages goes by the plan.

    `grids`: which code each grid of the villages has from the day on; what lies in one stays in it.
    """

    plan: Plan
    grids: Mapping[str, str] = field(default_factory=dict)
    households: dict[UUID, HouseholdPlace] = field(default_factory=dict)
    of_person: dict[UUID, list[HouseholdPlace]] = field(default_factory=dict)

    def thing(self, id: UUID, area: str) -> str | None:
        """Where a household or building of the area goes; None: it stays.

        It stays, too, if several take over an area that ends and nobody says what goes where: somebody places it.
        """
        if not self.plan.undivided:
            return None
        move = self.plan.villages[area[:VILLAGE_DIGITS]]
        for share in move.shares:
            if id in share.households or id in share.buildings or area in share.grids:
                return self._within(area, share.to)
        return self._within(area, move.to)

    def _within(self, area: str | None, to: str | None) -> str | None:
        """The grid of before under its code of the village, if it went there too; else the village."""
        grid = self.grids.get(area or "")
        return grid if grid is not None and to is not None and grid.startswith(to) else to

    def settle(self, id: UUID, kind: str, area: str, members: Iterable[UUID]) -> str | None:
        """The same for a household, with those who belong to it now: they go where it goes."""
        place = HouseholdPlace(area[:VILLAGE_DIGITS], kind, self.thing(id, area))
        self.households[id] = place
        for one in members:
            self.of_person.setdefault(one, []).append(place)
        return place.to

    def person(self, id: UUID, kind: str, village: str, residence: str | None) -> str | None:
        """Where somebody goes in a book of the village: with the household of that kind, else another, else by grid.

        `residence`: where the person lives, if that is in the village.
        """
        move = self.plan.villages[village]
        for share in move.shares:
            if id in share.persons:
                return self._within(residence, share.to)
        places = sorted(
            (one for one in self.of_person.get(id, ()) if one.village == village), key=lambda p: p.kind != kind
        )
        if places:
            to = places[0].to
            return self._within(residence, to and village_of(to))
        for share in move.shares:
            if residence in share.grids:
                return self._within(residence, share.to)
        return self._within(residence, move.to)
