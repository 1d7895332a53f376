"""Opening of a record (登记)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shared.auth.principal import Principal
from shared.clock import today
from shared.ids import new_id
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.clock import Runs, enter
from shared.ledgers.records.domain import IMPORT, OPENING, NewRecord, RecordStanding
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository import RecordRepository
from shared.ledgers.records.service.attaching import RecordAttaching
from shared.ledgers.records.service.following import RecordFollowing
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.references import References
from shared.ledgers.records.service.steps import StepScopes
from shared.ledgers.records.service.writing import RecordWriter
from shared.ledgers.records.standing import lifecycle_of
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext


class RecordOpening:
    """Use case that makes a record."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers, surroundings: Surroundings) -> None:
        self._clock = context.clock
        self._records = RecordRepository(context.session)
        self._writer = RecordWriter(context, surroundings)
        self._references = References(context.session, context.clock, surroundings)
        self._attaching = RecordAttaching(context)
        self._following = RecordFollowing(context, ledgers, surroundings)
        self._ledgers = ledgers

    async def open(self, principal: Principal, code: str, new: NewRecord) -> LedgerRecord:
        """登记, in an area of the caller's and, for a department's own, in its name.

        One that stands somewhere already is taken by whoever may take the steps that lead there.

        Raises `NotFound` outside the scope, `Invalid` and its kin for what is wrong by place, `RecordExists`,
        `RecordNotAcceptedHere`, `RecordFieldNotYours`, `RecordStanding`, `RecordSubjectElsewhere`, `NotYet` for what
        has not arrived here.
        """
        ledger = await self._ledgers.open_for_records(code)
        permission = ledger.definition.access.write
        scope = principal.department_scope("record.write", permission, within=new.area)
        values = self._writer.accepted(ledger, new.values)
        department = ledger.definition.department
        place = (new.area, values.get(department) if department else None)
        scope.require(*place)
        self._writer.require_fields(ledger, principal, new.values, place, held={})
        await self._references.check_area(ledger, new.area)
        await self._references.check_subject(ledger, new.subject_id, principal)
        await self._references.check_values(ledger, values, principal)
        new, followed = await self._following.opened(ledger, new)
        place, values = (new.area, place[1]), {**values, **followed}
        lifecycle = lifecycle_of(ledger)
        if new.standing is not None:
            may = StepScopes(principal, ledger).verbs(*place)
            problems = lifecycle.problems(new.standing, may, today=today(self._clock))
            if problems:
                raise RecordStanding(errors=problems)
        entries = lifecycle.entries(new.standing, self._clock.now())
        whole = self._writer.completed(ledger, values, entries[-1][0])
        record_id = new_id()
        files = await self._attaching.judged(principal, ledger, record_id, whole)
        record = await self._made(principal, ledger, new, whole, entries, record_id)
        await self._attaching.change(ledger, record_id, place, files)
        self._writer.note_write(principal, OPENING, permission, record, ledger.owner)
        self._writer.announce(ledger, record, "opened")
        return record

    async def _made(
        self,
        principal: Principal,
        ledger: Ledger,
        new: NewRecord,
        whole: dict[str, object],
        entries: Sequence[tuple[str, datetime]],
        record_id: UUID,
    ) -> LedgerRecord:
        now = self._clock.now()
        status = entries[-1][0]
        ends = status in ledger.finals and status != ledger.initial
        calendar = await self._writer.hold_calendar(ledger)
        runs: Runs = ()
        for name, at in entries:
            runs = enter(runs, ledger.definition.clock, name, at, calendar, final=ends and name == status)
        row = {
            "id": record_id,
            "version": 1,
            "ledger": ledger.code,
            "ledger_version": ledger.version,
            "area": new.area,
            "subject_id": new.subject_id,
            "status": status,
            "live": not ends,
            "restricted_topic": ledger.travels_restricted,
            **self._writer.value_columns(ledger, record_id, whole),
            "entered": {name: at.isoformat() for name, at in entries},
            **self._writer.limit_columns(ledger, runs, calendar),
            "opened_by": principal.subject,
            "opened_at": now,
            "changed_at": now,
        }
        filled = [name for name, value in whole.items() if value not in (None, [])]
        line = OPENING if new.standing is None else IMPORT
        step = self._writer.step_row(record_id, 1, line, status, ledger, principal.subject, filled, new.note)
        self._records.add(row, step, self._writer.index_rows(ledger, record_id, whole))
        await self._writer.hold_keys(ledger, principal, record_id, whole, live=not ends, new=True)
        return LedgerRecord(**row)
