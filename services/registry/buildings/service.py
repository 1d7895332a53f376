"""Use cases of buildings (楼栋): enter, correct, demolish, withdraw, restore; read with or without the address."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.buildings.domain import (
    BuildingFields,
    BuildingInUse,
    BuildingKnown,
    BuildingOfOtherVillage,
    BuildingTransitionError,
    BuildingUnchanged,
    check_dates,
    require_transition,
)
from services.registry.buildings.models import Building
from services.registry.buildings.repository import BuildingRepository
from services.registry.life_events.domain import Place
from services.registry.life_events.service import Arrival, Placement
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.buildings import (
    BuildingBoundaryChanged,
    BuildingCorrected,
    BuildingDemolished,
    BuildingEntered,
    BuildingRestated,
    BuildingRestored,
    BuildingState,
    BuildingStatus,
    BuildingWithdrawn,
)
from shared.crypto.service import BlindKey, Crypto
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import same_village, village_of
from shared.reference.written import compared, stored
from shared.rotation.indexes import missing, opened

MANAGE, READ, ADDRESS = "building.manage", "building.read", "building.address"
SEALED = "building.address"
"""Name under which the address is sealed."""


@dataclass(frozen=True, slots=True, repr=False)
class ShownBuilding:
    """A building as this caller may see it: the address is None for who may not. The repr shows nothing."""

    building: Building
    address: str | None


class BuildingFollower(Protocol):
    """Follower of buildings: what stands in them."""

    async def any_standing(self, building: UUID) -> bool:
        """Whether anything in the building is still in use. The building's row is locked."""
        ...

    async def follow(self, before: str, building: Building) -> None:
        """Called after a correction with the area that the building had; its row is locked."""
        ...


class Buildings:
    """Use cases of buildings. `followers` are handed in, because they lie above buildings."""

    def __init__(self, context: UseCaseContext, followers: Sequence[BuildingFollower]) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._outbox = context.outbox
        self._access = context.access
        self._placement = Placement(context.session)
        self._buildings = BuildingRepository(context.session)
        self._followers = followers

    async def enter(self, principal: Principal, new: BuildingFields, valid_from: date) -> ShownBuilding:
        """Enter a building. Raises `NotFound`, `BuildingDatesWrong`, `UnknownArea`, `UnknownGrid`, `BuildingKnown`."""
        principal.scope(MANAGE).require(new.area)
        check_dates(valid_from, None, today(self._clock))
        await self._check_area(new.area)
        new_building = new_id()
        building = Building(
            id=new_building,
            version=1,
            area=new.area,
            kind=new.kind,
            address_sealed=self._seal(new_building, new.address),
            floors=new.floors,
            status=BuildingStatus.STANDING,
            valid_from=valid_from,
            valid_to=None,
            former=[],
            recorded_at=self._clock.now(),
        )
        await self._buildings.add(building)
        await self._take(building, new.address)
        return self._done(principal, "enter_building", building, BuildingEntered)

    async def correct(self, principal: Principal, id: UUID, new: BuildingFields, *, expected: Seen) -> ShownBuilding:
        """Set right what is known of a building, all of it.

        Raises `NotFound`, `VersionMismatch`, `BuildingTransitionError` unless it stands, `BuildingOfOtherVillage`,
        `BuildingUnchanged`, `BuildingKnown`.
        """
        building = await self._locked(principal, id, expected)
        if building.status != BuildingStatus.STANDING:
            raise BuildingTransitionError(id)
        if not same_village(building.area, new.area):
            raise BuildingOfOtherVillage.at("area")
        principal.scope(MANAGE).require(new.area)
        before = building.area
        address = self._opened(building)
        known = BuildingFields(before, building.kind, address, building.floors)
        if known == BuildingFields(new.area, new.kind, stored(new.address), new.floors):
            raise BuildingUnchanged(id)
        if new.area != before:
            await self._check_area(new.area)
        if compared(address) != compared(new.address):
            await self._take(building, new.address)
        sealed = self._seal(id, new.address)
        moved = await self._move(building, area=new.area, kind=new.kind, floors=new.floors, address_sealed=sealed)
        shown = self._done(principal, "correct_building", moved, BuildingCorrected)
        for follower in self._followers:
            await follower.follow(before, moved)
        return shown

    async def demolish(self, principal: Principal, id: UUID, *, valid_to: date, expected: Seen) -> ShownBuilding:
        """A building was pulled down; its address is free. Raises `BuildingInUse`, `BuildingDatesWrong` besides."""
        building = await self._leaving(principal, id, BuildingStatus.DEMOLISHED, expected)
        check_dates(building.valid_from, valid_to, today(self._clock))
        moved = await self._move(building, status=BuildingStatus.DEMOLISHED, valid_to=valid_to)
        return self._done(principal, "demolish_building", moved, BuildingDemolished)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownBuilding:
        """A building was entered by mistake; its address is free. Raises `BuildingInUse` besides."""
        building = await self._leaving(principal, id, BuildingStatus.WITHDRAWN, expected)
        moved = await self._move(building, status=BuildingStatus.WITHDRAWN)
        return self._done(principal, "withdraw_building", moved, BuildingWithdrawn)

    async def restore(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownBuilding:
        """Undo a demolition or withdrawal. Raises `BuildingKnown` if another building has the address by now."""
        building = await self._locked(principal, id, expected)
        require_transition(BuildingStatus(building.status), BuildingStatus.STANDING, id)
        await self._check_area(building.area)
        await self._take(building, self._opened(building))
        moved = await self._move(building, status=BuildingStatus.STANDING, valid_to=None)
        return self._done(principal, "restore_building", moved, BuildingRestored)

    async def follow_areas(
        self, villages: Collection[str], to: Callable[[Building], str | None], on: date, **mark: str
    ) -> Sequence[UUID]:
        """A change of areas: each building of the villages goes where `to` says, None: nowhere. Answers which went.

        `mark`: kept with the place of before.
        """
        gone: list[UUID] = []
        for building in await self._buildings.all_locked(villages=villages):
            if (area := to(building)) is not None:
                until = max(on, building.valid_from).isoformat()
                place = {"area": building.area, "until": until, **mark}
                await self._relocate(building, area, [*building.former, place])
                gone.append(building.id)
        return gone

    async def go_back(self, ids: Collection[UUID]) -> None:
        """A change of areas is undone: these buildings stand where they stood before."""
        for building in await self._buildings.all_locked(ids=ids):
            await self._relocate(building, building.former[-1]["area"], building.former[:-1])

    async def _relocate(self, building: Building, area: str, former: list[Any]) -> None:
        """Another area. The address is found in both villages, for two of one merged village may have the same."""
        before = building.area
        moved = await self._move(building, area=area, former=former)
        if moved.status == BuildingStatus.STANDING:
            await self._buildings.take_too(moved.id, self._keys(moved, self._opened(moved)))
        self._outbox.add(BuildingBoundaryChanged(state=BuildingState.model_validate(moved)))
        for follower in self._followers:
            await follower.follow(before, moved)

    async def read(self, principal: Principal, id: UUID) -> ShownBuilding:
        """One in scope; the look is noted. Raises `NotFound`."""
        building = await self._buildings.get(id)
        if building is None:
            raise NotFound(id)
        principal.scope(READ).require(building.area)
        return self._shown(principal, "read_building", building, READ)

    async def page(
        self, principal: Principal, *, area: str | None, status: BuildingStatus | None, after: UUID | None, limit: int
    ) -> Sequence[ShownBuilding]:
        """Those in scope, by id; each look is noted. One more than `limit`, if there is one, of which nothing is shown.

        Raises `NotFound` for an area outside the scope.
        """
        scope = principal.scope(READ, within=area)
        found = await self._buildings.page(scope, status=status, after=after, limit=limit + 1)
        shown = [self._shown(principal, "list_buildings", one, READ) for one in found[:limit]]
        return [*shown, *(ShownBuilding(one, None) for one in found[limit:])]

    async def count(self, principal: Principal, *, area: str | None, status: BuildingStatus | None) -> int:
        """How many the list has in all: the same predicate."""
        return await self._buildings.count(principal.scope(READ, within=area), status=status)

    async def _leaving(self, principal: Principal, id: UUID, to: BuildingStatus, expected: Seen) -> Building:
        building = await self._locked(principal, id, expected)
        require_transition(BuildingStatus(building.status), to, id)
        for follower in self._followers:
            if await follower.any_standing(id):
                raise BuildingInUse(id)
        await self._buildings.release(id)
        return building

    async def _locked(self, principal: Principal, id: UUID, expected: Seen) -> Building:
        building = await self._buildings.locked(id)
        if building is None:
            raise NotFound(id)
        principal.scope(MANAGE).require(building.area)
        require_version(building, expected)
        return building

    async def _move(self, building: Building, **changes: Any) -> Building:
        moved = await compare_and_set(self._session, building, **changes)
        assert moved is not None, "the row is locked"
        return moved

    async def _check_area(self, area: str) -> None:
        """Raises `UnknownArea`, `UnknownGrid`, `NotYet` unless the village or grid exists today."""
        await self._placement.check([Arrival(Place(area, "registered"), None, today(self._clock), "area")])

    async def _take(self, building: Building, address: str) -> None:
        if not await self._buildings.take(building.id, self._keys(building, address)):
            raise BuildingKnown.at("address")

    def _keys(self, building: Building, address: str) -> Sequence[BlindKey]:
        return address_keys(self._crypto, village_of(building.area), address)

    def _seal(self, id: UUID, address: str) -> bytes:
        return self._crypto.seal(stored(address), field=SEALED, owner=id)

    def _opened(self, building: Building) -> str:
        return self._crypto.open(building.address_sealed, field=SEALED, owner=building.id)

    def _done(
        self, principal: Principal, action: str, building: Building, fact: type[Fact[BuildingState]]
    ) -> ShownBuilding:
        self._outbox.add(fact(state=BuildingState.model_validate(building)))
        return self._shown(principal, action, building, MANAGE, Detail.WRITE)

    def _shown(
        self, principal: Principal, action: str, building: Building, permission: str, detail: Detail | None = None
    ) -> ShownBuilding:
        full = principal.scope(permission, ADDRESS).allows(building.area)
        self._access.note(
            principal,
            action=action,
            noun="registry.building",
            object_id=building.id,
            area=building.area,
            detail=detail or (Detail.FULL if full else Detail.MASKED),
            role=principal.role_in(permission, building.area),
        )
        return ShownBuilding(building, self._opened(building) if full else None)


async def remake_addresses(context: UseCaseContext, after: str | None, limit: int) -> str | None:
    """For another index key: the next buildings, locked, are found under it by what they are found by now."""
    buildings = BuildingRepository(context.session)
    found = await buildings.locked_after(UUID(after) if after else None, limit)
    held = await buildings.digests_of([one.id for one in found])
    for one, address in opened(found, lambda row: context.crypto.open(row.address_sealed, field=SEALED, owner=row.id)):
        villages = dict.fromkeys(village_of(area) for area in (one.area, *(was["area"] for was in one.former)))
        candidates = [address_keys(context.crypto, village, address) for village in villages]
        await buildings.also_take(one.id, missing(held.get(one.id, ()), candidates))
    return str(found[-1].id) if len(found) == limit else None


def address_keys(crypto: Crypto, village: str, address: str) -> Sequence[BlindKey]:
    """What the address of a building in a village is found by, under each key in use."""
    return crypto.blind(SEALED, f"{village}\n{compared(address)}")


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[BuildingRestated]:
    """Restated facts of the next buildings, their rows locked."""
    rows = await BuildingRepository(session).locked_after(UUID(after) if after else None, limit)
    return [BuildingRestated(state=BuildingState.model_validate(row)) for row in rows]
