"""Every query about staff of grids."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.staff.domain import StaffDuty, StaffFilter, StaffStatus
from services.grid.staff.models import GridStaff


class StaffRepository:
    """Appointments by grid."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, staff: GridStaff) -> None:
        self._session.add(staff)

    async def flush(self) -> None:
        """Write what was changed, so that the database refuses it now if it does."""
        await self._session.flush()

    async def get(self, id: UUID) -> GridStaff | None:
        return await self._session.get(GridStaff, id)

    async def locked(self, id: UUID) -> GridStaff | None:
        return await self._session.get(GridStaff, id, with_for_update=True, populate_existing=True)

    async def responsible(self, grid: str, on: date) -> GridStaff | None:
        """Who answers for a grid on a day: whoever stands in, else whoever it is otherwise."""
        statement = (
            select(GridStaff)
            .where(GridStaff.grid == grid, GridStaff.duty != StaffDuty.ASSISTING, _on(on))
            .order_by(GridStaff.duty.desc())  # substitute before responsible
            .limit(1)
        )
        return (await self._session.scalars(statement)).one_or_none()

    async def on_duty(self, grids: Collection[str], on: date) -> Mapping[str, str]:
        """Who answers for each of these grids on a day, as they log in; a grid that nobody answers for is left out."""
        statement = select(GridStaff.grid, GridStaff.worker).where(
            GridStaff.grid.in_(grids), GridStaff.duty != StaffDuty.ASSISTING, _on(on)
        )
        rows = await self._session.execute(statement.order_by(GridStaff.duty))  # responsible before substitute
        return {row.grid: row.worker for row in rows}

    async def answering(self, grids: Collection[str]) -> Mapping[str, Sequence[GridStaff]]:
        """Whoever answers for each of these grids at some time."""
        statement = select(GridStaff).where(
            GridStaff.grid.in_(grids), GridStaff.duty != StaffDuty.ASSISTING, GridStaff.status == StaffStatus.STANDING
        )
        found: dict[str, list[GridStaff]] = {}
        for one in await self._session.scalars(statement.order_by(GridStaff.since)):
            found.setdefault(one.grid, []).append(one)
        return found

    async def all_in_locked(self, grids: Collection[str], day: date) -> Sequence[GridStaff]:
        """Standing appointments in these grids that reach beyond a day, locked."""
        statement = select(GridStaff).where(
            GridStaff.grid.in_(grids),
            GridStaff.status == StaffStatus.STANDING,
            or_(GridStaff.until.is_(None), GridStaff.until > day),
        )
        return (await self._session.scalars(statement.order_by(GridStaff.id).with_for_update())).all()

    async def all_taken(self, change: UUID) -> Sequence[GridStaff]:
        """Appointments that went along with a change of areas, locked."""
        taken = GridStaff.former.contains([{"change": str(change)}])
        return (
            await self._session.scalars(select(GridStaff).where(taken).order_by(GridStaff.id).with_for_update())
        ).all()

    async def page(
        self, scope: ColumnElement[bool], wanted: StaffFilter, *, after: UUID | None, limit: int
    ) -> Sequence[GridStaff]:
        """Appointments, the oldest first."""
        statement = select(GridStaff).where(scope, _wanted(wanted)).order_by(GridStaff.id).limit(limit)
        if after is not None:
            statement = statement.where(GridStaff.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: ColumnElement[bool], wanted: StaffFilter) -> int:
        """How many `page` gives in all."""
        counted = select(func.count()).select_from(GridStaff).where(scope, _wanted(wanted))
        return (await self._session.scalar(counted)) or 0


def _on(day: date) -> ColumnElement[bool]:
    return and_(
        GridStaff.status == StaffStatus.STANDING,
        GridStaff.since <= day,
        or_(GridStaff.until.is_(None), GridStaff.until > day),
    )


def _wanted(wanted: StaffFilter) -> ColumnElement[bool]:
    return and_(
        true(),
        *([] if wanted.worker is None else [GridStaff.worker == wanted.worker]),
        *([] if wanted.duty is None else [GridStaff.duty == wanted.duty]),
        *([] if wanted.on is None else [_on(wanted.on)]),
    )
