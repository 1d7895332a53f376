"""Moving of records: each becomes a record of the later version by the stated mappings, or is left as it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.clock import today
from shared.db.compare_and_set import compare_and_set
from shared.errors import FieldError
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.definitions.domain import loosened
from shared.ledgers.definitions.mappings import moved, moved_status
from shared.ledgers.definitions.reading import VersionStep
from shared.ledgers.definitions.trying import fitted
from shared.ledgers.grammar.words import Subject
from shared.ledgers.moves.domain import MOVED
from shared.ledgers.records import clock as limits
from shared.ledgers.records.attachments import named_files
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.attaching import FileChanges, RecordAttaching
from shared.ledgers.records.service.following import RecordFollowing
from shared.ledgers.records.service.writing import RecordWriter, runs_of
from shared.ledgers.records.shape import RecordSeal
from shared.ledgers.records.wiring import LedgerParts
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, repr=False)
class Carried:
    """A record as a later version would have it; with `errors` it is none of that version. The repr shows nothing."""

    status: str
    entered: Mapping[str, Any]
    values: Mapping[str, Any]
    errors: Sequence[FieldError]


@dataclass(frozen=True)
class StepDone:
    """What a step did: how many records it looked at, how many of them were moved, and the last of them."""

    examined: int
    moved: int
    last: UUID | None


class RecordMoving:
    """Moves live records of one ledger, in one transaction. Nobody's permission is asked: that was done at the door."""

    def __init__(self, context: UseCaseContext, parts: LedgerParts) -> None:
        self._session = context.session
        self._clock = context.clock
        self._records = RecordRepository(context.session)
        self._writer = RecordWriter(context, parts.surroundings)
        self._attaching = RecordAttaching(context)
        self._following = RecordFollowing(context, parts.ledgers(context.session, context.clock), parts.surroundings)
        self._seal = RecordSeal(context.crypto)
        self._ledgers = parts.ledgers(context.session, context.clock)
        self._chains: dict[int, Sequence[VersionStep]] = {}
        self._looser: dict[int, Sequence[FieldError]] = {}

    async def target(self, code: str) -> Ledger | None:
        """The last version in force to which records are moved by a mapping; None for none. Raises `NotFound`."""
        await self._ledgers.newest(code)  # there is such a ledger
        later = await self._ledgers.steps_after(code, 1)
        return next((step.ledger for step in reversed(later) if step.mapping is not None), None)

    async def next(self, code: str, version: int, *, by: str, after: UUID | None, limit: int) -> StepDone:
        """Move the next records by id. Those that do not fit stay under their version, and nothing of them changes."""
        ledger = await self._ledgers.version(code, version)
        await self._writer.hold_calendar(ledger)
        records = await self._records.older(code, version, after=after, limit=limit, lock=True)
        done = 0
        for record in records:
            carried = await self.carried(record, version)
            if not carried.errors and await self._move(record, ledger, carried, by=by):
                done += 1
        return StepDone(len(records), done, records[-1].id if records else None)

    async def carried(self, record: LedgerRecord, version: int) -> Carried:
        """A record as the version would have it. What it was promised to be kept by holds, also if it was opened while
        the later version was published.
        """
        status, values, entered = record.status, self._seal.whole(record), dict(record.entered)
        ledger = await self._ledgers.version(record.ledger, version)
        for step in await self._chain(record, version):
            if step.mapping is not None:
                mapping, values = step.mapping, moved(step.mapping, step.ledger, values)
                status = moved_status(mapping, status)
                entered = _later((moved_status(mapping, one), at) for one, at in entered.items())
        taken, errors = fitted(ledger, status, values, today=today(self._clock))
        errors += await self._loosened(record, version)
        return Carried(status, {one: at for one, at in entered.items() if one in ledger.statuses}, taken, errors)

    async def _chain(self, record: LedgerRecord, version: int) -> Sequence[VersionStep]:
        first = record.ledger_version
        if first not in self._chains:
            later = await self._ledgers.steps_after(record.ledger, first)
            self._chains[first] = [step for step in later if step.ledger.version <= version]
        return self._chains[first]

    async def _loosened(self, record: LedgerRecord, version: int) -> Sequence[FieldError]:
        """Fields that would be less private than in the versions before, the record's own and those between."""
        first = record.ledger_version
        if first not in self._looser:
            older, found = await self._ledgers.version(record.ledger, first), list[str]()
            for step in await self._chain(record, version):
                found += loosened(older, step.ledger, step.mapping)
                older = step.ledger
            message = "新版本降低了此字段的保密级别"
            self._looser[first] = [FieldError(f"values.{name}", "privacy_loosened", message) for name in found]
        return self._looser[first]

    async def _move(self, record: LedgerRecord, ledger: Ledger, carried: Carried, *, by: str) -> bool:
        """False: what may stand once is another record's by now."""
        old = await self._ledgers.of_record(record.ledger, record.ledger_version)
        before = self._seal.whole(record)
        ends = carried.status in ledger.finals and carried.status != ledger.initial
        if await self._writer.change_keys(ledger, record.id, carried.values, live=not ends):
            return False
        placed = await self._following.placed(ledger, record.subject_id)
        given, area = record.area, placed.area or record.area
        values = {**carried.values, **placed.fields}
        values |= ledger.computed(values, carried.status, today=today(self._clock))
        kept = {one.file for one in named_files(ledger, values)}
        dropped = frozenset(one.file for one in named_files(old, before) if one.file not in kept)
        await self._attaching.change(ledger, record.id, (record.area, record.department), FileChanges(dropped=dropped))
        now, calendar = self._clock.now(), await self._writer.hold_calendar(ledger)
        runs = limits.carried(runs_of(record), ledger.definition.clock, carried.status, now, calendar, final=ends)
        await self._records.forget([record.id])
        self._records.add_index(self._writer.index_rows(ledger, record.id, values))
        after = await compare_and_set(
            self._session,
            record,
            ledger_version=ledger.version,
            area=area,
            status=carried.status,
            live=not ends,
            entered=dict(carried.entered),
            changed_at=now,
            **self._writer.value_columns(ledger, record.id, values),
            **self._writer.limit_columns(ledger, runs, calendar),
        )
        assert after is not None, "the row is locked"
        names = {*before, *values}
        changed = [name for name in names if (before.get(name) or None) != (values.get(name) or None)]
        changed += [] if area == given else ["area"]
        self._writer.add_line(after, MOVED, ledger, by, changed)
        self._writer.announce(ledger, after, "moved")
        if area != given:
            await self._following.follow(Subject.RECORD, [str(record.id)])
        return True


def _later(entered: Any) -> dict[str, Any]:
    """Of statuses that have become one the last entry."""
    found: dict[str, Any] = {}
    for status, at in entered:
        found[status] = max(at, found.get(status, at))
    return found
