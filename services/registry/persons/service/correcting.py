"""Correcting of persons (更正): fields are set right, whole or not at all; what policy guards waits for an approval."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from services.registry.life_events.domain import PersonMerged
from services.registry.life_events.repository import LifeEventRepository
from services.registry.persons.domain import (
    BirthDateTooLate,
    BornHere,
    Correction,
    CorrectionNeedsApproval,
    Identity,
    NoDocument,
    PersonChange,
    PersonFields,
    PersonRecord,
    Undocumented,
    check_correction,
    replaced,
    require_kept,
)
from services.registry.persons.repository.names import NameRepository
from services.registry.persons.repository.persons import Digest, PersonRepository
from services.registry.persons.service.disclosures import (
    ADDRESS,
    MASKED,
    NAME,
    NUMBER,
    PHONE,
    Disclosed,
    disclose,
    masked,
    open_fields,
)
from services.registry.persons.service.names import tokens_of
from services.registry.persons.service.notes import note, note_nothing
from services.registry.persons.service.questions import NumberQuestions
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.persons import PersonCorrected, PersonState
from shared.db.compare_and_set import Seen, require_version
from shared.errors import FieldError, NotFound, VersionMismatch
from shared.messaging.context import UseCaseContext
from shared.reference.documents import DocumentType

CORRECT = "person.correct"


class PersonFollower(Protocol):
    """Follower of persons: a noun that repeats something of a person, or ends with one."""

    async def follow(self, change: PersonChange) -> None:
        """Called after every change of a person, in its transaction; the person's row is locked."""
        ...


@dataclass(frozen=True, slots=True, repr=False)
class Proposed:
    """A correction that holds by the rules of the moment: the person, locked, and the fields before and after it."""

    person: PersonRecord
    before: PersonFields
    after: PersonFields

    def replaced(self, names: Collection[str]) -> Sequence[str]:
        """Those of these fields of which another value takes the place of one; what was empty is filled in."""
        return [name for name in replaced(self.before, self.after) if name in names]


class PersonCorrecting:
    """Use cases of corrections. `guarded`: fields of which policy asks for an approval. `followers` are handed in."""

    def __init__(
        self, context: UseCaseContext, *, followers: Sequence[PersonFollower], guarded: Collection[str] = ()
    ) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._names = NameRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._questions = NumberQuestions(context.access)
        self._followers = followers
        self._guarded = guarded

    async def correct(self, principal: Principal, id: UUID, expected: Seen, correction: Correction) -> Disclosed:
        """Correct fields of a person. Raises `CorrectionNeedsApproval`, and as `propose` and `carry_out`."""
        proposed = await self.propose(principal, id, expected, correction, action="correct")
        waiting = proposed.replaced(self._guarded)
        if waiting:
            errors = [FieldError(name, CorrectionNeedsApproval.code, CorrectionNeedsApproval.title) for name in waiting]
            raise CorrectionNeedsApproval(id, errors=errors)
        return await self.carry_out(principal, proposed, permission=CORRECT)

    async def propose(
        self, principal: Principal, id: UUID, expected: Seen, correction: Correction, *, action: str, path: str = ""
    ) -> Proposed:
        """The person, locked, and the fields as they would be. `path`: where the fields stand in the body.

        Raises `NotFound`, `VersionMismatch`, `PersonMerged`, `Invalid`, `NumberDisagrees`, `NothingToCorrect`,
        `BornHere`, `BirthDateTooLate`.
        """
        before = await self._persons.locked(id)
        if before is None or not principal.scope(CORRECT).allows_any(*before.areas):
            note_nothing(self._access, principal, action, id)
            raise NotFound(id)
        note(self._access, principal, action, before, CORRECT, Detail.WRITE)
        return await self._proposed(before, expected, correction, path)

    async def propose_own(self, id: UUID, expected: Seen, correction: Correction, *, path: str = "") -> Proposed:
        """The same for the person, who was asked for by the caller and noted. Raises as `propose`."""
        before = await self._persons.locked(id)
        if before is None:
            raise NotFound(id)
        return await self._proposed(before, expected, correction, path)

    async def _proposed(self, before: PersonRecord, expected: Seen, correction: Correction, path: str) -> Proposed:
        require_version(before, expected)
        if before.merged_into is not None:
            raise PersonMerged(before.id)
        require_kept(before)
        fields = opened(before, *open_fields(before, self._crypto))
        after = correction.of(fields)
        if after.birth_date != before.birth_date:
            await self._check_birth_date(before, after.birth_date)
        after = check_correction(fields, after, today=today(self._clock), path=path)
        if after.document is not None and after.document != fields.document:
            after = replace(after, undocumented=None)
        return Proposed(before, fields, after)

    async def carry_out(self, principal: Principal, proposed: Proposed, *, permission: str) -> Disclosed:
        """Carry a correction out, as somebody who has the permission.

        Raises `VersionMismatch`, `PersonAlreadyRegistered`, `NotRegistrableHere`, and what a follower refuses.
        """
        before = proposed.person
        changes = await self._changes(principal, proposed, permission)
        after = await self._persons.change(before, **changes, changed_at=self._clock.now(), compared_at=None)
        if after is None:
            raise VersionMismatch(before.id)
        self._outbox.add(PersonCorrected(state=PersonState.model_validate(after)))
        for follower in self._followers:
            await follower.follow(PersonChange(before, after))
        return disclose(after, self._crypto, full=False)

    async def _changes(self, principal: Principal, proposed: Proposed, permission: str) -> Mapping[str, Any]:
        """The columns that a correction changes."""
        person_id, fields, after = proposed.person.id, proposed.before, proposed.after
        if after.document is not None and after.document != fields.document:
            await self._take_number(principal, person_id, after.document, permission)
        if after.name != fields.name:
            await self._names.replace(person_id, tokens_of(self._crypto, after.name))
        type_, number = (str(after.document.type), after.document.number) if after.document else (None, None)
        shown = masked(after.name, number, after.phone, type_)

        def sealed(text: str | None, field: str) -> bytes | None:
            return None if text is None else self._crypto.seal(text, field=field, owner=person_id)

        return {
            "sex": after.sex,
            "birth_date": after.birth_date,
            "ethnic_group": after.ethnic_group,
            "document_type": type_,
            "undocumented_reason": str(after.undocumented.reason) if after.undocumented else None,
            "undocumented_due_on": after.undocumented.due_on if after.undocumented else None,
            "name_sealed": sealed(after.name, NAME),
            "number_sealed": sealed(number, NUMBER),
            "phone_sealed": sealed(after.phone, PHONE),
            "address_sealed": sealed(after.address, ADDRESS),
            "masked_sealed": sealed(shown, MASKED),
        }

    async def _take_number(self, principal: Principal, id: UUID, document: Identity, permission: str) -> None:
        self._questions.ask(1)
        keys = self._crypto.blind(document.type, document.number)
        holder = await self._persons.replace_digests(id, [Digest(id, document.type, key) for key in keys])
        if holder is not None:
            raise self._questions.refusal(principal, "correct", permission, {"document.number": holder})

    async def _check_birth_date(self, before: PersonRecord, birth_date: date) -> None:
        events = await self._events.of(before.id)
        if any(event.kind.value == "birth" for event in events):
            raise BornHere(before.id)
        if any(event.occurred_on < birth_date for event in events):
            raise BirthDateTooLate(before.id)


def opened(person: PersonRecord, name: str, number: str | None, phone: str | None, address: str | None) -> PersonFields:
    """What a correction may change of a person, out of the sealed fields."""
    document = None
    if person.document_type is not None and number is not None:
        document = Identity(DocumentType(person.document_type), number)
    undocumented = None
    if person.undocumented_reason is not None and person.undocumented_due_on is not None:
        undocumented = Undocumented(NoDocument(person.undocumented_reason), person.undocumented_due_on)
    kept = (person.ethnic_group, phone, address, undocumented)
    return PersonFields(name, person.sex, person.birth_date, document, *kept)
