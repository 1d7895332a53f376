"""What time and the calendar do to requests for corrections: those whose limit has passed lapse."""

from collections.abc import Collection

from services.registry.calendar.repository import CalendarRepository
from services.registry.corrections.domain import due_on
from services.registry.corrections.repository import CorrectionRepository
from shared.clock import today
from shared.contracts.registry.corrections import (
    CorrectionLapsed,
    CorrectionRescheduled,
    CorrectionState,
    CorrectionStatus,
)
from shared.messaging.context import UseCaseContext
from shared.workdays import WorkingCalendar

BATCH = 200
"""Requests of one transaction that lapse."""


class CorrectionDeadlines:
    """Use cases without a caller."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._corrections = CorrectionRepository(context.session)
        self._calendar = CalendarRepository(context.session)

    async def end(self, *, limit: int = BATCH) -> bool:
        """End what was not approved to the last step within the limit; nobody is corrected. True: there is more."""
        over = await self._corrections.over(today(self._clock), limit)
        for correction in over:
            lapsed = await self._corrections.move(correction, CorrectionStatus.LAPSED, decided_at=self._clock.now())
            if lapsed is not None:  # else somebody decided meanwhile
                self._outbox.add(CorrectionLapsed(state=CorrectionState.model_validate(lapsed)))
        return len(over) == limit

    async def change_calendar(self) -> None:
        """Follower of the calendar: nothing to wait for, requests hold it as records of ledgers do."""

    async def reschedule(self, years: Collection[int]) -> int:
        """Compute the limits of what waits again. Returns how many changed."""
        calendar = WorkingCalendar(await self._calendar.all())
        changed = 0
        for correction in await self._corrections.waiting_locked():
            day = due_on(correction.requested_on, correction.work_days, calendar)
            if day == correction.due_on:
                continue
            after = await self._corrections.move(correction, CorrectionStatus.REQUESTED, due_on=day)
            assert after is not None, "the row is locked"
            self._outbox.add(CorrectionRescheduled(state=CorrectionState.model_validate(after)), aside=True)
            changed += 1
        return changed
