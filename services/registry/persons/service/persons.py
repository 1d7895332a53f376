"""Use cases of persons: register, read, search. Every read and change leaves a note in the access log."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.life_events.service import require_places
from services.registry.persons.domain import (
    Identity,
    NewPerson,
    NumbersHeld,
    PersonRecord,
    searched_number,
)
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.admissions import Admissions
from services.registry.persons.service.disclosures import (
    Disclosed,
    disclose,
)
from services.registry.persons.service.notes import note, note_nothing
from services.registry.persons.service.parents import Parents
from services.registry.persons.service.questions import NumberQuestions
from services.registry.persons.service.reads import PersonReads
from services.registry.persons.service.suspects import Suspects, SuspectSearch
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.persons import PersonRestated, PersonState, PersonStatus
from shared.contracts.registry.postings import Book
from shared.messaging.context import UseCaseContext


class Persons:
    """Use cases of persons; setting right what is known of them is `PersonCorrecting`'s."""

    def __init__(self, context: UseCaseContext, admissions: Admissions) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._admissions = admissions
        self._suspects = SuspectSearch(context)
        self._parents = Parents(context)
        self._questions = NumberQuestions(context.access)
        self._reads = PersonReads(self._persons.get, context.crypto, context.access)

    async def register(self, principal: Principal, person: NewPerson) -> Disclosed:
        """Register one person. The answer is masked: the caller knows what was sent."""
        (record,) = await self.register_many(principal, [person], permission="person.register")
        return disclose(record, self._crypto, full=False)

    async def register_many(
        self,
        principal: Principal,
        people: Sequence[NewPerson],
        *,
        permission: str,
        paths: Sequence[str] = (),
        judged: Sequence[str | None] | None = None,
    ) -> Sequence[PersonRecord]:
        """Enter people together, all or none. `paths`, `judged`: as for `admit`.

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
            records = await self._admissions.admit(people, paths=paths, judged=judged)
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

    async def count_undocumented(self, principal: Principal, area: str, due_by: date | None) -> int:
        """Number of persons that `undocumented` gives in all."""
        principal.require_area("person.read", area)
        within = principal.through_the_tree(area)
        return await self._persons.count_undocumented(principal.scope("person.read"), within, due_by)

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


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[PersonRestated]:
    """Restated facts of the next persons, their rows locked."""
    people = await PersonRepository(session).locked_after(UUID(after) if after else None, limit)
    return [PersonRestated(state=PersonState.model_validate(person)) for person in people]
