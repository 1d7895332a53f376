"""Every query about public reports."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.public_reports.domain import PublicReportFilter
from services.grid.public_reports.models import PublicReport
from shared.auth.scope import inside
from shared.contracts.grid.public_reports import PublicReportStatus


class PublicReportRepository:
    """Public reports by area, by client and by progress code."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, report: PublicReport) -> None:
        self._session.add(report)

    async def hold_counting(self, *names: str) -> None:
        """Until the transaction ends nobody else counts by these names: two at once are not both the last one."""
        for name in sorted(names):
            await self._session.execute(
                text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"public_report {name}"}
            )

    async def received_of(self, client: bytes, since: datetime) -> int:
        """How many one client reported since."""
        return await self._counted(PublicReport.client == client, PublicReport.reported_at >= since)

    async def received_in(self, village: str, since: datetime) -> int:
        """How many were reported from a village since."""
        return await self._counted(inside(PublicReport.area, village), PublicReport.reported_at >= since)

    async def get(self, id: UUID, scope: ColumnElement[bool]) -> PublicReport | None:
        return (await self._session.scalars(select(PublicReport).where(PublicReport.id == id, scope))).one_or_none()

    async def locked(self, id: UUID) -> PublicReport | None:
        return await self._session.get(PublicReport, id, with_for_update=True, populate_existing=True)

    async def by_code(self, digest: bytes, *, lock: bool = False) -> PublicReport | None:
        """The report that a progress code belongs to."""
        statement = select(PublicReport).where(PublicReport.code_digest == digest)
        return (await self._session.scalars(statement.with_for_update() if lock else statement)).one_or_none()

    async def page(
        self, scope: ColumnElement[bool], wanted: PublicReportFilter, *, after: UUID | None, limit: int
    ) -> Sequence[PublicReport]:
        """Reports, the oldest first: whoever waits longest is looked at next."""
        statement = select(PublicReport).where(scope, *_matches(wanted)).order_by(PublicReport.id).limit(limit)
        if after is not None:
            statement = statement.where(PublicReport.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: ColumnElement[bool], wanted: PublicReportFilter) -> int:
        """How many `page` gives in all."""
        return await self._counted(scope, *_matches(wanted))

    async def in_hand_locked(self, areas: Collection[str]) -> Sequence[PublicReport]:
        """Held reports of these villages and grids themselves, by id and locked."""
        return await self._locked(PublicReport.status == PublicReportStatus.HELD, PublicReport.area.in_(areas))

    async def all_in_locked(self, areas: Collection[str]) -> Sequence[PublicReport]:
        """The same of all, held or not."""
        return await self._locked(PublicReport.area.in_(areas))

    async def all_taken(self, change: UUID) -> Sequence[PublicReport]:
        """Reports that went along with a change of areas, by id and locked."""
        return await self._locked(PublicReport.former.contains([{"change": str(change)}]))

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[PublicReport]:
        """The next reports in the order of their ids, locked until the end of the transaction."""
        statement = select(PublicReport).order_by(PublicReport.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(PublicReport.id > after)
        return (await self._session.scalars(statement)).all()

    async def _locked(self, *chosen: ColumnElement[bool]) -> Sequence[PublicReport]:
        statement = select(PublicReport).where(*chosen).order_by(PublicReport.id).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def _counted(self, *chosen: Any) -> int:
        return (await self._session.scalar(select(func.count(PublicReport.id)).where(*chosen))) or 0


def _matches(wanted: PublicReportFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(PublicReport.status == wanted.status)
    if wanted.category is not None:
        conditions.append(PublicReport.category == wanted.category)
    return conditions
