"""Long work of imports: check a table without changing anything; take in what was found right, in steps.

A step is one transaction: its rows, the cursor and the counts are there together or not at all, so that work that was
interrupted goes on behind the last row that was taken in. The table is read again from its beginning: it lies sealed in
the store and nobody changes it.
"""

from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.ahead import one_ahead
from shared.auth.kept import as_granted
from shared.auth.lineage import CachedLineage
from shared.auth.principal import Principal
from shared.db.statistics import analyze
from shared.errors import DomainError, ErrorKind, FieldError, NotFound
from shared.imports import domain
from shared.imports.domain import (
    BATCH,
    CHECK_KIND,
    COMMIT_KIND,
    MANY,
    MAX_FINDINGS,
    TOO_MANY_EQUAL,
    ColumnsChanged,
    ImportStatus,
)
from shared.imports.intake import Earlier, Intake, Marked, Target, Verdict
from shared.imports.repository import ImportRepository
from shared.imports.service import NOUN, digest_of
from shared.imports.tables import IMPORTED, ImportRow
from shared.imports.taking import ImportParts, Opened, Taking, paid
from shared.imports.titles import sealed_titles
from shared.jobs.context import JobContext, JobKind
from shared.messaging.context import PlainContext
from shared.spreadsheets.cells import letters
from shared.spreadsheets.findings import Finding
from shared.spreadsheets.sources import open_rows
from shared.spreadsheets.tables import Table, TableRow, open_table


def import_kinds(parts: ImportParts) -> tuple[JobKind, JobKind]:
    """The two kinds of long work."""
    lineage = CachedLineage(parts.database, parts.lineage, parts.clock)
    work = ImportWork(parts, lineage)
    return JobKind(CHECK_KIND, work.check), JobKind(COMMIT_KIND, work.commit)


class ImportWork:
    """Checks and takes in."""

    def __init__(self, parts: ImportParts, lineage: CachedLineage) -> None:
        self.parts = parts
        self._lineage = lineage

    async def check(self, job: JobContext) -> None:
        """Read the table, judge each row, keep what is wrong. A file that cannot be read is refused, not failed."""
        row = await self._import(job)
        if row.status != ImportStatus.CHECKING:
            return
        try:
            async with self._table(row) as opened:
                await self._check_rows(job, row, opened)
        except DomainError as error:
            if error.kind is ErrorKind.UNAVAILABLE:
                raise
            await self._refuse(job, row, error)

    async def _check_rows(self, job: JobContext, row: ImportRow, opened: Opened) -> None:
        reached = (job.cursor or {}).get("row", 0)
        async for rows, repeated in self._judged(row, opened):
            if rows[-1].row.number <= reached:
                continue
            async with job.step() as step:
                context = self.parts.context_of(step.session)
                intake = await self.intake(step.session, row, opened.principal, context)
                verdicts = await intake.judge(rows, repeated)
                counts: Counter[str] = Counter(step.counts)
                findings: list[Finding] = []
                for one in (one.row for one in rows):
                    verdict = verdicts.get(one.number, Verdict())
                    errors = [] if one.findings or verdict.known else [*repeated.get(one.number, ()), *verdict.errors]
                    wrong = [*one.findings, *(opened.finding(one, error, error.path) for error in errors)]
                    counts["wrong" if wrong else "unchanged" if verdict.known else "right"] += 1
                    findings += wrong
                kept = max(0, MAX_FINDINGS - counts["findings"])
                counts["findings"] += len(findings)
                counts["unkept"] += len(findings[kept:])
                await ImportRepository(step.session).add_findings(row.id, findings[:kept])
                step.counts = dict(counts)
                step.reached({"row": rows[-1].row.number}, done=len(rows))
                wait = await paid(self.parts, step, context, opened.principal) if intake.pays_for_check else 0.0
                await self.parts.access_log.write(context.access.drain())
            if wait:
                await job.pause(wait)
        table = opened.table
        async with job.step() as step:
            await ImportRepository(step.session).change(
                row.id,
                status=ImportStatus.CHECKED.value,
                checked_at=self.parts.clock.now(),
                counts={
                    name: step.counts.get(name, 0) for name in ("right", "wrong", "findings", "unchanged", "unkept")
                },
                unknown_columns=sealed_titles(
                    self.parts.crypto, row.id, {letters(at): title for at, title in table.header.unknown.items()}
                ),
                skipped=[[number, why] for number, why in table.skipped.items()],
            )

    async def commit(self, job: JobContext) -> None:
        """Take in, step by step, the rows of which nothing wrong was found; none if a column would be left out that was
        checked.
        """
        row = await self._import(job)
        if row.status != ImportStatus.COMMITTING:
            return
        async with self._table(row) as opened:
            known = {column for column, _ in row.unknown_columns}
            if known.issuperset(map(letters, opened.table.header.unknown)):
                await self._commit_rows(job, row, opened)
            else:
                await self._refuse(job, row, ColumnsChanged(row.id))

    async def _commit_rows(self, job: JobContext, row: ImportRow, opened: Opened) -> None:
        reached = (job.cursor or {}).get("row", 0)
        async with aclosing(one_ahead(self._batches(row, opened))) as ahead:  # read while the database writes
            async for rows in ahead:
                left = [one for one in rows if one.row.number > reached]
                if left:
                    await Taking(self.parts, self.intake, job, row, opened, rows).taken_in(left)
        async with job.step() as step:
            counts = {name: step.counts.get(name, 0) for name in ("taken", "unchanged", "refused", "wrong")}
            if opened.intake.finishes:
                context = self.parts.context_of(step.session)
                intake = await self.intake(step.session, row, opened.principal, context)
                await intake.finish()
                await self.parts.access_log.write(context.access.drain())
            await ImportRepository(step.session).change(
                row.id,
                status=ImportStatus.DONE.value,
                finished_at=self.parts.clock.now(),
                counts={**row.counts, **counts},
            )
            await self._let_go(step.session, row)
        if counts["taken"] >= MANY:
            await analyze(self.parts.database, (IMPORTED, *self._target(row).fills))

    async def _batches(self, row: ImportRow, opened: Opened) -> AsyncGenerator[Sequence[Marked], None]:
        """Batches from the first row on."""
        equal = Earlier()
        async for rows in batches(opened.table, opened.intake.goes_with):
            marked = []
            for one in rows:
                digest = digest_of(self.parts.crypto, row.target, row.area, one.values)
                marked.append(Marked(one, digest, equal.count(digest)))
            yield marked

    async def _judged(
        self, row: ImportRow, opened: Opened
    ) -> AsyncIterator[tuple[Sequence[Marked], Mapping[int, Sequence[FieldError]]]]:
        """Batches, and what is wrong with their rows by those above: of rows that were checked it is known."""
        earlier, intake = Earlier(), opened.intake
        async for marked in self._batches(row, opened):
            repeated: dict[int, Sequence[FieldError]] = {}
            for one in marked:
                if not one.row.findings:
                    found = intake.repeats(one.row, earlier)
                    too_many = one.occurrence > domain.MOST_EQUAL
                    repeated[one.row.number] = [TOO_MANY_EQUAL, *found] if too_many else found
            yield marked, repeated

    async def _let_go(self, session: AsyncSession, row: ImportRow) -> None:
        left_for = self._target(row).left_for
        if left_for is not None:
            await self.parts.archive.rows(session).let_go(NOUN, row.id, [row.file], left_for)

    async def _refuse(self, job: JobContext, row: ImportRow, error: DomainError) -> None:
        async with job.step() as step:
            errors = [{"path": one.path, "code": one.code, "message": one.message} for one in error.errors]
            if error.detail or not errors:
                said = error.detail or f"{error.title}，{error.advice}"
                errors.append({"path": "", "code": error.code, "message": said})
            counts = {name: step.counts[name] for name in ("taken", "refused") if name in step.counts}
            await ImportRepository(step.session).change(
                row.id,
                status=ImportStatus.REFUSED.value,
                counts={**row.counts, **counts},
                error_code=error.code,
                errors=errors,
                finished_at=self.parts.clock.now(),
            )
            await self._let_go(step.session, row)

    async def _import(self, job: JobContext) -> ImportRow:
        wanted = UUID(job.params["import"])
        async with self.parts.database.session() as session:
            row = await ImportRepository(session).one(wanted)
        if row is None:
            raise NotFound(wanted)
        return row

    async def intake(
        self, session: AsyncSession, row: ImportRow, principal: Principal, context: PlainContext | None = None
    ) -> Intake:
        return await self._target(row).intake(context or self.parts.context_of(session), principal, row)

    def _target(self, row: ImportRow) -> Target:
        return next(one for one in self.parts.targets if one.serves(row.target))

    @asynccontextmanager
    async def _table(self, row: ImportRow) -> AsyncIterator[Opened]:
        principal = as_granted(row.requested_by, row.grants, await self._lineage.lineage())
        async with self.parts.database.session() as session:
            file = await self.parts.archive.rows(session).one(row.file)
            intake = await self.intake(session, row, principal)
        if file is None:
            raise NotFound(row.file)

        def opened() -> AsyncIterator[bytes]:
            return self.parts.archive.content(file.id, file.key)

        async with open_rows(opened, row.sheet) as rows:
            yield Opened(await open_table(rows, intake.columns), principal, intake)


async def batches(table: Table, goes_with: Callable[[TableRow, TableRow], bool]) -> AsyncIterator[list[TableRow]]:
    """The rows of a table, `BATCH` at a time, or more if some go together; never more than twice as many."""
    held: list[TableRow] = []
    async for rows in table.read():
        held += rows
        while len(held) >= 2 * BATCH:
            end = next((at for at in range(BATCH, 2 * BATCH) if not goes_with(held[at - 1], held[at])), BATCH)
            yield held[:end]
            held = held[end:]
    while held:
        end = next((at for at in range(BATCH, len(held)) if not goes_with(held[at - 1], held[at])), len(held))
        yield held[:end]
        held = held[end:]
