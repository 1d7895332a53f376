"""Warning before a newborn is entered twice: same day of birth, sex and name, in the areas that the caller may read."""

from collections.abc import Sequence

from services.registry.life_events.domain import LifeEventKind
from services.registry.persons.domain import NewPerson, PersonRecord, PossibleDuplicate, tidied
from services.registry.persons.repository.births import BirthRepository
from services.registry.persons.service.disclosures import NAME
from services.registry.persons.service.notes import note
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.errors import FieldError
from shared.messaging.context import UseCaseContext


class Newborns:
    """Comparison of births to be entered with those that were. Who confirmed that it is another child is not asked."""

    def __init__(self, context: UseCaseContext) -> None:
        self._crypto = context.crypto
        self._access = context.access
        self._births = BirthRepository(context.session)

    async def check(self, principal: Principal, people: Sequence[NewPerson], paths: Sequence[str]) -> None:
        """Raise `PossibleDuplicate` if one of the births was entered already, or stands twice in the list.

        What lies outside `person.read` of the caller is not looked at: the answer says nothing about other places.
        """
        asked = [(one, path) for one, path in zip(people, paths, strict=True) if _is_asked(one)]
        if not asked:
            return
        days = {one.birth_date for one, _ in asked}
        await self._births.lock(days)
        known = await self._births.on(days, principal.scope("person.read"))
        errors: list[FieldError] = []
        for number, (one, path) in enumerate(asked):
            twins = [record for record in known if self._is_same(one, record)]
            for record in twins:
                note(self._access, principal, "possible_duplicate", record, "person.read", Detail.EXISTENCE)
            if twins or any(_key(one) == _key(other) for other, _ in asked[:number]):
                errors.append(FieldError(f"{path}confirmed", "possible_duplicate", PossibleDuplicate.title))
        if errors:
            raise PossibleDuplicate(errors=errors)

    def _is_same(self, one: NewPerson, record: PersonRecord) -> bool:
        if (one.birth_date, one.sex) != (record.birth_date, record.sex):
            return False
        if one.document is not None and record.number_sealed is not None:
            return False  # the numbers themselves say whether it is the same child
        return tidied(one).name == self._crypto.open(record.name_sealed, field=NAME, owner=record.id)


def _is_asked(person: NewPerson) -> bool:
    return person.entry is LifeEventKind.BIRTH and not person.confirmed


def _key(person: NewPerson) -> tuple[object, ...]:
    return person.birth_date, person.sex, tidied(person).name
