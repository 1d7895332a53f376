"""Bodies of grids (网格): drawn, closed, located and shown."""

from datetime import date
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints

from services.grid.grids.domain import MAX_VERTICES, CoordinateSystem, GridKind, GridNet, NewGrid, Placed
from shared.contracts.envelope import AreaCode
from shared.contracts.points import Latitude, Longitude, Point
from shared.http.schemas import Body, Day, View, without_number
from shared.reference.areas import village_of

GridCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{15}$"), Field(examples=["450481114201001"])]
Degrees = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
Ring = Annotated[
    tuple[tuple[Degrees, Degrees], ...],
    Field(
        min_length=4,
        max_length=MAX_VERTICES,
        examples=[[[111.2, 22.9], [111.21, 22.9], [111.21, 22.91], [111.2, 22.91], [111.2, 22.9]]],
    ),
]
"""Longitude and latitude; swapped ones are let in here, so that a rule refuses them with a sentence."""
RING = "边界 closed ring of (longitude, latitude), first point repeated last; WGS 84 if not said otherwise"
Net = Annotated[
    GridNet,
    Field(
        description="所属的网 committees (村居委会), quarters (小区) or organisations (单位): nets lie over each other",
        examples=["committees"],
    ),
]
System = Annotated[
    CoordinateSystem,
    Field(
        description="坐标系 in which the coordinates are: wgs84, cgcs2000, gcj02 or bd09; kept in WGS 84. "
        "GCJ-02 and BD-09 are converted by an approximation, to some 5 metres",
        examples=["wgs84"],
    ),
]
Name = Annotated[str, StringConstraints(min_length=1, max_length=50), AfterValidator(without_number)]
Group = Annotated[int, Field(ge=0, le=999)]

MAX_AT_ONCE = 1_000
MAX_POINTS = 2_000


class DrawGrid(Body):
    """A grid: 15 digits that begin with its village, and a closed ring of (longitude, latitude)."""

    code: GridCode = Field(description="网格代码 15 digits that begin with the village's")
    kind: GridKind = Field(
        default=GridKind.COMPREHENSIVE,
        description="网格类别 comprehensive (综合网格), dedicated (专属网格) or micro (微网格)",
        examples=["comprehensive"],
    )
    net: Net = GridNet.COMMITTEES
    name: Name | None = Field(default=None, description="网格名称 name of the grid", examples=["第一网格"])
    villagers_group: Group | None = Field(
        default=None,
        description="村民小组 number of the villagers' group whose ground it is; 0: of none. A comprehensive grid of a "
        "villagers' committee is that of the group of its own number if nothing is said",
        examples=[1],
    )
    polygon: Ring = Field(description=RING)
    coordinate_system: System = CoordinateSystem.WGS84
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
            net=self.net,
            name=self.name,
            villagers_group=self.villagers_group,
            system=self.coordinate_system,
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
    net: Net = GridNet.COMMITTEES


class LocatePoints(Body):
    """Many points in WGS 84, and the kind and net of grid that is looked for."""

    points: tuple[tuple[Longitude, Latitude], ...] = Field(
        min_length=1,
        max_length=MAX_POINTS,
        description="坐标点 (longitude, latitude) in WGS 84",
        examples=[[[111.205, 22.905], [111.215, 22.905]]],
    )
    kind: GridKind = Field(
        default=GridKind.COMPREHENSIVE,
        description="网格类别 kind of grid that is looked for",
        examples=["comprehensive"],
    )
    net: Net = GridNet.COMMITTEES


class PointsLocated(View):
    """Which grid holds each of the points."""

    codes: list[AreaCode | None] = Field(
        description="网格代码 code of the grid of each point, in the order of the request; null outside of all",
        examples=[["450481114201001", None]],
    )


class GridSummary(View):
    """A grid without its polygon."""

    code: AreaCode = Field(description="网格代码 code of the grid, 15 digits", examples=["450481114201001"])
    village: AreaCode = Field(description="村（社区）代码 code of the village, 12 digits", examples=["450481114201"])
    kind: GridKind = Field(description="网格类别 comprehensive, dedicated or micro", examples=["comprehensive"])
    net: Net
    name: str | None = Field(description="网格名称 name of the grid; null if it has none", examples=["第一网格"])
    villagers_group: int | None = Field(
        description="村民小组 number of the villagers' group whose ground it is; null for none", examples=[1]
    )
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


class BorderView(View):
    """A border that a grid has or had."""

    version: int = Field(description="版本 version of the grid with which it came", examples=[1])
    since: date = Field(description="启用日 first day of the border", examples=["2026-01-01"])
    stands: bool = Field(description="有效 false once the change that brought it was undone", examples=[True])
    polygon: list[tuple[float, float]] = Field(
        description="边界 closed ring of (longitude, latitude) in WGS 84",
        examples=[[[111.2, 22.9], [111.21, 22.9], [111.21, 22.91], [111.2, 22.91], [111.2, 22.9]]],
    )
    coordinate_system: System
    accuracy: float = Field(description="换算误差 metres that the conversion may have added", examples=[0.0])


class Borders(View):
    """Every border of a grid, the newest first."""

    items: list[BorderView] = Field(description="历次边界 borders, the newest first")


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
