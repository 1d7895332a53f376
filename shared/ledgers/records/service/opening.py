"""Opening of a record (登记)."""

from shared.auth.principal import Principal
from shared.ids import new_id
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.clock import enter
from shared.ledgers.records.domain import OPENING, NewRecord
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository import RecordRepository
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.references import References
from shared.ledgers.records.service.writing import RecordWriter
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext


class RecordOpening:
    """Use case that makes a record."""

    def __init__(self, context: UseCaseContext, ledgers: Ledgers, surroundings: Surroundings) -> None:
        self._clock = context.clock
        self._records = RecordRepository(context.session)
        self._writer = RecordWriter(context, surroundings)
        self._references = References(context.session, context.clock, surroundings)
        self._ledgers = ledgers

    async def open(self, principal: Principal, code: str, new: NewRecord) -> LedgerRecord:
        """登记, in an area of the caller's and, for a department's own, in its name.

        Raises `NotFound` outside the scope, `Invalid` and its kin for what is wrong by place, `RecordExists`,
        `RecordNotAcceptedHere`, `RecordFieldNotYours`, `NotYet` for what has not arrived in this service.
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
        whole = self._writer.completed(ledger, values, ledger.initial)
        record = await self._made(principal, ledger, new, whole)
        self._writer.note_write(principal, OPENING, permission, record, ledger.owner)
        self._writer.announce(ledger, record, "opened")
        return record

    async def _made(
        self, principal: Principal, ledger: Ledger, new: NewRecord, whole: dict[str, object]
    ) -> LedgerRecord:
        record_id, now = new_id(), self._clock.now()
        calendar = await self._writer.hold_calendar(ledger)
        runs = enter((), ledger.definition.clock, ledger.initial, now, calendar, final=False)
        row = {
            "id": record_id,
            "version": 1,
            "ledger": ledger.code,
            "ledger_version": ledger.version,
            "area": new.area,
            "subject_id": new.subject_id,
            "status": ledger.initial,
            "live": True,
            "restricted_topic": ledger.travels_restricted,
            **self._writer.value_columns(ledger, record_id, whole),
            "entered": {ledger.initial: now.isoformat()},
            **self._writer.limit_columns(ledger, runs, calendar),
            "opened_by": principal.subject,
            "opened_at": now,
            "changed_at": now,
        }
        filled = [name for name, value in whole.items() if value not in (None, [])]
        step = self._writer.step_row(record_id, 1, OPENING, ledger.initial, ledger, principal.subject, filled, new.note)
        self._records.add(row, step, self._writer.index_rows(ledger, record_id, whole))
        await self._writer.hold_keys(ledger, principal, record_id, whole, live=True, new=True)
        return LedgerRecord(**row)
