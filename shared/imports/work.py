"""Long work of imports: check a table without changing anything; take in what was found right, in steps.

A step is one transaction: its rows, the cursor and the counts are there together or not at all, so that work that was
interrupted goes on behind the last row that was taken in. The table is read again from its beginning: it lies sealed in
the store and nobody changes it.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessLog
from shared.auth.kept import as_granted
from shared.auth.lineage import CachedLineage, projected_lineage
from shared.auth.principal import Principal
from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.db.statistics import analyze
from shared.errors import DomainError, ErrorKind, NotFound
from shared.files.archive import Archive
from shared.imports.domain import BATCH, CHECK_KIND, COMMIT_KIND, MANY, MAX_FINDINGS, ImportStatus
from shared.imports.intake import Intake, Target
from shared.imports.repository import ImportRepository
from shared.imports.service import digest_of
from shared.imports.tables import IMPORTED, ImportRow
from shared.jobs.context import JobContext, JobKind, Step
from shared.messaging.context import PlainContext
from shared.spreadsheets.cells import letters
from shared.spreadsheets.findings import Finding
from shared.spreadsheets.sources import open_rows
from shared.spreadsheets.tables import Table, TableRow, open_table

SKIPPED_SHOWN = 1_000


@dataclass(frozen=True)
class ImportParts:
    """What the work needs of its process."""

    targets: Sequence[Target]
    database: Database
    archive: Archive
    crypto: Crypto
    clock: Clock
    access_log: AccessLog
    context_of: Callable[[AsyncSession], PlainContext]


def import_kinds(parts: ImportParts) -> tuple[JobKind, JobKind]:
    """The two kinds of long work."""
    lineage = CachedLineage(parts.database, projected_lineage, parts.clock)
    work = ImportWork(parts, lineage)
    return JobKind(CHECK_KIND, work.check), JobKind(COMMIT_KIND, work.commit)


class ImportWork:
    """Checks and takes in."""

    def __init__(self, parts: ImportParts, lineage: CachedLineage) -> None:
        self._parts = parts
        self._lineage = lineage

    async def check(self, job: JobContext) -> None:
        """Read the table, judge each row, keep what is wrong. A file that cannot be read is refused, not failed."""
        row = await self._import(job)
        if row.status != ImportStatus.CHECKING:
            return
        try:
            async with self._table(row) as (table, principal):
                await self._check_rows(job, row, table, principal)
        except DomainError as error:
            if error.kind is ErrorKind.UNAVAILABLE:
                raise
            await self._refuse(job, row, error)

    async def _check_rows(self, job: JobContext, row: ImportRow, table: Table, principal: Principal) -> None:
        reached = (job.cursor or {}).get("row", 0)
        async for rows in batches(table):
            rows = [one for one in rows if one.number > reached]
            if not rows:
                continue
            async with job.step() as step:
                intake = await self._intake(step.session, row, principal)
                counts: Counter[str] = Counter(step.counts)
                findings: list[Finding] = []
                for one in rows:
                    wrong = [*one.findings, *judged(intake, one, table)]
                    counts["wrong" if wrong else "right"] += 1
                    findings += wrong
                kept = max(0, MAX_FINDINGS - counts["findings"])
                counts["findings"] += len(findings)
                await ImportRepository(step.session).add_findings(row.id, findings[:kept])
                step.counts = dict(counts)
                step.reached({"row": rows[-1].number}, done=len(rows))
        async with job.step() as step:
            await ImportRepository(step.session).change(
                row.id,
                status=ImportStatus.CHECKED.value,
                checked_at=self._parts.clock.now(),
                counts={name: step.counts.get(name, 0) for name in ("right", "wrong", "findings")},
                unknown_columns=[[letters(at), title] for at, title in table.header.unknown.items()],
                skipped=[[number, why] for number, why in table.skipped.items()][:SKIPPED_SHOWN],
            )

    async def commit(self, job: JobContext) -> None:
        """Take in, step by step, the rows of which nothing wrong was found."""
        row = await self._import(job)
        if row.status != ImportStatus.COMMITTING:
            return
        async with self._table(row) as (table, principal):
            await self._commit_rows(job, row, table, principal)

    async def _commit_rows(self, job: JobContext, row: ImportRow, table: Table, principal: Principal) -> None:
        reached = (job.cursor or {}).get("row", 0)
        seen: Counter[int] = Counter()
        async for rows in batches(table):
            marked = []
            for one in rows:
                digest = digest_of(self._parts.crypto, row.target, row.area, one.values)
                key = int.from_bytes(digest[:8])
                marked.append((one, digest, seen[key]))
                seen[key] += 1
            marked = [one for one in marked if one[0].number > reached]
            if not marked:
                continue
            await self._taken_in(job, row, principal, marked)
        async with job.step() as step:
            counts = {name: step.counts.get(name, 0) for name in ("taken", "unchanged", "refused", "wrong")}
            await ImportRepository(step.session).change(
                row.id,
                status=ImportStatus.DONE.value,
                finished_at=self._parts.clock.now(),
                counts={**row.counts, **counts},
            )
        if counts["taken"] >= MANY:
            await analyze(self._parts.database, (IMPORTED, *self._target(row).fills))

    async def _taken_in(
        self, job: JobContext, row: ImportRow, principal: Principal, marked: "Sequence[Marked]"
    ) -> None:
        """Together; if one is refused, because somebody came between the check and now, by halves until it is found."""
        if len(marked) == 1:
            await self._alone(job, row, principal, marked[0])
        elif not await self._together(job, row, principal, marked):
            middle = len(marked) // 2
            await self._taken_in(job, row, principal, marked[:middle])
            await self._taken_in(job, row, principal, marked[middle:])

    async def _together(
        self, job: JobContext, row: ImportRow, principal: Principal, marked: "Sequence[Marked]"
    ) -> bool:
        try:
            async with job.step() as step:
                await self._take(step, row, principal, marked)
        except DomainError as error:
            if error.kind is ErrorKind.UNAVAILABLE:
                raise
            return False
        return True

    async def _alone(self, job: JobContext, row: ImportRow, principal: Principal, one: "Marked") -> None:
        try:
            async with job.step() as step:
                await self._take(step, row, principal, [one])
        except DomainError as error:
            if error.kind is ErrorKind.UNAVAILABLE:
                raise
            async with job.step() as step:
                finding = Finding(one[0].number, None, None, error.code, told(error))
                await ImportRepository(step.session).add_findings(row.id, [finding])
                counted(step, "refused", 1)
                step.reached({"row": one[0].number}, done=1)

    async def _take(self, step: Step, row: ImportRow, principal: Principal, marked: "Sequence[Marked]") -> None:
        imports = ImportRepository(step.session)
        wrong = await imports.rows_with_findings(row.id, marked[0][0].number, marked[-1][0].number)
        known = await imports.known(row.target, [digest for _, digest, _ in marked])
        context = self._parts.context_of(step.session)
        intake = await self._intake(step.session, row, principal, context)
        new = []
        for one, digest, occurrence in marked:
            if one.number in wrong or one.findings:
                counted(step, "wrong", 1)
            elif occurrence in known.get(digest, ()):
                counted(step, "unchanged", 1)
            else:
                new.append((one.values, digest, occurrence))
        if new:
            await intake.take([values for values, _, _ in new])
        imports.add_taken(row.id, row.target, [(digest, occurrence) for _, digest, occurrence in new])
        counted(step, "taken", len(new))
        step.reached({"row": marked[-1][0].number}, done=len(marked))
        await self._parts.access_log.write(context.access.drain())

    async def _refuse(self, job: JobContext, row: ImportRow, error: DomainError) -> None:
        async with job.step() as step:
            errors = [{"path": one.path, "code": one.code, "message": one.message} for one in error.errors]
            if error.detail or not errors:
                said = error.detail or f"{error.title}，{error.advice}"
                errors.append({"path": "", "code": error.code, "message": said})
            await ImportRepository(step.session).change(
                row.id,
                status=ImportStatus.REFUSED.value,
                error_code=error.code,
                errors=errors,
                finished_at=self._parts.clock.now(),
            )

    async def _import(self, job: JobContext) -> ImportRow:
        wanted = UUID(job.params["import"])
        async with self._parts.database.session() as session:
            row = await ImportRepository(session).one(wanted)
        if row is None:
            raise NotFound(wanted)
        return row

    async def _intake(
        self, session: AsyncSession, row: ImportRow, principal: Principal, context: PlainContext | None = None
    ) -> Intake:
        return await self._target(row).intake(context or self._parts.context_of(session), principal, row)

    def _target(self, row: ImportRow) -> Target:
        return next(one for one in self._parts.targets if one.serves(row.target))

    @asynccontextmanager
    async def _table(self, row: ImportRow) -> AsyncIterator[tuple[Table, Principal]]:
        principal = as_granted(row.requested_by, row.grants, await self._lineage.lineage())
        async with self._parts.database.session() as session:
            file = await self._parts.archive.rows(session).one(row.file)
            columns = (await self._intake(session, row, principal)).columns
        if file is None:
            raise NotFound(row.file)

        def opened() -> AsyncIterator[bytes]:
            return self._parts.archive.content(file.id, file.key)

        async with open_rows(opened, row.sheet) as rows:
            yield await open_table(rows, columns), principal


Marked = tuple[TableRow, bytes, int]
"""A row, its digest, and how many equal ones stand above it."""


async def batches(table: Table) -> AsyncIterator[list[TableRow]]:
    """The rows of a table, `BATCH` at a time."""
    held: list[TableRow] = []
    async for rows in table.read():
        held += rows
        while len(held) >= BATCH:
            yield held[:BATCH]
            held = held[BATCH:]
    if held:
        yield held


def judged(intake: Intake, one: TableRow, table: Table) -> list[Finding]:
    """What the noun finds wrong with a row, at the columns where it stands."""
    if one.findings:  # a row whose cells were not taken cannot be judged as a whole
        return []
    places = {placed.column.code: letters(at) for at, placed in table.header.columns.items()}
    return [
        Finding(one.number, places.get(error.path), error.path or None, error.code, error.message)
        for error in intake.judge(one.values)
    ]


def counted(step: Step, name: str, count: int) -> None:
    """Add to a count of the work."""
    step.counts[name] = step.counts.get(name, 0) + count


def told(error: DomainError) -> str:
    """A refusal in one sentence, without what it was about."""
    return "；".join([error.title, *(one.message for one in error.errors)])
