"""Persons and households that own, rent or live in a dwelling: locked, asked for, noted, and followed."""

from datetime import date
from typing import Any
from uuid import UUID

from services.registry.households.domain import HouseholdDissolvedAlready, HouseholdRecord, HouseholdStatus
from services.registry.households.repository import HouseholdRepository
from services.registry.life_events.domain import PersonMerged
from services.registry.occupancies.domain import OccupancyDatesWrong, OccupantElsewhere, overlaps, stay_until
from services.registry.occupancies.models import Located, Occupancy
from services.registry.occupancies.repository import OccupancyRepository
from services.registry.persons.domain import PersonChange, PersonRecord, spans_of
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note, note_nothing, note_shown
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.registry.occupancies import OccupancyFollowed, OccupancyRole, OccupancyState, OccupancyStatus
from shared.db.compare_and_set import compare_and_set
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

MANAGE, READ = "household.manage", "household.read"


class Parties:
    """Who owns, rents or lives in dwellings, for the use cases of occupancies."""

    def __init__(self, context: UseCaseContext) -> None:
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._households = HouseholdRepository(context.session)

    async def take(self, principal: Principal, action: str, person_id: UUID | None, household_id: UUID | None) -> None:
        """Lock the person or household of the caller's scope who is named in a body.

        Raises `NotFound`, `PersonMerged`, `HouseholdDissolvedAlready`.
        """
        scope = principal.scope(MANAGE)
        if person_id is not None:
            person = await self._persons.locked(person_id)
            if person is None or not scope.allows_any(*person.areas):
                note_nothing(self._access, principal, action, person_id)
                raise NotFound.at("person_id", subject=person_id)
            if person.merged_into is not None:
                raise PersonMerged.at("person_id", subject=person_id)
            note(self._access, principal, action, person, MANAGE, Detail.WRITE)
        if household_id is not None:
            household = await self._households.locked(household_id)
            if household is None or not scope.allows(household.area):
                raise NotFound.at("household_id", subject=household_id)
            if household.status != HouseholdStatus.ACTIVE:
                raise HouseholdDissolvedAlready.at("household_id", subject=household_id)
            self._note_household(principal, action, household_id, household.area, MANAGE, Detail.WRITE)

    async def lock(self, principal: Principal, action: str, found: Located) -> None:
        """Lock and note the person or household of an occupancy, wherever they are by now: the dwelling's in scope."""
        occupancy = found.occupancy
        if occupancy.person_id is not None:
            person = await self._persons.locked(occupancy.person_id)
            assert person is not None, "persons are kept for ever"
            note(self._access, principal, action, person, MANAGE, Detail.WRITE)
        if occupancy.household_id is not None:
            await self._households.locked(occupancy.household_id)
            self._note_household(principal, action, occupancy.household_id, found.area, MANAGE, Detail.WRITE)

    async def check_stay(self, found: Located, until: date | None) -> None:
        """Who lives in a dwelling has a residence in its village all that time; the household has its place there.

        Raises `OccupantElsewhere`, `OccupancyDatesWrong`, `HouseholdDissolvedAlready`.
        """
        occupancy, village = found.occupancy, village_of(found.area)
        if occupancy.person_id is not None:
            person = await self._persons.get(occupancy.person_id)
            assert person is not None, "persons are kept for ever"
            lives, end = stay_until(spans_of(person.residence), village, occupancy.since, found.former)
            if not lives or (end is not None and (until is None or until > end)):
                raise OccupantElsewhere.at("since", subject=person.id)
        if occupancy.household_id is not None:
            household = await self._households.get(occupancy.household_id)
            assert household is not None, "households are kept for ever"
            if village_of(household.area) != village:
                raise OccupantElsewhere.at("household_id", subject=household.id)
            if occupancy.since < household.established_on:
                raise OccupancyDatesWrong.at("since")
            if household.status != HouseholdStatus.ACTIVE and until is None:
                raise HouseholdDissolvedAlready(household.id)

    def note_look(self, principal: Principal, action: str, found: Located) -> None:
        """Note in the access log that it was shown who owns, rents or lives in a dwelling."""
        occupancy = found.occupancy
        if occupancy.person_id is not None:
            note_shown(self._access, principal, action, occupancy.person_id, READ, area=found.area)
        if occupancy.household_id is not None:
            self._note_household(principal, action, occupancy.household_id, found.area, READ, Detail.EXISTENCE)

    def _note_household(
        self, principal: Principal, action: str, id: UUID, area: str, permission: str, detail: Detail
    ) -> None:
        self._access.note(
            principal,
            action=action,
            noun="registry.household",
            object_id=id,
            area=area,
            detail=detail,
            role=principal.role_in(permission, area),
        )


class OccupancyFollowing:
    """Follower of persons (`PersonFollower`) and households (`HouseholdFollower`): who is gone lives there no more."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._occupancies = OccupancyRepository(context.session)

    async def follow(self, change: PersonChange) -> None:
        """After a move or death the person lives in a dwelling as long as in its village: until a day, or on again."""
        if change.before.residence == change.after.residence:
            return
        held = await self._occupancies.of_party(change.after.id, None)
        lived_in = [one for one in held if one.occupancy.role == OccupancyRole.OCCUPANT]
        for one in lived_in:
            if one.occupancy.status == OccupancyStatus.CURRENT or one.occupancy.followed:
                await self._follow_stay(one, change.after, lived_in)

    async def household_changed(self, household: HouseholdRecord) -> None:
        """After a household was dissolved it lives nowhere; if that is undone it lives there on."""
        for one in await self._occupancies.of_party(None, household.id):
            if one.occupancy.role != OccupancyRole.OCCUPANT:
                continue
            if one.occupancy.status == OccupancyStatus.CURRENT or one.occupancy.followed:
                ended = household.dissolved_on
                await self._set_end(one.occupancy, None if ended is None else max(ended, one.occupancy.since))

    async def _follow_stay(self, one: Located, person: PersonRecord, lived_in: list[Located]) -> None:
        occupancy = one.occupancy
        _, end = stay_until(spans_of(person.residence), village_of(one.area), occupancy.since, one.former)
        others = [other.occupancy for other in lived_in if other.occupancy.id != occupancy.id]
        if not any(overlaps(occupancy.since, end, other.since, other.until) for other in others):
            await self._set_end(occupancy, end)

    async def _set_end(self, occupancy: Occupancy, end: date | None) -> None:
        if occupancy.until == end:
            return
        status = OccupancyStatus.CURRENT if end is None else OccupancyStatus.ENDED
        changes: dict[str, Any] = {"status": status, "until": end, "followed": end is not None}
        moved = await compare_and_set(self._session, occupancy, **changes)
        assert moved is not None, "the person or household is locked"
        self._outbox.add(OccupancyFollowed(state=OccupancyState.model_validate(moved)))
