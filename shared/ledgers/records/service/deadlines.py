"""What time and the calendar do to records: warnings are fired, limits computed again."""

from collections.abc import Collection

from shared.contracts.ledger_records import RecordAlert
from shared.db.compare_and_set import compare_and_set
from shared.ledgers.records import clock as limits
from shared.ledgers.records.domain import RESCHEDULING, SYSTEM_ACTOR, WARNING
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.writing import RecordWriter, runs_of
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext
from shared.workdays import WorkingCalendar

BATCH = 200
"""Records of one transaction that fires warnings."""


class RecordDeadlines:
    """Use cases without a caller."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers, surroundings: Surroundings) -> None:
        self._session = context.session
        self._clock = context.clock
        self._records = RecordRepository(context.session)
        self._writer = RecordWriter(context, surroundings)
        self._surroundings = surroundings
        self._ledgers = ledgers

    async def warn(self, *, limit: int = BATCH) -> bool:
        """Fire what is to be warned of by now, each warning once. True: there is more."""
        now = self._clock.now()
        await self._surroundings.hold_calendar(self._session)
        calendar = WorkingCalendar(await self._surroundings.calendar(self._session))
        records = await self._records.to_warn(now, limit)
        for record in records:
            ledger = await self._ledgers.of_record(record.ledger, record.ledger_version)
            runs, fired = limits.fire(runs_of(record), ledger.definition.clock, now, calendar)
            changes = self._writer.limit_columns(ledger, runs, calendar)
            if not fired:  # its warnings moved since: nothing happened that others would hear of
                record.warn_at = changes["warn_at"]
                continue
            warned = await compare_and_set(
                self._session, record, ledger_version=ledger.version, changed_at=now, **changes
            )
            assert warned is not None, "the row is locked"
            names = [f"{limit}.{warning}" for limit, warning in fired]
            self._writer.add_line(warned, WARNING, ledger, SYSTEM_ACTOR, names)
            alerts = tuple(RecordAlert(limit=one, warning=warning) for one, warning in fired)
            self._writer.announce(ledger, warned, "warned", alerts=alerts)
        return len(records) == limit

    async def change_calendar(self) -> None:
        """Wait for whoever holds the calendar: years of it are about to be set."""
        await self._surroundings.change_calendar(self._session)

    async def reschedule(self, years: Collection[int]) -> int:
        """Compute running limits again: the calendar of these years was set. Returns how many records changed."""
        await self.change_calendar()
        calendar = WorkingCalendar(await self._surroundings.calendar(self._session))
        changed = 0
        for record in await self._records.running_in(years):
            ledger = await self._ledgers.of_record(record.ledger, record.ledger_version)
            if not limits.needs_calendar(ledger.definition.clock):
                continue
            before = runs_of(record)
            runs = limits.recomputed(before, ledger.definition.clock, calendar)
            if runs == before:
                continue
            changes = self._writer.limit_columns(ledger, runs, calendar)
            moved = await compare_and_set(
                self._session, record, ledger_version=ledger.version, changed_at=self._clock.now(), **changes
            )
            assert moved is not None, "the row is locked"
            self._writer.add_line(moved, RESCHEDULING, ledger, SYSTEM_ACTOR)
            # By the length of a position whoever sets a calendar would learn how many people stand in ledgers.
            self._writer.announce(ledger, moved, "rescheduled", aside=moved.restricted_topic)
            changed += 1
        return changed
