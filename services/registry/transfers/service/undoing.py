"""Undoing of a confirmed transfer (撤销迁移): the life events of everybody who moved are taken back together."""

from uuid import UUID

from services.registry.households.domain import HouseholdStatus
from services.registry.households.repository import HouseholdRepository
from services.registry.households.service.changes import HouseholdChanges
from services.registry.life_events.domain import ReversalReason
from services.registry.persons.repository.persons import PersonRepository
from services.registry.reversals.service.reversals import Reversals
from services.registry.transfers.domain import TransferRecord, require_transition
from services.registry.transfers.repository import TransferRepository
from shared.auth.principal import Principal
from shared.contracts.registry.transfers import TransferStatus
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

RECORD = "life_event.record"


class TransferUndoing:
    """Undoing of transfers, by whoever answers for both sides."""

    def __init__(self, context: UseCaseContext, reversals: Reversals, households: HouseholdChanges) -> None:
        self._transfers = TransferRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._households = HouseholdRepository(context.session)
        self._changes = households
        self._reversals = reversals

    async def reverse(
        self, principal: Principal, id: UUID, *, reason: ReversalReason, remark: str | None, expected: Seen = None
    ) -> TransferRecord:
        """Take back what a transfer has led to, the last leaving first, so that households are as they were.

        Households that were founded anew by it end with it, unless they have changed since: then what they rest on is
        named. Raises `NotFound`, `TransferNotConfirmed`, and what a reversal is refused for.
        """
        found = await self._transfers.get(id)
        scope = principal.scope(RECORD)
        if found is None or not scope.allows_any(found.area, *found.left):
            raise NotFound(id)
        require_version(found, expected)
        require_transition(found.status, TransferStatus.REVERSED)
        await self._persons.all_locked({one.person_id for one in await self._transfers.moves_of(id)})
        standing = [one for one in await self._transfers.moves_of(id) if one.standing]
        for household_id in found.founded:
            household = await self._households.get(household_id)
            if household is not None and household.version == 1 and household.status == HouseholdStatus.ACTIVE:
                last = max(one.since for one in household.members)
                await self._changes.dissolve(principal, household_id, on=last)
        for move in reversed(standing):
            await self._reversals.reverse(
                principal, move.person_id, move.event_id, reason=reason, remark=remark, corrected_on=None
            )
        again = await self._transfers.get(id) or found
        if not standing:
            require_transition(again.status, TransferStatus.REVERSED)
        return again
