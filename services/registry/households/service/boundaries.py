"""Households whose village is merged, split or gets another code: they follow, and go back if it is undone."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.households.domain import Change, FormerPlace, HouseholdChangeKind, HouseholdRecord
from services.registry.households.repository import HouseholdRepository
from shared.contracts.registry.households import HouseholdBoundaryChanged, HouseholdState
from shared.messaging.context import UseCaseContext


class HouseholdBoundaries:
    """What a change of areas does to households, for whoever holds the locks of the areas and persons."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._households = HouseholdRepository(context.session)

    async def locked(self, villages: Collection[str], day: date) -> Sequence[HouseholdRecord]:
        """Households in these villages that exist on the day or later."""
        return await self._households.all_in_locked(villages, day)

    async def follow(
        self, households: Sequence[HouseholdRecord], to: Callable[[HouseholdRecord], str | None], on: date
    ) -> Sequence[UUID]:
        """Each goes where `to` says, None: nowhere. Answers who went."""
        pairs = [
            (one, replace(one, version=one.version + 1, area=area, former=(*one.former, _place(one, on))))
            for one in households
            if (area := to(one)) is not None
        ]
        await self._relocate(pairs, on)
        return [after.id for _, after in pairs]

    async def go_back(self, ids: Collection[UUID], on: date) -> None:
        """The change of areas is undone: each is where it was before, whatever has become of it since."""
        pairs = [
            (one, replace(one, version=one.version + 1, area=one.former[-1].area, former=one.former[:-1]))
            for one in await self._households.all_locked(ids)
        ]
        await self._relocate(pairs, on)

    async def _relocate(self, pairs: Sequence[tuple[HouseholdRecord, HouseholdRecord]], on: date) -> None:
        now = self._clock.now()
        kind = HouseholdChangeKind.BOUNDARY_CHANGED
        changes = [Change(one.id, after.version, kind, None, on, now, one.members) for one, after in pairs]
        await self._households.relocate(pairs, changes)
        for _, after in pairs:
            self._outbox.add(HouseholdBoundaryChanged(state=HouseholdState.model_validate(after)))


def _place(household: HouseholdRecord, on: date) -> FormerPlace:
    return FormerPlace(household.area, max(on, household.established_on))
