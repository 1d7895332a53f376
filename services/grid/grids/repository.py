"""Every query about grids."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from shapely.geometry import Polygon
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.base import Base
from services.grid.grids.domain import Outline
from services.grid.grids.models import Grid, GridBorder
from shared.auth.lineage import AreaLine, projected_lineage
from shared.auth.scope import Scope
from shared.db.session import rows_of

BORDER = Base.metadata.tables[GridBorder.__tablename__]
DRAWING = 0x67726964  # "grid": the advisory lock of whoever changes grids


@dataclass(frozen=True)
class Box:
    """A bounding box in degrees of WGS 84."""

    west: float
    south: float
    east: float
    north: float

    @property
    def polygon(self) -> Polygon:
        return shapely.box(self.west, self.south, self.east, self.north)


@dataclass(frozen=True)
class GridChange:
    """What the index needs of a grid that was changed."""

    code: str
    kind: str
    polygon: list[Any]
    synthetic: bool
    valid_to: date | None
    changed: int
    net: str


LINES = select(Grid.code, Grid.valid_to, Grid.successors).where(Grid.valid_to.is_not(None), Grid.successors != [])


async def lines(session: AsyncSession) -> Sequence[AreaLine]:
    """Every area and grid that ends and has successors: grids out of grid's own table, areas as registry tells them."""
    rows = await session.execute(LINES)
    own = [AreaLine(code=row.code, valid_to=row.valid_to, successors=tuple(row.successors)) for row in rows]
    return [*own, *await projected_lineage(session)]


class GridRepository:
    """Grids by their codes, which say where they lie."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock_drawing(self) -> int:
        """Keep everybody else from changing grids until the end of the transaction. Returns the number of this change.

        Under the lock no overlapping neighbour can appear unseen, and numbers of changes grow in the order of commits.
        """
        await self._session.execute(select(func.pg_advisory_xact_lock(DRAWING)))
        return await self.newest_change() + 1

    async def get(self, code: str) -> Grid | None:
        return await self._session.get(Grid, code)

    async def held(self, code: str) -> Grid | None:
        """The grid, which neither ends nor changes until the transaction ends: for who is appointed there."""
        statement = select(Grid).where(Grid.code == code).with_for_update(read=True)
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()

    async def all_locked(self, codes: Collection[str]) -> dict[str, Grid]:
        """These grids by their codes, as they stand now. Hold the drawing lock."""
        statement = select(Grid).where(Grid.code.in_(codes)).order_by(Grid.code).with_for_update()
        found = await self._session.scalars(statement.execution_options(populate_existing=True))
        return {grid.code: grid for grid in found}

    async def taken(self, codes: Collection[str]) -> set[str]:
        """The codes among these that were ever used."""
        return set(await self._session.scalars(select(Grid.code).where(Grid.code.in_(codes))))

    async def open_codes(self, codes: Collection[str]) -> set[str]:
        """The codes among these of grids that exist today."""
        statement = select(Grid.code).where(Grid.code.in_(codes), Grid.valid_to.is_(None))
        return set(await self._session.scalars(statement))

    async def open_in(self, places: Scope) -> Sequence[str]:
        """Codes of the open grids that lie in these places, in order."""
        open_ones = select(Grid.code).where(Grid.valid_to.is_(None), places.where(Grid.code)).order_by(Grid.code)
        return (await self._session.scalars(open_ones)).all()

    async def open_in_box(self, box: Box) -> Sequence[Outline]:
        """The outlines of the open grids whose bounding boxes touch the box."""
        statement = select(Grid.code, Grid.polygon, Grid.kind, Grid.net).where(
            Grid.valid_to.is_(None),
            Grid.west <= box.east,
            Grid.east >= box.west,
            Grid.south <= box.north,
            Grid.north >= box.south,
        )
        rows = await self._session.execute(statement)
        return [Outline(row.code, Polygon(row.polygon), row.kind, row.net) for row in rows]

    async def open_boxes(self, areas: Collection[str], level: int) -> Mapping[str, Sequence[Box]]:
        """The bounding boxes of the open grids of each of these areas of one level that has any."""
        area = func.left(Grid.code, level)
        statement = select(area.label("area"), Grid.west, Grid.south, Grid.east, Grid.north)
        found: dict[str, list[Box]] = {}
        for row in await self._session.execute(statement.where(area.in_(areas), Grid.valid_to.is_(None))):
            box = Box(west=row.west, south=row.south, east=row.east, north=row.north)
            found.setdefault(row.area, []).append(box)
        return found

    async def open_of(self, villages: Collection[str]) -> Sequence[Grid]:
        """The open grids of these villages by code. Hold the drawing lock."""
        statement = select(Grid).where(Grid.village.in_(villages), Grid.valid_to.is_(None)).order_by(Grid.code)
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def codes_of(self, villages: Collection[str]) -> set[str]:
        """All codes that were ever used in these villages."""
        return set(await self._session.scalars(select(Grid.code).where(Grid.village.in_(villages))))

    async def recoded_by(self, change: UUID) -> Sequence[Grid]:
        """The grids that a change of areas gave other codes, by the code of before. Hold the drawing lock."""
        statement = select(Grid).where(Grid.recoded_by == change).order_by(Grid.code)
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    def add(self, grid: Grid) -> None:
        self._session.add(grid)

    def add_border(self, grid: Grid, **of_it: Any) -> None:
        """The border that a grid has from now on."""
        row = {"code": grid.code, "version": grid.version, "polygon": grid.polygon, "stands": True, **of_it}
        rows_of(self._session).add(BORDER, [row])

    async def borders_of(self, change: UUID) -> dict[str, list[Any]]:
        """The borders that a change brought, by code."""
        rows = await self._session.execute(
            select(GridBorder.code, GridBorder.polygon).where(GridBorder.change_id == change)
        )
        return {row.code: row.polygon for row in rows}

    async def copy_border(self, code: str, grid: Grid, since: date) -> None:
        """The border of a grid under another code: the same, as it came in."""
        same = next((one for one in await self.borders(code) if one.stands), None)
        if same is not None:  # else it was drawn by a build that kept none
            of_it = {name: getattr(same, name) for name in ("coordinate_system", "accuracy", "drawn_by", "drawn_at")}
            self.add_border(grid, since=since, change_id=None, **of_it)

    async def bordered_since(self, codes: Collection[str]) -> dict[str, date]:
        """Of each of these grids the first day of the border that it has."""
        statement = select(GridBorder.code, func.max(GridBorder.since).label("since"))
        rows = await self._session.execute(
            statement.where(GridBorder.code.in_(codes), GridBorder.stands).group_by(GridBorder.code)
        )
        return {row.code: row.since for row in rows}

    async def take_back(self, change: UUID) -> None:
        """The borders that a change brought stand no longer."""
        statement = update(GridBorder).where(GridBorder.change_id == change).values(stands=False)
        await self._session.execute(statement.execution_options(synchronize_session=False))

    async def borders(self, code: str) -> Sequence[GridBorder]:
        """The borders of a grid, the newest first."""
        statement = select(GridBorder).where(GridBorder.code == code).order_by(GridBorder.version.desc())
        return (await self._session.scalars(statement)).all()

    async def page(
        self,
        scope: ColumnElement[bool],
        *,
        kind: str | None,
        net: str | None = None,
        is_open: bool | None,
        after: str | None,
        limit: int,
    ) -> Sequence[Grid]:
        """Grids in the order of their codes."""
        statement = select(Grid).where(scope).order_by(Grid.code).limit(limit)
        if kind is not None:
            statement = statement.where(Grid.kind == kind)
        if net is not None:
            statement = statement.where(Grid.net == net)
        if is_open is not None:
            statement = statement.where(Grid.valid_to.is_(None) if is_open else Grid.valid_to.is_not(None))
        if after is not None:
            statement = statement.where(Grid.code > after)
        return (await self._session.scalars(statement)).all()

    async def newest_change(self) -> int:
        """The number of the last change of any grid; 0 if there is none."""
        return (await self._session.scalar(select(func.max(Grid.changed)))) or 0

    async def changed_since(self, number: int) -> Sequence[GridChange]:
        """The grids that were changed after a number."""
        columns = Grid.code, Grid.kind, Grid.polygon, Grid.synthetic, Grid.valid_to, Grid.changed, Grid.net
        statement = select(*columns)
        rows = await self._session.execute(statement.where(Grid.changed > number))
        return [GridChange(**row._mapping) for row in rows]

    async def locked_after(self, after: str | None, limit: int) -> Sequence[Grid]:
        """The next grids in the order of their codes, locked until the end of the transaction."""
        statement = select(Grid).order_by(Grid.code).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Grid.code > after)
        return (await self._session.scalars(statement)).all()
