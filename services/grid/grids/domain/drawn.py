"""A grid as it is told before it is drawn: its border as it came in, what it is, from when on."""

from dataclasses import dataclass
from datetime import date

from shapely.geometry import Polygon

from services.grid.grids.domain.coordinates import CoordinateSystem, in_china, looks_swapped, to_wgs84
from services.grid.grids.domain.kinds import GridKind, GridNet
from services.grid.grids.domain.polygons import Ring, polygon_of
from services.grid.grids.domain.refusals import GridAxesSwapped, GridPolygonInvalid

EXACT = 8
"""Decimals of a degree that a conversion keeps: a millimetre."""


@dataclass(frozen=True)
class Border:
    """A ring as it came in, in a coordinate system."""

    ring: Ring
    system: CoordinateSystem = CoordinateSystem.WGS84

    def polygon(self, path: str) -> Polygon:
        """The polygon in WGS 84. Raises `GridAxesSwapped`, `GridPolygonInvalid`, also outside of what is converted."""
        if looks_swapped(self.ring):
            raise GridAxesSwapped.at(path)
        if self._converted and not all(in_china(*point) for point in self.ring):
            raise GridPolygonInvalid.at(path, detail="GCJ-02、BD-09 坐标只适用于我国境内")
        return polygon_of(self.in_wgs84, path=path)

    @property
    def in_wgs84(self) -> Ring:
        """The ring in WGS 84."""
        converted = to_wgs84(self.ring, self.system)
        if not self._converted:
            return converted
        return tuple((round(x, EXACT), round(y, EXACT)) for x, y in converted)

    @property
    def _converted(self) -> bool:
        return self.system in (CoordinateSystem.GCJ02, CoordinateSystem.BD09)


@dataclass(frozen=True)
class NewGrid:
    """A grid to be drawn. Without `valid_from` it begins today.

    `villagers_group`: None for the one that follows from the code, 0 for none.
    """

    code: str
    kind: GridKind
    polygon: Ring
    synthetic: bool = False
    valid_from: date | None = None
    net: GridNet = GridNet.COMMITTEES
    name: str | None = None
    villagers_group: int | None = None
    system: CoordinateSystem = CoordinateSystem.WGS84

    @property
    def border(self) -> Border:
        return Border(self.polygon, self.system)
