"""Checking of a marriage against what the register knows: near kin, and other marriages of either spouse."""

from collections.abc import Collection, Mapping, Sequence
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
from shared.errors import FieldError
from shared.messaging.context import UseCaseContext

GENERATIONS = 3
"""Generations that are looked up: parents, grandparents, great-grandparents."""


class MarriageChecking:
    """Checking of marriages. Scope is asked by the callers: what is found is told as a yes or no."""

    def __init__(self, context: UseCaseContext) -> None:
        self._marriages = MarriageRepository(context.session)
        self._households = HouseholdRepository(context.session)
        self._events = LifeEventRepository(context.session)

    async def check_kin(self, one: UUID, other: UUID) -> None:
        """Raises `MarriageOfNearKin`."""
        above = await self._ancestors([one, other])
        shared = await self._households.shared_ever(one, other)
        if are_near_kin(above[one], above[other], (one, other)) or are_kin_by_household((one, other), shared):
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

    async def _parents(self, ids: Collection[UUID]) -> Mapping[UUID, Sequence[UUID]]:
        recorded = await self._events.all_recorded(ids)
        return {
            person: [
                parent
                for one in events
                if one.stands and one.event.kind is LifeEventKind.BIRTH and one.event.delivery is not None
                for parent in (one.event.delivery.mother_id, one.event.delivery.father_id)
                if parent is not None
            ]
            for person, events in recorded.items()
        }


def named(marriages: Sequence[MarriageRecord]) -> Sequence[FieldError]:
    """Marriages as a refusal names them: id and day."""
    return [FieldError(f"marriages.{one.id}", "marriage", f"{one.married_on}登记结婚") for one in marriages]
