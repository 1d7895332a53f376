"""Every query about grids."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grids.models import Grid

DRAWING = 0x67726964  # "grid": the advisory lock of whoever changes grids

Box = tuple[float, float, float, float]
"""west, south, east, north"""


class GridRepository:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    async def lock_drawing(self) -> int:
        """Keep everybody else from changing grids until the end of the transaction. Returns the number of this change.

        Under the lock no overlapping neighbour can appear unseen, and numbers of changes grow in the order of commits.
        """
        await self.session.execute(select(func.pg_advisory_xact_lock(DRAWING)))
        return await self.newest_change() + 1

    async def get(self, code: str) -> Grid | None:
        return await self.session.get(Grid, code)

    async def get_locked(self, code: str) -> Grid | None:
        """The grid, locked until the end of the transaction."""
        return await self.session.get(Grid, code, with_for_update=True, populate_existing=True)

    async def taken(self, codes: Collection[str]) -> set[str]:
        """The codes among these that were ever used."""
        return set(await self.session.scalars(select(Grid.code).where(Grid.code.in_(codes))))

    async def open_codes(self, codes: Collection[str]) -> set[str]:
        statement = select(Grid.code).where(Grid.code.in_(codes), Grid.valid_to.is_(None))
        return set(await self.session.scalars(statement))

    async def open_in_box(self, kind: str, box: Box) -> Sequence[tuple[str, list[Any]]]:
        """Codes and polygons of the open grids of a kind whose bounding boxes touch the box."""
        west, south, east, north = box
        statement = select(Grid.code, Grid.polygon).where(
            Grid.kind == kind,
            Grid.valid_to.is_(None),
            Grid.west <= east,
            Grid.east >= west,
            Grid.south <= north,
            Grid.north >= south,
        )
        return [(code, polygon) for code, polygon in await self.session.execute(statement)]

    def add(self, grid: Grid) -> None:
        self.session.add(grid)

    async def visible(
        self,
        scope: ColumnElement[bool],
        *,
        kind: str | None,
        is_open: bool | None,
        after: str | None,
        limit: int,
    ) -> Sequence[Grid]:
        """Grids in the order of their codes."""
        statement = select(Grid).where(scope).order_by(Grid.code).limit(limit)
        if kind is not None:
            statement = statement.where(Grid.kind == kind)
        if is_open is not None:
            statement = statement.where(Grid.valid_to.is_(None) if is_open else Grid.valid_to.is_not(None))
        if after is not None:
            statement = statement.where(Grid.code > after)
        return (await self.session.scalars(statement)).all()

    async def newest_change(self) -> int:
        """0 where there is no grid."""
        return (await self.session.scalar(select(func.max(Grid.changed)))) or 0

    async def changed_since(self, number: int) -> Sequence[Any]:
        """What the index needs of the grids that were changed after a number."""
        statement = select(Grid.code, Grid.kind, Grid.polygon, Grid.synthetic, Grid.valid_to, Grid.changed)
        return (await self.session.execute(statement.where(Grid.changed > number))).all()

    async def locked_after(self, after: str | None, limit: int) -> Sequence[Grid]:
        """The next grids in the order of their codes, locked until the end of the transaction."""
        statement = select(Grid).order_by(Grid.code).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Grid.code > after)
        return (await self.session.scalars(statement)).all()
