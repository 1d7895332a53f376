"""Coverage of a village by grids (网格覆盖情况): overlaps, holes and gaps, in metres on the ground, for repair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import shapely
from shapely.geometry import Polygon
from shapely.geometry.base import BaseGeometry

from services.grid.grids.domain import TOLERANCE, Ground, is_wide
from shared.reference.named_code import NamedCode

LEAST = 1.0
"""Square metres: smaller ones come of rounding, and are not reported."""


class Flaw(NamedCode):
    """What is wrong between grids: ground of two of them, or of none."""

    OVERLAP = "overlap", "重叠"
    GAP = "gap", "空隙"


@dataclass(frozen=True)
class Finding:
    """A place to repair. `grids`: whose borders they are. `keeper`: the grid that keeps or takes the ground.

    `area` in square metres. `wide`: wider than the tolerance, so that no grid can be drawn that way any more.
    """

    flaw: Flaw
    grids: tuple[str, ...]
    keeper: str
    area: float
    wide: bool
    polygon: Polygon


def findings(grids: Mapping[str, Polygon]) -> Sequence[Finding]:
    """The overlaps and gaps among grids of one net and kind, the largest first.

    An overlap is kept by the smallest code, as points in it are located. A gap is ground that grids enclose, or that
    lies between two of them nearer than twice the tolerance; the grid with the longest border along it takes it.
    """
    if not grids:
        return []
    codes = sorted(grids)
    ground = Ground.under(grids.values())
    shapes = [ground.metres(grids[code]) for code in codes]
    found = [*_overlaps(codes, shapes, ground), *_gaps(codes, shapes, ground)]
    return sorted(found, key=lambda one: (-one.area, one.grids))


def _overlaps(codes: Sequence[str], shapes: Sequence[BaseGeometry], ground: Ground) -> list[Finding]:
    tree = shapely.STRtree(shapes)
    found: list[Finding] = []
    for one, other in sorted(zip(*tree.query(shapes, predicate="intersects").tolist(), strict=True)):
        if one >= other:
            continue
        for part in _polygons(shapes[one].intersection(shapes[other])):
            pair = codes[one], codes[other]
            found.append(_finding(Flaw.OVERLAP, pair, pair[0], part, ground))
    return found


def _gaps(codes: Sequence[str], shapes: Sequence[BaseGeometry], ground: Ground) -> list[Finding]:
    whole = shapely.unary_union(list(shapes))
    enclosed = [Polygon(ring) for part in _parts(whole) for ring in part.interiors]
    closed = whole.buffer(TOLERANCE, join_style="mitre").buffer(-TOLERANCE, join_style="mitre")
    tree = shapely.STRtree(shapes)
    found: list[Finding] = []
    for part in _polygons(shapely.unary_union([*enclosed, closed]).difference(whole)):
        near = sorted(tree.query(part, predicate="dwithin", distance=0.01).tolist())
        borders = {codes[n]: shapes[n].boundary.intersection(part.buffer(0.01)).length for n in near}
        if len(near) < 2 and not any(hole.buffer(0.01).covers(part) for hole in enclosed):
            continue  # a dent in one grid's outer border
        keeper = max(borders, key=lambda code: (borders[code], code)) if borders else codes[0]
        found.append(_finding(Flaw.GAP, tuple(borders), keeper, part, ground))
    return found


def _finding(flaw: Flaw, grids: tuple[str, ...], keeper: str, part: Polygon, ground: Ground) -> Finding:
    polygon = ground.degrees(part)
    assert isinstance(polygon, Polygon)
    return Finding(flaw, grids, keeper, round(part.area, 1), is_wide(part), polygon)


def _polygons(shape: BaseGeometry) -> Sequence[Polygon]:
    return [part for part in _parts(shape) if part.area >= LEAST]


def _parts(shape: BaseGeometry) -> Sequence[Polygon]:
    return [part for part in shapely.get_parts(shape) if isinstance(part, Polygon)]
