"""Table of a dry run: who is due in an area, by id, for a purpose, with a watermark."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.registry.erasures.service.reads import REQUEST
from services.registry.retention_runs.domain import OpenMatter
from services.registry.retention_runs.service.due import DueErasures, as_row
from services.registry.retentions.domain import RetentionKind
from shared.auth.access_log import Detail, Purpose
from shared.auth.kept import granted, judged
from shared.auth.principal import Principal
from shared.auth.scope import Judgement
from shared.exports.domain import PAGE
from shared.exports.service import Exports
from shared.jobs import queue
from shared.jobs.queue import Job
from shared.messaging.context import UseCaseContext
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.values import Value

KIND = "retention_export"
TITLE = "保存期满清单"
COLUMNS: tuple[Column, ...] = (
    Column("person", "居民编号"),
    Column("area", "区划代码", ColumnType.DIGITS),
    Column("kind", "起算事由", ColumnType.CHOICE, choices=RetentionKind.names()),
    Column("ended_on", "终止日"),
    Column("kept_until", "保存至"),
    Column("held_by", "在办事项", ColumnType.CHOICE, choices=OpenMatter.names()),
)
TAKING_OUT = (REQUEST, "person.export")


class RetentionExport:
    """Use cases of the tables, as their requester has them."""

    def __init__(self, context: UseCaseContext, principal: Principal) -> None:
        self._session = context.session
        self._access = context.access
        self._principal = principal
        self.own = Exports(context.session, context.access, principal, KIND, {})

    async def begin(self, asked: Mapping[str, Any]) -> Job:
        """Have a table written. Raises `NotFound` for an area of which the caller takes nobody out, `TooMuchWork`."""
        area = str(asked["area"])
        self._principal.scope(*TAKING_OUT).require(area)
        await queue.require_room(self._session, [KIND], self._principal.subject)
        under = [Judgement(TAKING_OUT, (area,))]
        params = {**asked, "full": False, "grants": granted(self._principal), "judged": judged(under)}
        job = await queue.enqueue(self._session, KIND, params, requested_by=self._principal.subject)
        self._access.note(
            self._principal,
            action="export",
            noun="registry.person",
            object_id=job.id,
            area=area,
            purpose=Purpose(asked["purpose"]),
            detail=Detail.EXISTENCE,
        )
        return job


async def exported_page(
    due: DueErasures, principal: Principal, asked: Mapping[str, Any], after: UUID | None
) -> tuple[list[Mapping[str, Value | None]], UUID | None]:
    """The next entries as rows, each noted, and behind whom to go on; None: nobody is left."""
    kind = None if asked["kind"] is None else RetentionKind(asked["kind"])
    page = await due.page(principal, asked["area"], kind, after=after, limit=PAGE)
    rows = [as_row(one) for one in page[:PAGE]]
    return rows, page[PAGE - 1].person_id if len(page) > PAGE else None
