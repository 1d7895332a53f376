"""Undoing of what a marriage or divorce changed in households: the last change first, as it was before."""

from collections.abc import Sequence
from uuid import UUID

from services.registry.households.domain import HouseholdRecord, Member, head_since
from services.registry.households.repository import HouseholdRepository
from services.registry.households.service.entering import HouseholdEntering
from services.registry.households.service.leavings import Leavings
from services.registry.life_events.domain import ReversalReason
from services.registry.life_events.repository import LifeEventRepository
from services.registry.marriages.domain import MarriageRestedOn, Settlement, SettlementKind
from services.registry.marriages.repository import MarriageRepository
from services.registry.persons.repository.persons import PersonRepository
from services.registry.reversals.service.reversals import Reversals
from shared.auth.principal import Principal
from shared.errors import FieldError
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.relations import HEAD

HOUSEHOLD = "household.manage"


class MarriageUndoing:
    """Undoing of settlements, for whoever holds the locks of both spouses. Each household's scope is asked here."""

    def __init__(self, context: UseCaseContext, leavings: Leavings, reversals: Reversals) -> None:
        self._marriages = MarriageRepository(context.session)
        self._households = HouseholdRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._entering = HouseholdEntering(context)
        self._leavings = leavings
        self._reversals = reversals

    async def take_back(self, principal: Principal, settlements: Sequence[Settlement], reason: ReversalReason) -> None:
        """Take back what stands, the last first. What somebody has changed since stays as it is.

        Raises `NotFound` for a household outside the caller's scope, `MarriageRestedOn` where the person has become the
        head of others, and what the reversal of a move is refused for.
        """
        standing = [one for one in settlements if one.standing]
        left = [change.household_id for one in standing for change in await self._households.leavings_by(one.event_id)]
        await self._households.all_locked({*(one.household_id for one in standing), *left})
        for one in reversed(standing):
            household = await self._households.locked(one.household_id)
            assert household is not None, "a household is never removed"
            principal.scope(HOUSEHOLD).require(household.area)
            now = next((each for each in household.members if _is_of(each, one)), None)
            as_before = now is not None and await self._entering.undo(household, one.person_id, one.event_id)
            if one.kind is SettlementKind.RELATED:
                if not as_before:
                    await self._relate_back(one, household, now)
            else:
                if not as_before:
                    await self._out(one, household, now)
                await self._back(principal, one, reason)
            await self._marriages.taken_back(one)

    async def _relate_back(self, one: Settlement, household: HouseholdRecord, now: Member | None) -> None:
        assert one.former is not None, "something was said before"
        if now is None or now.relation != one.relation or head_since(household.members) > now.since:
            return
        person = await self._persons.get(one.person_id)
        assert person is not None, "persons are kept for ever"
        await self._entering.relate(person, household, one.former, now.since, event_id=new_id(), path="households")

    async def _out(self, one: Settlement, household: HouseholdRecord, now: Member | None) -> None:
        if now is None:
            return
        others = [each for each in household.members if each.person_id != one.person_id]
        if now.relation == HEAD and any(each.until is None for each in others):
            title = "该成员现为户主，户内还有其他成员"
            raise MarriageRestedOn(errors=[FieldError(f"households.{household.id}", "household_head", title)])
        # Who was the head of somebody who has left meanwhile was so until then.
        led = [each.until for each in others if each.until is not None] if now.relation == HEAD else []
        await self._leavings.leave(household, one.person_id, max([now.since, *led]), None)

    async def _back(self, principal: Principal, one: Settlement, reason: ReversalReason) -> None:
        if not one.moved:
            person = await self._persons.get(one.person_id)
            assert person is not None, "persons are kept for ever"
            await self._leavings.come_back(person, one.event_id)
            return
        if await self._stands(one.person_id, one.event_id):
            await self._reversals.reverse(
                principal, one.person_id, one.event_id, reason=reason, remark=None, corrected_on=None
            )

    async def _stands(self, person_id: UUID, event_id: UUID) -> bool:
        recorded = await self._events.recorded(person_id)
        return any(one.event.id == event_id and one.stands for one in recorded)


def _is_of(member: Member, one: Settlement) -> bool:
    return member.person_id == one.person_id and member.until is None
