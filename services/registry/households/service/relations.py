"""Relations to the head (与户主关系, GB/T 4761) and what is corrected of the persons who are so related."""

from services.registry.households.repository import HouseholdRepository
from services.registry.persons.domain import PersonChange, SexDisagreesWithRelation
from shared.messaging.context import UseCaseContext
from shared.reference.relations import agrees


class HouseholdRelations:
    """Follower of persons (`PersonFollower`): a corrected sex is held against what the person is to a head now."""

    def __init__(self, context: UseCaseContext) -> None:
        self._households = HouseholdRepository(context.session)

    async def follow(self, change: PersonChange) -> None:
        """Raises `SexDisagreesWithRelation` if the person is a head's 子, 女, 母亲 … and no longer of that sex."""
        person = change.after
        if person.sex == change.before.sex:
            return
        for household in await self._households.of_person_locked(person.id):
            for member in household.members:
                if member.person_id == person.id and member.until is None and not agrees(member.relation, person.sex):
                    raise SexDisagreesWithRelation.at("sex", subject=person.id)
