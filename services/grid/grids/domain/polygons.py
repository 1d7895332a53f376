"""Polygons of grids: rings, lengths on the ground, overlaps and neighbourhood. Degrees of WGS 84 unless said."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from services.grid.grids.domain.coordinates import looks_swapped
from services.grid.grids.domain.kinds import GridKind, GridNet
from services.grid.grids.domain.refusals import GridAxesSwapped, GridPolygonInvalid
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS

Ring = tuple[tuple[float, float], ...]
"""(longitude, latitude) pairs, the first one repeated last."""

MAX_VERTICES = 1_000
"""Keeps the state below the bus's 64 KiB with its other fields (a vertex is at most some 45 bytes of JSON)."""

TOLERANCE = 5.0
"""Metres: how far two hands may be apart that draw one border. What is narrower is reported for repair; what is wider
is an overlap, and refused. Our own measure: no standard gives one."""

NEAR = {VILLAGE_DIGITS: 0.1, TOWN_DIGITS: 0.6, COUNTY_DIGITS: 1.5}
"""Degrees, about 10, 60 and 150 km: how far a new grid may lie from the others of its village; while that has none,
from those of its town, then of its county. Our own measure: no standard gives one, and nobody announces boundaries."""

DEGREE = 111_320.0
"""Metres of a degree of latitude, and of one of longitude at the equator."""


def polygon_of(ring: Sequence[Sequence[float]], *, path: str = "polygon") -> Polygon:
    """The polygon of a ring that is closed, simple and within WGS 84.

    Raises `GridAxesSwapped`, and `GridPolygonInvalid` with the reason.
    """
    if len(ring) < 4 or tuple(ring[0]) != tuple(ring[-1]):
        raise GridPolygonInvalid.at(path, detail="边界至少四个点，且首尾相同")
    if len(ring) > MAX_VERTICES:
        raise GridPolygonInvalid.at(path, detail=f"边界最多 {MAX_VERTICES} 个点")
    if looks_swapped(ring):
        raise GridAxesSwapped.at(path)
    if any(not (-180 <= longitude <= 180 and -90 <= latitude <= 90) for longitude, latitude in ring):
        raise GridPolygonInvalid.at(path, detail="坐标须为 WGS 84 经纬度")
    polygon = Polygon(ring)
    if not polygon.is_valid or polygon.area == 0:
        raise GridPolygonInvalid.at(path, detail="边界自相交或面积为零")
    return polygon


@dataclass(frozen=True)
class Ground:
    """A plane in metres at a latitude, for places of some kilometres: within 0.1 % of the ellipsoid there."""

    latitude: float

    @classmethod
    def under(cls, shapes: Iterable[BaseGeometry]) -> "Ground":
        """The plane at the middle latitude of the shapes."""
        _, south, _, north = shapely.total_bounds(list(shapes)).tolist()
        return cls((south + north) / 2)

    @property
    def _scale(self) -> tuple[float, float]:
        return DEGREE * cos(radians(self.latitude)), DEGREE

    def metres(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape of degrees in metres."""
        return shapely.transform(shape, lambda points: points * self._scale)

    def degrees(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape of metres in degrees."""
        return shapely.transform(shape, lambda points: points / self._scale)


def is_wide(shape: BaseGeometry) -> bool:
    """Whether a shape in metres is somewhere wider than the tolerance."""
    return not shape.buffer(-TOLERANCE / 2).is_empty


@dataclass(frozen=True)
class Outline:
    """A grid's code, polygon, kind and net."""

    code: str
    polygon: Polygon
    kind: str = GridKind.COMPREHENSIVE
    net: str = GridNet.COMMITTEES

    @property
    def town(self) -> str:
        return self.code[:TOWN_DIGITS]


def first_overlap(drawn: Sequence[Outline], standing: Sequence[Outline]) -> str | None:
    """The code of the first drawn grid that overlaps one of its kind and net: a standing one, or one drawn before it.

    A shared edge is no overlap; nor is a sliver along it that is nowhere wider than `TOLERANCE`.
    """
    return _first_clash(drawn, standing, lambda one, other: (one.kind, one.net) == (other.kind, other.net))


def first_in_other_town(drawn: Sequence[Outline], standing: Sequence[Outline]) -> str | None:
    """The code of the first drawn grid that lies over a grid of another town, of whatever kind and net."""
    return _first_clash(drawn, standing, lambda one, other: one.town != other.town)


def _first_clash(
    drawn: Sequence[Outline], standing: Sequence[Outline], clash: Callable[[Outline, Outline], bool]
) -> str | None:
    everyone = [*standing, *drawn]
    tree = shapely.STRtree([one.polygon for one in everyone])
    pairs = tree.query([one.polygon for one in drawn], predicate="intersects")
    for index, other in sorted(zip(*pairs.tolist(), strict=True)):
        one: Outline = drawn[index]
        if other >= index + len(standing) or not clash(one, everyone[other]):
            continue
        if overlaps(one.polygon, everyone[other].polygon):
            return one.code
    return None


def overlaps(one: Polygon, other: Polygon) -> bool:
    """Whether two polygons share more than a sliver along their borders: wider than `TOLERANCE`, or most of either."""
    shared = one.intersection(other)
    if shared.area == 0:
        return False
    return shared.area * 2 > min(one.area, other.area) or is_wide(Ground.under([shared]).metres(shared))


def first_far_away(drawn: Sequence[Outline], standing: Mapping[str, Sequence[Polygon]]) -> str | None:
    """The code of the first drawn grid that lies too far from its village.

    `standing`: where the open grids of villages, towns and counties lie, by the area's code. Of those drawn together
    one may lie near another one that lies near; in a county without any grid the first one lies where it lies.
    """
    known = {area: list(polygons) for area, polygons in standing.items()}
    for code in sorted({one.code[:VILLAGE_DIGITS] for one in drawn}):
        levels = [code[:level] for level in NEAR]
        group = sorted((one for one in drawn if one.code.startswith(code)), key=lambda one: one.code)
        home = next((area for area in levels if known.get(area)), None)
        near = group[:1] if home is None else _within(group, known[home], NEAR[len(home)])
        reached = {one.code for one in near}
        while near:
            rest = [one for one in group if one.code not in reached]
            near = _within(rest, [one.polygon for one in near], NEAR[VILLAGE_DIGITS])
            reached |= {one.code for one in near}
        if (far := next((one.code for one in group if one.code not in reached), None)) is not None:
            return far
        for area in levels:
            known.setdefault(area, []).extend(one.polygon for one in group)
    return None


def _within(grids: Sequence[Outline], places: Sequence[Polygon], distance: float) -> list[Outline]:
    if not grids:
        return []
    tree = shapely.STRtree(places)
    hits = tree.query([one.polygon for one in grids], predicate="dwithin", distance=distance)
    return [grids[index] for index in sorted(set(hits[0].tolist()))]
