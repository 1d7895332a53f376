"""Use cases of persons: register, read, search, correct. Every read and change leaves a note in the access log."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.life_events.domain import PersonMerged
from services.registry.life_events.repository import LifeEventRepository
from services.registry.life_events.service import require_places
from services.registry.persons.domain import (
    BirthDateTooLate,
    BornHere,
    Correction,
    Identity,
    NewPerson,
    NoDocument,
    NumbersHeld,
    PersonChange,
    PersonFields,
    PersonRecord,
    Undocumented,
    check_correction,
    searched_number,
)
from services.registry.persons.repository.names import NameRepository
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
from services.registry.persons.service.names import tokens_of
from services.registry.persons.service.notes import note, note_nothing
from services.registry.persons.service.parents import Parents
from services.registry.persons.service.questions import NumberQuestions
from services.registry.persons.service.reads import PersonReads
from services.registry.persons.service.suspects import Suspects, SuspectSearch
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.persons import PersonCorrected, PersonRestated, PersonState, PersonStatus
from shared.contracts.registry.postings import Book
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound, VersionMismatch
from shared.messaging.context import UseCaseContext
from shared.reference.documents import DocumentType


class PersonFollower(Protocol):
    """Follower of persons: a noun that repeats something of a person, or ends with one."""

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
        self._names = NameRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._admissions = admissions
        self._suspects = SuspectSearch(context)
        self._parents = Parents(context)
        self._followers = followers
        self._questions = NumberQuestions(context.access)
        self._reads = PersonReads(self._persons.get, context.crypto, context.access)

    async def register(self, principal: Principal, person: NewPerson) -> Disclosed:
        """Register one person. The answer is masked: the caller knows what was sent."""
        (record,) = await self.register_many(principal, [person], permission="person.register")
        return disclose(record, self._crypto, full=False)

    async def register_many(
        self, principal: Principal, people: Sequence[NewPerson], *, permission: str, paths: Sequence[str] = ()
    ) -> Sequence[PersonRecord]:
        """Enter people together, all or none. `paths`: where each of them stands in the body, as for `admit`.

        Raises `NotFound` unless the caller's scope holds both the residence and the registered place,
        `PossibleDuplicate` for a newborn, or somebody without a number, who is like another, and
        `PersonAlreadyRegistered` or `NotRegistrableHere` for a number that somebody holds.
        """
        scope = principal.scope(permission)
        for person in people:
            require_places(scope, person.residence, person.registration)
        places = paths or [""] * len(people)
        await self._parents.check(principal, people, places)
        await self._suspects.check(principal, people, places)
        try:
            records = await self._admissions.admit(people, paths=paths)
        except NumbersHeld as held:
            holders = {f"{paths[index] if paths else ''}document.number": one for index, one in held.holders.items()}
            raise self._questions.refusal(principal, "register", permission, holders) from None
        for record in records:
            note(self._access, principal, "register", record, permission, Detail.WRITE)
        return records

    async def find_duplicates(self, principal: Principal, person: NewPerson) -> Suspects:
        """Persons who may be this one, before it is entered. Raises `NotFound` for places that are not the caller's."""
        require_places(principal.scope("person.register"), person.residence, person.registration)
        return await self._suspects.find(principal, person)

    async def read(self, principal: Principal, id: UUID, *, full: bool, purpose: Purpose | None) -> Disclosed:
        """One person, masked; or in full for a purpose, with `person.full` in the person's area."""
        return await self._reads.read(principal, id, full=full, purpose=purpose)

    async def page(
        self,
        principal: Principal,
        area: str,
        book: Book,
        status: PersonStatus | None,
        *,
        after: tuple[str, UUID] | None,
        limit: int,
    ) -> Sequence[Disclosed]:
        """Persons of an area by the book, masked, in the order of area and id; each is noted as looked at.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        principal.require_area("person.read", area)
        scope = principal.scope("person.read")
        within = principal.through_the_tree(area)
        records = await self._persons.page(scope, within, book, status, after=after, limit=limit + 1)
        for record in records[:limit]:
            note(self._access, principal, "list", record, "person.read", Detail.MASKED)
        return [disclose(record, self._crypto, full=False) for record in records]

    async def count(self, principal: Principal, area: str, book: Book, status: PersonStatus | None) -> int:
        """Number of persons that `page` gives in all."""
        principal.require_area("person.read", area)
        within = principal.through_the_tree(area)
        return await self._persons.count(principal.scope("person.read"), within, book, status)

    async def undocumented(
        self, principal: Principal, area: str, due_by: date | None, *, after: tuple[str, UUID] | None, limit: int
    ) -> Sequence[Disclosed]:
        """Persons of an area without a document, masked, by the day on which that is looked after; each is noted.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        principal.require_area("person.read", area)
        scope, within = principal.scope("person.read"), principal.through_the_tree(area)
        records = await self._persons.undocumented(scope, within, due_by, after=after, limit=limit + 1)
        for record in records[:limit]:
            note(self._access, principal, "list", record, "person.read", Detail.MASKED)
        return [disclose(record, self._crypto, full=False) for record in records]

    async def search(self, principal: Principal, document: Identity, purpose: Purpose) -> Sequence[Disclosed]:
        """Person with exactly this number in the caller's scope, or nobody; either is noted.

        If somebody outside the scope holds it, that person's page shows who asked. Raises `Invalid` for what is no
        number.
        """
        keys = self._crypto.blind(document.type, searched_number(document, today=today(self._clock)))
        record = await self._persons.by_digests(document.type, keys)
        if record is None or not principal.scope("person.search").allows_any(*record.areas):
            holder, area = (None, None) if record is None else (record.id, record.area)
            note_nothing(self._access, principal, "search", holder, purpose, area=area)
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

        Raises `NotFound`, `VersionMismatch`, `PersonMerged`, `Invalid`, `NumberDisagrees`, `NothingToCorrect`,
        `BornHere`, `BirthDateTooLate`, `PersonAlreadyRegistered`, `NotRegistrableHere`, and what a follower refuses.
        """
        before = await self._persons.locked(id)
        if before is None or not principal.scope("person.correct").allows_any(*before.areas):
            note_nothing(self._access, principal, "correct", id)
            raise NotFound(id)
        note(self._access, principal, "correct", before, "person.correct", Detail.WRITE)
        require_version(before, expected)
        if before.merged_into is not None:
            raise PersonMerged(id)
        changes = await self._changes(principal, before, correction)
        after = await self._persons.change(before, **changes, changed_at=self._clock.now(), compared_at=None)
        if after is None:
            raise VersionMismatch(id)
        self._outbox.add(PersonCorrected(state=PersonState.model_validate(after)))
        for follower in self._followers:
            await follower.follow(PersonChange(before, after))
        return disclose(after, self._crypto, full=False)

    async def _changes(self, principal: Principal, before: PersonRecord, correction: Correction) -> Mapping[str, Any]:
        """The columns that a correction changes."""
        fields = self._opened(before)
        after = correction.of(fields)
        if after.birth_date != before.birth_date:
            await self._check_birth_date(before, after.birth_date)
        after = check_correction(fields, after, today=today(self._clock))
        if after.document is not None and after.document != fields.document:
            await self._take_number(principal, before.id, after.document)
            after = replace(after, undocumented=None)
        if after.name != fields.name:
            await self._names.replace(before.id, tokens_of(self._crypto, after.name))
        type_, number = (str(after.document.type), after.document.number) if after.document else (None, None)
        shown = masked(after.name, number, after.phone, type_)

        def sealed(text: str | None, field: str) -> bytes | None:
            return None if text is None else self._crypto.seal(text, field=field, owner=before.id)

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

    async def _take_number(self, principal: Principal, id: UUID, document: Identity) -> None:
        self._questions.ask(1)
        keys = self._crypto.blind(document.type, document.number)
        holder = await self._persons.replace_digests(id, [Digest(id, document.type, key) for key in keys])
        if holder is not None:
            holders = {"document.number": holder}
            raise self._questions.refusal(principal, "correct", "person.correct", holders)

    def _opened(self, person: PersonRecord) -> PersonFields:
        name, number, phone, address = open_fields(person, self._crypto)
        document = None
        if person.document_type is not None and number is not None:
            document = Identity(DocumentType(person.document_type), number)
        undocumented = None
        if person.undocumented_reason is not None and person.undocumented_due_on is not None:
            undocumented = Undocumented(NoDocument(person.undocumented_reason), person.undocumented_due_on)
        kept = (person.ethnic_group, phone, address, undocumented)
        return PersonFields(name, person.sex, person.birth_date, document, *kept)

    async def _check_birth_date(self, before: PersonRecord, birth_date: date) -> None:
        events = await self._events.of(before.id)
        if any(event.kind.value == "birth" for event in events):
            raise BornHere(before.id)
        if any(event.occurred_on < birth_date for event in events):
            raise BirthDateTooLate(before.id)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[PersonRestated]:
    """Restated facts of the next persons, their rows locked."""
    people = await PersonRepository(session).locked_after(UUID(after) if after else None, limit)
    return [PersonRestated(state=PersonState.model_validate(person)) for person in people]
