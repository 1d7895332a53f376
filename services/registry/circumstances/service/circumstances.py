"""Use cases of circumstances (居民情况): record, end, withdraw, restore, verify, and undo of that; read."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.circumstances.domain.kinds import KINDS, Kind
from services.registry.circumstances.domain.rules import (
    ENDED,
    VALID,
    WITHDRAWN,
    CircumstanceFilter,
    CircumstanceRecord,
    CircumstanceStep,
    CircumstanceTransitionError,
    NewCircumstance,
    check_alone,
    check_days,
    check_details,
    check_end,
    check_fit,
    check_verified,
    kind_of,
    require_transition,
    without_last,
)
from services.registry.circumstances.repository import CircumstanceRepository, Located
from services.registry.circumstances.service.knowing import (
    MANAGE,
    READ,
    VERIFY,
    KnownCircumstances,
    scope_of,
    seen_by,
)
from services.registry.life_events.domain import PersonDeceased, PersonNotActive, ReversalReason
from services.registry.persons.domain import PersonRecord
from services.registry.persons.service.notes import note_shown
from services.registry.verifications.domain import Freshness
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.circumstances import (
    CircumstanceEnded,
    CircumstanceRecorded,
    CircumstanceRestated,
    CircumstanceRestored,
    CircumstanceState,
    CircumstanceVerified,
    CircumstanceWithdrawn,
)
from shared.contracts.registry.persons import PersonStatus
from shared.db.compare_and_set import Seen, require_version
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


def told(entry: CircumstanceRecord, fact: type[Fact[CircumstanceState]]) -> Sequence[Fact[CircumstanceState]]:
    """The fact that tells of an entry; none of a sensitive kind."""
    return () if KINDS[entry.kind].sensitive else (fact(state=CircumstanceState.model_validate(entry)),)


class Circumstances:
    """Use cases of circumstances. Whoever changes one holds the lock of its person's row."""

    def __init__(self, context: UseCaseContext, freshness: Freshness) -> None:
        self._freshness = freshness
        self._clock = context.clock
        self._outbox = context.outbox
        self._access = context.access
        self._entries = CircumstanceRepository(context.session)
        self._known = KnownCircumstances(context)

    async def record(self, principal: Principal, person_id: UUID, new: NewCircumstance) -> CircumstanceRecord:
        """Enter a circumstance of somebody alive and in the register.

        Raises `NotFound`, `UnknownCircumstance`, `PersonDeceased`, `PersonNotActive`, `CircumstanceDetailsWrong`,
        `CircumstanceDatesWrong`, `CircumstanceDoesNotFit`, `CircumstanceOverlaps`.
        """
        kind = kind_of(new.kind)
        person = await self._known.locked(principal, person_id, new.kind, "record_circumstance")
        day, verified_on = today(self._clock), new.verified_on or today(self._clock)
        self._require_here(person)
        check_details(kind, new.details)
        check_verified(verified_on, birth_date=person.birth_date, today=day)
        over = new.until is not None and not kind.term
        status = ENDED if over else VALID
        seen = {"verified_on": verified_on.isoformat(), "source": new.source}
        entry = CircumstanceRecord(
            id=new_id(),
            version=1,
            person_id=person_id,
            kind=new.kind,
            status=str(status),
            details=dict(new.details),
            began_on=new.began_on,
            agreed_until=None if over else new.until,
            ended_on=new.until if over else None,
            ended_by=None,
            started_by=None,
            verified_on=verified_on,
            source=new.source,
            steps=[self._step(principal, CircumstanceStep.RECORD, **seen)],
            recorded_at=self._clock.now(),
        )
        await self._check(kind, entry, person)
        await self._entries.add([entry])
        self._tell(entry, CircumstanceRecorded)
        return entry

    async def end(self, principal: Principal, id: UUID, *, ended_on: date, expected: Seen) -> CircumstanceRecord:
        """It ended on a day, before the end agreed on if there is one.

        Raises `NotFound`, `VersionMismatch`, `CircumstanceTransitionError`, `CircumstanceDatesWrong`.
        """
        entry, _ = await self._locked(principal, id, MANAGE, "end_circumstance", expected)
        if entry.status != VALID:
            raise CircumstanceTransitionError(id)
        check_end(entry, ended_on, today=today(self._clock))
        step = self._step(principal, CircumstanceStep.END)
        return await self._move(entry, CircumstanceEnded, step, status=str(ENDED), ended_on=ended_on)

    async def withdraw(
        self, principal: Principal, id: UUID, *, reason: ReversalReason, expected: Seen
    ) -> CircumstanceRecord:
        """It was entered by mistake: it never was.

        Raises `NotFound`, `VersionMismatch`, `CircumstanceTransitionError`.
        """
        entry, _ = await self._locked(principal, id, MANAGE, "withdraw_circumstance", expected)
        require_transition(entry.status, WITHDRAWN, id)
        step = self._step(principal, CircumstanceStep.WITHDRAW, reason=str(reason))
        return await self._move(entry, CircumstanceWithdrawn, step, status=str(WITHDRAWN))

    async def restore(
        self, principal: Principal, id: UUID, *, reason: ReversalReason, expected: Seen
    ) -> CircumstanceRecord:
        """Undo the end, or the withdrawal: then it is as it was before. Raises as `withdraw` and `record`."""
        entry, person = await self._locked(principal, id, MANAGE, "restore_circumstance", expected)
        to = ENDED if entry.status == WITHDRAWN and entry.ended_on is not None else VALID
        require_transition(entry.status, to, id)
        changes: dict[str, Any] = {"status": str(to)}
        if to is VALID:
            self._require_here(person)
            changes |= {"ended_on": None, "ended_by": None}
        await self._check(KINDS[entry.kind], replace(entry, **changes), person)
        step = self._step(principal, CircumstanceStep.RESTORE, reason=str(reason))
        return await self._move(entry, CircumstanceRestored, step, **changes)

    async def verify(
        self, principal: Principal, ids: Sequence[UUID], *, on: date | None, source: str | None
    ) -> Sequence[CircumstanceRecord]:
        """Somebody looked, and it is so: of many, all or none, in the order of ids.

        Raises `NotFound`, `CircumstanceTransitionError` for what was withdrawn, both saying which of them;
        `CircumstanceDatesWrong`.
        """
        found = await self._known.entries_locked(principal, ids, VERIFY, "verify_circumstance", listed=True)
        if gone := [number for number, one in enumerate(ids) if found[one][0].status == WITHDRAWN]:
            raise CircumstanceTransitionError.at(*(f"ids.{number}" for number in gone))
        return [await self._verified(principal, *found[one], on, source) for one in sorted(found)]

    async def verify_one(
        self, principal: Principal, id: UUID, *, on: date | None, source: str | None, expected: Seen
    ) -> CircumstanceRecord:
        """The same of one. Raises `NotFound`, `VersionMismatch`, `CircumstanceTransitionError`."""
        entry, person = await self._locked(principal, id, VERIFY, "verify_circumstance", expected)
        if entry.status == WITHDRAWN:
            raise CircumstanceTransitionError(id)
        return await self._verified(principal, entry, person, on, source)

    async def unverify(
        self, principal: Principal, id: UUID, *, reason: ReversalReason, expected: Seen
    ) -> CircumstanceRecord:
        """The last verification is taken back: the one before it stands again.

        Raises `NotFound`, `VersionMismatch`, `NothingVerified`.
        """
        entry, _ = await self._locked(principal, id, VERIFY, "unverify_circumstance", expected)
        before = without_last(entry.steps)
        step = self._step(principal, CircumstanceStep.UNVERIFY, reason=str(reason))
        return await self._move(entry, CircumstanceVerified, step, verified_on=before.on, source=before.source)

    async def read(self, principal: Principal, id: UUID) -> CircumstanceRecord:
        """One of a person in scope. Raises `NotFound`."""
        return await self._known.entry(principal, id, "read_circumstance")

    async def of_person(self, principal: Principal, person_id: UUID, on: date | None) -> Sequence[CircumstanceRecord]:
        """A person's, the earliest first; with `on`, those that held on that day. Raises `NotFound`."""
        person = await self._known.person(principal, person_id, READ, "read_circumstances")
        entries = [
            one
            for one in await self._entries.of(person_id)
            if not KINDS[one.kind].sensitive or scope_of(principal, READ, one.kind).allows_any(*person.areas)
        ]
        return entries if on is None else [one for one in entries if one.holds(on)]

    async def page(
        self, principal: Principal, area: str, wanted: CircumstanceFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Located]:
        """Those of an area's persons, by id; each person is noted. One more than `limit`, if there is one, unnoted.

        Raises `NotFound` for an area outside the scope.
        """
        seen, within, day = seen_by(principal, area), principal.through_the_tree(area), today(self._clock)
        found = await self._entries.page(seen, within, wanted, day, self._freshness, after=after, limit=limit + 1)
        for one in found[:limit]:
            person_id = one.entry.person_id
            note_shown(self._access, principal, "list_circumstances", person_id, READ, area=one.area)
        return found

    async def count(self, principal: Principal, area: str, wanted: CircumstanceFilter) -> int:
        """How many the list has in all: the same predicate."""
        seen, within = seen_by(principal, area), principal.through_the_tree(area)
        return await self._entries.count(seen, within, wanted, today(self._clock), self._freshness)

    async def _check(self, kind: Kind, entry: CircumstanceRecord, person: PersonRecord) -> None:
        day = today(self._clock)
        check_days(kind, entry.began_on, entry.until, birth_date=person.birth_date, today=day)
        if entry.ended_on is None:
            check_fit(kind, person, entry.began_on, today=day)
        check_alone(entry, await self._entries.of(person.id))

    async def _verified(
        self, principal: Principal, entry: CircumstanceRecord, person: PersonRecord, on: date | None, source: str | None
    ) -> CircumstanceRecord:
        day = today(self._clock)
        verified_on = on or day
        check_verified(verified_on, birth_date=person.birth_date, today=day)
        seen = {"verified_on": verified_on.isoformat(), "source": source}
        step = self._step(principal, CircumstanceStep.VERIFY, **seen)
        return await self._move(entry, CircumstanceVerified, step, verified_on=verified_on, source=source)

    def _require_here(self, person: PersonRecord) -> None:
        if person.died_on is not None:
            raise PersonDeceased(person.id)
        if person.status not in (PersonStatus.ACTIVE, PersonStatus.MISSING):
            raise PersonNotActive(person.id)

    async def _locked(
        self, principal: Principal, id: UUID, permission: str, action: str, expected: Seen
    ) -> tuple[CircumstanceRecord, PersonRecord]:
        entry, person = (await self._known.entries_locked(principal, [id], permission, action))[id]
        require_version(entry, expected)
        return entry, person

    async def _move(
        self, entry: CircumstanceRecord, fact: type[Fact[CircumstanceState]], step: dict[str, Any], **changes: Any
    ) -> CircumstanceRecord:
        moved = await self._entries.change(entry, steps=[*entry.steps, step], **changes)
        if moved is None:
            raise CircumstanceTransitionError(entry.id)
        self._tell(moved, fact)
        return moved

    def _tell(self, entry: CircumstanceRecord, fact: type[Fact[CircumstanceState]]) -> None:
        for one in told(entry, fact):
            self._outbox.add(one)

    def _step(self, principal: Principal, step: CircumstanceStep, **what: str | None) -> dict[str, Any]:
        return {"step": str(step), "by": principal.subject, "at": self._clock.now().isoformat(), **what}


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[CircumstanceRestated]:
    """Restated facts of the next entries of plain kinds, their persons' rows locked."""
    found = await CircumstanceRepository(session).locked_after(UUID(after) if after else None, limit)
    return [CircumstanceRestated(state=CircumstanceState.model_validate(one.entry)) for one in found]
