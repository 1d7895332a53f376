"""Coordinate systems that come in: published pairs of points, inversion, and what a door says of them."""

import itertools
from random import Random
from typing import Any

import pytest

from services.grid.grids.domain.coordinates import (
    CoordinateSystem,
    bd09_to_gcj02,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    looks_swapped,
    to_wgs84,
    wgs84_to_gcj02,
)
from shared.testing.doors import Door
from tests.grid.builders import FIRST_GRID, SECOND_GRID, TOWN_OFFICER, VILLAGE, square

WGS84_AND_GCJ02 = [  # the pairs that the open implementations of the formula are tested by
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
GCJ02_AND_BD09 = [  # as prcoords 1.0.2, a library of somebody else's, gives them
    ((121.53154193255554, 31.175303947687105), (121.53801575941115, 31.181328572308576)),
    ((113.91717656313807, 22.54079608003489), (113.92368481181168, 22.546667384715565)),
    ((116.38404733005198, 39.91334547892198), (116.39045481809535, 39.91957557595129)),
]
EXACT = pytest.approx


@pytest.mark.parametrize(("wgs84", "gcj02"), WGS84_AND_GCJ02)
def test_the_offset_of_published_pairs(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert wgs84_to_gcj02(*wgs84) == EXACT(gcj02, abs=1e-11)
    assert gcj02_to_wgs84(*gcj02) == EXACT(wgs84, abs=1e-10)


@pytest.mark.parametrize(("gcj02", "bd09"), GCJ02_AND_BD09)
def test_the_second_offset_of_pairs_of_another_library(gcj02: tuple[float, float], bd09: tuple[float, float]) -> None:
    assert gcj02_to_bd09(*gcj02) == EXACT(bd09, abs=1e-11)
    assert bd09_to_gcj02(*bd09) == EXACT(gcj02, abs=1e-10)


def test_all_over_china_a_converted_point_comes_back() -> None:
    random = Random(7)
    for _ in range(2_000):
        point = random.uniform(73.5, 135.0), random.uniform(3.9, 53.5)
        (back,) = to_wgs84([gcj02_to_bd09(*wgs84_to_gcj02(*point))], CoordinateSystem.BD09)
        assert back == EXACT(point, abs=1e-9)
        assert max(abs(one - other) for one, other in zip(wgs84_to_gcj02(*point), point, strict=True)) < 0.02


def test_cgcs2000_is_taken_as_it_stands() -> None:
    assert to_wgs84([(111.0, 22.9)], CoordinateSystem.CGCS2000) == ((111.0, 22.9),)


def test_swapped_axes_are_told_from_places_elsewhere() -> None:
    assert looks_swapped([(22.9, 111.0), (22.91, 111.0)])
    assert not looks_swapped([(111.0, 22.9), (111.0, 22.91)])
    assert not looks_swapped([(22.9, 111.0), (111.0, 22.91)]), "one of them reads as it stands"
    assert not looks_swapped([(2.35, 48.85)]), "Paris is in China neither way"


async def test_a_border_in_another_system_is_kept_in_wgs_84_with_its_accuracy(door: Door, villages: None) -> None:
    ring = square(111.0, 22.9)
    shifted = [list(gcj02_to_bd09(*wgs84_to_gcj02(x, y))) for x, y in ring]
    async with door.client(TOWN_OFFICER) as client:
        body = {"code": FIRST_GRID, "polygon": shifted, "coordinate_system": "bd09"}
        drawn = await client.post("/grids", json=body)
        assert drawn.status_code == 201, drawn.text
        kept = drawn.json()["polygon"]
        assert [x for x, _ in kept] == EXACT([x for x, _ in ring], abs=1e-7)
        assert [y for _, y in kept] == EXACT([y for _, y in ring], abs=1e-7)
        [border] = (await client.get(f"/grids/{FIRST_GRID}/borders")).json()["items"]
        assert (border["coordinate_system"], border["accuracy"]) == ("bd09", 5.0)


@pytest.mark.parametrize("system", list(CoordinateSystem))
async def test_swapped_axes_are_refused_with_a_sentence(door: Door, villages: None, system: CoordinateSystem) -> None:
    swapped = [[y, x] for x, y in square(111.0, 22.9)]
    async with door.client(TOWN_OFFICER) as client:
        body = {"code": FIRST_GRID, "polygon": swapped, "coordinate_system": system}
        answer = await client.post("/grids", json=body)
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "grid_axes_swapped")
    assert "经度、纬度颠倒" in problem["title"]
    assert [error["path"] for error in problem["errors"]] == ["polygon"]


def a_feature(code: str, ring: list[list[float]], *holes: list[list[float]], **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": "Polygon", "coordinates": [ring, *holes]},
        "properties": {"code": code, **properties},
    }


async def test_geojson_goes_in_and_comes_out(door: Door, villages: None) -> None:
    """Clockwise in, anticlockwise out, as RFC 7946 has it."""
    features = [
        a_feature(FIRST_GRID, square(111.0, 22.9)[::-1], name="第一网格"),
        a_feature(SECOND_GRID, square(111.01, 22.9), villagers_group=0),
    ]
    async with door.client(TOWN_OFFICER) as client:
        collection = {"type": "FeatureCollection", "features": features}
        drawn = await client.post("/grids/draw-geojson", json=collection)
        assert drawn.json() == {"codes": [FIRST_GRID, SECOND_GRID]}, drawn.text
        shown = (await client.get("/grids/geojson", params={"area": VILLAGE})).json()
    first, second = shown["features"]
    assert (shown["type"], shown["next_cursor"]) == ("FeatureCollection", None)
    assert first["geometry"]["type"] == "Polygon"
    assert sorted(first["geometry"]["coordinates"][0]) == sorted(square(111.0, 22.9))
    ((ax, _), (_, by)) = first["geometry"]["coordinates"][0][:2]
    assert {ax, by} <= {111.0, 111.01, 22.9, 22.91}
    for feature in (first, second):
        ring = feature["geometry"]["coordinates"][0]
        area = sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))
        assert area > 0, "anticlockwise"
    assert (first["id"], first["properties"]["name"]) == (FIRST_GRID, "第一网格")
    assert [one["properties"]["villagers_group"] for one in (first, second)] == [1, None]


async def test_a_hole_and_a_wrong_ring_are_refused_where_they_stand(door: Door, villages: None) -> None:
    good = a_feature(FIRST_GRID, square(111.0, 22.9))
    hole = a_feature(SECOND_GRID, square(111.01, 22.9), square(111.012, 22.902, 0.001))
    over = a_feature(SECOND_GRID, square(111.005, 22.9))
    async with door.client(TOWN_OFFICER) as client:
        for bad, status, code in ((hole, 422, "grid_has_hole"), (over, 409, "grid_overlaps")):
            body = {"type": "FeatureCollection", "features": [good, bad]}
            answer = await client.post("/grids/draw-geojson", json=body)
            paths = [error["path"] for error in answer.json()["errors"]]
            assert (answer.status_code, answer.json()["code"]) == (status, code)
            assert paths == ["features.1.geometry.coordinates"]
        taken = {"type": "FeatureCollection", "features": [good, good]}
        answer = await client.post("/grids/draw-geojson", json=taken)
        assert [error["path"] for error in answer.json()["errors"]] == ["features.1.properties.code"]


async def test_a_villagers_group_is_a_grid_by_default(door: Door, villages: None) -> None:
    """A comprehensive grid of a villagers' committee; said otherwise, it is what is said."""
    cases: list[tuple[str, dict[str, Any], int | None]] = [
        ("001", {}, 1),
        ("002", {"villagers_group": 7}, 7),
        ("003", {"villagers_group": 0}, None),
        ("004", {"kind": "micro"}, None),
        ("005", {"net": "quarters"}, None),
    ]
    async with door.client(TOWN_OFFICER) as client:
        for number, what, group in cases:
            body = {"code": VILLAGE + number, "polygon": square(111.0 + int(number) / 100, 22.9), **what}
            assert (await client.post("/grids", json=body)).json()["villagers_group"] == group
        assert len((await client.get("/grids", params={"net": "quarters"})).json()["items"]) == 1


POLES = [[111.0, 90.0], [111.01, 90.0], [111.01, 89.99], [111.0, 90.0]]
ABROAD = [[2.30, 48.80], [2.31, 48.80], [2.31, 48.81], [2.30, 48.80]]


@pytest.mark.parametrize("system", ["gcj02", "bd09"])
async def test_what_the_offset_does_not_hold_for_is_refused_with_a_sentence(
    door: Door, grids: None, system: str
) -> None:
    async with door.client(TOWN_OFFICER) as client:
        for ring, code in (
            (POLES, "grid_polygon_invalid"),
            (ABROAD, "grid_polygon_invalid"),
            ([[y, x] for x, y in square(111.30, 22.9)], "grid_axes_swapped"),
        ):
            body = {"code": f"{VILLAGE}077", "kind": "comprehensive", "polygon": ring, "coordinate_system": system}
            answer = await client.post("/grids", json=body)
            assert (answer.status_code, answer.json()["code"]) == (422, code), ring
