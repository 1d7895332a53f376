"""What is to be repaired between grids, by itself: overlaps and gaps in metres, whose they are, and what is none."""

from collections.abc import Mapping
from math import cos, radians

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Polygon, box

from services.grid.coverage.domain import LEAST, Finding, Flaw, findings
from services.grid.grids.domain import TOLERANCE

LATITUDE = 22.905
EAST, NORTH = 1 / (111_320 * cos(radians(LATITUDE))), 1 / 111_320
"""Degrees of a metre."""


def ground(west: float, south: float, east: float, north: float) -> Polygon:
    """A rectangle of so many metres from 111° E, 22.905° N."""
    return box(111 + west * EAST, LATITUDE + south * NORTH, 111 + east * EAST, LATITUDE + north * NORTH)


def told(grids: Mapping[str, Polygon]) -> list[tuple[str, str, str, int, bool]]:
    """Each finding: what, whose, kept by whom, how large, whether wide."""
    return [(str(one.flaw), "+".join(one.grids), one.keeper, round(one.area), one.wide) for one in findings(grids)]


FIRST = ground(0, 0, 100, 100)
CASES: dict[str, tuple[dict[str, Polygon], list[tuple[str, str, str, int, bool]]]] = {
    "no grid": ({}, []),
    "one alone": ({"a": FIRST}, []),
    "a shared edge": ({"a": FIRST, "b": ground(100, 0, 200, 100)}, []),
    "a shared corner": ({"a": FIRST, "b": ground(100, 100, 200, 200)}, []),
    "far apart": ({"a": FIRST, "b": ground(300, 0, 400, 100)}, []),
    "apart by more than both hands": ({"a": FIRST, "b": ground(111, 0, 200, 100)}, []),
    "a narrow gap": ({"a": FIRST, "b": ground(103, 0, 200, 100)}, [("gap", "a+b", "b", 300, False)]),
    "a gap as wide as both hands": ({"a": FIRST, "b": ground(109, 0, 200, 100)}, [("gap", "a+b", "b", 900, True)]),
    "a narrow overlap": ({"a": FIRST, "b": ground(97, 0, 200, 100)}, [("overlap", "a+b", "a", 300, False)]),
    "a wide overlap": ({"a": FIRST, "b": ground(90, 0, 200, 100)}, [("overlap", "a+b", "a", 1_000, True)]),
    "kept by the smaller code": ({"b": FIRST, "a": ground(97, 0, 200, 100)}, [("overlap", "a+b", "a", 300, False)]),
    "one within another": ({"a": FIRST, "b": ground(10, 10, 30, 30)}, [("overlap", "a+b", "a", 400, True)]),
    "a sliver of rounding": ({"a": FIRST, "b": ground(99.995, 0, 200, 100)}, []),
    "taken by the longest border": (
        {"a": FIRST, "b": ground(103, 0, 200, 40), "c": ground(103, 40, 200, 100)}, [("gap", "a+b+c", "a", 300, False)],
    ),
    "three over one another": (
        {"a": FIRST, "b": ground(97, 0, 200, 100), "c": ground(97, 0, 100, 100)},
        [("overlap", "a+b", "a", 300, False), ("overlap", "a+c", "a", 300, False), ("overlap", "b+c", "b", 300, False)],
    ),
    "a hole that five enclose": (
        {"a": ground(0, 0, 320, 100), "b": ground(0, 100, 100, 200), "c": ground(220, 100, 320, 200),
         "d": ground(0, 200, 160, 300), "e": ground(160, 200, 320, 300)},
        [("gap", "a+b+c+d+e", "a", 12_000, True)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_to_be_repaired(name: str) -> None:
    grids, expected = CASES[name]
    assert told(grids) == expected


def test_a_hole_inside_one_grid_is_a_gap_and_a_dent_in_its_outer_border_is_none() -> None:
    ring = FIRST.difference(ground(40, 40, 60, 60))
    assert isinstance(ring, Polygon)
    assert told({"a": ring}) == [("gap", "a", "a", 400, True)]
    dented = FIRST.difference(ground(98, 40, 100, 43))
    assert isinstance(dented, Polygon)
    assert told({"a": dented}) == []


def test_the_largest_comes_first_and_each_has_its_place_on_the_map() -> None:
    grids = {"a": FIRST, "b": ground(97, 0, 200, 100), "c": ground(204, 0, 300, 100), "d": ground(0, 101, 300, 200)}
    found = findings(grids)
    assert [one.area for one in found] == sorted((one.area for one in found), reverse=True)
    assert {one.flaw for one in found} == set(Flaw)
    for one in found:
        west, south, east, north = one.polygon.bounds
        assert 111 - 0.001 < west < east < 111.01
        assert LATITUDE - 0.001 < south < north < LATITUDE + 0.01
        assert one.keeper in one.grids


@settings(max_examples=40, deadline=None)
@given(st.floats(0.1, TOLERANCE * 4), st.booleans())
def test_the_width_of_two_hands_decides_whether_it_is_reported_and_whether_it_is_wide(width: float, over: bool) -> None:
    """Along one border of a hundred metres. A gap that is wider than twice the tolerance is ground of nobody."""
    shift = -width if over else width
    found: list[Finding] = list(findings({"a": FIRST, "b": ground(100 + shift, 0, 300, 100)}))
    if not over and width > 2 * TOLERANCE + 0.01:
        assert found == []
    elif over or width < 2 * TOLERANCE - 0.01:
        [one] = found
        assert (one.flaw, one.grids) == (Flaw.OVERLAP if over else Flaw.GAP, ("a", "b"))
        assert one.area == pytest.approx(width * 100, rel=0.01, abs=0.2)
        if abs(width - TOLERANCE) > 0.01:
            assert one.wide is (width > TOLERANCE)
    assert all(one.area >= LEAST for one in found)
