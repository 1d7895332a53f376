"""Use cases of what changes of areas leave behind (遗留): listed, placed with an heir, and put back."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from services.registry.area_changes.domain import AreaChangeUndone, LeftBehind, LeftKind, Placing, origins_of
from services.registry.area_changes.models import AreaChange
from services.registry.area_changes.repository import AreaChangeRepository
from services.registry.area_changes.service.followers import SeatsFollower
from services.registry.area_changes.service.residents import PERMISSION
from services.registry.areas.repository import AreaRepository
from services.registry.buildings.models import Building
from services.registry.buildings.repository import BuildingRepository
from services.registry.buildings.service import Buildings
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.registry.area_changes import AreaChangeStatus
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


class LeftBehindPlacing:
    """What a village leaves to several heirs, or to none, stays in it until somebody says where it goes."""

    def __init__(
        self, context: UseCaseContext, *, buildings: Buildings, seats: Mapping[LeftKind, SeatsFollower]
    ) -> None:
        self._access = context.access
        self._areas = AreaRepository(context.session)
        self._changes = AreaChangeRepository(context.session)
        self._buildings = buildings
        self._standing = BuildingRepository(context.session)
        self._seats = seats

    async def page(
        self, principal: Principal, area: str, *, after: tuple[str, str, str] | None, limit: int
    ) -> Sequence[LeftBehind]:
        """What is left behind in the scope, by area, kind and id. Raises `NotFound` for an area outside."""
        return await self._changes.left_behind(principal.scope(PERMISSION, within=area), after=after, limit=limit)

    async def count(self, principal: Principal, area: str) -> int:
        """How many `page` gives in all."""
        return await self._changes.count_left_behind(principal.scope(PERMISSION, within=area))

    async def place(self, principal: Principal, id: UUID, asked: Placing, *, expected: Seen) -> AreaChange:
        """Something goes to an heir as from the day of the change, with its past where it was; or back again.

        It goes back with the change, too, if that is undone. Raises `NotFound` for what the change has not left behind,
        `VersionMismatch`, `AreaChangeUndone`, `Invalid` for an area that is no heir.
        """
        await self._areas.lock_tree()
        change = await self._changes.locked(id)
        scope = principal.scope(PERMISSION)
        if change is None or not scope.allows(change.area):
            raise NotFound(id)
        if asked.to is not None:
            scope.require(asked.to)
        require_version(change, expected)
        if change.status != AreaChangeStatus.DONE:
            raise AreaChangeUndone(id)
        origins = origins_of(change.plan["moves"], asked.to)
        if not origins:
            raise NotFound.at("id", subject=asked.id)
        await self._areas.villages({*origins, *([asked.to] if asked.to else [])})
        back = await self._back(id, asked)
        if not (back if asked.to is None else await self._over(id, asked, origins, asked.to, change.effective_on)):
            raise NotFound.at("id", subject=asked.id)
        self._access.note(
            principal,
            action="place_left_behind",
            noun=f"registry.{asked.kind}",
            object_id=asked.id,
            area=asked.to or change.area,
            detail=Detail.WRITE,
            role=principal.role_in(PERMISSION, change.area),
        )
        return change

    async def _back(self, change: UUID, asked: Placing) -> bool:
        """Whether it had been placed, and is where it was again."""
        if asked.kind is LeftKind.BUILDING:
            placed = set(await self._standing.placed(change)) & {asked.id}
            await self._buildings.go_back(placed)
            return bool(placed)
        return await self._seats[asked.kind].put_back(change, asked.id)

    async def _over(self, change: UUID, asked: Placing, origins: Sequence[str], to: str, on: date) -> bool:
        """Whether it is in one of the villages, and goes over."""
        gone: list[UUID] = []

        def goes(id: UUID, _: str) -> str | None:
            if id != asked.id:
                return None
            gone.append(id)
            return to

        def stands(building: Building) -> str | None:
            return goes(building.id, building.area)

        if asked.kind is LeftKind.BUILDING:
            await self._buildings.follow_areas(origins, stands, on, placed_by=str(change))
        else:
            await self._seats[asked.kind].follow_areas(change, origins, goes, on)
        return bool(gone)
