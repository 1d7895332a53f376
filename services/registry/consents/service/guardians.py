"""Guardians (监护人) as the register knows them: parents by birth and by household, others by a tag's contacts."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from services.registry.consents.domain import GuardianBasis, is_parent_by_household
from services.registry.consents.repository import ConsentRepository
from services.registry.households.repository.households import HouseholdRepository
from services.registry.life_events.repository import LifeEventRepository
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.merged import stood_as
from services.registry.tag_contacts.domain import OF_AGE
from shared.clock import today
from shared.contracts.registry.consents import ConsentGiver
from shared.contracts.registry.persons import PersonStatus
from shared.messaging.context import UseCaseContext
from shared.reference.identity import completed_years

REACHABLE = (PersonStatus.ACTIVE, PersonStatus.MOVED_OUT)
"""Where a guardian stands who can say something: who is dead, missing or no more an entry of the own cannot."""


class Guardians:
    """Reads of who may consent for somebody. Guardians of an adult are entered as such, never taken from kinship."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._consents = ConsentRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._households = HouseholdRepository(context.session)

    async def basis(
        self, ward: PersonRecord, guardian: PersonRecord, giver: ConsentGiver, *, on: date
    ) -> GuardianBasis | None:
        """By what somebody of the register is the person's guardian; None: is not, or is not of age.

        `on`: the day of what is said. Nobody speaks as a parent for who is of age by then.
        """
        if guardian.id == ward.id or guardian.status not in REACHABLE:
            return None
        if completed_years(guardian.birth_date, today(self._clock)) < OF_AGE:
            return None
        ids = await stood_as(self._session, [guardian.id])
        if any(one.party_id in ids for one in await self._consents.guardians(ward.id)):
            return GuardianBasis.CONTACT
        if giver is not ConsentGiver.GUARDIAN_OF_MINOR or completed_years(ward.birth_date, on) >= OF_AGE:
            return None
        if await self._is_parent_by_birth(ward.id, ids):
            return GuardianBasis.BIRTH
        return GuardianBasis.HOUSEHOLD if await self._is_parent_by_household(ward.id, guardian.id) else None

    async def is_contact(self, ward: PersonRecord, contact_id: UUID) -> bool:
        """Whether a contact is a valid guardian of the person, in the register or outside of it."""
        return any(one.id == contact_id for one in await self._consents.guardians(ward.id))

    async def _is_parent_by_birth(self, ward: UUID, ids: Collection[UUID]) -> bool:
        births = [one.delivery for one in await self._events.of(ward) if one.delivery is not None]
        return any(one.mother_id in ids or one.father_id in ids for one in births)

    async def _is_parent_by_household(self, ward: UUID, guardian: UUID) -> bool:
        for household in await self._households.of_persons([ward]):
            related = {one.person_id: one.relation for one in household.members if one.until is None}
            if guardian in related and is_parent_by_household(related[guardian], related[ward]):
                return True
        return False
