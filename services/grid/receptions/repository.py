"""Every query about receptions by leaders."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.receptions.domain import ReceptionFilter, ReceptionStatus
from services.grid.receptions.models import Reception
from shared.auth.scope import inside


class ReceptionRepository:
    """The roster, day by day."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, reception: Reception) -> None:
        self._session.add(reception)
        await self._session.flush()

    async def get(self, id: UUID) -> Reception | None:
        return await self._session.get(Reception, id)

    async def locked(self, id: UUID) -> Reception | None:
        return await self._session.get(Reception, id, with_for_update=True, populate_existing=True)

    async def page(
        self, wanted: ReceptionFilter, *, after: tuple[date, UUID] | None, limit: int
    ) -> Sequence[Reception]:
        """Receptions, the earliest day first."""
        statement = select(Reception).where(*_matches(wanted)).order_by(Reception.received_on, Reception.id)
        if after is not None:
            day, last = after
            later = and_(Reception.received_on == day, Reception.id > last)
            statement = statement.where(or_(Reception.received_on > day, later))
        return (await self._session.scalars(statement.limit(limit))).all()

    async def planned_locked(self, areas: Collection[str]) -> Sequence[Reception]:
        """Planned receptions of these areas themselves, by id and locked."""
        return await self._locked(Reception.status == ReceptionStatus.PLANNED, Reception.area.in_(areas))

    async def all_in_locked(self, areas: Collection[str]) -> Sequence[Reception]:
        """The same of all."""
        return await self._locked(Reception.area.in_(areas))

    async def all_taken(self, change: UUID) -> Sequence[Reception]:
        """Receptions that went along with a change of areas, by id and locked."""
        return await self._locked(Reception.former.contains([{"change": str(change)}]))

    async def _locked(self, *chosen: ColumnElement[bool]) -> Sequence[Reception]:
        statement = select(Reception).where(*chosen).order_by(Reception.id).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def count(self, wanted: ReceptionFilter) -> int:
        """How many `page` gives in all."""
        return (await self._session.scalar(select(func.count(Reception.id)).where(*_matches(wanted)))) or 0


def _matches(wanted: ReceptionFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.area is not None:
        above = [wanted.area[:digits] for digits in (6, 9) if digits < len(wanted.area)]
        conditions.append(or_(inside(Reception.area, wanted.area), Reception.area.in_(above)))
    if wanted.since is not None:
        conditions.append(Reception.received_on >= wanted.since)
    if wanted.until is not None:
        conditions.append(Reception.received_on <= wanted.until)
    if wanted.status is not None:
        conditions.append(Reception.status == wanted.status)
    return conditions
