"""Check of places: whether a person may belong to a village or grid on a day. Villages are registry's own, grids are
projected from grid."""

from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.domain import UnknownArea, UnknownGrid
from services.registry.areas.repository import AreaRepository, Village
from services.registry.life_events.domain import Place, is_counted
from shared.auth.scope import Scope
from shared.contracts.grid.grids import GridState
from shared.errors import NotYet
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


class Placement:
    """Check of the places of life events: whether each exists and takes somebody in on the day.

    As many statements for a thousand arrivals as for one.
    """

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._areas = AreaRepository(session)

    async def check(self, arrivals: Iterable[tuple[Place | None, Place | None, date]]) -> Mapping[str, Village]:
        """`(residence, registration, day)` of each arrival → the villages by their codes.

        A residence is a village or grid of the county. A registered place is a village of the county, or an area
        elsewhere of at most 9 digits (town). Raises `UnknownArea`, `UnknownGrid`, and `NotYet` for a grid that has not
        arrived here.
        """
        arrivals = list(arrivals)
        places = [
            (place.area, day)
            for residence, registration, day in arrivals
            for place in (residence, registration)
            if place
        ]
        for residence, registration, _ in arrivals:
            if residence and not is_counted(residence.area):
                raise UnknownArea
            if registration and len(registration.area) > VILLAGE_DIGITS:
                raise UnknownArea
        counted = {area for area, _ in places if is_counted(area)}
        villages = await self._areas.villages({village_of(area) for area in counted})
        for area, day in places:
            village = villages.get(village_of(area)) if is_counted(area) else None
            if is_counted(area) and (village is None or not village.takes_in(day)):
                raise UnknownArea
        await self._check_grids([(area, day) for area, day in places if len(area) > VILLAGE_DIGITS])
        await self._check_elsewhere({area for area, _ in places if len(area) <= TOWN_DIGITS})
        return villages

    async def _check_grids(self, grids: list[tuple[str, date]]) -> None:
        if not grids:
            return
        known = await projected_many(self._session, GridState, {code for code, _ in grids})
        for code, day in grids:
            grid = known.get(code)
            if grid is None:
                raise NotYet(code, detail="尚未收到该网格的信息：若刚刚划定，请稍后重试；否则请核对代码。")
            if grid.village != village_of(code) or (grid.valid_to is not None and grid.valid_to <= day):
                raise UnknownGrid

    async def _check_elsewhere(self, areas: set[str]) -> None:
        """Refuse a town or county of our own as a registered place: within the county it must be a village."""
        if areas and await self._areas.covered(areas):
            raise UnknownArea
