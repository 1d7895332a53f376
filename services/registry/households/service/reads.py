"""Reading of households (住户): one, lists by who lives there, counts; each look is noted at everybody in it."""

from collections.abc import Sequence
from uuid import UUID

from services.registry.households.domain import Change, HouseholdPresence, HouseholdRecord
from services.registry.households.repository import HouseholdRepository
from services.registry.persons.service.notes import note_shown
from shared.auth.principal import Principal
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

READ = "household.read"


class HouseholdReads:
    """Reading of households."""

    def __init__(self, context: UseCaseContext) -> None:
        self._access = context.access
        self._households = HouseholdRepository(context.session)

    async def read(self, principal: Principal, id: UUID) -> HouseholdRecord:
        """A household in the caller's scope; the look is noted at everybody in it. Raises `NotFound`."""
        household = await self._households.get(id)
        if household is None:
            raise NotFound(id)
        principal.scope(READ).require(household.area)
        self._note_look(principal, "read_household", household)
        return household

    async def history(self, principal: Principal, id: UUID) -> Sequence[Change]:
        """What has changed in a household since its founding, oldest first; noted at everybody in it."""
        household = await self._households.get(id)
        if household is None:
            raise NotFound(id)
        principal.scope(READ).require(household.area)
        self._note_look(principal, "read_household_changes", household)
        return await self._households.changes_of(id)

    async def page(
        self,
        principal: Principal,
        area: str,
        presence: HouseholdPresence | None,
        *,
        after: tuple[str, UUID] | None,
        limit: int,
    ) -> Sequence[HouseholdRecord]:
        """Active households of an area, in the order of area and id; the look is noted at everybody in them.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        scope = principal.scope(READ, within=area)
        households = await self._households.page(scope, presence, after=after, limit=limit + 1)
        for household in households[:limit]:
            self._note_look(principal, "list_households", household)
        return households

    async def count(self, principal: Principal, area: str, presence: HouseholdPresence | None) -> int:
        """How many the list has in all: the same predicate."""
        return await self._households.count(principal.scope(READ, within=area), presence)

    def _note_look(self, principal: Principal, action: str, household: HouseholdRecord) -> None:
        for person_id in household.people:
            note_shown(self._access, principal, action, person_id, READ, area=household.area)
