"""Taking in of a batch of rows: together, or by halves until the row is found that is refused."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessLog
from shared.auth.lineage import LineageLoader
from shared.auth.principal import Principal
from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.db import buckets
from shared.db.engine import Database
from shared.errors import DomainError, ErrorKind, FieldError, NotYet
from shared.files.archive import Archive
from shared.imports.intake import Intake, Marked, Target
from shared.imports.repository import ImportRepository
from shared.imports.tables import ImportRow
from shared.jobs.context import JobContext, Step
from shared.messaging.context import PlainContext
from shared.spreadsheets.cells import letters
from shared.spreadsheets.findings import Finding
from shared.spreadsheets.tables import Table, TableRow

IntakeIn = Callable[[AsyncSession, ImportRow, Principal, PlainContext], Awaitable[Intake]]
"""Makes the intake of an import in a transaction."""


@dataclass(frozen=True)
class ImportParts:
    """What the work needs of its process."""

    targets: Sequence[Target]
    database: Database
    archive: Archive
    crypto: Crypto
    clock: Clock
    access_log: AccessLog
    lineage: LineageLoader
    context_of: Callable[[AsyncSession], PlainContext]
    rate_per_minute: int
    """Questions by the way of which a caller may have so many refused, as over HTTP."""

    @classmethod
    def of(cls, worker: Any, targets: Sequence[Target] = ()) -> Self:
        """Of a worker's process (`shared.process.Worker`)."""
        return cls(
            targets=targets,
            database=worker.database,
            archive=worker.archive,
            crypto=worker.crypto,
            clock=worker.clock,
            access_log=worker.access_log,
            lineage=worker.spec.lineage,
            context_of=worker.context_of,
            rate_per_minute=worker.settings.rate_per_minute,
        )


@dataclass(frozen=True)
class Opened:
    """A table that is being read, by whom, and the noun that it fills: what of that reads nothing."""

    table: Table
    principal: Principal
    intake: Intake

    def finding(self, row: TableRow, error: FieldError, code: str) -> Finding:
        """An error at the column of this code, where it stands."""
        return Finding(row.number, self._places.get(code), code or None, error.code, error.message)

    @cached_property
    def _places(self) -> Mapping[str, str]:
        return {placed.column.code: letters(at) for at, placed in self.table.header.columns.items()}


class Taking:
    """One batch that is taken in."""

    def __init__(
        self,
        parts: ImportParts,
        intake: IntakeIn,
        job: JobContext,
        row: ImportRow,
        opened: Opened,
        batch: Sequence[Marked],
    ) -> None:
        self._intake = intake
        self._parts = parts
        self._job = job
        self._row = row
        self._opened = opened
        self._batch = batch

    async def taken_in(self, rows: Sequence[Marked]) -> None:
        """Together; if one is refused, because somebody came between the check and now, by halves until it is found."""
        if len(rows) == 1:
            await self._alone(rows[0])
        elif not await self._together(rows):
            middle = self._middle(rows)
            await self.taken_in(rows[:middle])
            await self.taken_in(rows[middle:])

    def _middle(self, rows: Sequence[Marked]) -> int:
        """Where rows are parted: what goes together stays so as long as there is anything else."""
        middle = len(rows) // 2
        nearest = sorted(range(1, len(rows)), key=lambda at: abs(at - middle))
        goes_with = self._opened.intake.goes_with
        return next((at for at in nearest if not goes_with(rows[at - 1].row, rows[at].row)), middle)

    async def _together(self, rows: Sequence[Marked]) -> bool:
        try:
            async with self._job.step() as step:
                await self._take(step, rows, self._parts.context_of(step.session))
        except DomainError as error:
            if _passes(error):
                raise
            return False
        return True

    async def _alone(self, one: Marked) -> None:
        context: PlainContext | None = None
        try:
            async with self._job.step() as step:
                context = self._parts.context_of(step.session)
                await self._take(step, [one], context)
        except DomainError as error:
            if _passes(error) or context is None:
                raise
            await self._refused(one, error, context)

    async def _refused(self, one: Marked, error: DomainError, context: PlainContext) -> None:
        """Keep why, note what was tried, and let the caller pay for what was asked on the way."""
        async with self._job.step() as step:
            intake = self._opened.intake
            wait = await paid(self._parts, step, context, self._opened.principal)
            findings = [self._opened.finding(one.row, each, intake.column_of(each.path)) for each in error.errors]
            whole = Finding(one.row.number, None, None, error.code, error.title)
            await ImportRepository(step.session).add_findings(self._row.id, findings or [whole])
            counted(step, "refused", 1)
            step.reached({"row": one.row.number}, done=1)
            context.access.refused()
            await self._parts.access_log.write(context.access.drain())
        if wait:
            await self._job.pause(wait)

    async def _take(self, step: Step, rows: Sequence[Marked], context: PlainContext) -> None:
        imports, row = ImportRepository(step.session), self._row
        wrong = await imports.rows_with_findings(row.id, rows[0].row.number, rows[-1].row.number)
        known = await imports.known(row.target, [one.digest for one in rows])
        intake = await self._intake(step.session, row, self._opened.principal, context)
        new = []
        for one in rows:
            if one.row.number in wrong or one.row.findings:
                counted(step, "wrong", 1)
            elif one.occurrence in known.get(one.digest, ()):
                counted(step, "unchanged", 1)
            else:
                new.append(one)
        there = await intake.take(new, self._batch) if new else 0
        refused = intake.refused if new else {}
        answered = [(one.row, error) for one in new for error in refused.get(one.row.number, ())]
        await imports.add_findings(row.id, [self._opened.finding(at, error, error.path) for at, error in answered])
        new = [one for one in new if one.row.number not in refused]
        imports.add_taken(row.id, row.target, [(one.digest, one.occurrence) for one in new])
        counted(step, "refused", len(refused))
        counted(step, "taken", len(new) - there)
        counted(step, "unchanged", there)
        step.reached({"row": rows[-1].row.number}, done=len(rows))
        await self._parts.access_log.write(context.access.drain())


def _passes(error: DomainError) -> bool:
    """Whether all rows would be refused so, and none in a while. What a row names and has not arrived is its own fault
    as long as nobody knows better: it is refused, the others go on, and it is taken in when the table comes again.
    """
    return error.kind is ErrorKind.UNAVAILABLE and not isinstance(error, NotYet)


async def paid(parts: ImportParts, step: Step, context: PlainContext, principal: Principal) -> float:
    """Let the caller pay for what was asked on the way, into debt; how many seconds the debt lasts."""
    wait = 0.0
    for name, count in (+context.access.asked).items():
        now = parts.clock.now()
        wait = max(
            wait, await buckets.charge(step.session, name, principal.subject, parts.rate_per_minute, now, count=count)
        )
    return wait


def counted(step: Step, name: str, count: int) -> None:
    """Add to a count of the work."""
    step.counts[name] = step.counts.get(name, 0) + count
