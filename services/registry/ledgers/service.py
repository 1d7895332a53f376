"""What registry knows of the county, for its ledgers: out of its own tables, and the grids that grid announced."""

from collections.abc import Sequence
from uuid import UUID

from services.registry.ledgers.repository import (
    areas,
    calendar,
    dwellings,
    erased_persons,
    households,
    persons,
    places_of_households,
    places_of_persons,
)
from services.registry.persons.domain import PersonChange, PersonRecord
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.ledgers.grammar.words import Subject
from shared.ledgers.records.service.following import RecordFollowing
from shared.ledgers.records.surroundings import Surroundings, projected_grids
from shared.messaging.context import UseCaseContext

SURROUNDINGS = Surroundings(
    areas=areas,
    grids=projected_grids,
    calendar=calendar,
    known={Subject.PERSON: persons, Subject.HOUSEHOLD: households, Subject.DWELLING: dwellings},
    lies={Subject.PERSON: places_of_persons, Subject.HOUSEHOLD: places_of_households},
    erased=erased_persons,
    authoritative=True,
)


class RecordsOfPersons:
    """Records about persons: those that follow them go where they go. A follower of persons (`PersonFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        ledgers = PublishedLedgers(context.session, context.clock)
        self._following = RecordFollowing(context, ledgers, SURROUNDINGS)

    async def follow(self, change: PersonChange) -> None:
        """After a change of a person: nothing if the person lives where it did."""
        if _lies(change.before) != _lies(change.after):
            await self._following.follow(Subject.PERSON, [str(change.after.id)])

    async def follow_areas(self, persons: Sequence[UUID], households: Sequence[UUID]) -> None:
        """After a change of areas: the records about these."""
        await self._following.follow(Subject.PERSON, [str(one) for one in persons])
        await self._following.follow(Subject.HOUSEHOLD, [str(one) for one in households])


def _lies(person: PersonRecord) -> tuple[object, ...]:
    return person.residence_area, person.residence_until, person.registration_area, person.registration_until
