"""Use cases of reversals (撤销): a life event is taken back, or gets another day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.life_events.domain import (
    LifeEvent,
    LifeEventKind,
    RecordedEvent,
    ReversalReason,
    ReversalStatus,
    redated,
)
from services.registry.life_events.repository import LifeEventRepository
from services.registry.persons.domain import PersonRecord, require_kept
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note, note_nothing
from services.registry.reversals.domain import (
    EventOfAreaChange,
    EventReversed,
    MergeTakenBackAsDuplicate,
    ReversalFourEyes,
    ReversalPending,
    ReversalRecord,
    check_corrected,
    needs_approval,
    require_transition,
)
from services.registry.reversals.repository import ReversalRepository
from services.registry.reversals.service.effects import ReversalEffects
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

RECORD, APPROVE = "life_event.record", "life_event.approve"
NOTE, ANSWER = "reversal.note", "reversal.answer"
"""Names under which free text is sealed."""


class Reversals:
    """Use cases of reversals. The person is locked before anything else, as by every life event."""

    def __init__(self, context: UseCaseContext, effects: ReversalEffects) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._reversals = ReversalRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._effects = effects

    async def reverse(
        self,
        principal: Principal,
        person_id: UUID,
        event_id: UUID,
        *,
        reason: ReversalReason,
        remark: str | None,
        corrected_on: date | None,
    ) -> ReversalRecord:
        """Take a life event back, or give it another day: at once, or as a request that a second person approves.

        Raises `NotFound`, `PersonErased`, `EventReversed`, `EventOfAreaChange`, `ReversalPending`, `EventRestedOn`,
        `MergeTakenBackAsDuplicate`, `BookOfAnotherPlace`, and what the corrected day is refused for.
        """
        person = await self._locked(principal, RECORD, person_id, "reverse")
        require_kept(person)
        recorded = await self._events.recorded(person_id)
        found = next((one for one in recorded if one.event.id == event_id), None)
        if found is None:
            raise NotFound(event_id)
        if not found.stands:
            raise EventReversed(event_id)
        if found.reversal_id is not None:
            raise ReversalPending(event_id)
        event = found.event
        if event.kind is LifeEventKind.MERGED:
            raise MergeTakenBackAsDuplicate(event_id)
        if event.kind is LifeEventKind.BOUNDARY:
            raise EventOfAreaChange(event_id)
        if corrected_on is not None:
            check_corrected(event, corrected_on, birth_date=person.birth_date)
        waits = needs_approval(event, corrected_on)
        replacement = None
        if corrected_on is not None:
            replacement = redated(event, corrected_on, id=new_id(), reported_on=event.reported_on)
        history = await self._effects.remaining(person, recorded, event, replacement)
        reversal = self._new(principal, person_id, event, reason, remark, corrected_on, replacement, waits=waits)
        await self._reversals.add(reversal)
        if not waits:
            await self._effects.carry_out(principal.scope(RECORD), person, recorded, event, replacement, history)
        return self._shown(reversal)

    async def take_back_merge(
        self,
        principal: Principal,
        permission: str,
        person: PersonRecord,
        recorded: Sequence[RecordedEvent],
        event: LifeEvent,
        reason: ReversalReason,
    ) -> None:
        """Take a merge back, for whoever decides on duplicates and has both persons locked. Raises as `reverse`."""
        history = await self._effects.remaining(person, recorded, event, None)
        await self._reversals.add(self._new(principal, person.id, event, reason, None, None, None, waits=False))
        await self._effects.carry_out(principal.scope(permission), person, recorded, event, None, history)

    async def approve(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ReversalRecord:
        """Approve a request: the life event is taken back now. Raises as `reverse`, and `ReversalFourEyes`."""
        found, person = await self._asked_for(principal, APPROVE, id, "approve_reversal", expected)
        self._require_another(principal, found, ReversalStatus.DONE)
        recorded = await self._events.recorded(person.id)
        event = next(one.event for one in recorded if one.event.id == found.event_id)
        history = await self._effects.remaining(person, recorded, event, None)
        moved = await self._decided(principal, found, ReversalStatus.DONE)
        await self._effects.carry_out(principal.scope(APPROVE), person, recorded, event, None, history)
        return moved

    async def refuse(self, principal: Principal, id: UUID, *, remark: str, expected: Seen = None) -> ReversalRecord:
        """Refuse a request, and say why: the life event stands. Raises `ReversalDecided`, `ReversalFourEyes`."""
        found, _ = await self._asked_for(principal, APPROVE, id, "refuse_reversal", expected)
        self._require_another(principal, found, ReversalStatus.REFUSED)
        answer = self._sealed(remark, ANSWER, id)
        return await self._decided(principal, found, ReversalStatus.REFUSED, answer_sealed=answer)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ReversalRecord:
        """Withdraw a request, by whoever could have made it. Raises `ReversalDecided`."""
        found, _ = await self._asked_for(principal, RECORD, id, "withdraw_reversal", expected)
        require_transition(found.status, ReversalStatus.WITHDRAWN)
        return await self._decided(principal, found, ReversalStatus.WITHDRAWN)

    async def read(self, principal: Principal, id: UUID) -> ReversalRecord:
        """One reversal, of somebody in the caller's scope; noted as a look at that person. Raises `NotFound`."""
        found = await self._reversals.get(id)
        person = None if found is None else await self._persons.get(found.person_id)
        if found is None or person is None or not principal.scope(RECORD).allows_any(*person.areas):
            raise NotFound(id)
        note(self._access, principal, "read_reversal", person, RECORD, Detail.EXISTENCE)
        return self._shown(found)

    async def page(
        self, principal: Principal, area: str, status: ReversalStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[ReversalRecord]:
        """Reversals of an area's people, oldest first; each is noted as a look at the person.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        scope = principal.scope(RECORD, within=area)
        found = await self._reversals.page(scope, status, after=after, limit=limit + 1)
        for one in found[:limit]:
            self._access.note(
                principal,
                action="list_reversals",
                noun="registry.person",
                object_id=one.person_id,
                area=area,
                detail=Detail.EXISTENCE,
                role=principal.role_in(RECORD, area),
            )
        return found

    async def count(self, principal: Principal, area: str, status: ReversalStatus | None) -> int:
        """How many `page` gives in all."""
        return await self._reversals.count(principal.scope(RECORD, within=area), status)

    async def _locked(self, principal: Principal, permission: str, person_id: UUID, action: str) -> PersonRecord:
        person = await self._persons.locked(person_id)
        if person is None or not principal.scope(permission).allows_any(*person.areas):
            note_nothing(self._access, principal, action, person_id)
            raise NotFound(person_id)
        note(self._access, principal, action, person, permission, Detail.WRITE)
        return person

    async def _asked_for(
        self, principal: Principal, permission: str, id: UUID, action: str, expected: Seen
    ) -> tuple[ReversalRecord, PersonRecord]:
        found = await self._reversals.get(id)
        if found is None:
            raise NotFound(id)
        person = await self._locked(principal, permission, found.person_id, action)
        found = await self._reversals.get(id) or found  # as it is under the lock of its person
        require_version(found, expected)
        return found, person

    def _new(
        self,
        principal: Principal,
        person_id: UUID,
        event: LifeEvent,
        reason: ReversalReason,
        remark: str | None,
        corrected_on: date | None,
        replacement: LifeEvent | None,
        *,
        waits: bool,
    ) -> ReversalRecord:
        reversal_id, now = new_id(), self._clock.now()
        return ReversalRecord(
            id=reversal_id,
            version=1,
            person_id=person_id,
            event_id=event.id,
            status=str(ReversalStatus.REQUESTED if waits else ReversalStatus.DONE),
            reason=str(reason),
            note_sealed=self._sealed(remark, NOTE, reversal_id),
            corrected_on=corrected_on,
            replaced_by=replacement.id if replacement else None,
            requested_by=principal.subject,
            requested_at=now,
            decided_by=None if waits else principal.subject,
            decided_at=None if waits else now,
            answer_sealed=None,
            kind=str(event.kind),
            occurred_on=event.occurred_on,
        )

    def _require_another(self, principal: Principal, reversal: ReversalRecord, to: ReversalStatus) -> None:
        require_transition(reversal.status, to)
        if reversal.requested_by == principal.subject:
            raise ReversalFourEyes(reversal.id)

    async def _decided(
        self, principal: Principal, found: ReversalRecord, to: ReversalStatus, **changes: Any
    ) -> ReversalRecord:
        moved = await self._reversals.move(
            found, to, decided_by=principal.subject, decided_at=self._clock.now(), **changes
        )
        if moved is None:
            raise VersionMismatch(found.id)
        return self._shown(moved)

    def _shown(self, reversal: ReversalRecord) -> ReversalRecord:
        """With what was said for it and what was answered, opened."""

        def opened(sealed: bytes | None, field: str) -> str | None:
            return self._crypto.open(sealed, field=field, owner=str(reversal.id)) if sealed else None

        return replace(reversal, note=opened(reversal.note_sealed, NOTE), answer=opened(reversal.answer_sealed, ANSWER))

    def _sealed(self, text: str | None, field: str, id: UUID) -> bytes | None:
        return None if text is None else self._crypto.seal(text, field=field, owner=str(id))
