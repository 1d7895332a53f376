"""Polygons, overlaps, and which grid a point belongs to."""

from collections.abc import Sequence

import pytest
from shapely.geometry import Polygon

from services.grid.grids.domain import (
    MAX_VERTICES,
    Closed,
    GridIndex,
    GridPolygonInvalid,
    Outline,
    Placed,
    first_overlap,
    polygon_of,
)
from shared.contracts.points import Point
from tests.grid.builders import square

OPEN_RING = [[111.0, 22.9], [111.1, 22.9], [111.1, 23.0], [111.0, 23.0]]
BOW_TIE = [[111.0, 22.9], [111.1, 23.0], [111.1, 22.9], [111.0, 23.0], [111.0, 22.9]]
FLAT = [[111.0, 22.9], [111.1, 22.9], [111.2, 22.9], [111.0, 22.9]]
OUTSIDE_WGS_84 = [[181.0, 22.9], [182.0, 22.9], [182.0, 23.0], [181.0, 22.9]]
TOO_MANY = [[111.0 + n * 1e-6, 22.9] for n in range(MAX_VERTICES)] + [[111.0, 23.0], [111.0, 22.9]]
TWO_POINTS = [[111.0, 22.9], [111.1, 22.9], [111.0, 22.9]]


@pytest.mark.parametrize("ring", [OPEN_RING, BOW_TIE, FLAT, OUTSIDE_WGS_84, TOO_MANY, TWO_POINTS])
def test_a_ring_that_is_no_simple_closed_polygon_is_refused(ring: Sequence[Sequence[float]]) -> None:
    with pytest.raises(GridPolygonInvalid):
        polygon_of(ring)


def test_a_closed_simple_ring_is_a_polygon() -> None:
    assert polygon_of(square(111.0, 22.9)).area == pytest.approx(1e-4)


def a_polygon(west: float, south: float, side: float = 0.01) -> Polygon:
    return polygon_of(square(west, south, side))


def test_neighbours_that_share_an_edge_or_a_corner_do_not_overlap() -> None:
    standing = [Outline("a", a_polygon(111.0, 22.9))]
    drawn = [Outline("b", a_polygon(111.01, 22.9)), Outline("c", a_polygon(111.01, 22.91))]
    assert first_overlap(drawn, standing) is None


@pytest.mark.parametrize(
    "other", [a_polygon(111.009, 22.9), a_polygon(111.002, 22.902, 0.001), a_polygon(110.9, 22.8, 1.0)]
)
def test_a_polygon_that_crosses_lies_inside_or_covers_another_overlaps(other: Polygon) -> None:
    assert first_overlap([Outline("b", other)], [Outline("a", a_polygon(111.0, 22.9))]) == "b"


def test_an_overlap_among_those_drawn_together_is_found() -> None:
    drawn = [Outline(code, a_polygon(west, 22.9)) for code, west in (("a", 111.0), ("b", 111.05), ("c", 111.005))]
    assert first_overlap(drawn, []) == "c"


def an_index(*grids: tuple[str, Polygon], kind: str = "comprehensive") -> GridIndex:
    index = GridIndex()
    index.apply([Placed(code, kind, polygon, False, 1) for code, polygon in grids], [])
    return index


def located(index: GridIndex, longitude: float, latitude: float, kind: str = "comprehensive") -> str | None:
    placed = index.locate(Point(longitude=longitude, latitude=latitude), kind)
    return None if placed is None else placed.code


FOUR = (
    ("1", a_polygon(111.00, 22.90)),
    ("2", a_polygon(111.01, 22.90)),
    ("3", a_polygon(111.00, 22.91)),
    ("4", a_polygon(111.01, 22.91)),
)


@pytest.mark.parametrize(
    ("longitude", "latitude", "code"),
    [
        (111.005, 22.905, "1"),
        (111.015, 22.915, "4"),
        (111.01, 22.905, "1"),  # on the edge of 1 and 2
        (111.01, 22.915, "3"),  # on the edge of 3 and 4
        (111.015, 22.91, "2"),  # on the edge of 2 and 4
        (111.01, 22.91, "1"),  # the corner of all four
        (111.00, 22.90, "1"),  # an outer corner
        (111.02, 22.905, "2"),  # an outer edge
        (110.9999999, 22.905, None),
        (111.0200001, 22.905, None),
        (0.0, 0.0, None),
    ],
)
@pytest.mark.parametrize("turned", [False, True])
def test_a_point_has_exactly_one_grid_and_on_a_shared_edge_the_smallest_code(
    longitude: float, latitude: float, code: str | None, turned: bool
) -> None:
    index = an_index(*(reversed(FOUR) if turned else FOUR))
    assert located(index, longitude, latitude) == code


def test_a_slanted_edge_is_decided_exactly() -> None:
    below = polygon_of([[0.0, 0.0], [3.0, 0.0], [3.0, 3.0], [0.0, 0.0]])
    above = polygon_of([[0.0, 0.0], [3.0, 3.0], [0.0, 3.0], [0.0, 0.0]])
    index = an_index(("above", above), ("below", below))
    assert located(index, 1.1, 1.1) == "above"  # on the edge: both hold it
    assert located(index, 1.1, 1.0999999999999999) == "below"
    assert located(index, 1.1, 1.1000000000000003) == "above"


def test_a_point_is_looked_for_in_one_net_only() -> None:
    index = an_index(*FOUR)
    assert located(index, 111.005, 22.905, "micro") is None


def test_a_closed_grid_holds_nothing_and_an_older_change_does_not_bring_it_back() -> None:
    index = an_index(*FOUR)
    index.apply([], [Closed("1", 2)])
    assert located(index, 111.005, 22.905) is None
    index.apply([Placed("1", "comprehensive", FOUR[0][1], False, 1)], [])
    assert located(index, 111.005, 22.905) is None
    assert index.seen == 2
