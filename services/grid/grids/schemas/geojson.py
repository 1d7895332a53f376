"""Grids as GeoJSON (RFC 7946), in and out: a FeatureCollection with a feature for each grid."""

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field

from services.grid.grids.domain import MAX_VERTICES, CoordinateSystem, GridHasHole, GridKind, GridNet, NewGrid
from services.grid.grids.models import Grid
from services.grid.grids.schemas.grids import MAX_AT_ONCE, Degrees, GridCode, Group, Name, Net, System
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, Day, View

Positions = Annotated[tuple[tuple[Degrees, Degrees], ...], Field(min_length=4, max_length=MAX_VERTICES)]
SQUARE = [[[111.2, 22.9], [111.21, 22.9], [111.21, 22.91], [111.2, 22.91], [111.2, 22.9]]]


class PolygonIn(Body):
    """A polygon: one ring of (longitude, latitude); a second one would be a hole."""

    type: Literal["Polygon"] = Field(description="几何类型 Polygon", examples=["Polygon"])
    coordinates: tuple[Positions, ...] = Field(
        min_length=1, max_length=100, description="坐标 one closed ring; inner rings are refused", examples=[SQUARE]
    )


class GridProperties(Body):
    """What a grid is, beside its polygon."""

    code: GridCode = Field(description="网格代码 15 digits that begin with the village's")
    kind: GridKind = Field(
        default=GridKind.COMPREHENSIVE,
        description="网格类别 comprehensive, dedicated or micro",
        examples=["comprehensive"],
    )
    net: Net = GridNet.COMMITTEES
    name: Name | None = Field(default=None, description="网格名称 name of the grid", examples=["第一网格"])
    villagers_group: Group | None = Field(
        default=None, description="村民小组 number of the villagers' group; 0: none", examples=[1]
    )
    synthetic: bool = Field(default=False, description="虚构 drawn for demonstration, not surveyed", examples=[True])
    valid_from: Day | None = Field(
        default=None, description="启用日 first day of the grid; today if not given", examples=["2026-01-01"]
    )


class GridFeature(Body):
    """A grid to draw."""

    type: Literal["Feature"] = Field(description="类型 Feature", examples=["Feature"])
    geometry: PolygonIn = Field(description="几何 its polygon")
    properties: GridProperties = Field(description="属性 what it is")


class DrawGeoJson(Body):
    """Grids to draw, all or none. `coordinate_system` is said here: RFC 7946 knows WGS 84 alone."""

    type: Literal["FeatureCollection"] = Field(description="类型 FeatureCollection", examples=["FeatureCollection"])
    coordinate_system: System = CoordinateSystem.WGS84
    features: tuple[GridFeature, ...] = Field(
        min_length=1, max_length=MAX_AT_ONCE, description="网格 a feature for each grid"
    )

    def content(self) -> list[NewGrid]:
        """The grids. Raises `GridHasHole`."""
        holes = [n for n, one in enumerate(self.features) if len(one.geometry.coordinates) > 1]
        if holes:
            raise GridHasHole.at(*(f"features.{n}.geometry.coordinates" for n in holes))
        return [
            NewGrid(
                code=one.properties.code,
                kind=one.properties.kind,
                polygon=one.geometry.coordinates[0],
                synthetic=one.properties.synthetic,
                valid_from=one.properties.valid_from,
                net=one.properties.net,
                name=one.properties.name,
                villagers_group=one.properties.villagers_group,
                system=self.coordinate_system,
            )
            for one in self.features
        ]


class PolygonOut(View):
    """A polygon in WGS 84, anticlockwise."""

    type: Literal["Polygon"] = Field(description="几何类型 Polygon", examples=["Polygon"])
    coordinates: list[list[tuple[float, float]]] = Field(description="坐标 one closed ring", examples=[SQUARE])


class PropertiesView(View):
    """What a grid is."""

    code: AreaCode = Field(description="网格代码 code of the grid", examples=["450481114201001"])
    kind: GridKind = Field(description="网格类别 comprehensive, dedicated or micro", examples=["comprehensive"])
    net: Net
    name: str | None = Field(description="网格名称 name of the grid; null if it has none", examples=["第一网格"])
    villagers_group: int | None = Field(description="村民小组 number of the group; null for none", examples=[1])
    synthetic: bool = Field(description="虚构 drawn for demonstration, not surveyed", examples=[True])
    valid_from: date = Field(description="启用日 first day on which the grid exists", examples=["2026-01-01"])


class FeatureView(View):
    """A grid."""

    type: Literal["Feature"] = Field(description="类型 Feature", examples=["Feature"])
    id: AreaCode = Field(description="网格代码 code of the grid", examples=["450481114201001"])
    geometry: PolygonOut = Field(description="几何 its polygon in WGS 84")
    properties: PropertiesView = Field(description="属性 what it is")

    @classmethod
    def of(cls, grid: Grid) -> Self:
        ring = [(x, y) for x, y in grid.polygon]
        turn = sum((x2 - x1) * (y2 + y1) for (x1, y1), (x2, y2) in pairwise(ring))
        ring = ring[::-1] if turn > 0 else ring  # RFC 7946: the right-hand rule
        return cls(
            type="Feature",
            id=grid.code,
            geometry=PolygonOut(type="Polygon", coordinates=[ring]),
            properties=PropertiesView.model_validate(grid),
        )


class GridsAsGeoJson(View):
    """Open grids as a FeatureCollection in WGS 84. `next_cursor` is a foreign member: null on the last page."""

    type: Literal["FeatureCollection"] = Field(description="类型 FeatureCollection", examples=["FeatureCollection"])
    features: list[FeatureView] = Field(description="网格 a feature for each grid, by code")
    next_cursor: str | None = Field(
        description="翻页标记 passed as `cursor` for the next page; null on the last one", examples=["AbCdEf0123"]
    )
