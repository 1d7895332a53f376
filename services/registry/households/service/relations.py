"""Relations to the head (与户主关系, GB/T 4761) and what is corrected of the persons who are so related."""

from services.registry.households.domain import HouseholdRecord, RelationAgeDisagrees, RelationTwice, check_kin
from services.registry.households.repository import HouseholdRepository
from services.registry.persons.domain import BirthDateDisagreesWithRelation, PersonChange, SexDisagreesWithRelation
from services.registry.persons.repository.persons import PersonRepository
from shared.messaging.context import UseCaseContext
from shared.reference.relations import agrees


class HouseholdRelations:
    """Follower of persons (`PersonFollower`): what is corrected is held against what somebody is to a head now."""

    def __init__(self, context: UseCaseContext) -> None:
        self._households = HouseholdRepository(context.session)
        self._persons = PersonRepository(context.session)

    async def follow(self, change: PersonChange) -> None:
        """Raises `SexDisagreesWithRelation` if the person is a head's 子, 女, 母亲 … and no longer of that sex.

        Raises `BirthDateDisagreesWithRelation` if a child of the household would be older than its parent, and so on.
        """
        person, before = change.after, change.before
        if (person.sex, person.birth_date) == (before.sex, before.birth_date):
            return
        for household in await self._households.of_person_locked(person.id):
            for member in household.members:
                if member.person_id == person.id and member.until is None and not agrees(member.relation, person.sex):
                    raise SexDisagreesWithRelation.at("sex", subject=person.id)
            if person.birth_date != before.birth_date:
                await self._check_ages(household)

    async def _check_ages(self, household: HouseholdRecord) -> None:
        births = await self._persons.births(household.people)
        try:
            check_kin(household.members, births, dict.fromkeys(household.people, "birth_date"))
        except RelationAgeDisagrees:
            raise BirthDateDisagreesWithRelation.at("birth_date") from None
        except RelationTwice:
            return  # as it was entered before there was this rule: no date of birth makes it right
