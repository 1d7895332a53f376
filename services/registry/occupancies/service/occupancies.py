"""Use cases of occupancies (住房关系): begin, end, withdraw, restore, keep a tenant's responsibility letter; read."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.dwellings.models import Dwelling
from services.registry.dwellings.repository import DwellingRepository
from services.registry.occupancies.domain import (
    DwellingNotStanding,
    LeaseIsATenants,
    NewOccupancy,
    OccupancyFilter,
    OccupancyOverlaps,
    OccupancyTransitionError,
    check_dates,
    overlaps,
    require_transition,
)
from services.registry.occupancies.models import Located, Occupancy
from services.registry.occupancies.repository import OccupancyRepository
from services.registry.occupancies.service.parties import MANAGE, READ, Parties
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.dwellings import DwellingStatus
from shared.contracts.registry.occupancies import (
    OccupancyBegun,
    OccupancyEnded,
    OccupancyLetterKept,
    OccupancyRestated,
    OccupancyRestored,
    OccupancyRole,
    OccupancyState,
    OccupancyStatus,
    OccupancyWithdrawn,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.files.kinds import IMAGES, FileKind
from shared.files.service import Files
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

LETTERS = IMAGES | {FileKind.PDF, FileKind.OFD}
"""What a responsibility letter is handed in as."""


class Occupancies:
    """Use cases of occupancies. Persons are locked before households, both before dwellings."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._dwellings = DwellingRepository(context.session)
        self._occupancies = OccupancyRepository(context.session)
        self._parties = Parties(context)

    async def begin(self, principal: Principal, dwelling_id: UUID, new: NewOccupancy) -> Located:
        """Somebody owns, rents or lives in a dwelling from a day on; with `until` for what has ended already.

        Raises `NotFound`, `PersonMerged`, `DwellingNotStanding`, `LeaseIsATenants`, `OccupancyDatesWrong`,
        `OccupantElsewhere`, `HouseholdDissolvedAlready`, `OccupancyOverlaps`.
        """
        await self._parties.take(principal, "begin_occupancy", new.person_id, new.household_id)
        dwelling = await self._standing(principal, dwelling_id)
        if new.lease_until is not None and new.role is not OccupancyRole.TENANT:
            raise LeaseIsATenants.at("lease_until")
        status = OccupancyStatus.CURRENT if new.until is None else OccupancyStatus.ENDED
        occupancy = Occupancy(
            id=new_id(),
            version=1,
            dwelling_id=dwelling_id,
            role=new.role,
            person_id=new.person_id,
            household_id=new.household_id,
            status=status,
            since=new.since,
            until=new.until,
            followed=False,
            lease_until=new.lease_until,
            letter_id=None,
            recorded_at=self._clock.now(),
        )
        located = Located(occupancy, dwelling.area, await self._occupancies.former(dwelling.id))
        await self._check(located, dwelling.valid_from, new.until)
        await self._occupancies.add(occupancy)
        self._outbox.add(OccupancyBegun(state=OccupancyState.model_validate(occupancy)))
        return located

    async def end(self, principal: Principal, id: UUID, *, until: date, expected: Seen) -> Located:
        """It ends on a day. Raises `NotFound`, `VersionMismatch`, `OccupancyTransitionError`, `OccupancyDatesWrong`."""
        found = await self._locked(principal, "end_occupancy", id, expected)
        occupancy = found.occupancy
        if occupancy.status != OccupancyStatus.CURRENT:
            raise OccupancyTransitionError(id)
        day = today(self._clock)
        check_dates(occupancy.since, until, None, earliest=occupancy.since, today=day)
        return await self._move(found, OccupancyEnded, status=OccupancyStatus.ENDED, until=until, followed=False)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> Located:
        """It was entered by mistake: it never was. Raises as `end`."""
        found = await self._locked(principal, "withdraw_occupancy", id, expected)
        require_transition(OccupancyStatus(found.occupancy.status), OccupancyStatus.WITHDRAWN, id)
        return await self._move(found, OccupancyWithdrawn, status=OccupancyStatus.WITHDRAWN)

    async def restore(self, principal: Principal, id: UUID, *, expected: Seen) -> Located:
        """Undo the end, or the withdrawal: then it is as it was before. Raises as `end` and `begin`."""
        found = await self._locked(principal, "restore_occupancy", id, expected)
        occupancy, status = found.occupancy, OccupancyStatus(found.occupancy.status)
        was_ended = status is OccupancyStatus.WITHDRAWN and occupancy.until is not None
        to = OccupancyStatus.ENDED if was_ended else OccupancyStatus.CURRENT
        require_transition(status, to, id)
        dwelling = await self._standing(principal, occupancy.dwelling_id)
        until = occupancy.until if was_ended else None
        await self._check(found, dwelling.valid_from, until)
        return await self._move(found, OccupancyRestored, status=to, until=until, followed=False)

    async def keep_letter(self, principal: Principal, id: UUID, file: UUID, files: Files, *, expected: Seen) -> Located:
        """Keep the responsibility letter (责任书) that a tenant signed; the older ones are kept too.

        Raises `NotFound`, `VersionMismatch`, `LeaseIsATenants`, `OccupancyTransitionError` for what was withdrawn,
        `WrongKind`, `FileAttached`.
        """
        found = await self._locked(principal, "keep_letter", id, expected)
        occupancy = found.occupancy
        if occupancy.role != OccupancyRole.TENANT:
            raise LeaseIsATenants.at("file", subject=id)
        if occupancy.status == OccupancyStatus.WITHDRAWN:
            raise OccupancyTransitionError(id)
        try:
            await files.attach(
                file, noun="registry.occupancy", object_id=id, area=found.area, permission=READ, kinds=LETTERS
            )
        except NotFound:
            raise NotFound.at("file", subject=file) from None
        return await self._move(found, OccupancyLetterKept, letter_id=file)

    async def read(self, principal: Principal, id: UUID) -> Located:
        """One of a dwelling in scope; the look is noted at who owns, rents or lives there. Raises `NotFound`."""
        found = await self._occupancies.get(id)
        if found is None:
            raise NotFound(id)
        principal.scope(READ).require(found.area)
        self._parties.note_look(principal, "read_occupancy", found)
        return found

    async def page(
        self, principal: Principal, area: str | None, wanted: OccupancyFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Located]:
        """Those of dwellings in scope, by id; each look is noted. One more than `limit`, if there is one, unnoted.

        Raises `NotFound` for an area outside the scope.
        """
        scope = principal.scope(READ, within=area)
        found = await self._occupancies.page(scope, wanted, after=after, limit=limit + 1)
        for one in found[:limit]:
            self._parties.note_look(principal, "list_occupancies", one)
        return found

    async def count(self, principal: Principal, area: str | None, wanted: OccupancyFilter) -> int:
        """How many the list has in all: the same predicate."""
        return await self._occupancies.count(principal.scope(READ, within=area), wanted)

    async def any_linked(self, dwelling: UUID) -> bool:
        """Whether somebody owns, rents or lives in the dwelling now: a follower of dwellings."""
        return await self._occupancies.any_current(dwelling)

    async def _check(self, found: Located, earliest: date, until: date | None) -> None:
        """Check days, the residence of who lives there, and that nothing of the kind is held at the same time."""
        occupancy = found.occupancy
        day = today(self._clock)
        check_dates(occupancy.since, until, occupancy.lease_until, earliest=earliest, today=day)
        if occupancy.role == OccupancyRole.OCCUPANT:
            await self._parties.check_stay(found, until)
        for other in await self._occupancies.of_party(occupancy.person_id, occupancy.household_id):
            held = other.occupancy
            alike = held.role == OccupancyRole.OCCUPANT or held.dwelling_id == occupancy.dwelling_id
            if held.id == occupancy.id or held.role != occupancy.role or not alike:
                continue
            if overlaps(occupancy.since, until, held.since, held.until):
                raise OccupancyOverlaps.at("since")

    async def _standing(self, principal: Principal, id: UUID) -> Dwelling:
        dwelling = await self._dwellings.locked(id, only_read=True)
        if dwelling is None:
            raise NotFound(id)
        principal.scope(MANAGE).require(dwelling.area)
        if dwelling.status != DwellingStatus.STANDING:
            raise DwellingNotStanding(id)
        return dwelling

    async def _locked(self, principal: Principal, action: str, id: UUID, expected: Seen) -> Located:
        """An occupancy whose person or household is locked. Raises `NotFound`, `VersionMismatch`."""
        seen = await self._occupancies.get(id)
        if seen is None:
            raise NotFound(id)
        principal.scope(MANAGE).require(seen.area)
        await self._parties.lock(principal, action, seen)
        found = await self._occupancies.get(id)
        assert found is not None, "occupancies are kept for ever"
        require_version(found.occupancy, expected)
        return found

    async def _move(self, found: Located, fact: type[Fact[OccupancyState]], **changes: Any) -> Located:
        moved = await compare_and_set(self._session, found.occupancy, **changes)
        if moved is None:
            raise OccupancyTransitionError(found.occupancy.id)
        self._outbox.add(fact(state=OccupancyState.model_validate(moved)))
        return Located(moved, found.area, found.former)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[OccupancyRestated]:
    """Restated facts of the next occupancies, their rows locked."""
    rows = await OccupancyRepository(session).locked_after(UUID(after) if after else None, limit)
    return [OccupancyRestated(state=OccupancyState.model_validate(row)) for row in rows]
