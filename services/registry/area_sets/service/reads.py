"""Reading of area sets (服务社区、片区): one, its versions, lists, counts, and announced again."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.area_sets.domain import AreaSetFilter
from services.registry.area_sets.models import AreaSetVersion
from services.registry.area_sets.repository import AreaSetRepository
from services.registry.area_sets.service.handling import READ, ShownSet, shown, state_of
from shared.auth.principal import Principal
from shared.contracts.registry.area_sets import AreaSetRestated
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


class AreaSetReads:
    """Reading of area sets, which tell of nobody: looks are not noted."""

    def __init__(self, context: UseCaseContext) -> None:
        self._sets = AreaSetRepository(context.session)

    async def read(self, principal: Principal, id: UUID) -> ShownSet:
        """One whose members all lie in scope. Raises `NotFound`."""
        one = await self._sets.get(id)
        if one is None:
            raise NotFound(id)
        principal.scope(READ).require(one.area)
        return shown(one, (await self._sets.members([id]))[id])

    async def history(self, principal: Principal, id: UUID, *, after: int, limit: int) -> Sequence[AreaSetVersion]:
        """What was done to one in scope, the first step first. Raises `NotFound`."""
        await self.read(principal, id)
        return await self._sets.history.page(id, after=after, limit=limit + 1)

    async def page(
        self, principal: Principal, area: str | None, wanted: AreaSetFilter, *, after: UUID | None, limit: int
    ) -> Sequence[ShownSet]:
        """Those in scope, by id, one more than `limit` if there is one. Raises `NotFound` for an area outside."""
        scope = principal.scope(READ, within=area)
        rows = await self._sets.page(scope, wanted, after=after, limit=limit + 1)
        members = await self._sets.members([one.id for one in rows])
        return [shown(one, members[one.id]) for one in rows]

    async def count(self, principal: Principal, area: str | None, wanted: AreaSetFilter) -> int:
        """How many the list has in all: the same predicate."""
        return await self._sets.count(principal.scope(READ, within=area), wanted)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[AreaSetRestated]:
    """Restated facts of the next sets, their rows locked."""
    sets = AreaSetRepository(session)
    rows = await sets.locked_after(UUID(after) if after else None, limit)
    members = await sets.members([one.id for one in rows])
    return [AreaSetRestated(state=state_of(one, members[one.id])) for one in rows]
