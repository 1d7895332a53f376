"""Reading of facilities (设施): one, its versions, lists, searches, counts, and announced again."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.facilities.domain import FacilityFilter
from services.registry.facilities.models import Facility, FacilityVersion
from services.registry.facilities.repository import FacilityRepository
from services.registry.facilities.service.handling import READ, state_of
from shared.auth.principal import Principal
from shared.contracts.registry.facilities import FacilityRestated
from shared.errors import FieldError, Invalid, NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.written import compared


class FacilityReads:
    """Reading of facilities, which are open to all who work in their area: looks are not noted."""

    def __init__(self, context: UseCaseContext) -> None:
        self._facilities = FacilityRepository(context.session)

    async def read(self, principal: Principal, id: UUID) -> Facility:
        """One in scope. Raises `NotFound`."""
        facility = await self._facilities.get(id)
        if facility is None:
            raise NotFound(id)
        principal.scope(READ).require(facility.area)
        return facility

    async def history(self, principal: Principal, id: UUID, *, after: int, limit: int) -> Sequence[FacilityVersion]:
        """What was done to one in scope, the first step first. Raises `NotFound`."""
        await self.read(principal, id)
        return await self._facilities.history.page(id, after=after, limit=limit + 1)

    async def page(
        self, principal: Principal, area: str | None, wanted: FacilityFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Facility]:
        """Those in scope, by id, one more than `limit` if there is one. Raises `NotFound` for an area outside."""
        scope = principal.scope(READ, within=area)
        return await self._facilities.page(scope, _sought(wanted), after=after, limit=limit + 1)

    async def count(self, principal: Principal, area: str | None, wanted: FacilityFilter) -> int:
        """How many the list has in all: the same predicate."""
        return await self._facilities.count(principal.scope(READ, within=area), _sought(wanted))


def _sought(wanted: FacilityFilter) -> FacilityFilter:
    """The name in the form in which it is kept."""
    if wanted.name is None:
        return wanted
    name = compared(wanted.name)
    if not name:
        raise Invalid(errors=[FieldError("name", "empty", "请填写要查找的名称")])
    return replace(wanted, name=name)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[FacilityRestated]:
    """Restated facts of the next facilities, their rows locked."""
    rows = await FacilityRepository(session).locked_after(UUID(after) if after else None, limit)
    return [FacilityRestated(state=state_of(row)) for row in rows]
