"""Use cases of dwellings (房屋): enter, correct, end, withdraw, restore. Dwellings follow their buildings."""

from collections.abc import Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from services.registry.buildings.models import Building
from services.registry.buildings.service import MANAGE
from services.registry.dwellings.domain import (
    BuildingNotStanding,
    ConditionRecord,
    DwellingFields,
    DwellingInUse,
    DwellingTransitionError,
    DwellingUnchanged,
    check_days,
    require_transition,
)
from services.registry.dwellings.models import Dwelling
from services.registry.dwellings.service.conditions import NewCondition, check_new
from services.registry.dwellings.service.handling import DwellingHandling, ShownDwelling, state_of
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.buildings import BuildingStatus
from shared.contracts.registry.dwellings import (
    DwellingCorrected,
    DwellingEnded,
    DwellingEntered,
    DwellingFollowed,
    DwellingRestored,
    DwellingStatus,
    DwellingWithdrawn,
)
from shared.db.compare_and_set import Seen
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class DwellingFollower(Protocol):
    """Follower of dwellings: who owns, rents or lives in them."""

    async def any_linked(self, dwelling: UUID) -> bool:
        """Whether somebody is still linked with the dwelling. Its row is locked."""
        ...


class Dwellings:
    """Use cases of dwellings. A follower of buildings (`BuildingFollower`); its own are handed in."""

    def __init__(self, context: UseCaseContext, *, followers: Sequence[DwellingFollower]) -> None:
        self._followers = followers
        self._clock = context.clock
        self._outbox = context.outbox
        self._handling = DwellingHandling(context)
        self._buildings = self._handling.buildings
        self._dwellings = self._handling.dwellings

    async def enter(
        self,
        principal: Principal,
        building_id: UUID,
        new: DwellingFields,
        valid_from: date,
        conditions: Sequence[NewCondition],
    ) -> ShownDwelling:
        """Enter a dwelling of a building with its first conditions.

        Raises `NotFound`, `BuildingNotStanding`, `DwellingDatesWrong`, `DwellingKnown`, and as `record`.
        """
        building = await self._standing(principal, building_id)
        check_days("valid_from", building.valid_from, valid_from, today(self._clock))
        new_dwelling = new_id()
        dwelling = Dwelling(
            id=new_dwelling,
            version=1,
            building_id=building_id,
            area=building.area,
            room_sealed=self._handling.seal(new_dwelling, new),
            floor_area=new.floor_area,
            status=DwellingStatus.STANDING,
            valid_from=valid_from,
            valid_to=None,
            recorded_at=self._clock.now(),
        )
        known: list[ConditionRecord] = []
        for place, one in enumerate(conditions):
            check_new(dwelling, known, one, f"conditions.{place}.", today(self._clock))
            known.append(ConditionRecord(place, one.topic, one.value, one.since))
        await self._dwellings.add(dwelling)
        await self._handling.take(dwelling, new)
        await self._dwellings.add_conditions(new_dwelling, known, now=self._clock.now())
        return self._handling.done(principal, "enter_dwelling", dwelling, known, building, DwellingEntered)

    async def correct(self, principal: Principal, id: UUID, new: DwellingFields, *, expected: Seen) -> ShownDwelling:
        """Set right unit, room and floor area.

        Raises `NotFound`, `VersionMismatch`, `DwellingTransitionError` unless it stands, `DwellingUnchanged`,
        `DwellingKnown`.
        """
        dwelling, building = await self._handling.locked(principal, id, expected)
        if dwelling.status != DwellingStatus.STANDING:
            raise DwellingTransitionError(id)
        unit, room = self._handling.opened(dwelling)
        if DwellingFields(room, unit, dwelling.floor_area) == new:
            raise DwellingUnchanged(id)
        await self._handling.take(dwelling, new)
        moved = await self._handling.move(dwelling, room_sealed=self._handling.seal(id, new), floor_area=new.floor_area)
        return await self._handling.moved(principal, "correct_dwelling", moved, building, DwellingCorrected)

    async def end(self, principal: Principal, id: UUID, *, valid_to: date, expected: Seen) -> ShownDwelling:
        """A dwelling is no more; unit and room are free. Raises `DwellingDatesWrong` besides."""
        dwelling, building = await self._leaving(principal, id, DwellingStatus.ENDED, expected)
        check_days("valid_to", dwelling.valid_from, valid_to, today(self._clock))
        moved = await self._handling.move(dwelling, status=DwellingStatus.ENDED, valid_to=valid_to)
        return await self._handling.moved(principal, "end_dwelling", moved, building, DwellingEnded)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownDwelling:
        """A dwelling was entered by mistake; unit and room are free."""
        dwelling, building = await self._leaving(principal, id, DwellingStatus.WITHDRAWN, expected)
        moved = await self._handling.move(dwelling, status=DwellingStatus.WITHDRAWN)
        return await self._handling.moved(principal, "withdraw_dwelling", moved, building, DwellingWithdrawn)

    async def restore(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownDwelling:
        """Undo an end or withdrawal. Raises `BuildingNotStanding`, `DwellingKnown` if another has unit and room."""
        dwelling, building = await self._handling.locked(principal, id, expected)
        require_transition(DwellingStatus(dwelling.status), DwellingStatus.STANDING, id)
        if building.status != BuildingStatus.STANDING:
            raise BuildingNotStanding(building.id)
        unit, room = self._handling.opened(dwelling)
        await self._handling.take(dwelling, DwellingFields(room, unit))
        moved = await self._handling.move(dwelling, status=DwellingStatus.STANDING, valid_to=None)
        return await self._handling.moved(principal, "restore_dwelling", moved, building, DwellingRestored)

    async def any_standing(self, building: UUID) -> bool:
        """Whether a dwelling of the building stands."""
        return await self._dwellings.any_standing(building)

    async def follow(self, before: str, building: Building) -> None:
        """After a correction of a building: its dwellings lie where it lies."""
        if building.area == before:
            return
        dwellings = await self._dwellings.all_in(building.id)
        known = await self._dwellings.conditions([one.id for one in dwellings])
        for one in dwellings:
            moved = await self._handling.move(one, area=building.area)
            self._outbox.add(DwellingFollowed(state=state_of(moved, known[moved.id])))

    async def _standing(self, principal: Principal, id: UUID) -> Building:
        building = await self._buildings.locked(id, only_read=True)
        if building is None:
            raise NotFound.at("building_id", subject=id)
        if not principal.scope(MANAGE).allows(building.area):
            raise NotFound.at("building_id", subject=id)
        if building.status != BuildingStatus.STANDING:
            raise BuildingNotStanding.at("building_id", subject=id)
        return building

    async def _leaving(
        self, principal: Principal, id: UUID, to: DwellingStatus, expected: Seen
    ) -> tuple[Dwelling, Building]:
        dwelling, building = await self._handling.locked(principal, id, expected)
        require_transition(DwellingStatus(dwelling.status), to, id)
        for follower in self._followers:
            if await follower.any_linked(id):
                raise DwellingInUse(id)
        await self._dwellings.release(id)
        return dwelling, building
