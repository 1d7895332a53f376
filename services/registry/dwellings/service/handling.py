"""What every use case of a dwelling does: lock it with its building, move it, announce it, show it to its caller."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from services.registry.buildings.models import Building
from services.registry.buildings.repository import BuildingRepository
from services.registry.buildings.service import ADDRESS, MANAGE
from services.registry.buildings.service import SEALED as BUILDING_ADDRESS
from services.registry.dwellings.domain import ConditionRecord, DwellingFields, DwellingKnown, in_effect
from services.registry.dwellings.models import Dwelling
from services.registry.dwellings.repository import DwellingRepository
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.envelope import Fact
from shared.contracts.registry.dwellings import DwellingState, DwellingStatus
from shared.crypto.service import BlindKey, Crypto
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.written import compared, stored
from shared.rotation.indexes import missing, opened

SEALED = "dwelling.room"
"""Name under which unit and room are sealed."""


@dataclass(frozen=True, slots=True, repr=False)
class ShownDwelling:
    """A dwelling as this caller may see it: no address for who may not. The repr shows nothing."""

    dwelling: Dwelling
    conditions: Sequence[ConditionRecord]
    unit: str | None = None
    room: str | None = None
    address: str | None = None


def state_of(dwelling: Dwelling, conditions: Sequence[ConditionRecord]) -> DwellingState:
    """State of a dwelling with the conditions that were not withdrawn."""
    return DwellingState(
        id=dwelling.id,
        version=dwelling.version,
        building_id=dwelling.building_id,
        area=dwelling.area,
        floor_area=None if dwelling.floor_area is None else f"{dwelling.floor_area:.2f}",
        status=DwellingStatus(dwelling.status),
        valid_from=dwelling.valid_from,
        valid_to=dwelling.valid_to,
        conditions=tuple(in_effect(conditions).values()),
    )


class DwellingHandling:
    """Handling of one dwelling for its use cases. Buildings are locked before dwellings."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._crypto = context.crypto
        self._outbox = context.outbox
        self._access = context.access
        self.buildings = BuildingRepository(context.session)
        self.dwellings = DwellingRepository(context.session)

    async def locked(self, principal: Principal, id: UUID, expected: Seen) -> tuple[Dwelling, Building]:
        """A dwelling and its building, which is kept from changing. Raises `NotFound`, `VersionMismatch`."""
        seen = await self.dwellings.get(id)
        if seen is None:
            raise NotFound(id)
        building = await self.buildings.locked(seen.building_id, only_read=True)
        dwelling = await self.dwellings.locked(id)
        assert building is not None, "a dwelling has a building"
        assert dwelling is not None, "dwellings are kept for ever"
        principal.scope(MANAGE).require(dwelling.area)
        require_version(dwelling, expected)
        return dwelling, building

    async def move(self, dwelling: Dwelling, **changes: Any) -> Dwelling:
        moved = await compare_and_set(self._session, dwelling, **changes)
        assert moved is not None, "the row is locked"
        return moved

    async def take(self, dwelling: Dwelling, new: DwellingFields) -> None:
        if not await self.dwellings.take(
            dwelling.id, room_keys(self._crypto, dwelling.building_id, new.unit, new.room)
        ):
            raise DwellingKnown.at("room")

    def seal(self, id: UUID, new: DwellingFields) -> bytes:
        text = orjson.dumps([new.unit and stored(new.unit), stored(new.room)]).decode()
        return self._crypto.seal(text, field=SEALED, owner=id)

    def opened(self, dwelling: Dwelling) -> tuple[str | None, str]:
        unit, room = orjson.loads(self._crypto.open(dwelling.room_sealed, field=SEALED, owner=dwelling.id))
        return unit, room

    async def moved(
        self, principal: Principal, action: str, dwelling: Dwelling, building: Building, fact: type[Fact[DwellingState]]
    ) -> ShownDwelling:
        known = (await self.dwellings.conditions([dwelling.id]))[dwelling.id]
        return self.done(principal, action, dwelling, known, building, fact)

    def done(
        self,
        principal: Principal,
        action: str,
        dwelling: Dwelling,
        known: Sequence[ConditionRecord],
        building: Building,
        fact: type[Fact[DwellingState]],
    ) -> ShownDwelling:
        self._outbox.add(fact(state=state_of(dwelling, known)))
        return self.shown(principal, action, dwelling, known, building, MANAGE, Detail.WRITE)

    def shown(
        self,
        principal: Principal,
        action: str,
        dwelling: Dwelling,
        known: Sequence[ConditionRecord],
        building: Building | None,
        permission: str,
        detail: Detail | None = None,
    ) -> ShownDwelling:
        full = principal.scope(permission, ADDRESS).allows(dwelling.area)
        self._access.note(
            principal,
            action=action,
            noun="registry.dwelling",
            object_id=dwelling.id,
            area=dwelling.area,
            detail=detail or (Detail.FULL if full else Detail.MASKED),
            role=principal.role_in(permission, dwelling.area),
        )
        if not full:
            return ShownDwelling(dwelling, known)
        unit, room = self.opened(dwelling)
        if building is None:
            return ShownDwelling(dwelling, known, unit, room)
        address = self._crypto.open(building.address_sealed, field=BUILDING_ADDRESS, owner=building.id)
        return ShownDwelling(dwelling, known, unit, room, f"{address}{unit or ''}{room}")


def room_keys(crypto: Crypto, building: UUID, unit: str | None, room: str) -> Sequence[BlindKey]:
    """What unit and room of a building are found by, under each key in use."""
    return crypto.blind(SEALED, orjson.dumps([str(building), compared(unit or ""), compared(room)]).decode())


async def remake_rooms(context: UseCaseContext, after: str | None, limit: int) -> str | None:
    """For another index key: the next dwellings, locked, are found under it if they are found by unit and room now."""
    crypto, dwellings = context.crypto, DwellingRepository(context.session)
    found = await dwellings.locked_after(UUID(after) if after else None, limit)
    held = await dwellings.digests_of([one.id for one in found])
    for one, content in opened(found, lambda row: crypto.open(row.room_sealed, field=SEALED, owner=row.id)):
        unit, room = orjson.loads(content)
        candidates = [room_keys(crypto, one.building_id, unit, room)]
        await dwellings.also_take(one.id, missing(held.get(one.id, ()), candidates))
    return str(found[-1].id) if len(found) == limit else None
