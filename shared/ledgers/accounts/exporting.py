"""Statements as tables (对账单导出): an account from one day to another, written into the store out of one snapshot.

The work is done by the grants of who asked, under the tree of its day. If it is interrupted it begins again.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from shared.auth.access_log import Detail, Purpose
from shared.auth.kept import as_granted, granted, judged
from shared.auth.lineage import CachedLineage
from shared.auth.principal import Principal
from shared.clock import SHANGHAI
from shared.contracts.ledger_records import OPEN
from shared.errors import Forbidden
from shared.exports.domain import PAGE
from shared.exports.service import Exports
from shared.exports.work import ExportedTable, Rows, TableWriting
from shared.files.archive import Archive
from shared.files.repository import Stored
from shared.imports.taking import ImportParts
from shared.jobs import queue
from shared.jobs.context import JobContext, JobKind
from shared.jobs.queue import Job
from shared.ledgers.accounts.repository.accounts import HeldAccount, Statement, StatementLine
from shared.ledgers.accounts.schemas import BeginStatementExport
from shared.ledgers.accounts.service.posting import accounts_of
from shared.ledgers.accounts.service.reads import AccountReads
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.wiring import LedgerParts
from shared.messaging.context import UseCaseContext
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.csv_writing import Encoding

KIND = "statement_export"


class StatementExport:
    """Use cases of statements that are taken out, as their requester has them."""

    def __init__(self, context: UseCaseContext, principal: Principal, reads: AccountReads) -> None:
        self._context = context
        self._principal = principal
        self._reads = reads

    async def begin(self, code: str, asked: BeginStatementExport) -> Job:
        """Have a statement written.

        Raises `NotFound` and `Forbidden` for what the caller may not take out, `TooMuchWork`.
        """
        held, ledger = await self._reads.to_take_out(self._principal, code, asked.account_id, full=asked.full)
        await queue.require_room(self._context.session, [KIND], self._principal.subject)
        area, department = held.place
        params = {
            "ledger": code,
            "area": area,
            "grants": granted(self._principal),
            "judged": judged(self._written_under(ledger, asked)),
            **asked.model_dump(mode="json"),
        }
        job = await queue.enqueue(self._context.session, KIND, params, requested_by=self._principal.subject)
        self._context.access.note(
            self._principal,
            action="export_statement",
            noun=f"{ledger.owner}.{OPEN}",
            object_id=job.id if held.record is None else held.record.id,
            area=area,
            purpose=asked.purpose,
            detail=Detail.FULL if asked.full else Detail.MASKED,
            role=self._principal.role_in("record.read", area, department),
        )
        return job

    async def read(self, code: str, wanted: UUID) -> Job:
        """An own export. Raises `NotFound`."""
        return await self._exports(code).read(wanted)

    async def content(self, archive: Archive, code: str, wanted: UUID) -> Stored:
        """The table of an own export, judged again. Raises `NotFound`, `ExportNotWritten`, `Forbidden`."""
        job = await self.read(code, wanted)
        await self._reads.to_take_out(
            self._principal, code, UUID(job.params["account_id"]), full=bool(job.params["full"])
        )
        return await self._exports(code).content(archive, wanted)

    async def cancel(self, code: str, wanted: UUID) -> Job:
        """Stop an own export."""
        return await self._exports(code).cancel(wanted)

    def _exports(self, code: str) -> Exports:
        context = self._context
        return Exports(context.session, context.access, self._principal, KIND, {"ledger": code})

    def _written_under(self, ledger: Ledger, asked: BeginStatementExport) -> list[Any]:
        """Every place of the grants by which its values are read: the other sides of a posting lie anywhere."""
        access = ledger.definition.access
        scopes = [("record.read", access.read), ("record.read", access.export)]
        found = [one for of in scopes for one in self._principal.department_scope(*of).judgements()]
        if asked.full:
            full = self._principal.department_scope("record.read", access.export, access.personal)
            found += full.judgements()
        return found


def statement_kind(parts: ImportParts, ledgers: LedgerParts) -> JobKind:
    """The kind of long work that writes statements."""
    lineage = CachedLineage(parts.database, parts.lineage, parts.clock)

    async def run(job: JobContext) -> None:
        by = as_granted(job.job.requested_by or "", job.params["grants"], await lineage.lineage())
        await StatementWork(parts, ledgers, job, by).run()

    return JobKind(KIND, run)


class StatementWork:
    """One statement that is being written."""

    def __init__(self, parts: ImportParts, ledgers: LedgerParts, job: JobContext, principal: Principal) -> None:
        self._parts = parts
        self._ledgers = ledgers
        self._job = job
        self._principal = principal
        self._code: str = job.params["ledger"]
        names = BeginStatementExport.model_fields
        self._asked = BeginStatementExport.model_validate({name: job.params[name] for name in names})

    async def run(self) -> None:
        """Write the table, make a file of it, and say which."""
        async with self._parts.database.session() as session:
            ledger = await self._ledgers.ledgers(session, self._parts.clock).newest(self._code)
        table = ExportedTable(
            title=f"{ledger.title}对账单",
            columns=statement_columns(ledger),
            format=self._asked.format,
            encoding=Encoding(self._asked.encoding),
            purpose=Purpose(self._asked.purpose),
            rows=self._rows,
        )
        await TableWriting(self._parts, self._job, self._principal, table).run()

    async def _rows(self) -> Rows:
        """Opening balance, lines, closing balance out of one snapshot, each page noted before it is written."""
        after: tuple[date, UUID] | None = None
        asked, first = self._asked, True
        async with self._parts.database.session() as session:
            await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            context = self._parts.context_of(session)
            reads = AccountReads(context, self._ledgers.ledgers(session, self._parts.clock))
            _, ledger = await reads.to_take_out(self._principal, self._code, asked.account_id, full=asked.full)
            while True:
                held, found = await reads.statement(
                    *(self._principal, self._code, asked.account_id, asked.since, asked.until), after=after, limit=PAGE
                )
                lines = found.lines[:PAGE]
                rows = [_line(ledger, held, line, await self._remark(reads, line)) for line in lines]
                ends = len(found.lines) <= PAGE
                await self._parts.access_log.write(context.access.drain())
                opening, closing = _ends(held, found, asked.since, asked.until)
                yield [*([opening] if first else []), *rows, *([closing] if ends else [])]
                if ends:
                    return
                after, first = (lines[-1].day, lines[-1].posting_id), False

    async def _remark(self, reads: AccountReads, line: StatementLine) -> str | None:
        """The remark as this caller is shown it: in full where every holder is in reach of the right to see it."""
        if not line.remarked:
            return None
        purpose = Purpose(self._asked.purpose)
        try:
            shown = await reads.posting(
                self._principal, self._code, line.posting_id, full=self._asked.full, purpose=purpose
            )
        except Forbidden:  # a holder somewhere else
            shown = await reads.posting(self._principal, self._code, line.posting_id)
        return shown.remark


def statement_columns(ledger: Ledger) -> Sequence[Column]:
    """The columns of a statement: which account, what moved it, and how it stood then."""
    amount = ColumnType.MONEY if accounts_of(ledger).unit == "fen" else ColumnType.INTEGER
    kinds = {one.code: one.title for one in accounts_of(ledger).kinds}
    return (
        Column("account", "账户类别", ColumnType.CHOICE, choices=kinds),
        Column("area", "所属区划", ColumnType.DIGITS),
        Column("record", "归属记录编号", ColumnType.DIGITS),
        Column("day", "日期", ColumnType.DAY),
        Column("kind", "业务"),
        Column("grown", "增加", amount),
        Column("shrunk", "减少", amount),
        Column("balance", "余额", amount),
        Column("remark", "摘要"),
        Column("posting", "分录编号", ColumnType.DIGITS),
        Column("reverses", "冲正分录编号", ColumnType.DIGITS),
        Column("posted_at", "录入时间"),
    )


def _account(held: HeldAccount) -> Mapping[str, Any]:
    record = held.account.record_id
    return {
        "account": held.account.kind,
        "area": held.account.area,
        "record": None if record is None else str(record),
    }


def _ends(held: HeldAccount, found: Statement, since: date, until: date) -> tuple[dict[str, Any], dict[str, Any]]:
    opening = {**_account(held), "day": since.isoformat(), "kind": "期初余额", "balance": found.opening}
    closing = {**_account(held), "day": until.isoformat(), "kind": "期末余额", "balance": found.closing}
    return opening, closing | {"grown": found.grown, "shrunk": found.shrunk}


def _line(ledger: Ledger, held: HeldAccount, line: StatementLine, remark: str | None) -> dict[str, Any]:
    titles = {one.code: one.title for one in accounts_of(ledger).postings}
    return {
        **_account(held),
        "day": line.day.isoformat(),
        "kind": titles.get(line.kind, line.kind) + ("（冲正）" if line.reverses is not None else ""),
        "grown": max(line.amount, 0),
        "shrunk": max(-line.amount, 0),
        "balance": line.balance,
        "remark": remark,
        "posting": str(line.posting_id),
        "reverses": None if line.reverses is None else str(line.reverses),
        "posted_at": f"{line.posted_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}",
    }
