"""What every use case of a facility does: lock it, move it, record the version, announce it."""

from typing import Any
from uuid import UUID

import orjson

from services.registry.areas.repository import AreaRepository
from services.registry.facilities.domain import OPEN, FacilityFields, FacilityKnown, FacilityStep, columns_of
from services.registry.facilities.models import Facility
from services.registry.facilities.repository import FacilityRepository
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.registry.facilities import FacilityState
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

MANAGE, READ = "facility.manage", "facility.read"
RECORDED = (
    *("area", "kind", "name", "serves", "address", "longitude", "latitude", "floor_area", "staff", "hours"),
    *("organisation_id", "status", "opened_on", "closed_on", "earlier"),
)
"""Columns of a version."""


def state_of(facility: Facility) -> FacilityState:
    """State of a facility."""
    names = [name for name in FacilityState.model_fields if name != "floor_area"]
    area = None if facility.floor_area is None else f"{facility.floor_area:.2f}"
    return FacilityState.model_validate({name: getattr(facility, name) for name in names} | {"floor_area": area})


class FacilityHandling:
    """Handling of one facility for its use cases."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._access = context.access
        self._areas = AreaRepository(context.session)
        self.facilities = FacilityRepository(context.session)

    async def locked(self, principal: Principal, id: UUID, expected: Seen, *, placed: bool = False) -> Facility:
        """One that the caller may change, locked. Raises `NotFound`, `VersionMismatch`.

        `placed`: its village is asked for besides, and held before it, as changes of areas lock both.
        """
        if placed and (seen := await self.facilities.get(id)) is not None:
            await self._areas.villages({village_of(seen.area)})
        facility = await self.facilities.locked(id)
        if facility is None:
            raise NotFound(id)
        principal.scope(MANAGE).require(facility.area)
        require_version(facility, expected)
        return facility

    async def require_alone(self, id: UUID, area: str, compared: str) -> None:
        """Raises `FacilityKnown` if another open one of the village has the name."""
        if await self.facilities.known(village_of(area), compared, but=id):
            raise FacilityKnown.at("name")

    async def enter(self, principal: Principal, new: FacilityFields, id: UUID) -> Facility:
        """A new one, open; its first version."""
        facility = Facility(
            id=id,
            version=1,
            **columns_of(new),
            entered_in=village_of(new.area),
            status=OPEN,
            closed_on=None,
            earlier=[],
            former=[],
            recorded_at=self._clock.now(),
        )
        await self.facilities.add(facility)
        await self._record(principal.subject, facility, FacilityStep.ENTERED, None)
        return facility

    async def move(
        self, by: str | None, seen: Facility, step: FacilityStep, before: int | None, **changes: Any
    ) -> Facility:
        """The next version. `before`: the version that an undo of it brings back."""
        moved = await compare_and_set(self._session, seen, **changes)
        assert moved is not None, "the row is locked"
        await self._record(by, moved, step, before)
        return moved

    async def relocate(self, facility: Facility, area: str, former: list[Any]) -> Facility:
        """Another area by a change of areas: what an undo brings back stays what it was."""
        own = facility.id
        before = (await self.facilities.history.get(own, facility.version)).before
        village: str | None = village_of(area)
        if facility.status == OPEN and await self.facilities.known(village_of(area), facility.compared, but=own):
            village = None
        step = FacilityStep.BOUNDARY_CHANGED
        return await self.move(None, facility, step, before, area=area, former=former, entered_in=village)

    async def _record(self, by: str | None, now: Facility, step: FacilityStep, before: int | None) -> None:
        content = {name: getattr(now, name) for name in RECORDED}
        content["floor_area"] = None if now.floor_area is None else f"{now.floor_area:.2f}"
        await self.facilities.history.record(
            now.id,
            version=now.version,
            step=str(step),
            before=before,
            content=orjson.loads(orjson.dumps(content, default=str)),
            done_by=by,
            done_at=self._clock.now(),
        )

    def done(self, principal: Principal, action: str, facility: Facility, fact: type[Fact[FacilityState]]) -> Facility:
        """Announce it and note who did it."""
        self._outbox.add(fact(state=state_of(facility)))
        self._access.note(
            principal,
            action=action,
            noun="registry.facility",
            object_id=facility.id,
            area=facility.area,
            detail=Detail.WRITE,
            role=principal.role_in(MANAGE, facility.area),
        )
        return facility
