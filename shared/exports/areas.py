"""Exports of what lies in an area: a table of one noun, masked, or in full for a purpose by a permission of its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.auth.access_log import Detail, Purpose
from shared.auth.kept import as_granted, granted, judged
from shared.auth.lineage import CachedLineage
from shared.auth.principal import Principal
from shared.auth.scope import Judgement
from shared.errors import Forbidden
from shared.exports.domain import ExportFormat
from shared.exports.service import Exports
from shared.exports.work import ExportedTable, Rows, TableWriting
from shared.imports.taking import ImportParts
from shared.jobs import queue
from shared.jobs.context import JobContext, JobKind
from shared.jobs.queue import Job
from shared.messaging.context import UseCaseContext
from shared.spreadsheets.columns import Column
from shared.spreadsheets.csv_writing import Encoding
from shared.spreadsheets.values import Value

Page = tuple[Sequence[Mapping[str, Value | None]], Any]
"""Rows, and behind what to go on; None: nothing is left."""
PageOf = Callable[[UseCaseContext, Principal, Mapping[str, Any], Any], Awaitable[Page]]
"""The next rows as the requester may see them, each noted: of what was asked for, behind where the last page ended."""


@dataclass(frozen=True)
class AreaExport:
    """A kind of export. `noun`: in the access log; `taking_out`, `in_full`: permissions, each held by one grant."""

    kind: str
    noun: str
    title: str
    columns: Sequence[Column]
    taking_out: tuple[str, ...]
    in_full: tuple[str, ...]


class AreaExports(Exports):
    """Use cases of such exports, as their requester has them."""

    def __init__(self, context: UseCaseContext, principal: Principal, export: AreaExport) -> None:
        super().__init__(context.session, context.access, principal, export.kind, {})
        self._export = export

    async def begin(self, asked: Mapping[str, Any]) -> Job:
        """Have a table written of an area (`area`, `full`, `purpose`, `format`, `encoding`, and what the noun asks).

        Raises `NotFound` for an area of which the caller may not take anything out, `Forbidden` for who may not take it
        out in full, `TooMuchWork`.
        """
        export, principal = self._export, self._principal
        area, full = str(asked["area"]), bool(asked["full"])
        principal.scope(*export.taking_out).require(area)
        if full and not principal.scope(*export.in_full).allows(area):
            raise Forbidden(area)
        await queue.require_room(self._session, [export.kind], principal.subject)
        under = [Judgement(export.taking_out, (area,)), *([Judgement(export.in_full, (area,))] if full else [])]
        params = {**asked, "grants": granted(principal), "judged": judged(under)}
        job = await queue.enqueue(self._session, export.kind, params, requested_by=principal.subject)
        self._access.note(
            principal,
            action="export",
            noun=export.noun,
            object_id=job.id,
            area=area,
            purpose=Purpose(asked["purpose"]),
            detail=Detail.FULL if full else Detail.MASKED,
        )
        return job


def area_export_kind(parts: ImportParts, export: AreaExport, page_of: PageOf) -> JobKind:
    """The long work of such exports: page by page, by the grants of who asked, under the tree of its day."""
    lineage = CachedLineage(parts.database, parts.lineage, parts.clock)

    async def run(job: JobContext) -> None:
        asked = job.params
        by = as_granted(job.job.requested_by or "", asked["grants"], await lineage.lineage())

        async def rows() -> Rows:
            after: Any = None
            while True:
                async with parts.database.session() as session:
                    context = parts.context_of(session)
                    page, after = await page_of(context, by, asked, after)
                await parts.access_log.write(context.access.drain())
                yield page
                if after is None:
                    return

        table = ExportedTable(
            title=export.title,
            columns=export.columns,
            format=ExportFormat(asked["format"]),
            encoding=Encoding(asked["encoding"]),
            purpose=Purpose(asked["purpose"]),
            rows=rows,
        )
        await TableWriting(parts, job, by, table).run()

    return JobKind(export.kind, run)
