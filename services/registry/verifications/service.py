"""Use cases of verifications: somebody looked, a look is taken back, what is due to be looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.registry.life_events.domain import PersonMerged, ReversalReason
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from services.registry.verifications.domain import (
    DEFAULT_FRESHNESS,
    FieldGroup,
    Freshness,
    Known,
    Verification,
    check_look,
    require_looks,
    stored,
    with_look,
)
from services.registry.verifications.repository import VerificationRepository, days_of
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

READ, VERIFY = "person.read", "person.verify"


@dataclass(frozen=True, slots=True)
class KnownGroup:
    """A field group of a person, and the day from which it is due to be looked at again."""

    known: Known
    due_on: date


@dataclass(frozen=True, slots=True, repr=False)
class DuePerson:
    """Somebody to be visited, masked, and the groups that are due."""

    person: Disclosed
    groups: Sequence[KnownGroup]


class Verifications:
    """Use cases of verifications. Whoever changes them holds the lock of the person's row."""

    def __init__(self, context: UseCaseContext, freshness: Freshness = DEFAULT_FRESHNESS) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._freshness = freshness
        self._persons = PersonRepository(context.session)
        self._looks = VerificationRepository(context.session)

    async def verify(
        self,
        principal: Principal,
        person_id: UUID,
        groups: Sequence[FieldGroup],
        *,
        on: date | None,
        source: str | None,
    ) -> Sequence[KnownGroup]:
        """Somebody looked at these groups, and they are so. Raises `NotFound`, `PersonMerged`, `VerifiedOnWrong`."""
        person = await self._locked(principal, person_id, "verify")
        day = today(self._clock)
        check_look(on or day, birth_date=person.birth_date, today=day)
        known = (await self._looks.of([person_id]))[person_id]
        for group in groups:
            look = Verification(group, on or day, principal.subject, self._clock.now(), source)
            await self._looks.keep(replace(known[group], looks=with_look(known[group].looks, look)))
        return await self._all(person_id)

    async def unverify(
        self, principal: Principal, person_id: UUID, groups: Sequence[FieldGroup], *, reason: ReversalReason
    ) -> Sequence[KnownGroup]:
        """The last look at each of these is taken back. Raises `NotFound`, `PersonMerged`, `NothingToTakeBack`."""
        await self._locked(principal, person_id, "unverify")
        known = (await self._looks.of([person_id]))[person_id]
        require_looks(known, groups)
        for group in groups:
            *before, last = known[group].looks
            undone = {"reason": str(reason), "taken_back_by": principal.subject, **stored([last])[0]}
            await self._looks.keep(
                replace(known[group], looks=before),
                taken_back=[{**undone, "taken_back_at": self._clock.now().isoformat()}],
            )
        return await self._all(person_id)

    async def read(self, principal: Principal, person_id: UUID) -> Sequence[KnownGroup]:
        """Every field group of a person, with its last look. Raises `NotFound`."""
        person = await self._persons.get(person_id)
        if person is None or not principal.scope(READ).allows_any(*person.areas):
            note_nothing(self._access, principal, "read_verifications", person_id)
            raise NotFound(person_id)
        note(self._access, principal, "read_verifications", person, READ, Detail.EXISTENCE)
        return await self._all(person_id)

    async def page(
        self,
        principal: Principal,
        area: str,
        groups: Sequence[FieldGroup],
        due_by: date | None,
        *,
        after: UUID | None,
        limit: int,
    ) -> Sequence[DuePerson]:
        """Persons of an area of whom one of the groups is due by a day, masked, by id; each is noted.

        One more than `limit`, if there is one: not shown, not noted. Raises `NotFound` for an area outside the scope.
        """
        day = due_by or today(self._clock)
        due = days_of(self._freshness, groups, day)
        scope, within = principal.scope(READ, within=area), principal.through_the_tree(area)
        people = await self._looks.page(scope, within, due, after=after, limit=limit + 1)
        known = await self._looks.of([one.id for one in people])
        for one in people[:limit]:
            note(self._access, principal, "list_due", one, READ, Detail.MASKED)
        return [
            DuePerson(
                disclose(one, self._crypto, full=False),
                [self._shown(known[one.id][group]) for group in due if known[one.id][group].fresh_from <= due[group]],
            )
            for one in people
        ]

    async def count(self, principal: Principal, area: str, groups: Sequence[FieldGroup], due_by: date | None) -> int:
        """How many the list has in all: the same predicate."""
        due = days_of(self._freshness, groups, due_by or today(self._clock))
        scope, within = principal.scope(READ, within=area), principal.through_the_tree(area)
        return await self._looks.count(scope, within, due)

    async def _locked(self, principal: Principal, person_id: UUID, action: str) -> PersonRecord:
        person = await self._persons.locked(person_id)
        if person is None or not principal.scope(VERIFY).allows_any(*person.areas):
            note_nothing(self._access, principal, action, person_id)
            raise NotFound(person_id)
        note(self._access, principal, action, person, VERIFY, Detail.WRITE)
        if person.merged_into is not None:
            raise PersonMerged(person_id)
        return person

    async def _all(self, person_id: UUID) -> Sequence[KnownGroup]:
        return [self._shown(known) for known in (await self._looks.of([person_id]))[person_id].values()]

    def _shown(self, known: Known) -> KnownGroup:
        return KnownGroup(known, self._freshness.due_on(known.group, known.fresh_from))
