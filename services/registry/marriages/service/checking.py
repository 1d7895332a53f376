"""Checking of a marriage against what the register knows: near kin, and other marriages of either spouse."""

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from uuid import UUID

from services.registry.households.repository import HouseholdRepository
from services.registry.life_events.domain import LifeEventKind
from services.registry.life_events.repository import LifeEventRepository
from services.registry.marriages.domain import (
    MarriageOfNearKin,
    MarriageRecord,
    are_kin_by_household,
    are_near_kin,
    in_the_way,
)
from services.registry.marriages.repository import MarriageRepository
from services.registry.persons.repository.merged import going_on, stood_as
from shared.errors import FieldError
from shared.messaging.context import UseCaseContext

GENERATIONS = 3
"""Generations that are looked up: parents, grandparents, great-grandparents."""


class MarriageChecking:
    """Checking of marriages. Scope is asked by the callers: what is found is told as a yes or no."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._marriages = MarriageRepository(context.session)
        self._households = HouseholdRepository(context.session)
        self._events = LifeEventRepository(context.session)

    async def check_kin(self, one: UUID, other: UUID) -> None:
        """By births and households of whoever was merged into one of them, too. Raises `MarriageOfNearKin`."""
        above = await self._ancestors([one, other])
        if are_near_kin(above[one], above[other], (one, other)) or await self._by_household(one, other):
            raise MarriageOfNearKin.at("spouse_id")

    async def others(
        self, marriage: MarriageRecord, people: Collection[UUID], *, locked: bool
    ) -> Sequence[MarriageRecord]:
        """Other marriages of the spouses that hold on a day on which this one does.

        `locked`: each of their marriages is locked first, so that none ends, or stands again, meanwhile.
        """
        if locked:
            await self._marriages.of_locked(people)
        found = await self._marriages.of(people)
        return in_the_way(marriage.id, marriage.married_on, marriage.ended_on, found)

    async def _by_household(self, one: UUID, other: UUID) -> bool:
        stood = await stood_as(self._session, [one, other])
        own, others = ([known for known, who in stood.items() if who == asked] for asked in (one, other))
        for pair in product(own, others):
            if are_kin_by_household(pair, await self._households.shared_ever(*pair)):
                return True
        return False

    async def _ancestors(self, people: Sequence[UUID]) -> Mapping[UUID, Mapping[UUID, int]]:
        """The ancestors of each by the births that stand, with the generations up to them."""
        found: dict[UUID, dict[UUID, int]] = {one: {} for one in people}
        frontier: dict[UUID, set[UUID]] = {one: {one} for one in people}
        for generation in range(1, GENERATIONS + 1):
            ids = set[UUID]().union(*frontier.values())
            parents = await self._parents(ids) if ids else {}
            for one in people:
                frontier[one] = {parent for child in frontier[one] for parent in parents.get(child, ())}
                for parent in frontier[one]:
                    found[one].setdefault(parent, generation)
        return found

    async def _parents(self, ids: Collection[UUID]) -> Mapping[UUID, Collection[UUID]]:
        """The parents of these; of a parent who was merged, whoever goes on."""
        stood = await stood_as(self._session, ids)
        named: dict[UUID, set[UUID]] = {}
        for person, events in (await self._events.all_recorded(stood)).items():
            births = [one.event for one in events if one.stands and one.event.kind is LifeEventKind.BIRTH]
            for delivery in (birth.delivery for birth in births if birth.delivery is not None):
                parents = [one for one in (delivery.mother_id, delivery.father_id) if one is not None]
                named.setdefault(stood[person], set()).update(parents)
        last = await going_on(self._session, set[UUID]().union(*named.values())) if named else {}
        return {child: {last[parent] for parent in parents} for child, parents in named.items()}


def named(marriages: Sequence[MarriageRecord]) -> Sequence[FieldError]:
    """Marriages as a refusal names them: id and day."""
    return [FieldError(f"marriages.{one.id}", "marriage", f"{one.married_on}登记结婚") for one in marriages]
