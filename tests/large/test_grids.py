"""Grids at scale: the demo's tile each village, and a hundred thousand points agree with a slow exact check."""

from collections import defaultdict
from random import Random

import pytest
from shapely.geometry import Polygon

from deploy.local.county.divisions import villages
from deploy.local.county.grids import outlines
from services.grid.coverage.domain import findings
from tests.grid.grids.exactly import Ring, Vertex, a_tiling, some_points
from tests.grid.grids.test_placing import agree, an_index

pytestmark = pytest.mark.large

POINTS, ON_BORDERS = 100_000, 10_000


def near(grids: dict[str, Ring], side: float = 0.05) -> "dict[tuple[int, int], dict[str, Ring]]":
    """The grids by the squares that their bounds touch: the slow check asks those of one square."""
    found: dict[tuple[int, int], dict[str, Ring]] = defaultdict(dict)
    for code, ring in grids.items():
        xs, ys = [x for x, _ in ring], [y for _, y in ring]
        for column in range(int(min(xs) / side), int(max(xs) / side) + 1):
            for row in range(int(min(ys) / side), int(max(ys) / side) + 1):
                found[column, row][code] = ring
    return found


def all_agree(grids: dict[str, Ring], seed: int, side: float = 0.05) -> int:
    index, squares = an_index(grids), near(grids, side)
    points: dict[tuple[int, int], list[Vertex]] = defaultdict(list)
    for x, y in some_points(Random(seed), grids, POINTS, ON_BORDERS):
        points[int(x / side), int(y / side)].append((x, y))
    assert sum(map(len, points.values())) == POINTS
    return sum(agree(index, squares.get(square, {}), some) for square, some in points.items())


def the_demos() -> dict[str, Ring]:
    return {one.code: list(one.ring) for one in outlines([code for code, _ in villages()])}


def test_the_demos_grids_tile_each_village() -> None:
    by_village: dict[str, dict[str, Polygon]] = defaultdict(dict)
    for code, ring in the_demos().items():
        by_village[code[:12]][code] = Polygon(ring)
    assert len(by_village) == 290
    assert {village: findings(grids) for village, grids in by_village.items() if findings(grids)} == {}


def test_a_hundred_thousand_points_of_the_demos_county() -> None:
    assert all_agree(the_demos(), 1) > 5_000


def test_a_hundred_thousand_points_of_a_county_with_crooked_borders() -> None:
    assert all_agree(a_tiling(Random(2), 60, 60), 3) > 1_000
