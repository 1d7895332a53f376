"""Every query about duties of towns."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, literal, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.duties.models import Duty
from shared.auth.scope import inside
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS


class DutyRepository:
    """Duties by the area whose list names them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, duty: Duty) -> None:
        self._session.add(duty)
        await self._session.flush()

    async def locked(self, id: UUID) -> Duty | None:
        return await self._session.get(Duty, id, with_for_update=True, populate_existing=True)

    async def in_force(self, area: str, category: str, day: date) -> Duty | None:
        """What the list of an area's town says of a category, else that of its county."""
        statement = select(Duty).where(
            Duty.area.in_([area[:TOWN_DIGITS], area[:COUNTY_DIGITS]]),
            Duty.category == category,
            Duty.valid_from <= day,
            or_(Duty.valid_to.is_(None), Duty.valid_to > day),
        )
        nearest = statement.order_by(func.length(Duty.area).desc(), Duty.valid_from.desc(), Duty.id.desc()).limit(1)
        return (await self._session.scalars(nearest)).first()

    async def page(self, area: str | None, *, after: UUID | None, limit: int) -> Sequence[Duty]:
        """Duties, the oldest first, ended ones too."""
        statement = select(Duty).where(_about(area)).order_by(Duty.id).limit(limit)
        if after is not None:
            statement = statement.where(Duty.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, area: str | None) -> int:
        """How many `page` gives in all."""
        return (await self._session.scalar(select(func.count()).select_from(Duty).where(_about(area)))) or 0


def _about(area: str | None) -> ColumnElement[bool]:
    """What holds in an area, and what holds in parts of it; None: everything."""
    return true() if area is None else or_(inside(Duty.area, area), literal(area).startswith(Duty.area))
