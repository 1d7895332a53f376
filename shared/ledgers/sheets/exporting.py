"""Export of records: a table of what the caller may see, masked, or in full for a purpose, written into the store.

The work is done by the grants of who asked, under the tree of its day. If it is interrupted it begins again.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from typing import Any
from uuid import UUID

from shared.auth.access_log import Detail, Purpose
from shared.auth.kept import as_granted, granted, holds_today, judged
from shared.auth.lineage import CachedLineage, projected_lineage
from shared.auth.principal import Principal
from shared.auth.roles import Role
from shared.auth.scope import Judgement
from shared.clock import SHANGHAI
from shared.errors import DomainError, ErrorKind, Forbidden, NotFound
from shared.files.archive import Archive
from shared.files.repository import Stored
from shared.imports.taking import ImportParts
from shared.jobs import queue
from shared.jobs.context import JobContext, JobKind
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.domain import RecordFilter
from shared.ledgers.records.service.reads import ShownRecord
from shared.ledgers.records.wiring import LedgerParts, RecordUseCases, record_use_cases
from shared.ledgers.sheets.columns import AREA, NUMBER, SUBJECT, exported_columns, row_values, standing_values
from shared.ledgers.sheets.schemas import BeginExport, ExportFormat
from shared.messaging.context import UseCaseContext
from shared.spreadsheets.csv_writing import CsvWriter, Encoding
from shared.spreadsheets.refusals import TooManyRows
from shared.spreadsheets.values import Value
from shared.spreadsheets.writing import Watermark, Writer

KIND = "record_export"
NOUN = "export"
PAGE = 500
MAX_WORKBOOK = 20_000
"""Records of an exported workbook, which is made in memory; more are sent to text."""
MAX_BYTES = 1 << 30


class ExportNotWritten(DomainError):
    """Refusal: the table is not written, or will not be."""

    kind, code, title = ErrorKind.CONFLICT, "export_not_written", "表格尚未写好"
    advice = "请先查询导出的状态；已失败或已取消的请重新导出"


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
        job = await queue.find(self._context.session, wanted)
        mine = (job.kind, job.requested_by, job.params.get("ledger")) == (KIND, self._principal.subject, code)
        if not mine:
            raise NotFound(wanted)
        return job

    async def content(self, archive: Archive, code: str, wanted: UUID) -> Stored:
        """The table of an own export; whatever it was written under is judged again by today's grants.

        Raises `NotFound`, `ExportNotWritten`.
        """
        job = await self.read(code, wanted)
        if job.status is not JobStatus.DONE:
            raise ExportNotWritten(wanted)
        asked = asked_of(job)
        self._context.access.note(
            self._principal,
            action="read_export",
            noun=NOUN,
            object_id=wanted,
            area=asked.area,
            purpose=asked.purpose,
            detail=Detail.FULL if asked.full else Detail.MASKED,
        )
        file = await archive.rows(self._context.session).one(UUID(job.counts["file"]))
        under = job.params.get("judged")
        if file is None or not file.belongs_to(NOUN, wanted) or not under:
            raise NotFound(wanted)
        if not holds_today(self._principal, under):
            raise NotFound(wanted)
        return file

    async def cancel(self, code: str, wanted: UUID) -> Job:
        """Stop an own export."""
        await self.read(code, wanted)
        return await queue.cancel(self._context.session, wanted)

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
        principal.department_scope("record.read", access.export, access.personal, within=area)
    except NotFound:
        return False
    return True


def export_kind(parts: ImportParts, ledgers: LedgerParts) -> JobKind:
    """The kind of long work that writes exports."""
    lineage = CachedLineage(parts.database, projected_lineage, parts.clock)

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
        self._written = 0

    async def run(self) -> None:
        """Write the table, make a file of it, and say which."""
        async with self._parts.database.session() as session:
            ledger = await self._ledgers.ledgers(session, self._parts.clock).newest(self._code)
        content = self._workbook(ledger) if self._asked.format is ExportFormat.XLSX else self._text(ledger)
        received = await self._parts.archive.receive(content, by=self._principal.subject, limit=MAX_BYTES)
        async with self._job.step() as step:
            name = f"{ledger.title}.{self._asked.format.value}"
            await self._parts.archive.rows(step.session).keep(received, name=name, made_by=(NOUN, self._job.job.id))
            step.counts["file"] = str(received.id)
            step.reached({"written": self._written}, done=self._written)

    async def _text(self, ledger: Ledger) -> AsyncIterator[bytes]:
        writer = CsvWriter(exported_columns(ledger), Encoding(self._asked.encoding))
        yield writer.begin(self._watermark())
        async for rows in self._rows(ledger):
            yield writer.rows(rows)

    async def _workbook(self, ledger: Ledger) -> AsyncIterator[bytes]:
        writer = Writer(ledger.title, exported_columns(ledger), self._watermark())
        async for rows in self._rows(ledger):
            if self._written > MAX_WORKBOOK:
                raise TooManyRows
            for row in rows:
                writer.add(row)
        yield writer.finish()

    def _watermark(self) -> Watermark:
        by = self._principal
        roles = "、".join(dict.fromkeys(Role(grant.role).label for grant in by.grants if grant.role in set(Role)))
        at = self._parts.clock.now().astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")
        return Watermark(f"{roles} {by.subject}", Purpose(self._asked.purpose).label, at, str(self._job.job.id))

    async def _rows(self, ledger: Ledger) -> AsyncIterator[Sequence[Mapping[str, Value | None]]]:
        """The records as rows, a page at a time, each page in a transaction and noted before it is written."""
        after: UUID | None = None
        wanted = RecordFilter(area=self._asked.area, status=self._asked.status)
        while True:
            self._job.check()
            async with self._parts.database.session() as session:
                context = self._parts.context_of(session)
                records = record_use_cases(context, self._ledgers)
                page = await records.reads.page(self._principal, self._code, wanted, after=after, limit=PAGE)
                shown = [one for one in page[:PAGE] if self._exportable(ledger, one)]
                if self._asked.full:
                    shown = [await self._in_full(records, ledger, one) for one in shown]
            await self._parts.access_log.write(context.access.drain())
            self._written += len(shown)
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
