"""Long work of retention: the entries of a run, one a step; and the table of a dry run, page by page."""

from uuid import UUID

from services.registry.retention_runs.service.exporting import COLUMNS, TITLE, exported_page
from services.registry.retention_runs.service.exporting import KIND as EXPORT
from services.registry.retention_runs.service.runs import KIND
from services.registry.wiring import use_cases
from shared.auth.access_log import Purpose
from shared.auth.kept import as_granted
from shared.auth.lineage import CachedLineage
from shared.exports.domain import ExportFormat
from shared.exports.work import ExportedTable, Rows, TableWriting
from shared.imports.taking import ImportParts
from shared.jobs.context import JobContext, JobKind
from shared.spreadsheets.csv_writing import Encoding


def run_kind(parts: ImportParts) -> JobKind:
    """The kind of long work that carries out runs."""

    async def run(job: JobContext) -> None:
        run_id, more = UUID(job.params["run"]), True
        while more:
            async with job.step() as step:
                more = await use_cases(parts.context_of(step.session)).retention_runs.carry_out_next(run_id)
                step.reached({}, done=int(more))

    return JobKind(KIND, run)


def export_kind(parts: ImportParts) -> JobKind:
    """The kind of long work that writes tables of what is due."""
    lineage = CachedLineage(parts.database, parts.lineage, parts.clock)

    async def run(job: JobContext) -> None:
        asked = job.params
        by = as_granted(job.job.requested_by or "", asked["grants"], await lineage.lineage())

        async def rows() -> Rows:
            after: UUID | None = None
            while True:
                async with parts.database.session() as session:
                    context = parts.context_of(session)
                    page, after = await exported_page(use_cases(context).due_erasures, by, asked, after)
                await parts.access_log.write(context.access.drain())
                yield page
                if after is None:
                    return

        table = ExportedTable(
            title=TITLE,
            columns=COLUMNS,
            format=ExportFormat(asked["format"]),
            encoding=Encoding(asked["encoding"]),
            purpose=Purpose(asked["purpose"]),
            rows=rows,
        )
        await TableWriting(parts, job, by, table).run()

    return JobKind(EXPORT, run)
