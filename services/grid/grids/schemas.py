"""Bodies of grids."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from services.grid.grids.domain import MAX_VERTICES, GridKind, Placed
from services.grid.grids.service import NewGrid
from shared.contracts.envelope import AreaCode
from shared.contracts.points import Latitude, Longitude, Point
from shared.http.schemas import Body, View

GridCode = Annotated[str, StringConstraints(pattern=r"^\d{15}$"), Field(examples=["450481100201001"])]
Ring = Annotated[
    tuple[tuple[Longitude, Latitude], ...],
    Field(
        min_length=4,
        max_length=MAX_VERTICES,
        examples=[[[110.99, 22.91], [111.0, 22.91], [111.0, 22.92], [110.99, 22.92], [110.99, 22.91]]],
    ),
]

MAX_AT_ONCE = 1_000


class DrawGrid(Body):
    """A grid: 15 digits that begin with its village, and a closed ring of (longitude, latitude) in WGS 84."""

    code: GridCode = Field(description="代码 value of a code list")
    kind: GridKind = Field(default=GridKind.COMPREHENSIVE, description="类别 kind")
    polygon: Ring = Field(description="边界 closed ring of (longitude, latitude) in WGS 84, first point repeated last")
    synthetic: Annotated[bool, Field(description="drawn for demonstration, not surveyed")] = False
    valid_from: Annotated[date | None, Field(description="today where it is not given")] = None

    def content(self) -> NewGrid:
        return NewGrid(
            code=self.code,
            kind=self.kind,
            polygon=self.polygon,
            synthetic=self.synthetic,
            valid_from=self.valid_from,
        )


class DrawGrids(Body):
    """Many grids: all or none."""

    grids: Annotated[tuple[DrawGrid, ...], Field(min_length=1, max_length=MAX_AT_ONCE)] = Field(
        description="网格 grids to draw, all or none"
    )


class CloseGrid(Body):
    """`closed_on` is the first day on which the grid is no more."""

    closed_on: date = Field(description="结案时间 when it was closed")
    successors: Annotated[tuple[GridCode, ...], Field(max_length=100)] = Field(
        default=(), description="继任区划 codes that carry on"
    )


class PointBody(Body):
    """A point in WGS 84."""

    longitude: Longitude
    latitude: Latitude

    def content(self) -> Point:
        return Point(longitude=self.longitude, latitude=self.latitude)


class LocatePoint(PointBody):
    """A point in WGS 84, and the kind of grid that is looked for."""

    kind: GridKind = Field(default=GridKind.COMPREHENSIVE, description="类别 kind")


class GridSummary(View):
    """A grid without its polygon. `synthetic`: drawn for demonstration, not surveyed."""

    code: AreaCode = Field(description="代码 value of a code list")
    village: AreaCode = Field(description="村(社区)代码 village, 12 digits")
    kind: GridKind = Field(description="类别 kind")
    synthetic: bool = Field(description="虚构 drawn for demonstration, not surveyed")
    valid_from: date = Field(description="启用日 first day of validity")
    valid_to: date | None = Field(description="停用日 first day on which it is no longer valid; null while it is")
    successors: list[AreaCode] = Field(description="继任区划 codes that carry on")
    version: int = Field(description="版本 counts the changes of this object, from 1")


class GridView(GridSummary):
    """A grid."""

    polygon: list[tuple[float, float]] = Field(
        description="边界 closed ring of (longitude, latitude) in WGS 84, first point repeated last"
    )


class GridsDrawn(View):
    """What was drawn."""

    codes: list[AreaCode] = Field(description="网格代码 codes of the grids")


class LocatedGrid(View):
    """The grid that holds a point."""

    code: AreaCode = Field(description="代码 value of a code list")
    village: AreaCode = Field(description="村(社区)代码 village, 12 digits")
    kind: GridKind = Field(description="类别 kind")
    synthetic: bool = Field(description="虚构 drawn for demonstration, not surveyed")


class LocationView(View):
    """`grid` is null where no grid of this kind holds the point."""

    located: bool = Field(description="已定位 whether a grid holds the point")
    grid: LocatedGrid | None = Field(description="网格 the grid")

    @classmethod
    def of(cls, placed: Placed | None) -> Self:
        if placed is None:
            return cls(located=False, grid=None)
        grid = LocatedGrid(
            code=placed.code, village=placed.code[:12], kind=GridKind(placed.kind), synthetic=placed.synthetic
        )
        return cls(located=True, grid=grid)
