"""Long work of exports of residents: page by page, by the grants of who asked, under the tree of its day."""

from services.registry.person_exports.service import COLUMNS, KIND, TITLE, After, exported_page
from services.registry.wiring import use_cases
from shared.auth.access_log import Purpose
from shared.auth.kept import as_granted
from shared.auth.lineage import CachedLineage
from shared.exports.domain import ExportFormat
from shared.exports.work import ExportedTable, Rows, TableWriting
from shared.imports.taking import ImportParts
from shared.jobs.context import JobContext, JobKind
from shared.spreadsheets.csv_writing import Encoding


def export_kind(parts: ImportParts) -> JobKind:
    """The kind of long work that writes exports of residents."""
    lineage = CachedLineage(parts.database, parts.lineage, parts.clock)

    async def run(job: JobContext) -> None:
        asked = job.params
        by = as_granted(job.job.requested_by or "", asked["grants"], await lineage.lineage())

        async def rows() -> Rows:
            after: After | None = None
            while True:
                async with parts.database.session() as session:
                    context = parts.context_of(session)
                    page, after = await exported_page(use_cases(context).persons, by, asked, after)
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

    return JobKind(KIND, run)
