"""Use cases of requests for corrections (更正申请): ask, approve step by step, refuse, withdraw."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from services.registry.calendar.repository import CalendarRepository
from services.registry.corrections import domain
from services.registry.corrections.domain import (
    PERMISSIONS,
    CorrectionDecided,
    CorrectionNotGuarded,
    CorrectionOutdated,
    CorrectionPolicy,
    CorrectionReason,
    CorrectionRecord,
    CorrectionRefusal,
    CorrectionStepNotNext,
    due_on,
    require_another,
    require_transition,
)
from services.registry.corrections.repository import CorrectionRepository
from services.registry.corrections.service.reads import AFTER, ANSWER, BEFORE, NOTE, ShownCorrection, show
from services.registry.corrections.service.values import changed, correction_of, values_of
from services.registry.ledgers.service import SURROUNDINGS
from services.registry.life_events.domain import PersonMerged
from services.registry.persons.domain import Correction, PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.correcting import CORRECT, PersonCorrecting, Proposed
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.corrections import (
    CorrectionApproved,
    CorrectionCarriedOut,
    CorrectionRefused,
    CorrectionRequested,
    CorrectionState,
    CorrectionStatus,
    CorrectionStep,
    CorrectionWithdrawn,
)
from shared.db.compare_and_set import Seen, require_version
from shared.errors import Forbidden, NotFound
from shared.files.kinds import IMAGES, FileKind
from shared.files.service import Files
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.workdays import WorkingCalendar

EVIDENCE = IMAGES | {FileKind.PDF, FileKind.OFD}
"""What is handed in as evidence."""


class Corrections:
    """Use cases of requests. The person is locked before anything is decided, as by a correction itself."""

    def __init__(self, context: UseCaseContext, policy: CorrectionPolicy, correcting: PersonCorrecting) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._policy = policy
        self._correcting = correcting
        self._corrections = CorrectionRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def request(
        self,
        principal: Principal,
        person_id: UUID,
        expected: Seen,
        correction: Correction,
        *,
        reason: CorrectionReason,
        remark: str | None,
        evidence: Collection[UUID],
        files: Files,
    ) -> ShownCorrection:
        """Ask for a correction that policy guards. Nobody is told whether a number in it is held.

        Raises as `PersonCorrecting.propose`, `CorrectionNotGuarded`, `CorrectionPending`, `WrongKind`, `FileAttached`.
        """
        proposed = await self._correcting.propose(
            principal, person_id, expected, correction, action="request_correction", path="changes."
        )
        steps = self._policy.steps_of(proposed.replaced(self._policy.guarded))
        if not steps:
            raise CorrectionNotGuarded.at("changes", subject=person_id)
        return await self._requested(principal, proposed, steps, reason, remark, evidence, files)

    async def request_own(
        self,
        principal: Principal,
        person_id: UUID,
        expected: Seen,
        correction: Correction,
        *,
        reason: CorrectionReason,
        remark: str | None,
        evidence: Collection[UUID],
        files: Files,
    ) -> ShownCorrection:
        """Ask for a correction of what is kept about oneself: whatever it is of, somebody checks it at least.

        The caller has asked who it is, and noted it. Raises as `request`, but never `CorrectionNotGuarded`.
        """
        proposed = await self._correcting.propose_own(person_id, expected, correction, path="changes.")
        steps = self._policy.steps_of(proposed.replaced(self._policy.guarded)) or (CorrectionStep.CHECK,)
        return await self._requested(principal, proposed, steps, reason, remark, evidence, files)

    async def _requested(
        self,
        principal: Principal,
        proposed: Proposed,
        steps: Sequence[CorrectionStep],
        reason: CorrectionReason,
        remark: str | None,
        evidence: Collection[UUID],
        files: Files,
    ) -> ShownCorrection:
        person = proposed.person
        names = changed(proposed.before, proposed.after)
        await SURROUNDINGS.hold_calendar(self._session)
        calendar = WorkingCalendar(await CalendarRepository(self._session).all())
        id_ = new_id()
        made = CorrectionRecord(
            id=id_,
            version=1,
            status=str(CorrectionStatus.REQUESTED),
            area=person.area or "",
            person_id=person.id,
            person_version=person.version,
            fields=tuple(map(str, names)),
            before_sealed=self._seal(values_of(proposed.before, names).decode(), BEFORE, id_),
            after_sealed=self._seal(values_of(proposed.after, names).decode(), AFTER, id_),
            reason=str(reason),
            note_sealed=None if remark is None else self._seal(remark, NOTE, id_),
            evidence=tuple(dict.fromkeys(evidence)),
            steps=tuple(map(str, steps)),
            approved_by=(),
            approved_at=(),
            requested_by=principal.subject,
            requested_at=self._clock.now(),
            work_days=self._policy.work_days,
            due_on=due_on(today(self._clock), self._policy.work_days, calendar),
            decided_by=None,
            decided_at=None,
            refusal=None,
            answer_sealed=None,
        )
        await self._corrections.add(made)
        for number, file in enumerate(made.evidence):
            try:
                await files.attach(
                    file,
                    noun="registry.correction",
                    object_id=id_,
                    area=made.area,
                    permission=CORRECT,
                    kinds=EVIDENCE,
                )
            except NotFound:
                raise NotFound.at(f"evidence.{number}", subject=file) from None
        self._outbox.add(CorrectionRequested(state=CorrectionState.model_validate(made)))
        return show(self._crypto, made, person)

    async def approve(
        self, principal: Principal, id: UUID, *, step: CorrectionStep, expected: Seen = None
    ) -> ShownCorrection:
        """Approve a step, as whoever may take it and took none before; with the last one the person is corrected.

        After its limit nothing is approved, though the schedule has not come by yet.

        Raises `NotFound`, `Forbidden`, `CorrectionDecided`, `CorrectionStepNotNext`, `CorrectionFourEyes`,
        `PersonMerged`, `CorrectionOutdated`, and what a correction is refused for.
        """
        found, person = await self._asked_for(principal, id, "approve_correction", expected)
        require_transition(found.status, CorrectionStatus.CARRIED_OUT)
        self._require_step(principal, found, person, step)
        if today(self._clock) > found.due_on:
            raise CorrectionDecided(id, detail="批准期限已过，该申请即将失效")
        if person.merged_into is not None:
            raise PersonMerged(person.id)
        if person.version != found.person_version:
            raise CorrectionOutdated(id)
        by = [*found.approved_by, principal.subject]
        now = self._clock.now()
        approvals = {"approved_by": by, "approved_at": [*found.approved_at, now]}
        if domain.after(by, found.steps) is CorrectionStatus.REQUESTED:
            moved = await self._moved(found, CorrectionStatus.REQUESTED, **approvals)
            self._outbox.add(CorrectionApproved(state=CorrectionState.model_validate(moved)))
            return show(self._crypto, moved, person)
        correction = correction_of(self._crypto.open(found.after_sealed, field=AFTER, owner=id))
        proposed = await self._correcting.propose(
            principal, person.id, frozenset({found.person_version}), correction, action="correct"
        )
        corrected = await self._correcting.carry_out(principal, proposed, permission=PERMISSIONS[step])
        ended = {"decided_by": principal.subject, "decided_at": now}
        moved = await self._moved(found, CorrectionStatus.CARRIED_OUT, **approvals, **ended)
        self._outbox.add(CorrectionCarriedOut(state=CorrectionState.model_validate(moved)))
        return show(self._crypto, moved, corrected.record)

    async def refuse(
        self,
        principal: Principal,
        id: UUID,
        *,
        step: CorrectionStep,
        reason: CorrectionRefusal,
        remark: str | None,
        expected: Seen = None,
    ) -> ShownCorrection:
        """Refuse it, as whoever may take the step that waits: nothing is corrected.

        Raises `NotFound`, `Forbidden`, `CorrectionDecided`, `CorrectionStepNotNext`, `CorrectionFourEyes`.
        """
        found, person = await self._asked_for(principal, id, "refuse_correction", expected)
        require_transition(found.status, CorrectionStatus.REFUSED)
        self._require_step(principal, found, person, step)
        answer = None if remark is None else self._seal(remark, ANSWER, id)
        refused = await self._ended(
            principal, found, CorrectionStatus.REFUSED, refusal=str(reason), answer_sealed=answer
        )
        self._outbox.add(CorrectionRefused(state=CorrectionState.model_validate(refused)))
        return show(self._crypto, refused, person)

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownCorrection:
        """Take it back, as whoever could have asked for it. Raises `NotFound`, `CorrectionDecided`."""
        found, person = await self._asked_for(principal, id, "withdraw_correction", expected)
        require_transition(found.status, CorrectionStatus.WITHDRAWN)
        withdrawn = await self._ended(principal, found, CorrectionStatus.WITHDRAWN)
        self._outbox.add(CorrectionWithdrawn(state=CorrectionState.model_validate(withdrawn)))
        return show(self._crypto, withdrawn, person)

    async def withdraw_own(self, principal: Principal, id: UUID, person_id: UUID, *, expected: Seen) -> ShownCorrection:
        """Take back what one has asked for oneself. The caller has noted it. Raises as `withdraw`."""
        person = await self._persons.locked(person_id)
        found = await self._corrections.get(id)
        if person is None or found is None or found.person_id != person_id or found.requested_by != principal.subject:
            raise NotFound(id)
        require_version(found, expected)
        require_transition(found.status, CorrectionStatus.WITHDRAWN)
        withdrawn = await self._ended(principal, found, CorrectionStatus.WITHDRAWN)
        self._outbox.add(CorrectionWithdrawn(state=CorrectionState.model_validate(withdrawn)))
        return show(self._crypto, withdrawn, person)

    async def _asked_for(
        self, principal: Principal, id: UUID, action: str, expected: Seen
    ) -> tuple[CorrectionRecord, PersonRecord]:
        found = await self._corrections.get(id)
        if found is None:
            raise NotFound(id)
        person = await self._persons.locked(found.person_id)
        if person is None or not principal.scope(CORRECT).allows_any(*person.areas):
            note_nothing(self._access, principal, action, found.person_id)
            raise NotFound(id)
        note(self._access, principal, action, person, CORRECT, Detail.WRITE)
        found = await self._corrections.get(id) or found  # as it is under the lock of its person
        require_version(found, expected)
        return found, person

    def _require_step(
        self, principal: Principal, found: CorrectionRecord, person: PersonRecord, step: CorrectionStep
    ) -> None:
        if found.next_step is not step:
            raise CorrectionStepNotNext.at("step", subject=found.id)
        if not principal.scope(PERMISSIONS[step]).allows_any(*person.areas):
            raise Forbidden(found.id)
        require_another(found, principal.subject)

    async def _ended(
        self, principal: Principal, found: CorrectionRecord, to: CorrectionStatus, **changes: Any
    ) -> CorrectionRecord:
        return await self._moved(found, to, decided_by=principal.subject, decided_at=self._clock.now(), **changes)

    async def _moved(self, found: CorrectionRecord, to: CorrectionStatus, **changes: Any) -> CorrectionRecord:
        moved = await self._corrections.move(found, to, **changes)
        if moved is None:  # it has lapsed meanwhile
            raise CorrectionDecided(found.id)
        return moved

    def _seal(self, text: str, field: str, owner: UUID) -> bytes:
        return self._crypto.seal(text, field=field, owner=owner)
