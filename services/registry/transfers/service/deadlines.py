"""What time and the calendar do to transfers: those whose limit has passed lapse or are confirmed by rule."""

from collections.abc import Collection

from services.registry.calendar.repository import CalendarRepository
from services.registry.transfers.domain import AfterLimit, TransferDecided, TransferRecord, due_on, is_over
from services.registry.transfers.repository import TransferRepository
from services.registry.transfers.service.moving import NOWHERE, TransferMoving
from shared.auth.access_log import Detail, SystemActor
from shared.clock import today
from shared.contracts.registry.transfers import (
    TransferConfirmed,
    TransferLapsed,
    TransferRescheduled,
    TransferState,
    TransferStatus,
)
from shared.errors import DomainError, VersionMismatch
from shared.messaging.context import UseCaseContext
from shared.workdays import WorkingCalendar

BATCH = 200
"""Requests of one transaction that lapse."""
BY_RULE = SystemActor("registry.transfers")


class TransferDeadlines:
    """Use cases without a caller."""

    def __init__(self, context: UseCaseContext, moving: TransferMoving) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._clock = context.clock
        self._access = context.access
        self._moving = moving
        self._transfers = TransferRepository(context.session)
        self._calendar = CalendarRepository(context.session)

    async def end(self, *, limit: int = BATCH) -> bool:
        """End what nobody has decided on within the limit, as was promised when it was asked for. True: there is more.

        What by rule would be confirmed and is refused (the person died, another head is needed) lapses; if somebody has
        just joined or left the household it waits for the next run. One that is confirmed ends the batch: what is
        undone with it is its own.
        """
        over = await self._transfers.over(today(self._clock), limit)
        for number, transfer in enumerate(over):
            if transfer.after_limit == AfterLimit.CONFIRM and transfer.person_id is not None:
                try:
                    async with self._session.begin_nested():
                        await self._confirm(transfer)
                except VersionMismatch:
                    continue
                except DomainError:
                    await self._lapse(transfer)
                return number + 1 < len(over) or len(over) == limit
            await self._lapse(transfer)
        return len(over) == limit

    async def change_calendar(self) -> None:
        """Follower of the calendar: nothing to wait for, requests hold it as records of ledgers do."""

    async def reschedule(self, years: Collection[int]) -> int:
        """Compute the limits of what waits again. Returns how many changed."""
        calendar = WorkingCalendar(await self._calendar.all())
        changed = 0
        for transfer in await self._transfers.waiting_locked():
            day = due_on(transfer.requested_on, transfer.work_days, calendar)
            if day == transfer.due_on:
                continue
            after = await self._transfers.move(transfer, TransferStatus.REQUESTED, due_on=day)
            assert after is not None, "the row is locked"
            self._outbox.add(TransferRescheduled(state=TransferState.model_validate(after)), aside=True)
            changed += 1
        return changed

    async def _confirm(self, transfer: TransferRecord) -> None:
        family = await self._moving.family_locked(transfer)
        again = await self._transfers.get(transfer.id)
        if again != transfer or not is_over(transfer, today(self._clock)):
            return  # somebody decided meanwhile
        moved = await self._moving.carry_out(transfer, family, NOWHERE, None)
        now = self._clock.now()
        after = await self._transfers.move(transfer, TransferStatus.CONFIRMED, decided_at=now, **moved.columns)
        if after is None:  # withdrawn meanwhile: nobody moves
            raise TransferDecided(transfer.id)
        for person in family.people:
            self._access.note(
                BY_RULE,
                action="confirm_transfer",
                noun="registry.person",
                object_id=person.id,
                area=person.area,
                detail=Detail.WRITE,
            )
        await self._transfers.add_moves(moved.moves)
        self._outbox.add(TransferConfirmed(state=TransferState.model_validate(after)))

    async def _lapse(self, transfer: TransferRecord) -> None:
        after = await self._transfers.move(transfer, TransferStatus.LAPSED, decided_at=self._clock.now())
        if after is not None:  # else somebody decided meanwhile
            self._outbox.add(TransferLapsed(state=TransferState.model_validate(after)))
