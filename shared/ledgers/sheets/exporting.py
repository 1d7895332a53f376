"""Export of records: a table of what the caller may see, masked, or in full for a purpose, written into the store.

The work is done by the grants of who asked, under the tree of its day. If it is interrupted it begins again.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from shared.auth.access_log import Detail, Purpose
from shared.auth.kept import as_granted, granted, judged
from shared.auth.lineage import CachedLineage
from shared.auth.principal import Principal
from shared.auth.scope import Judgement
from shared.errors import Forbidden, NotFound
from shared.exports.domain import PAGE
from shared.exports.service import Exports
from shared.exports.work import ExportedTable, Rows, TableWriting
from shared.files.archive import Archive
from shared.files.repository import Stored
from shared.imports.taking import ImportParts
from shared.jobs import queue
from shared.jobs.context import JobContext, JobKind
from shared.jobs.queue import Job
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.domain import RecordFilter
from shared.ledgers.records.service.reads import ShownRecord
from shared.ledgers.records.wiring import LedgerParts, RecordUseCases, record_use_cases
from shared.ledgers.sheets.columns import AREA, NUMBER, SUBJECT, exported_columns, row_values, standing_values
from shared.ledgers.sheets.schemas import BeginExport
from shared.messaging.context import UseCaseContext
from shared.spreadsheets.csv_writing import Encoding

KIND = "record_export"


class RecordExport:
    """Use cases of exports, as their requester has them."""

    def __init__(self, context: UseCaseContext, principal: Principal, parts: LedgerParts) -> None:
        self._context = context
        self._principal = principal
        self._ledgers = parts.ledgers(context.session, context.clock)

    async def begin(self, code: str, asked: BeginExport) -> Job:
        """Have a table written.

        Raises `NotFound` and `Forbidden` for what the caller may not take out, `TooMuchWork`.
        """
        ledger = await self._ledgers.newest(code)
        access = ledger.definition.access
        self._principal.department_scope("record.read", access.export, within=asked.area).require_all()
        if asked.full and not allows_full(self._principal, ledger, asked.area):
            raise Forbidden(code)
        await queue.require_room(self._context.session, [KIND], self._principal.subject)
        params = {
            "ledger": code,
            "grants": granted(self._principal),
            "judged": judged(self._written_under(ledger, asked)),
            **asked.model_dump(mode="json"),
        }
        job = await queue.enqueue(self._context.session, KIND, params, requested_by=self._principal.subject)
        self._context.access.note(
            self._principal,
            action="export",
            noun=f"{ledger.owner}.record",
            object_id=job.id,
            area=asked.area,
            purpose=asked.purpose,
            detail=Detail.FULL if asked.full else Detail.MASKED,
        )
        return job

    async def read(self, code: str, wanted: UUID) -> Job:
        """An own export. Raises `NotFound`."""
        return await self._exports(code).read(wanted)

    async def content(self, archive: Archive, code: str, wanted: UUID) -> Stored:
        """The table of an own export, judged again. Raises `NotFound`, `ExportNotWritten`."""
        return await self._exports(code).content(archive, wanted)

    async def cancel(self, code: str, wanted: UUID) -> Job:
        """Stop an own export."""
        return await self._exports(code).cancel(wanted)

    def _exports(self, code: str) -> Exports:
        context = self._context
        return Exports(context.session, context.access, self._principal, KIND, {"ledger": code})

    def _written_under(self, ledger: Ledger, asked: BeginExport) -> Sequence[Judgement]:
        """Every place of the grants by which its values are read: as records, to be taken out, and in full."""
        access = ledger.definition.access
        scopes: list[tuple[str, ...]] = [("record.read", access.read), ("record.read", access.export)]
        if asked.full:
            scopes += [("record.read", access.export, access.personal), ("record.read", access.restricted)]
        found: list[Judgement] = []
        for permissions in scopes:
            with suppress(NotFound):  # nobody's values stand in the table by this permission
                found += self._principal.department_scope(*permissions, within=asked.area).judgements()
        return found


def asked_of(job: Job) -> BeginExport:
    """What was asked for."""
    return BeginExport.model_validate(
        {name: value for name, value in job.params.items() if name in BeginExport.model_fields}
    )


def allows_full(principal: Principal, ledger: Ledger, area: str | None) -> bool:
    """Whether personal values may be taken out in full somewhere in the area; each record is asked again."""
    access = ledger.definition.access
    try:
        return bool(principal.department_scope("record.read", access.export, access.personal, within=area).judgements())
    except NotFound:
        return False


def export_kind(parts: ImportParts, ledgers: LedgerParts) -> JobKind:
    """The kind of long work that writes exports."""
    lineage = CachedLineage(parts.database, parts.lineage, parts.clock)

    async def run(job: JobContext) -> None:
        by = as_granted(job.job.requested_by or "", job.params["grants"], await lineage.lineage())
        await ExportWork(parts, ledgers, job, by).run()

    return JobKind(KIND, run)


class ExportWork:
    """One export under way."""

    def __init__(self, parts: ImportParts, ledgers: LedgerParts, job: JobContext, principal: Principal) -> None:
        self._parts = parts
        self._ledgers = ledgers
        self._job = job
        self._principal = principal
        self._asked = asked_of(job.job)
        self._code: str = job.params["ledger"]

    async def run(self) -> None:
        """Write the table, make a file of it, and say which."""
        async with self._parts.database.session() as session:
            ledger = await self._ledgers.ledgers(session, self._parts.clock).newest(self._code)
        table = ExportedTable(
            title=ledger.title,
            columns=exported_columns(ledger),
            format=self._asked.format,
            encoding=Encoding(self._asked.encoding),
            purpose=Purpose(self._asked.purpose),
            rows=lambda: self._rows(ledger),
        )
        await TableWriting(self._parts, self._job, self._principal, table).run()

    async def _rows(self, ledger: Ledger) -> Rows:
        """The records as rows, a page at a time, each page in a transaction and noted before it is written."""
        after: UUID | None = None
        wanted = RecordFilter(area=self._asked.area, status=self._asked.status)
        while True:
            async with self._parts.database.session() as session:
                context = self._parts.context_of(session)
                records = record_use_cases(context, self._ledgers)
                page = await records.reads.page(self._principal, self._code, wanted, after=after, limit=PAGE)
                shown = [one for one in page[:PAGE] if self._exportable(ledger, one)]
                if self._asked.full:
                    shown = [await self._in_full(records, ledger, one) for one in shown]
            await self._parts.access_log.write(context.access.drain())
            yield [self._row(ledger, one) for one in shown]
            if len(page) <= PAGE:
                return
            after = page[PAGE - 1].record.id

    def _exportable(self, ledger: Ledger, shown: ShownRecord) -> bool:
        scope = self._principal.department_scope("record.read", ledger.definition.access.export)
        return scope.allows(shown.record.area, shown.record.department)

    async def _in_full(self, records: RecordUseCases, ledger: Ledger, shown: ShownRecord) -> ShownRecord:
        access, record = ledger.definition.access, shown.record
        if not self._principal.department_scope("record.read", access.export, access.personal).allows(
            record.area, record.department
        ):
            return shown
        return await records.reads.read(
            self._principal, self._code, record.id, full=True, purpose=Purpose(self._asked.purpose)
        )

    @staticmethod
    def _row(ledger: Ledger, shown: ShownRecord) -> dict[str, Any]:
        record = shown.record
        return {
            **row_values(ledger, shown.values),
            NUMBER.code: str(record.id),
            **standing_values(ledger, record),
            AREA.code: record.area,
            SUBJECT: record.subject_id,
        }
