"""Rules of how area sets follow changes of areas: who carries a member on takes its seat."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol
from uuid import UUID

from services.registry.area_sets.domain.members import Membership, is_open, meet
from shared.reference.areas import VILLAGE_DIGITS, is_grid, village_of


class Going(Protocol):
    """What becomes of a village in a change of areas."""

    @property
    def to(self) -> str | None: ...
    @property
    def stays(self) -> bool: ...
    @property
    def targets(self) -> list[str]: ...


class Claims:
    """Areas to which seats of sets of one kind go in a change: several sets that claim one get none."""

    def __init__(self) -> None:
        self._claims: dict[str, set[UUID]] = {}

    def add(self, heir: str, claimer: UUID) -> None:
        self._claims.setdefault(heir, set()).add(claimer)

    @property
    def heirs(self) -> Collection[str]:
        """All that is claimed."""
        return self._claims.keys()

    def disputed(self, heir: str, claimer: UUID) -> bool:
        """Whether another set claims the area, or one that it meets."""
        return any(meet(heir, other) and claimers - {claimer} for other, claimers in self._claims.items())


def heirs_of(area: str, move: Going, opened: Collection[str], grids: Mapping[str, str]) -> Sequence[str]:
    """What carries a member on.

    Of a village: the area that takes the rest of it, and every new one that a part of it goes to; an old village that
    gets some households does not become a member by them. Of a grid: the code that it gets. Nothing, if it stays as it
    is, or if several old villages take it over and nobody says what goes where.
    """
    if is_grid(area):
        return [grids[area]] if area in grids else []
    return [one for one in move.targets if one == move.to or one in opened]


def followed(
    members: Sequence[Membership],
    change: UUID,
    moves: Mapping[str, Going],
    heirs: Callable[[str, Going], Sequence[str]],
    free: Callable[[str], bool],
    on: date,
) -> Sequence[Membership]:
    """The members after a change of areas on a day. `moves`: what becomes of each village; `free`: who may join."""
    after: list[Membership] = []
    found: list[Membership] = []
    seated = {one.area for one in members if is_open(one)}
    for one in members:
        move = moves.get(village_of(one.area)) if is_open(one) else None
        if move is None:
            after.append(one)
            continue
        day, to = max(on, one.since), heirs(one.area, move)
        goes_on = move.stays and (len(one.area) == VILLAGE_DIGITS or not to)
        after.append(one if goes_on else replace(one, until=day, ended_by=change))
        for heir in to:
            if heir not in seated and free(heir):
                seated.add(heir)
                found.append(Membership(heir, day, begun_by=change))
    return [*after, *found]


def returned(members: Sequence[Membership], change: UUID, dissolved_on: date | None) -> Sequence[Membership]:
    """The members after a change of areas was undone: whose seat went to others has it again, for as long."""
    heirs = [one.until for one in members if one.begun_by == change]
    until = dissolved_on if not heirs else None if None in heirs else max(filter(None, heirs))
    return [
        replace(one, until=until and max(until, one.since), ended_by=None) if one.ended_by == change else one
        for one in members
        if one.begun_by != change
    ]
