"""Use cases of discrepancies (账实不符): the check that finds them, and their explanation."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.registry.discrepancies.domain import (
    DiscrepancyNotOpen,
    DiscrepancyRecord,
    DiscrepancyStatus,
    require_transition,
)
from services.registry.discrepancies.repository import DiscrepancyRepository
from shared.auth.principal import Principal
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

READ, EXPLAIN, CHECK = "balance.read", "discrepancy.explain", "discrepancy.check"
NOTE = "discrepancy.note"
"""Name under which the explanation is sealed."""


class Discrepancies:
    """Use cases of discrepancies. They concern numbers of villages, never a person."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._discrepancies = DiscrepancyRepository(context.session)

    async def check(self, principal: Principal, area: str) -> int:
        """Compare the books of an area with the persons, now. Returns how many discrepancies are at work."""
        principal.scope(CHECK).require(area)
        return await self.compare(area)

    async def compare(self, area: str | None = None) -> int:
        """Open what differs, open again what differs by another number since, end what agrees; for trusted doors."""
        now = self._clock.now()
        at_work = {(one.area, one.book, one.month): one for one in await self._discrepancies.at_work_locked(area)}
        differences = [*await self._discrepancies.differences(area), *await self._discrepancies.bent(area)]
        for one in differences:
            known = at_work.pop((one.area, one.book, one.month), None)
            if known is None:
                await self._discrepancies.add(
                    DiscrepancyRecord(
                        id=new_id(),
                        version=1,
                        area=one.area,
                        book=one.book,
                        ledger=one.ledger,
                        stock=one.stock,
                        status=str(DiscrepancyStatus.OPEN),
                        found_at=now,
                        changed_at=now,
                        explained_by=None,
                        note_sealed=None,
                        month=one.month,
                    )
                )
            elif known.difference.number != one.number:
                numbers = {"ledger": one.ledger, "stock": one.stock, "changed_at": now}
                forget = {"explained_by": None, "note_sealed": None}
                await self._discrepancies.move(known, DiscrepancyStatus.OPEN, **numbers, **forget)
        for gone in at_work.values():
            await self._discrepancies.move(gone, DiscrepancyStatus.GONE, changed_at=now)
        return len(differences)

    async def explain(self, principal: Principal, id: UUID, *, remark: str, expected: Seen = None) -> DiscrepancyRecord:
        """Say where a difference comes from. It stays listed until a check finds that it is gone.

        Raises `NotFound`, `VersionMismatch`, `DiscrepancyNotOpen`.
        """
        found = await self._visible(principal, id, EXPLAIN)
        require_version(found, expected)
        require_transition(found.status, DiscrepancyStatus.EXPLAINED)
        sealed = self._crypto.seal(remark, field=NOTE, owner=str(id))
        changes = {"explained_by": principal.subject, "note_sealed": sealed, "changed_at": self._clock.now()}
        moved = await self._discrepancies.move(found, DiscrepancyStatus.EXPLAINED, **changes)
        if moved is None:
            raise DiscrepancyNotOpen(id)
        return self._shown(moved)

    async def read(self, principal: Principal, id: UUID) -> DiscrepancyRecord:
        """One discrepancy, with its explanation. Raises `NotFound`."""
        return self._shown(await self._visible(principal, id, READ))

    async def page(
        self, principal: Principal, area: str, status: DiscrepancyStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[DiscrepancyRecord]:
        """Discrepancies of an area's villages, oldest first."""
        return await self._discrepancies.page(principal.scope(READ, within=area), status, after=after, limit=limit + 1)

    async def count(self, principal: Principal, area: str, status: DiscrepancyStatus | None) -> int:
        """How many `page` gives in all."""
        return await self._discrepancies.count(principal.scope(READ, within=area), status)

    async def _visible(self, principal: Principal, id: UUID, permission: str) -> DiscrepancyRecord:
        found = await self._discrepancies.get(id)
        if found is None:
            raise NotFound(id)
        principal.scope(permission).require(found.area)
        return found

    def _shown(self, found: DiscrepancyRecord) -> DiscrepancyRecord:
        sealed = found.note_sealed
        return replace(found, note=self._crypto.open(sealed, field=NOTE, owner=str(found.id)) if sealed else None)
