"""Every query about changes of grids."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grid_changes.models import GridChange


class GridChangeRepository:
    """Changes by the village whose grids they concern."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, change: GridChange) -> None:
        self._session.add(change)

    async def get(self, id: UUID) -> GridChange | None:
        return await self._session.get(GridChange, id)

    async def locked(self, id: UUID) -> GridChange | None:
        return await self._session.get(GridChange, id, with_for_update=True, populate_existing=True)

    async def page(self, scope: ColumnElement[bool], *, after: UUID | None, limit: int) -> Sequence[GridChange]:
        """Changes, the oldest first."""
        statement = select(GridChange).where(scope).order_by(GridChange.id).limit(limit)
        if after is not None:
            statement = statement.where(GridChange.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: ColumnElement[bool]) -> int:
        """How many `page` gives in all."""
        return (await self._session.scalar(select(func.count()).select_from(GridChange).where(scope))) or 0
