"""Reading of dwellings (房屋): one, lists, counts, and announced again."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.buildings.service import READ
from services.registry.dwellings.domain import DwellingFilter
from services.registry.dwellings.repository import DwellingRepository
from services.registry.dwellings.service.handling import DwellingHandling, ShownDwelling, state_of
from shared.auth.principal import Principal
from shared.contracts.registry.dwellings import DwellingRestated
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


class DwellingReads:
    """Reading of dwellings; every look is noted in the access log."""

    def __init__(self, context: UseCaseContext) -> None:
        self._handling = DwellingHandling(context)
        self._buildings = self._handling.buildings
        self._dwellings = self._handling.dwellings

    async def read(self, principal: Principal, id: UUID) -> ShownDwelling:
        """One in scope; the look is noted. Raises `NotFound`."""
        dwelling = await self._dwellings.get(id)
        if dwelling is None:
            raise NotFound(id)
        principal.scope(READ).require(dwelling.area)
        building = await self._buildings.get(dwelling.building_id)
        assert building is not None, "a dwelling has a building"
        known = (await self._dwellings.conditions([id]))[id]
        return self._handling.shown(principal, "read_dwelling", dwelling, known, building, READ)

    async def page(
        self, principal: Principal, area: str | None, wanted: DwellingFilter, *, after: UUID | None, limit: int
    ) -> Sequence[ShownDwelling]:
        """Those in scope, by id, without the building's address; each look is noted.

        One more than `limit`, if there is one, of which nothing is shown. Raises `NotFound` for an area outside.
        """
        scope = principal.scope(READ, within=area)
        found = await self._dwellings.page(scope, wanted, after=after, limit=limit + 1)
        known = await self._dwellings.conditions([one.id for one in found])
        shown = [
            self._handling.shown(principal, "list_dwellings", one, known[one.id], None, READ) for one in found[:limit]
        ]
        return [*shown, *(ShownDwelling(one, ()) for one in found[limit:])]

    async def count(self, principal: Principal, area: str | None, wanted: DwellingFilter) -> int:
        """How many the list has in all: the same predicate."""
        return await self._dwellings.count(principal.scope(READ, within=area), wanted)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[DwellingRestated]:
    """Restated facts of the next dwellings, their rows locked."""
    dwellings = DwellingRepository(session)
    rows = await dwellings.locked_after(UUID(after) if after else None, limit)
    known = await dwellings.conditions([row.id for row in rows])
    return [DwellingRestated(state=state_of(row, known[row.id])) for row in rows]
