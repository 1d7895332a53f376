"""Use cases of closed months (月结): what happened in one and is told later counts in the first open month."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol
from uuid import UUID

from services.registry.areas.domain import UnknownArea
from services.registry.areas.repository import AreaRepository
from services.registry.book_closings.domain import (
    BookClosingFourEyes,
    BookMonthClosed,
    BookMonthNotNext,
    BookMonthNotOver,
    BookMonthReopened,
    Carried,
    ClosingRecord,
    LaterBookMonthClosed,
    first_day,
    last_day,
    month_of,
    next_month,
)
from services.registry.book_closings.repository import BookClosingRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

READ, CLOSE, REOPEN = "balance.read", "book.close", "book.reopen"
REASON = "book_closing.reason"
"""Name under which the reason of a reopening is sealed; the owner is the closing's id."""


class BookSums(Protocol):
    """What the books of an area's villages add up to: lies above, because it reads the lines."""

    async def carried(self, area: str, first: date, last: date) -> Sequence[Carried]:
        """By village and book: persons before the first day and after the last, as the lines count."""
        ...


class BookClosings:
    """Use cases of closed months. They concern numbers of areas, never a person.

    A month is closed for an area with all that lies in it, and with the months before.
    """

    def __init__(self, context: UseCaseContext, sums: BookSums) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._closings = BookClosingRepository(context.session)
        self._areas = AreaRepository(context.session)
        self._sums = sums

    async def close(self, principal: Principal, area: str, month: str) -> ClosingRecord:
        """Close both books of an area for a month that is over; its numbers are frozen.

        Raises `NotFound` outside the caller's areas, `BookMonthNotOver`, `UnknownArea`, `BookMonthClosed`,
        `BookMonthNotNext`, `Unavailable`.
        """
        principal.scope(CLOSE).require(area)
        if month >= month_of(today(self._clock)):
            raise BookMonthNotOver.at("month")
        await self._areas.lock_tree()
        if await self._areas.get(area) is None:
            raise UnknownArea.at("area")
        await self._closings.hold(area)
        until = await self._closings.closed_until(area)
        if until is not None and last_day(month) <= until:
            raise BookMonthClosed.at("month")
        if until is not None and month != next_month(until):
            raise BookMonthNotNext.at("month")
        closing = ClosingRecord(
            id=new_id(),
            version=1,
            area=area,
            month=month,
            closed_by=principal.subject,
            closed_at=self._clock.now(),
            reopened_by=None,
            reopened_at=None,
            reason_sealed=None,
        )
        await self._closings.add(closing, await self._sums.carried(area, first_day(month), last_day(month)))
        return await self._shown(closing)

    async def reopen(self, principal: Principal, id: UUID, *, reason: str, expected: Seen = None) -> ClosingRecord:
        """Reopen a closed month (反结账), by somebody else than who closed it, until the next is closed.

        What was frozen stays readable; lines that came in late stay in the month in which they count. Raises
        `NotFound`, `VersionMismatch`, `BookMonthReopened`, `BookClosingFourEyes`, `LaterBookMonthClosed`.
        """
        closing = await self._visible(principal, id, REOPEN)
        await self._areas.lock_tree()
        await self._closings.hold(closing.area)
        closing = await self._closings.get(id) or closing
        require_version(closing, expected)
        if closing.reopened_at is not None:
            raise BookMonthReopened(id)
        if closing.closed_by == principal.subject:
            raise BookClosingFourEyes(id)
        until = await self._closings.closed_until(closing.area)
        later = until is not None and until > last_day(closing.month)
        if later or await self._closings.closed_above(closing.area, closing.month):
            raise LaterBookMonthClosed(id)
        moved = await self._closings.reopen(
            closing,
            reopened_by=principal.subject,
            reopened_at=self._clock.now(),
            reason_sealed=self._crypto.seal(reason, field=REASON, owner=str(id)),
        )
        if moved is None:
            raise VersionMismatch(id)
        return await self._shown(moved)

    async def read(self, principal: Principal, id: UUID) -> ClosingRecord:
        """One closing, with what was frozen, and why it was reopened. Raises `NotFound`."""
        return await self._shown(await self._visible(principal, id, READ))

    async def page(
        self, principal: Principal, area: str, month: str | None, *, after: UUID | None, limit: int
    ) -> Sequence[ClosingRecord]:
        """Closings of areas inside an area, the latest first. One more than `limit`, if there is one."""
        return await self._closings.page(principal.scope(READ, within=area), month, after=after, limit=limit + 1)

    async def count(self, principal: Principal, area: str, month: str | None) -> int:
        """How many `page` gives in all."""
        return await self._closings.count(principal.scope(READ, within=area), month)

    async def _visible(self, principal: Principal, id: UUID, permission: str) -> ClosingRecord:
        found = await self._closings.get(id)
        if found is None:
            raise NotFound(id)
        principal.scope(permission).require(found.area)
        return found

    async def _shown(self, closing: ClosingRecord) -> ClosingRecord:
        sealed = closing.reason_sealed
        reason = self._crypto.open(sealed, field=REASON, owner=str(closing.id)) if sealed else None
        return replace(closing, reason=reason, carried=tuple(await self._closings.carried(closing.id)))
