"""Bodies of grids (网格)."""

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from services.grid.grids.domain import MAX_VERTICES, GridKind, Placed
from services.grid.grids.service import NewGrid
from shared.contracts.envelope import AreaCode
from shared.contracts.points import Latitude, Longitude, Point
from shared.http.schemas import Body, Day, View
from shared.reference.areas import village_of

GridCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{15}$"), Field(examples=["450481114201001"])]
Ring = Annotated[
    tuple[tuple[Longitude, Latitude], ...],
    Field(
        min_length=4,
        max_length=MAX_VERTICES,
        examples=[[[111.2, 22.9], [111.21, 22.9], [111.21, 22.91], [111.2, 22.91], [111.2, 22.9]]],
    ),
]

MAX_AT_ONCE = 1_000


class DrawGrid(Body):
    """A grid: 15 digits that begin with its village, and a closed ring of (longitude, latitude) in WGS 84."""

    code: GridCode = Field(description="网格代码 15 digits that begin with the village's")
    kind: GridKind = Field(
        default=GridKind.COMPREHENSIVE,
        description="网格类别 comprehensive (综合网格), dedicated (专属网格) or micro (微网格)",
        examples=["comprehensive"],
    )
    polygon: Ring = Field(description="边界 closed ring of (longitude, latitude) in WGS 84, first point repeated last")
    synthetic: bool = Field(default=False, description="虚构 drawn for demonstration, not surveyed", examples=[True])
    valid_from: Day | None = Field(
        default=None,
        description="启用日 first day on which the grid exists; today if not given",
        examples=["2026-01-01"],
    )

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

    grids: tuple[DrawGrid, ...] = Field(
        min_length=1, max_length=MAX_AT_ONCE, description="网格 grids to draw, all or none"
    )


class CloseGrid(Body):
    """The end of a grid, and which grids carry on."""

    closed_on: Day = Field(
        description="撤销日 first day on which the grid is no more; not after today", examples=["2026-11-20"]
    )
    successors: tuple[GridCode, ...] = Field(
        default=(),
        max_length=100,
        description="承接网格 codes of the grids that carry on; they exist today",
        examples=[["450481114201002"]],
    )


class PointBody(Body):
    """A point in WGS 84."""

    longitude: Longitude
    latitude: Latitude

    def content(self) -> Point:
        return Point(longitude=self.longitude, latitude=self.latitude)


class LocatePoint(PointBody):
    """A point in WGS 84, and the kind of grid that is looked for."""

    kind: GridKind = Field(
        default=GridKind.COMPREHENSIVE,
        description="网格类别 kind of grid that is looked for",
        examples=["comprehensive"],
    )


class GridSummary(View):
    """A grid without its polygon."""

    code: AreaCode = Field(description="网格代码 code of the grid, 15 digits", examples=["450481114201001"])
    village: AreaCode = Field(description="村（社区）代码 code of the village, 12 digits", examples=["450481114201"])
    kind: GridKind = Field(description="网格类别 comprehensive, dedicated or micro", examples=["comprehensive"])
    synthetic: bool = Field(description="虚构 drawn for demonstration, not surveyed", examples=[True])
    valid_from: date = Field(description="启用日 first day on which the grid exists", examples=["2026-01-01"])
    valid_to: date | None = Field(
        description="撤销日 first day on which the grid is no more; null while it exists", examples=[None]
    )
    successors: list[AreaCode] = Field(
        description="承接网格 codes of the grids that carry on; empty while it exists", examples=[[]]
    )
    version: int = Field(description="版本 counts the changes of the grid, from 1", examples=[1])


class GridView(GridSummary):
    """A grid with its polygon."""

    polygon: list[tuple[float, float]] = Field(
        description="边界 closed ring of (longitude, latitude) in WGS 84, first point repeated last",
        examples=[[[111.2, 22.9], [111.21, 22.9], [111.21, 22.91], [111.2, 22.91], [111.2, 22.9]]],
    )


class GridsDrawn(View):
    """What was drawn."""

    codes: list[AreaCode] = Field(
        description="网格代码 codes of the grids that were drawn, in the order of the request",
        examples=[["450481114201001"]],
    )


class LocatedGrid(View):
    """The grid that holds a point."""

    code: AreaCode = Field(description="网格代码 code of the grid, 15 digits", examples=["450481114201001"])
    village: AreaCode = Field(description="村（社区）代码 code of the village, 12 digits", examples=["450481114201"])
    kind: GridKind = Field(description="网格类别 comprehensive, dedicated or micro", examples=["comprehensive"])
    synthetic: bool = Field(description="虚构 drawn for demonstration, not surveyed", examples=[True])


class LocationView(View):
    """Which grid holds a point."""

    located: bool = Field(description="已定位 whether a grid of this kind holds the point", examples=[True])
    grid: LocatedGrid | None = Field(description="网格 the grid; null if none of this kind holds the point")

    @classmethod
    def of(cls, placed: Placed | None) -> Self:
        if placed is None:
            return cls(located=False, grid=None)
        grid = LocatedGrid(
            code=placed.code, village=village_of(placed.code), kind=GridKind(placed.kind), synthetic=placed.synthetic
        )
        return cls(located=True, grid=grid)
