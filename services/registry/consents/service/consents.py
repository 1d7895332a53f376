"""Use cases of consents at the register: enter a written one, withdraw on paper, annul, undo."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.consents.domain import (
    ANNULLED,
    ENDED,
    VALID,
    WITHDRAWN,
    ConsentDatesWrong,
    ConsentFields,
    ConsentGuardianWrong,
    ConsentNothingToUndo,
    ConsentReason,
    ConsentRecord,
    ConsentStep,
    GuardianBasis,
    GuardianOf,
    Paper,
    check_only,
    last_day,
    require_not_own_wish,
    require_transition,
    withdrawn_on,
)
from services.registry.consents.models import ConsentVersion
from services.registry.consents.service.guardians import Guardians
from services.registry.consents.service.handling import MANAGE, ConsentHandling, How, read_back
from services.registry.persons.domain import PersonRecord
from services.registry.persons.service.notes import note
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.consents import (
    ConsentAnnulled,
    ConsentGiver,
    ConsentRestored,
    ConsentWay,
    ConsentWithdrawn,
)
from shared.db.compare_and_set import Seen
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

STEPS = 1_000
"""Versions of one consent that an undo looks back on: each is a step of somebody's hand."""


class Consents:
    """Use cases of whoever looks after the person."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._access = context.access
        self._handling = ConsentHandling(context)
        self._guardians = Guardians(context)
        self._consents = self._handling.consents

    async def record(
        self, principal: Principal, person_id: UUID, fields: ConsentFields, paper: Paper, guardian: GuardianOf
    ) -> ConsentRecord:
        """Enter what was signed on paper. Raises `NotFound`, and as `ConsentHandling.give`."""
        person = await self._handling.person_locked(principal, person_id, "record_consent")
        guardian = await self._known(principal, person, guardian, paper.on)
        how = How(principal.subject, ConsentWay.PAPER, reference=paper.reference)
        return await self._handling.give(person, fields, guardian, how, given_on=paper.on)

    async def withdraw(self, principal: Principal, id: UUID, paper: Paper, *, expected: Seen) -> ConsentRecord:
        """The person, or the guardian, has withdrawn it on paper.

        Raises `NotFound`, `VersionMismatch`, `ConsentTransitionError`, `ConsentDatesWrong`.
        """
        found, person = await self._handling.locked(principal, id, "withdraw_consent", expected)
        require_transition(found.status, WITHDRAWN, id)
        if not found.given_on <= paper.on <= today(self._clock):
            raise ConsentDatesWrong.at("withdrawn_on")
        how = How(principal.subject, ConsentWay.PAPER, reference=paper.reference)
        changes = {"status": str(WITHDRAWN), "ended_on": withdrawn_on(found, paper.on), "ended_by": None}
        return await self._handling.move(
            found, person, ConsentStep.WITHDRAWN, ConsentWithdrawn, how, found.version, **changes
        )

    async def annul(self, principal: Principal, id: UUID, reason: ConsentReason, *, expected: Seen) -> ConsentRecord:
        """It was entered by mistake: it never was. What the person gave by the own login is withdrawn, not annulled.

        Raises `NotFound`, `VersionMismatch`, `ConsentTransitionError`, `ConsentOfOwnWish`.
        """
        found, person = await self._handling.locked(principal, id, "annul_consent", expected)
        require_transition(found.status, ANNULLED, id)
        entered = await self._consents.history.get(id, 1)
        require_not_own_wish(found.way, entered.done_by, principal.subject)
        how = How(principal.subject, reason=reason)
        return await self._handling.move(
            found, person, ConsentStep.ANNULLED, ConsentAnnulled, how, found.version, status=str(ANNULLED)
        )

    async def undo(self, principal: Principal, id: UUID, reason: ConsentReason, *, expected: Seen) -> ConsentRecord:
        """Take back what was done last; asked again, what was done before that. The history keeps both.

        Who has left or died meanwhile has no consent that holds again. Raises `NotFound`, `VersionMismatch`,
        `ConsentNothingToUndo`, `ConsentOfOwnWish`, `ConsentKnown`.
        """
        found, person = await self._handling.locked(principal, id, "undo_consent", expected)
        before = await self._consents.history.before(id, found.version)
        if before is None:
            raise ConsentNothingToUndo(id)
        undone = await self._undone(found, before.version)
        require_not_own_wish(undone.way or "", undone.done_by, principal.subject)
        content = read_back(before.content)
        again = replace(found, **content)
        if again.status in (VALID, ENDED):
            again = await self._as_of_now(again, person)
        check_only(again, await self._consents.of(person.id))
        content |= {"status": again.status, "ended_on": again.ended_on, "ended_by": again.ended_by}
        how = How(principal.subject, reason=reason)
        return await self._handling.move(
            found, person, ConsentStep.UNDONE, ConsentRestored, how, before.before, **content
        )

    async def _undone(self, found: ConsentRecord, before: int) -> ConsentVersion:
        """The step that an undo takes back: the last one that was done over that version."""
        rows = await self._consents.history.page(found.id, after=0, limit=STEPS)
        steps = (ConsentStep.WITHDRAWN, ConsentStep.ANNULLED)
        return next(one for one in reversed(rows) if one.step in steps and one.before == before)

    async def _as_of_now(self, again: ConsentRecord, person: PersonRecord) -> ConsentRecord:
        """Ended with the life event by which the person has left by now, so that it holds again without that."""
        valid = replace(again, status=str(VALID), ended_on=None, ended_by=None)
        left = last_day(valid, person, returned=False, today=today(self._clock))
        if left is None:
            return valid
        by = await self._handling.left_by(person.id) or again.ended_by
        kept = again.ended_on if again.status == ENDED and by == again.ended_by else None
        return replace(again, status=str(ENDED), ended_on=kept or left, ended_by=by)

    async def _known(self, principal: Principal, ward: PersonRecord, guardian: GuardianOf, on: date) -> GuardianOf:
        """The guardian, by what the register knows of it. Raises `NotFound`, `ConsentGuardianWrong`."""
        if guardian.giver is ConsentGiver.PERSON:
            return guardian
        if guardian.person_id is None:
            if guardian.contact_id is None or not await self._guardians.is_contact(ward, guardian.contact_id):
                raise ConsentGuardianWrong.at("guardian.contact_id")
            return replace(guardian, basis=GuardianBasis.CONTACT)
        found = await self._handling.persons.get(guardian.person_id)
        if found is None or not principal.scope(MANAGE).allows_any(*found.areas):
            raise NotFound.at("guardian.person_id", subject=guardian.person_id)
        note(self._access, principal, "name_guardian", found, MANAGE, Detail.EXISTENCE)
        basis = await self._guardians.basis(ward, found, guardian.giver, on=on)
        if basis is None:
            raise ConsentGuardianWrong.at("guardian.person_id")
        return replace(guardian, basis=basis)
