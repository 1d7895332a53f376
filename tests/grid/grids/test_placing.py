"""Points are located exactly, one by one and many at once, also on borders."""

from collections.abc import Mapping
from random import Random

import pytest
from shapely.geometry import Polygon

from services.grid.grids.domain import GridIndex, Placed
from shared.contracts.points import Point
from shared.testing.doors import Door
from tests.grid.builders import CLERK, FIRST_GRID, SECOND_GRID
from tests.grid.grids.exactly import Ring, a_tiling, holds, slowly, some_points


def an_index(grids: Mapping[str, Ring]) -> GridIndex:
    index = GridIndex()
    index.apply([Placed(code, "comprehensive", Polygon(ring), False, 1) for code, ring in grids.items()], [])
    return index


def agree(index: GridIndex, grids: Mapping[str, Ring], points: list[tuple[float, float]]) -> int:
    """Both ways of locating agree with the slow check on each of these points. How many lie in several grids."""
    at_once = [None if one is None else one.code for one in index.locate_all(points)]
    assert len(at_once) == len(points)
    shared = 0
    for point, code in zip(points, at_once, strict=True):
        assert code == slowly(grids, point), point
        place = Point(longitude=point[0], latitude=point[1])
        one = index.locate(place)
        assert (None if one is None else one.code) == code, point
        found = [grid.code for grid in index.holding(place)]
        assert found[:1] == ([] if code is None else [code])
        shared += len(found) > 1
    return shared


def test_the_slow_check_knows_a_border() -> None:
    ring = [(0.0, 0.0), (3.0, 0.0), (3.0, 3.0), (0.0, 0.0)]
    assert all(holds(ring, point) for point in ((0.0, 0.0), (1.5, 0.0), (3.0, 2.0), (1.5, 1.5), (2.0, 1.0)))
    assert not any(holds(ring, point) for point in ((1.0, 1.0000000000000002), (3.0000000000000004, 1.0), (-1.0, 0.0)))


def test_five_thousand_points_agree_with_the_slow_exact_check() -> None:
    """Five hundred of them on borders; asked again, when every cell is known, the answers are the same."""
    random = Random(20261201)
    grids = a_tiling(random, 9, 8)
    points = list(some_points(random, grids, 5_000, 500))
    index = an_index(grids)
    assert agree(index, grids, points[:2_500]) > 100
    agree(index, grids, points[2_500:])
    again = index.locate_all(points)
    assert [one and one.code for one in again] == [one and one.code for one in an_index(grids).locate_all(points)]


def test_points_beside_the_edges_of_cells_agree_too() -> None:
    """Where a point falls into one cell by rounding, and lies on the border of another grid."""
    grids = {"1": [(0.0, 0.0), (0.7, 0.0), (0.7, 0.7), (0.0, 0.7), (0.0, 0.0)],
             "2": [(0.7, 0.0), (1.4, 0.0), (1.4, 0.7), (0.7, 0.7), (0.7, 0.0)]}  # fmt: skip
    index = an_index(grids)
    step = 1.4 / 64
    points = [
        (column * step + tiny, 0.35) for column in range(65) for tiny in (-1e-16, 0.0, 1e-16, 2e-16, -1e-12, 1e-12)
    ]
    agree(index, grids, points)


def test_a_sliver_that_two_borders_overlap_on_belongs_to_the_smaller_code() -> None:
    grids = {"1": [(0.0, 0.0), (0.70001, 0.0), (0.70001, 0.7), (0.0, 0.7), (0.0, 0.0)],
             "2": [(0.7, 0.0), (1.4, 0.0), (1.4, 0.7), (0.7, 0.7), (0.7, 0.0)]}  # fmt: skip
    agree(an_index(grids), grids, [(0.700005, 0.1), (0.7, 0.1), (0.70001, 0.1), (0.700010001, 0.1)])


async def test_many_points_are_located_in_one_request(door: Door, grids: None) -> None:
    points = [[111.005, 22.905], [111.01, 22.905], [111.015, 22.905], [111.5, 22.905]]
    async with door.client(CLERK) as client:
        answer = await client.post("/grids/locate-all", json={"points": points})
        assert answer.json() == {"codes": [FIRST_GRID, FIRST_GRID, SECOND_GRID, None]}
        other = await client.post("/grids/locate-all", json={"points": points, "net": "quarters"})
        assert other.json() == {"codes": [None] * 4}


@pytest.mark.parametrize("points", [[], [[111.0]], [[111.0, 91.0]], [[111.0, 22.9]] * 2_001])
async def test_points_that_are_none_or_too_many_are_refused(door: Door, grids: None, points: list[list[float]]) -> None:
    async with door.client(CLERK) as client:
        assert (await client.post("/grids/locate-all", json={"points": points})).status_code == 422
