"""Reading of marriages (婚姻): one, those of a person, and the marital status that follows from them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import orjson

from services.registry.marriages.domain import MarriageRecord, OutsideSpouse, Settlement, Step, marital_status
from services.registry.marriages.repository import MarriageRepository
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.crypto.masking import mask_name
from shared.crypto.service import Crypto
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

READ, OUTSIDE = "person.read", "marriage.outside"


@dataclass(frozen=True, slots=True, repr=False)
class ShownMarriage:
    """A marriage as it is shown, an outside spouse masked. The repr shows nothing."""

    record: MarriageRecord
    outside: OutsideSpouse | None
    steps: Sequence[Step]
    settlements: Sequence[Settlement]


@dataclass(frozen=True, slots=True, repr=False)
class ShownMarriages:
    """The marriages of a person, and the marital status that follows from them."""

    marital_status: str
    marriages: Sequence[ShownMarriage]


class MarriageReads:
    """Reading of marriages; each look is noted at the spouses who are shown."""

    def __init__(self, context: UseCaseContext) -> None:
        self._access = context.access
        self._crypto = context.crypto
        self._marriages = MarriageRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def read(self, principal: Principal, id: UUID) -> ShownMarriage:
        """One marriage of somebody in the caller's areas. Raises `NotFound`."""
        found = await self._marriages.get(id)
        people = {} if found is None else await self._marriages.going_on(found.people)
        visible = await self._persons.visible({*people, *people.values()}, principal.scope(READ)) if people else []
        if found is None or not visible:
            raise NotFound(id)
        for person in visible:
            note(self._access, principal, "read_marriage", person, READ, Detail.MASKED)
        steps, settlements = await self._marriages.steps_of([id]), await self._marriages.settlements_of([id])
        return self.shown(found, steps[id], settlements[id])

    async def of_person(self, principal: Principal, person_id: UUID) -> ShownMarriages:
        """All marriages of a person by day, those that were withdrawn too. Raises `NotFound`."""
        person = await self._persons.get(person_id)
        if person is None or not principal.scope(READ).allows_any(*person.areas):
            note_nothing(self._access, principal, "read_marriages", person_id)
            raise NotFound(person_id)
        note(self._access, principal, "read_marriages", person, READ, Detail.MASKED)
        found = await self._marriages.of([person_id])
        ids = [one.id for one in found]
        steps, settlements = await self._marriages.steps_of(ids), await self._marriages.settlements_of(ids)
        shown = [self.shown(one, steps[one.id], settlements[one.id]) for one in found]
        return ShownMarriages(marital_status(person, found), shown)

    def shown(
        self, marriage: MarriageRecord, steps: Sequence[Step], settlements: Sequence[Settlement]
    ) -> ShownMarriage:
        """A marriage as it is shown."""
        spouse = opened(marriage, self._crypto)
        masked = None if spouse is None else OutsideSpouse(mask_name(spouse.name), spouse.sex, spouse.birth_date)
        return ShownMarriage(marriage, masked, steps, settlements)


def opened(marriage: MarriageRecord, crypto: Crypto) -> OutsideSpouse | None:
    """The outside spouse as entered; None if the spouse is in the register, or was erased with the person."""
    if not marriage.outside_sealed:
        return None
    told = crypto.open(marriage.outside_sealed, field=OUTSIDE, owner=str(marriage.id))
    name, sex, birth_date = orjson.loads(told)
    return OutsideSpouse(name, sex, date.fromisoformat(birth_date))
