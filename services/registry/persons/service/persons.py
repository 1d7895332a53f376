"""Use cases of persons: register, read, search, correct. Every read and change leaves a note in the access log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.life_events.domain import is_counted
from services.registry.life_events.repository import LifeEventRepository
from services.registry.persons.domain import (
    BirthDateTooLate,
    BornHere,
    Correction,
    Identity,
    NewPerson,
    PersonChange,
    PersonRecord,
    check_correction,
    tidy,
)
from services.registry.persons.repository.persons import Digest, PersonRepository
from services.registry.persons.service.admissions import Admissions
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
from services.registry.persons.service.newborns import Newborns
from services.registry.persons.service.notes import note, note_nothing
from services.registry.persons.service.reads import PersonReads
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.persons import PersonCorrected, PersonRestated, PersonState, PersonStatus
from shared.contracts.registry.postings import Book
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound, VersionMismatch
from shared.messaging.context import UseCaseContext
from shared.reference.documents import DocumentType, check_document


class PersonFollower(Protocol):
    """Follower of persons: a noun whose states repeat sex or birth month, called after they were corrected."""

    async def follow(self, change: PersonChange) -> None:
        """Called after every change of a person, in its transaction; the person's row is locked."""
        ...


class Persons:
    """Use cases of persons. `followers` are handed in, because they lie above persons."""

    def __init__(self, context: UseCaseContext, admissions: Admissions, *, followers: Sequence[PersonFollower]) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._admissions = admissions
        self._newborns = Newborns(context)
        self._followers = followers
        self._reads = PersonReads(self._persons.one, context.crypto, context.access)

    async def register(self, principal: Principal, person: NewPerson) -> Disclosed:
        """Register one person. The answer is masked: the caller knows what was sent."""
        (record,) = await self.register_many(principal, [person], permission="person.register")
        return disclose(record, self._crypto, full=False)

    async def register_many(
        self, principal: Principal, people: Sequence[NewPerson], *, permission: str, paths: Sequence[str] = ()
    ) -> Sequence[PersonRecord]:
        """Enter people together, all or none. `paths`: where each of them stands in the body, as for `admit`.

        Raises `NotFound` for a place outside the caller's scope, `PossibleDuplicate` for a newborn entered twice.
        """
        scope = principal.scope(permission)
        for person in people:
            places = [
                place.area for place in (person.residence, person.registration) if place and is_counted(place.area)
            ]
            if places:  # somebody without a place of ours is refused by the rules, not by the scope
                scope.require(*places)
        await self._newborns.check(principal, people, paths or [""] * len(people))
        records = await self._admissions.admit(people, paths=paths)
        for record in records:
            note(self._access, principal, "register", record, permission, Detail.WRITE)
        return records

    async def read(self, principal: Principal, id: UUID, *, full: bool, purpose: Purpose | None) -> Disclosed:
        """One person, masked; or in full for a purpose, with `person.full` in the person's area."""
        return await self._reads.read(principal, id, full=full, purpose=purpose)

    async def list_in(
        self,
        principal: Principal,
        area: str,
        book: Book,
        status: PersonStatus | None,
        *,
        after: tuple[str, UUID] | None,
        limit: int,
    ) -> Sequence[Disclosed]:
        """Persons of an area by the book, masked, in the order of area and id; each is noted as looked at."""
        principal.require_area("person.read", area)
        scope = principal.scope("person.read")
        within = principal.through_the_tree(area)
        records = await self._persons.page(scope, within, book, status, after=after, limit=limit)
        for record in records:
            note(self._access, principal, "list", record, "person.read", Detail.MASKED)
        return [disclose(record, self._crypto, full=False) for record in records]

    async def count(self, principal: Principal, area: str, book: Book, status: PersonStatus | None) -> int:
        """Number of persons that `list_in` gives in all."""
        principal.require_area("person.read", area)
        within = principal.through_the_tree(area)
        return await self._persons.count(principal.scope("person.read"), within, book, status)

    async def search(self, principal: Principal, document: Identity, purpose: Purpose) -> Sequence[Disclosed]:
        """Person with exactly this number in the caller's scope, or nobody; either is noted."""
        number = check_document(document.type, document.number, on=today(self._clock)).number
        keys = self._crypto.blind(document.type, number)
        record = await self._persons.by_digests(document.type, keys, principal.scope("person.search"))
        if record is None:
            note_nothing(self._access, principal, "search", None, purpose)
            return []
        note(self._access, principal, "search", record, "person.search", Detail.MASKED, purpose=purpose)
        return [disclose(record, self._crypto, full=False)]

    async def look_up(self, principal: Principal, ids: Collection[UUID], purpose: Purpose) -> Sequence[Disclosed]:
        """Masked names of persons by id; those outside the caller's scope are left out."""
        records = await self._persons.visible(ids, principal.scope("person.lookup"))
        for record in sorted(records, key=lambda one: one.id):
            note(self._access, principal, "lookup", record, "person.lookup", Detail.MASKED, purpose=purpose)
        return [disclose(record, self._crypto, full=False) for record in records]

    async def correct(self, principal: Principal, id: UUID, expected: Seen, correction: Correction) -> Disclosed:
        """Correct fields of a person (更正).

        Raises `NotFound`, `VersionMismatch`, `Invalid`, `NumberDisagrees`, `BornHere`, `BirthDateTooLate`.
        """
        before = await self._persons.locked(id)
        if before is None or not principal.scope("person.correct").allows_any(*before.areas):
            raise NotFound(id)
        require_version(before, expected)
        changes = await self._changes(before, correction)
        after = await self._persons.change(before, **changes, changed_at=self._clock.now())
        if after is None:
            raise VersionMismatch(id)
        self._outbox.add(PersonCorrected(state=PersonState.model_validate(after)))
        for follower in self._followers:
            await follower.follow(PersonChange(before, after))
        note(self._access, principal, "correct", after, "person.correct", Detail.WRITE)
        return disclose(after, self._crypto, full=False)

    async def _changes(self, before: PersonRecord, correction: Correction) -> Mapping[str, Any]:
        """The columns that a correction changes."""
        correction = replace(correction, name=tidy(correction.name), address=tidy(correction.address))
        sex, birth_date = correction.sex or before.sex, correction.birth_date or before.birth_date
        if birth_date != before.birth_date:
            await self._check_birth_date(before, correction)
        document = correction.document or self._document_of(before)
        number = check_correction(
            correction, sex=sex, birth_date=birth_date, document=document, today=today(self._clock)
        )
        changes: dict[str, Any] = {"sex": sex, "birth_date": birth_date}
        if correction.ethnic_group is not None:
            changes["ethnic_group"] = correction.ethnic_group
        for name, column, value in (
            (NAME, "name_sealed", correction.name),
            (PHONE, "phone_sealed", correction.phone),
            (ADDRESS, "address_sealed", correction.address),
        ):
            if value is not None:
                changes[column] = self._crypto.seal(value, field=name, owner=before.id)
        changes |= self._masked(before, correction, number)
        if correction.document is not None and number is not None:
            keys = self._crypto.blind(correction.document.type, number)
            await self._persons.replace_digests(
                before.id, [Digest(before.id, correction.document.type, key) for key in keys]
            )
            changes["document_type"] = str(correction.document.type)
            changes["number_sealed"] = self._crypto.seal(number, field=NUMBER, owner=before.id)
        return changes

    def _masked(self, before: PersonRecord, correction: Correction, number: str | None) -> Mapping[str, Any]:
        """What is shown to most readers after a correction."""
        name, _, phone, _ = open_fields(before, self._crypto)
        document_type = str(correction.document.type) if correction.document else before.document_type
        text = masked(correction.name or name, number, correction.phone or phone, document_type)
        return {"masked_sealed": self._crypto.seal(text, field=MASKED, owner=before.id)}

    async def _check_birth_date(self, before: PersonRecord, correction: Correction) -> None:
        events = await self._events.of(before.id)
        if any(event.kind.value == "birth" for event in events):
            raise BornHere(before.id)
        if correction.birth_date is not None and any(event.occurred_on < correction.birth_date for event in events):
            raise BirthDateTooLate(before.id)

    def _document_of(self, person: PersonRecord) -> Identity | None:
        if person.document_type is None or person.number_sealed is None:
            return None
        number = self._crypto.open(person.number_sealed, field=NUMBER, owner=person.id)
        return Identity(DocumentType(person.document_type), number)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[PersonRestated]:
    """Restated facts of the next persons, their rows locked."""
    people = await PersonRepository(session).after(UUID(after) if after else None, limit)
    return [PersonRestated(state=PersonState.model_validate(person)) for person in people]
