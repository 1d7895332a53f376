"""Check of places: whether a person may belong to a village or grid on a day. Villages are registry's own, grids are
projected from grid."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.domain import UnknownArea, UnknownGrid
from services.registry.areas.repository import AreaRepository, Village
from services.registry.life_events.domain import Place, is_counted
from shared.auth.scope import Scope
from shared.contracts.grid.grids import GridState
from shared.errors import DomainError, FieldError, NotYet
from shared.messaging.projection.states import projected_many
from shared.reference.areas import TOWN_DIGITS, VILLAGE_DIGITS, village_of


def require_places(scope: Scope, residence: Place | None, registration: Place | None) -> None:
    """Raise `NotFound` unless the scope holds every village of the county to which a person is brought.

    Nobody is entered in the book of a village by somebody else's clerk. A registered place elsewhere is in nobody's
    scope here; somebody without any place of ours is refused by the rules.
    """
    places = [place.area for place in (residence, registration) if place and is_counted(place.area)]
    if places:
        scope.require(*places)


class Arrival(NamedTuple):
    """Where somebody arrives, on which day; and where both places stand in the body."""

    residence: Place | None
    registration: Place | None
    day: date
    residence_path: str = "residence.area"
    registration_path: str = "registration.area"


class _Sought(NamedTuple):
    """One place that is looked for."""

    area: str
    day: date
    path: str


class Placement:
    """Check of the places of life events: whether each exists and takes somebody in on the day.

    As many statements for a thousand arrivals as for one.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._areas = AreaRepository(session)

    async def check(self, arrivals: Iterable[Arrival], *, again: bool = False) -> Mapping[str, Village]:
        """The villages of the arrivals by their codes. `again`: of arrivals that stood before, on another day.

        A residence is a village or grid of the county. A registered place is a village of the county, or an area
        elsewhere of at most 9 digits (town). Raises `UnknownArea`, `UnknownGrid`, and `NotYet` for a grid that has not
        arrived here; each says which place it is.
        """
        sought: list[_Sought] = []
        for arrival in arrivals:
            if arrival.residence:
                if not is_counted(arrival.residence.area):
                    raise UnknownArea.at(arrival.residence_path)
                sought.append(_Sought(arrival.residence.area, arrival.day, arrival.residence_path))
            if arrival.registration:
                if len(arrival.registration.area) > VILLAGE_DIGITS:
                    raise UnknownArea.at(arrival.registration_path)
                sought.append(_Sought(arrival.registration.area, arrival.day, arrival.registration_path))
        counted = [one for one in sought if is_counted(one.area)]
        villages = await self._areas.villages({village_of(one.area) for one in counted})
        for one in counted:
            village = villages.get(village_of(one.area))
            if village is None or not village.takes_in(one.day, again=again):
                raise UnknownArea.at(one.path)
        await self._check_grids([one for one in sought if len(one.area) > VILLAGE_DIGITS])
        await self._check_elsewhere([one for one in sought if len(one.area) <= TOWN_DIGITS])
        return villages

    async def _check_grids(self, grids: Sequence[_Sought]) -> None:
        if not grids:
            return
        known = await projected_many(self._session, GridState, {one.area for one in grids})
        for one in grids:
            grid = known.get(one.area)
            if grid is None:
                detail = "尚未收到该网格的信息：若刚刚划定，请稍后重试；否则请核对代码。"
                raise NotYet.at(one.path, subject=one.area, detail=detail)
            if grid.village != village_of(one.area) or (grid.valid_to is not None and grid.valid_to <= one.day):
                raise UnknownGrid.at(one.path)

    async def _check_elsewhere(self, places: Sequence[_Sought]) -> None:
        """Refuse a town or county of our own as a registered place: within the county it must be a village."""
        ours = await self._areas.covered({one.area for one in places}) if places else ()
        if ours:
            raise UnknownArea.at(*(one.path for one in places if one.area in ours))


AREA_OUTSIDE = FieldError("area", "area_outside", "该地不在您的管辖范围内，请核对代码")


async def misplaced(
    placement: Placement, scope: Scope, areas: Iterable[str], day: date
) -> Mapping[str, Sequence[FieldError]]:
    """What is wrong with the villages and grids in which rows of a table have something; each error stands at `area`.

    One outside the scope is not looked up.
    """
    wrong: dict[str, Sequence[FieldError]] = {}
    for area in sorted(set(areas)):
        if not scope.allows(area):
            wrong[area] = [AREA_OUTSIDE]
            continue
        try:
            await placement.check([Arrival(Place(area, "registered"), None, day, "area")])
        except DomainError as error:
            wrong[area] = error.errors or [FieldError("area", error.code, error.title)]
    return wrong
