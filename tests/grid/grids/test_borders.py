"""Borders of grids by themselves: rings, slivers of two hands, other towns, places far away, changes in any order."""

from itertools import permutations
from math import cos, radians
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from services.grid.grids.domain import GridIndex, Placed
from services.grid.grids.domain.coordinates import CoordinateSystem, wgs84_to_gcj02
from services.grid.grids.domain.drawn import Border
from services.grid.grids.domain.placing import Closed
from services.grid.grids.domain.polygons import (
    MAX_VERTICES,
    NEAR,
    TOLERANCE,
    Ground,
    Outline,
    first_far_away,
    first_in_other_town,
    first_overlap,
    is_wide,
    overlaps,
    polygon_of,
)
from services.grid.grids.domain.refusals import GridAxesSwapped, GridPolygonInvalid
from shared.contracts.points import Point
from shared.errors import DomainError
from tests.grid.builders import TOWN, VILLAGE, square

LATITUDE = 22.905
EAST, NORTH = 1 / (111_320 * cos(radians(LATITUDE))), 1 / 111_320
"""Degrees of a metre."""


def ground(west: float, south: float, east: float, north: float) -> Polygon:
    """A rectangle of so many metres from 111° E, 22.905° N."""
    return box(111 + west * EAST, LATITUDE + south * NORTH, 111 + east * EAST, LATITUDE + north * NORTH)


def told(ring: Any, path: str = "polygon") -> tuple[str, list[str], str | None] | None:
    """Code, paths and reason of a ring's refusal."""
    refused: DomainError | None = None
    try:
        polygon_of(ring, path=path)
    except DomainError as error:
        refused = error
    return None if refused is None else (refused.code, [one.path for one in refused.errors], refused.detail)


MANY = [(111 + n * 1e-6, 22.9 + (n % 2) * 1e-7) for n in range(MAX_VERTICES)]
INVALID, SWAPPED = GridPolygonInvalid.code, GridAxesSwapped.code
RINGS: list[tuple[Any, str, str | None]] = [
    ([], INVALID, "边界至少四个点，且首尾相同"),
    ([(111, 22), (112, 22), (111, 22)], INVALID, "边界至少四个点，且首尾相同"),
    (square(111, 22.9)[:-1], INVALID, "边界至少四个点，且首尾相同"),
    ([*MANY, (112, 23), MANY[0]], INVALID, f"边界最多 {MAX_VERTICES} 个点"),
    ([(y, x) for x, y in square(111, 22.9)], SWAPPED, None),
    ([(181, 22), (182, 22), (182, 23), (181, 22)], INVALID, "坐标须为 WGS 84 经纬度"),
    ([(111, 22), (112, 23), (112, 22), (111, 23), (111, 22)], INVALID, "边界自相交或面积为零"),
    ([(111, 22), (112, 22), (113, 22), (111, 22)], INVALID, "边界自相交或面积为零"),
]


@pytest.mark.parametrize(("ring", "code", "reason"), RINGS)
def test_a_ring_that_holds_no_ground_is_refused_at_its_place_with_the_reason(
    ring: Any, code: str, reason: str | None
) -> None:
    assert told(ring, "grids.3.polygon") == (code, ["grids.3.polygon"], reason)


def test_a_ring_may_have_a_thousand_corners_and_turn_either_way() -> None:
    corners = [(111 + n * 1e-5, 22.9) for n in range(MAX_VERTICES - 2)]
    ring = [*corners, (111.02, 22.95), corners[0]]
    assert len(ring) == MAX_VERTICES
    assert told(ring) is None
    assert told(ring[::-1]) is None
    assert polygon_of(ring).equals(polygon_of(ring[::-1]))


@pytest.mark.parametrize("system", [CoordinateSystem.GCJ02, CoordinateSystem.BD09])
def test_a_border_in_a_shifted_system_is_converted_in_china_and_refused_elsewhere(system: CoordinateSystem) -> None:
    """Elsewhere the offset is not defined: what would come out lay some hundred metres beside."""
    ring = tuple((x, y) for x, y in square(111, 22.9))
    shifted = Border(ring, system).polygon("polygon")
    assert 100 < Ground(22.9).metres(shifted).centroid.distance(Ground(22.9).metres(Polygon(ring)).centroid) < 2_000
    for abroad in (square(2.3, 48.8), [*map(list, square(150, 22.9))]):
        with pytest.raises(GridPolygonInvalid) as refused:
            Border(tuple((x, y) for x, y in abroad), system).polygon("polygon")
        assert "适用于我国境内" in str(refused.value.detail)
        assert Border(tuple((x, y) for x, y in abroad)).polygon("polygon").area > 0
    with pytest.raises(GridAxesSwapped):
        Border(tuple((y, x) for x, y in ring), system).polygon("polygon")
    exact = tuple(wgs84_to_gcj02(x, y) for x, y in ring)
    back = Border(exact, CoordinateSystem.GCJ02).polygon("polygon")
    assert back.equals_exact(Polygon(ring), 2e-8), "to a millimetre"


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 40), st.floats(60, 2_000))
def test_what_is_narrower_than_two_hands_is_a_sliver_and_what_is_wider_an_overlap(width: float, height: float) -> None:
    one, other = ground(0, 0, 100, height), ground(100 - width, 0, 300, height)
    if abs(width - TOLERANCE) > 0.01:
        assert overlaps(one, other) is overlaps(other, one) is (width > TOLERANCE)
        assert is_wide(Ground(LATITUDE).metres(ground(0, 0, width, height))) is (width > TOLERANCE)


def test_a_grid_that_is_mostly_another_ones_overlaps_it_however_narrow_it_is() -> None:
    strip = ground(50, 0, 54, 100)
    assert overlaps(strip, ground(0, 0, 100, 100))
    assert not overlaps(ground(98, 0, 102, 100), ground(0, 0, 99, 100)), "a quarter of it is a sliver"
    assert not overlaps(ground(0, 0, 1, 1), ground(1, 1, 2, 2)), "they touch at a corner"


def outline(code: str, west: float, *, kind: str = "comprehensive", net: str = "committees") -> Outline:
    """A hundred metres by a hundred, so many metres to the east."""
    return Outline(code, ground(west, 0, west + 100, 100), kind, net)


@pytest.mark.parametrize(
    ("drawn", "standing", "found"),
    [
        ([outline("b", 50)], [outline("a", 0)], "b"),
        ([outline("b", 50, kind="micro")], [outline("a", 0)], None),
        ([outline("b", 50, net="quarters")], [outline("a", 0)], None),
        ([outline("b", 100)], [outline("a", 0)], None),
        ([outline("b", 97)], [outline("a", 0)], None),
        ([outline("b", 300), outline("c", 350)], [outline("a", 0)], "c"),
        ([outline("b", 300), outline("c", 50), outline("d", 20)], [outline("a", 0)], "c"),
        ([outline("b", 0)], [], None),
    ],
)
def test_the_first_drawn_that_lies_over_a_grid_of_its_kind_and_net_is_named(
    drawn: list[Outline], standing: list[Outline], found: str | None
) -> None:
    assert first_overlap(drawn, standing) == found


def test_no_grid_lies_over_one_of_another_town_whatever_its_kind_and_net() -> None:
    own, other = outline(f"{VILLAGE}001", 0), outline("450481101201001", 0, kind="micro", net="quarters")
    assert first_in_other_town([other], [own]) == other.code
    assert first_in_other_town([own, other], []) == other.code
    assert first_in_other_town([outline(f"{TOWN}202001", 0, kind="micro")], [own]) is None, "of the same town"
    assert first_in_other_town([outline("450481101201001", 97)], [own]) is None, "a sliver"


def at(code: str, longitude: float) -> Outline:
    return Outline(code, Polygon(square(longitude, 22.9)))


COUNTY, NEXT = TOWN[:6], "450481101201"
A, B, C = f"{VILLAGE}001", f"{VILLAGE}002", f"{NEXT}001"
SIDE = 0.01
PLACES: list[tuple[str, list[Outline], dict[str, list[float]], str | None]] = [
    ("the first of a county lies where it lies", [at(A, 80)], {}, None),
    ("near the others of its village", [at(A, 111 + SIDE + NEAR[12] - 0.001)], {VILLAGE: [111]}, None),
    ("too far from the others of its village", [at(A, 111 + SIDE + NEAR[12] + 0.001)], {VILLAGE: [111]}, A),
    ("the village goes before the town", [at(A, 111.5)], {VILLAGE: [111], TOWN: [111.5]}, A),
    ("near those of its town", [at(A, 111 + SIDE + NEAR[9] - 0.001)], {TOWN: [111]}, None),
    ("too far from those of its town", [at(A, 111 + SIDE + NEAR[9] + 0.001)], {TOWN: [111]}, A),
    ("near those of its county", [at(A, 111 + SIDE + NEAR[6] - 0.001)], {COUNTY: [111]}, None),
    ("too far from those of its county", [at(A, 111 + SIDE + NEAR[6] + 0.001)], {COUNTY: [111]}, A),
    ("one reaches the other", [at(A, 111.05), at(B, 111.15)], {VILLAGE: [111]}, None),
    ("the second alone lies near", [at(A, 111.19), at(B, 111.09)], {VILLAGE: [111]}, None),
    ("neither lies near", [at(A, 112), at(B, 112.01)], {VILLAGE: [111]}, A),
    ("the second lies far from the first of a county", [at(A, 111), at(B, 113)], {}, B),
    ("another village of the town, drawn together", [at(A, 111), at(C, 111.5)], {}, None),
    ("another village too far from the county's first", [at(A, 111), at(C, 113)], {}, C),
]


@pytest.mark.parametrize(("drawn", "standing", "far"), [one[1:] for one in PLACES], ids=[one[0] for one in PLACES])
def test_a_grid_lies_near_its_village_its_town_or_its_county(
    drawn: list[Outline], standing: dict[str, list[float]], far: str | None
) -> None:
    known = {area: [Polygon(square(west, 22.9)) for west in wests] for area, wests in standing.items()}
    assert first_far_away(drawn, known) == far
    assert first_far_away(drawn[::-1], known) == far, "in whatever order they are drawn"
    assert {area: len(polygons) for area, polygons in known.items()} == {a: len(w) for a, w in standing.items()}


def placed(code: str, west: float, changed: int, *, kind: str = "comprehensive") -> Placed:
    return Placed(code, kind, ground(west, 0, west + 100, 100), False, changed)


CHANGES: list[Placed | Closed] = [
    placed("a", 0, 1), placed("b", 200, 2), placed("a", 50, 3), Closed("b", 4), placed("a", 50, 5, kind="micro"),
]  # fmt: skip


def test_changes_that_come_in_any_order_and_twice_leave_the_same_index() -> None:
    """Where it lay before, where it lies now, and in which layer, is asked of each."""
    here, then, gone = (
        Point(longitude=111 + metres * EAST, latitude=LATITUDE + 50 * NORTH) for metres in (125, 25, 250)
    )
    for order in permutations(CHANGES):
        index = GridIndex()
        for one in (*order, *order):
            index.apply([one] if isinstance(one, Placed) else [], [one] if isinstance(one, Closed) else [])
        assert index.seen == 5
        found = [index.locate(point, kind) for kind in ("comprehensive", "micro") for point in (here, then, gone)]
        assert [one and one.code for one in found] == [None, None, None, "a", None, None], order
        index.forget()
        assert (index.seen, index.locate(here, "micro"), index.locate_all([(111.0, 22.9)])) == (0, None, [None])
        index.apply([placed("b", 200, 2)], [])
        assert index.locate(gone) is not None, "what was forgotten is taken in anew, whatever its number"


@pytest.mark.parametrize("again", [1, 2])
def test_a_closing_that_is_older_than_what_is_known_closes_nothing(again: int) -> None:
    """What was closed by mistake and opened again stays open, though the closing comes late, and twice."""
    index, point = GridIndex(), Point(longitude=111 + 25 * EAST, latitude=LATITUDE + 50 * NORTH)
    index.apply([placed("a", 0, 3)], [])
    for _ in range(again):
        index.apply([], [Closed("a", 2)])
    found = index.locate(point)
    assert (found and found.code, index.seen) == ("a", 3)
    index.apply([], [Closed("a", 4)])
    assert (index.locate(point), index.seen) == (None, 4)
