"""locate: point → grid over a county's 3,600 grids, one by one and 100,000 at once, against shapely's `STRtree.query`
with the exact predicate over the same polygons. Processor seconds of one thread; both are warm.
"""

import time
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Point as ShapelyPoint
from shapely.geometry import Polygon

from services.grid.grids.domain import GridIndex, Placed
from shared.contracts.points import Point
from tests.bench.harness import Goal, Measure, Outcome, interleaved
from tests.grid.grids.exactly import a_tiling

ONE = Goal("locate-one", "points a second → grid, one by one", 3.0, 1.0)
MANY = Goal("locate-many", "points a second → grid, 100,000 at once", 4.0, 1.0)
ONE_BY_ONE, AT_ONCE, ROUNDS = 20_000, 100_000, 5


def _seconds(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _stage() -> tuple[GridIndex, shapely.STRtree, list[tuple[float, float]]]:
    rings = a_tiling(Random(1), 60, 60)
    index = GridIndex()
    index.apply([Placed(code, "comprehensive", Polygon(ring), False, 1) for code, ring in rings.items()], [])
    random = Random(5)
    points = [(random.uniform(111.0, 111.6), random.uniform(22.9, 23.5)) for _ in range(AT_ONCE)]
    return index, shapely.STRtree([Polygon(ring) for ring in rings.values()]), points


def one_by_one() -> Outcome:
    index, tree, points = _stage()
    some = [Point(longitude=x, latitude=y) for x, y in points[:ONE_BY_ONE]]
    return interleaved(
        lambda: ONE_BY_ONE / _seconds(lambda: [index.locate(one) for one in some]),
        lambda: ONE_BY_ONE / _seconds(
            lambda: [tree.query(ShapelyPoint(one.longitude, one.latitude), predicate="intersects") for one in some]
        ),
        rounds=ROUNDS,
        unit="points/s",
    )  # fmt: skip


def at_once() -> Outcome:
    index, tree, points = _stage()
    made = np.array(points)
    return interleaved(
        lambda: AT_ONCE / _seconds(lambda: index.locate_all(points)),
        lambda: AT_ONCE / _seconds(lambda: tree.query(shapely.points(made), predicate="intersects")),
        rounds=ROUNDS,
        unit="points/s",
    )


GOALS: dict[Goal, Measure] = {ONE: one_by_one, MANY: at_once}
