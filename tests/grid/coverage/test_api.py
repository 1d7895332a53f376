"""The report of a village: what is to be repaired between its grids, and where nobody answers for one."""

from typing import Any

import httpx
import pytest

from shared.testing.doors import Door
from tests.grid.builders import FIRST_GRID, HEAD, OTHER_CLERK, SECOND_GRID, TOWN_OFFICER, VILLAGE, square
from tests.grid.grid_changes.changing import rectangle
from tests.grid.staff.test_api import appointed

METRE = 1 / 111_320
"""Degrees of latitude."""


async def report(client: httpx.AsyncClient, **params: Any) -> dict[str, Any]:
    answer = await client.get(f"/coverage/{VILLAGE}", params=params)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def drawn(client: httpx.AsyncClient, *polygons: list[list[float]], **what: Any) -> None:
    """Grids 101, 102, … with these polygons."""
    for number, polygon in enumerate(polygons, 101):
        answer = await client.post("/grids", json={"code": f"{VILLAGE}{number}", "polygon": polygon, **what})
        assert answer.status_code == 201, answer.text


async def test_grids_that_share_an_edge_have_nothing_to_repair(door: Door, grids: None) -> None:
    async with door.client(HEAD) as client:
        found = await report(client)
    assert (found["findings"], found["tolerance"]) == ([], 5.0)
    assert [one["code"] for one in found["grids"]] == [FIRST_GRID, SECOND_GRID]
    for one in found["grids"]:  # 0.01° × 0.01° at latitude 22.905
        assert one["area"] == pytest.approx(1_113.2 * 1_113.2 * 0.92115, rel=1e-3)


async def test_an_overlap_and_a_gap_of_two_hands_are_listed(door: Door, villages: None) -> None:
    off = 3 * METRE
    async with door.client(TOWN_OFFICER) as client:
        await drawn(
            client,
            rectangle(111.00, 111.01, 22.90, 22.91),
            rectangle(111.00, 111.01, 22.91 - off, 22.92),  # over the first
            rectangle(111.00, 111.01, 22.92 + off, 22.93),  # apart from the second
        )
        found = (await report(client))["findings"]
    first, second, third = (f"{VILLAGE}{number}" for number in (101, 102, 103))
    assert {one["flaw"]: (one["grids"], one["keeper"], one["wide"]) for one in found} == {
        "overlap": ([first, second], first, False),
        "gap": ([second, third], third, False),
    }
    assert len(found) == 2
    for one in found:
        assert one["area"] == pytest.approx(3 * 1_113.2 * 0.9212, rel=0.01)
        south = min(y for _, y in one["geometry"]["coordinates"][0])
        assert south == pytest.approx(22.91 - off if one["flaw"] == "overlap" else 22.92, abs=1e-7)


async def test_a_hole_that_grids_enclose_is_a_gap_however_wide(door: Door, villages: None) -> None:
    around = (
        rectangle(111.00, 111.03, 22.90, 22.91),
        rectangle(111.00, 111.01, 22.91, 22.92),
        rectangle(111.02, 111.03, 22.91, 22.92),
        rectangle(111.00, 111.03, 22.92, 22.93),
    )
    async with door.client(TOWN_OFFICER) as client:
        await drawn(client, *around)
        [hole] = (await report(client))["findings"]
        assert (hole["flaw"], hole["wide"], len(hole["grids"])) == ("gap", True, 4)
        assert hole["area"] == pytest.approx(1_113.2 * 1_113.2 * 0.9211, rel=1e-3)
        answer = await client.post("/grids", json={"code": f"{VILLAGE}105", "polygon": square(111.01, 22.91)})
        assert answer.status_code == 201
        assert (await report(client))["findings"] == []


async def test_grids_of_another_net_are_reported_by_themselves(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        await drawn(client, rectangle(111.005, 111.015), net="quarters")
        assert (await report(client))["findings"] == []
        [quarter] = (await report(client, net="quarters"))["grids"]
        assert quarter["code"] == f"{VILLAGE}101"


async def test_days_without_anybody_are_told(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        old = {"code": f"{VILLAGE}101", "polygon": square(111.02, 22.9), "valid_from": "2026-03-01"}
        assert (await client.post("/grids", json=old)).status_code == 201
        await appointed(client, grid=old["code"], since="2026-03-04", until="2026-03-10")
        await appointed(client, grid=old["code"], since="2026-03-12", worker="u-2")
        await appointed(client)
        first, second, third = (await report(client))["grids"]
    assert (first["responsible"], first["gaps"]) == ("u-1", [])
    assert (second["responsible"], second["gaps"]) == (None, [{"since": "2026-03-16", "last": "2026-03-16"}])
    assert third["responsible"] == "u-2"
    assert third["gaps"] == [
        {"since": "2026-03-01", "last": "2026-03-03"},
        {"since": "2026-03-10", "last": "2026-03-11"},
    ]


async def test_another_village_is_not_reported(door: Door, grids: None) -> None:
    async with door.client(OTHER_CLERK) as client:
        assert (await client.get(f"/coverage/{VILLAGE}")).status_code == 404


async def test_a_village_that_is_not_known_is_not_found(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        assert (await client.get("/coverage/450481100299")).status_code == 404
