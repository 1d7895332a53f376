"""Grids (网格): what a polygon must be, and which grid a point belongs to. Lengths are degrees of WGS 84."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import Point as ShapelyPoint
from shapely.geometry import Polygon

from shared.contracts.points import Point
from shared.errors import DomainError, ErrorKind
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS
from shared.reference.named_code import NamedCode

Ring = tuple[tuple[float, float], ...]
"""(longitude, latitude) pairs, the first one repeated last."""

MAX_VERTICES = 1_000
"""Keeps the state below the bus's 64 KiB with its other fields (a vertex is at most some 45 bytes of JSON)."""

SLIVER = 1e-10
"""Square degrees, about one square metre: what two neighbours may share through rounding of surveyed vertices."""


NEAR = {VILLAGE_DIGITS: 0.1, TOWN_DIGITS: 0.6, COUNTY_DIGITS: 1.5}
"""Degrees, about 10, 60 and 150 km: how far a new grid may lie from the others of its village; while that has none,
from those of its town, then of its county. Our own measure: no standard gives one, and nobody announces boundaries."""


class GridKind(NamedCode):
    """综合网格, 专属网格, 微网格."""

    COMPREHENSIVE = "comprehensive", "综合网格"
    DEDICATED = "dedicated", "专属网格"
    MICRO = "micro", "微网格"


class GridPolygonInvalid(DomainError):
    """The ring is not closed, crosses itself, has no area, has too many points, or leaves WGS 84."""

    kind, code, title = ErrorKind.INVALID, "grid_polygon_invalid", "网格边界不是有效的闭合多边形"
    advice = "请检查各点顺序：首尾两点相同，边线互不相交，经度在前、纬度在后"


class GridVillageUnknown(DomainError):
    """The first twelve digits of the code are no village that exists on the day the grid begins."""

    kind, code, title = ErrorKind.INVALID, "grid_village_unknown", "网格编码所属的村（社区）不存在"
    advice = "请核对编码前 12 位；新设的村（社区）稍后再试"


class GridDateInvalid(DomainError):
    """A grid that begins after today, or ends before it begins or after today."""

    kind, code, title = ErrorKind.INVALID, "grid_date_invalid", "网格起止日期不正确"
    advice = "请核对起止日期：不得早于所属村（社区）设立之日，止日不早于起日"


class GridOverlaps(DomainError):
    """The polygon lies over an open grid of the same kind."""

    kind, code, title = ErrorKind.CONFLICT, "grid_overlaps", "与同类网格的边界重叠"
    advice = "请对照相邻网格调整边界，使两者不重叠"


class GridInOtherTown(DomainError):
    """The polygon lies over an open grid, of whatever kind, of another town."""

    kind, code, title = ErrorKind.CONFLICT, "grid_in_other_town", "网格边界伸入其他乡镇（街道）的网格"
    advice = "请对照相邻乡镇（街道）的网格调整边界"


class GridFarAway(DomainError):
    """The polygon lies far from the other grids of its village, or of its town or county."""

    kind, code, title = ErrorKind.INVALID, "grid_far_away", "网格离所属村（社区）的其他网格过远"
    advice = "请核对坐标（WGS 84，先经度后纬度）和网格编码"


class GridCodeTaken(DomainError):
    """A code is never used twice, not even after its grid was closed."""

    kind, code, title = ErrorKind.CONFLICT, "grid_code_taken", "网格编码已被使用"
    advice = "请换一个编码，撤销的编码也不能再用"


class GridAlreadyClosed(DomainError):
    """The grid ended before; it ends once."""

    kind, code, title = ErrorKind.CONFLICT, "grid_already_closed", "网格已撤销"
    advice = "请查看该网格的承接网格，在承接网格上办理"


class GridSuccessorUnknown(DomainError):
    """A successor that is the grid itself, no grid that exists today, or one outside the caller's areas."""

    kind, code, title = ErrorKind.INVALID, "grid_successor_unknown", "承接网格不存在、已撤销或不在您的管理范围内"
    advice = "请填写您管理范围内现有网格的编码"


def polygon_of(ring: Sequence[Sequence[float]], *, path: str = "polygon") -> Polygon:
    """The polygon of a ring that is closed, simple and within WGS 84. Raises `GridPolygonInvalid` with the reason."""
    if len(ring) < 4 or tuple(ring[0]) != tuple(ring[-1]):
        raise GridPolygonInvalid.at(path, detail="边界至少四个点，且首尾相同")
    if len(ring) > MAX_VERTICES:
        raise GridPolygonInvalid.at(path, detail=f"边界最多 {MAX_VERTICES} 个点")
    if any(not (-180 <= longitude <= 180 and -90 <= latitude <= 90) for longitude, latitude in ring):
        raise GridPolygonInvalid.at(path, detail="坐标须为 WGS 84 经纬度")
    polygon = Polygon(ring)
    if not polygon.is_valid or polygon.area == 0:
        raise GridPolygonInvalid.at(path, detail="边界自相交或面积为零")
    return polygon


@dataclass(frozen=True)
class Outline:
    """A grid's code, polygon and kind."""

    code: str
    polygon: Polygon
    kind: str = GridKind.COMPREHENSIVE

    @property
    def town(self) -> str:
        return self.code[:TOWN_DIGITS]


def first_overlap(drawn: Sequence[Outline], standing: Sequence[Outline]) -> str | None:
    """The code of the first drawn grid that overlaps a standing one of its kind or an earlier drawn one.

    A shared edge is no overlap.
    """
    return _first_clash(drawn, standing, lambda one, other: one.kind == other.kind)


def first_in_other_town(drawn: Sequence[Outline], standing: Sequence[Outline]) -> str | None:
    """The code of the first drawn grid that lies over a grid of another town, of whatever kind."""
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
        if one.polygon.intersection(everyone[other].polygon).area > SLIVER:
            return one.code
    return None


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


@dataclass(frozen=True)
class Placed:
    """An open grid as the index keeps it."""

    code: str
    kind: str
    polygon: Polygon
    synthetic: bool
    changed: int  # the number of the change that it was read at


@dataclass(frozen=True)
class Closed:
    """A grid that the index holds no more."""

    code: str
    changed: int  # the number of the change that closed it


class GridIndex:
    """Open grids in memory: point → grid. Exact (the predicate is GEOS's robust one).

    A point on an edge or corner that several grids share belongs to the one with the smallest code: exactly one, always
    the same. `seen` is the number of the newest change that it holds.
    """

    def __init__(self) -> None:
        self.seen = 0
        self._open: dict[str, Placed] = {}
        self._changed: dict[str, int] = {}
        self._trees: dict[str, tuple[list[Placed], shapely.STRtree]] = {}

    def apply(self, opened: Iterable[Placed], closed: Iterable[Closed]) -> None:
        """Take in changes, in any order and any number of times: a code's older change never undoes a newer one."""
        for placed in opened:
            if placed.changed > self._changed.get(placed.code, 0):
                self._changed[placed.code] = placed.changed
                self._open[placed.code] = placed
        for gone in closed:
            if gone.changed > self._changed.get(gone.code, 0):
                self._changed[gone.code] = gone.changed
                self._open.pop(gone.code, None)
        self.seen = max(self._changed.values(), default=0)
        kinds: dict[str, list[Placed]] = {}
        for placed in self._open.values():
            kinds.setdefault(placed.kind, []).append(placed)
        self._trees = {kind: (grids, shapely.STRtree([g.polygon for g in grids])) for kind, grids in kinds.items()}

    def forget(self) -> None:
        """Empty again, for a database that is behind what was seen (restored from a backup)."""
        self.seen = 0
        self._open.clear()
        self._changed.clear()
        self._trees.clear()

    def locate(self, point: Point, kind: str = GridKind.COMPREHENSIVE) -> Placed | None:
        """The grid of this kind to which the point belongs; None outside of all."""
        return next(iter(self.holding(point, kind)), None)

    def holding(self, point: Point, kind: str = GridKind.COMPREHENSIVE) -> Sequence[Placed]:
        """The grids of this kind that hold the point, by code: several only on an edge or corner that they share."""
        if kind not in self._trees:
            return []
        grids, tree = self._trees[kind]
        hits = tree.query(ShapelyPoint(point.longitude, point.latitude), predicate="intersects")
        return sorted((grids[hit] for hit in hits.tolist()), key=lambda grid: grid.code)
