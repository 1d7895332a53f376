"""Search for duplicates over the whole register, for the schedule: whoever is new or was corrected is compared."""

from collections.abc import Mapping
from datetime import timedelta

from services.registry.duplicates.domain import DuplicateRecord, DuplicateSource, DuplicateStatus
from services.registry.duplicates.repository import DuplicateRepository
from services.registry.persons.domain import PersonRecord
from services.registry.persons.domain.likeness import SUSPECT, Likeness, compared
from services.registry.persons.repository.names import NameRepository
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.names import sounds_of
from services.registry.persons.service.suspects import features_of
from shared.contracts.registry.persons import PersonStatus
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

LUNAR = timedelta(days=62)
"""A date and the lunar date that was written down for it lie closer to each other."""


class DuplicateSearch:
    """Comparison of persons in the register with each other."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._duplicates = DuplicateRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._names = NameRepository(context.session)

    async def find(self, limit: int) -> bool:
        """Compare the next persons with all others of like name and birth date. True: there may be more of them.

        What was decided of a pair stays decided.
        """
        people = await self._persons.uncompared_locked(limit)
        for person in people:
            await self._compare(person)
        await self._persons.compared([person.id for person in people], self._clock.now())
        return len(people) == limit

    async def reasons(self, one: PersonRecord, other: PersonRecord) -> Mapping[Likeness, int]:
        """The points of what two persons have in common, kin and household included."""
        return compared(
            features_of(one, self._crypto),
            features_of(other, self._crypto),
            household=await self._duplicates.share_a_household(one.id, other.id),
            kin=await self._duplicates.share_a_parent(one.id, other.id),
        )

    async def add(self, one: PersonRecord, other: PersonRecord, source: DuplicateSource) -> DuplicateRecord:
        """The pair of two persons: a new one, or the one that is known."""
        reasons = await self.reasons(one, other)
        first, second = sorted((one.id, other.id))
        pair = DuplicateRecord(
            id=new_id(),
            version=1,
            first_id=first,
            second_id=second,
            status=str(DuplicateStatus.OPEN),
            source=str(source),
            reasons={str(reason): points for reason, points in reasons.items()},
            found_at=self._clock.now(),
            survivor_id=None,
            decided_by=None,
            decided_at=None,
            merge_id=None,
        )
        if await self._duplicates.add(pair):
            return pair
        return await self._duplicates.of_pair(first, second)

    async def _compare(self, person: PersonRecord) -> None:
        if person.status in (PersonStatus.MERGED, PersonStatus.ANNULLED):
            return
        own = features_of(person, self._crypto)
        for other in await self._names.near(sounds_of(self._crypto, own.name), person, LUNAR):
            if sum(compared(own, features_of(other, self._crypto)).values()) >= SUSPECT:
                await self.add(person, other, DuplicateSource.FOUND)
