"""Grids are split, merged and drawn anew; undone, all is as it was."""

import asyncio
from typing import Any

import pytest

from shared.contracts.grid.grids import GridClosed, GridDrawn, GridRedrawn, GridReopened
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    OTHER_CLERK,
    OTHER_VILLAGE,
    SECOND_GRID,
    TOWN_OFFICER,
    VILLAGE,
    square,
)
from tests.grid.conftest import Facts
from tests.grid.grid_changes.changing import (
    DAY,
    EAST,
    WEST,
    WHOLE,
    a_merger,
    a_redrawing,
    a_split,
    changed,
    open_codes,
    rectangle,
    refused,
    undone,
    where,
)


async def test_a_grid_is_split_and_the_split_undone(door: Door, grids: None, facts: Facts) -> None:
    async with door.client(TOWN_OFFICER) as client:
        change = await changed(client, a_split(heir=WEST))
        assert [(one["code"], one["did"]) for one in change["grids"]] == [
            (FIRST_GRID, "ended"),
            (WEST, "drawn"),
            (EAST, "drawn"),
        ]
        assert await open_codes(client) == [SECOND_GRID, WEST, EAST]
        before = (await client.get(f"/grids/{FIRST_GRID}")).json()
        assert (before["valid_to"], before["successors"]) == (DAY, [WEST, EAST])
        assert [await where(client, x) for x in (111.002, 111.005, 111.008)] == [WEST, WEST, EAST]
        assert (await undone(client, change))["status"] == "undone"
        assert await open_codes(client) == [FIRST_GRID, SECOND_GRID]
        assert [await where(client, x) for x in (111.002, 111.008)] == [FIRST_GRID, FIRST_GRID]
        after = (await client.get(f"/grids/{FIRST_GRID}")).json()
        assert (after["valid_to"], after["successors"], after["polygon"]) == (None, [], square(111.0, 22.9))
        half = (await client.get(f"/grids/{EAST}")).json()
        assert (half["valid_from"], half["valid_to"], half["successors"]) == (DAY, DAY, [FIRST_GRID])
    told = [type(one) for one in await facts("grid.grid", FIRST_GRID)]
    assert told == [GridDrawn, GridClosed, GridReopened]


async def test_grids_are_merged_and_the_merger_undone(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        change = await changed(client, a_merger())
        assert (change["heir"], await open_codes(client)) == (WHOLE, [WHOLE])
        await undone(client, change)
        assert await open_codes(client) == [FIRST_GRID, SECOND_GRID]
        assert [await where(client, x) for x in (111.002, 111.018)] == [FIRST_GRID, SECOND_GRID]


async def test_a_border_is_drawn_anew_and_every_border_of_a_grid_is_kept(door: Door, grids: None, facts: Facts) -> None:
    async with door.client(TOWN_OFFICER) as client:
        change = await changed(client, a_redrawing())
        assert [await where(client, x) for x in (111.002, 111.008)] == [FIRST_GRID, SECOND_GRID]
        kept = (await client.get(f"/grids/{FIRST_GRID}/borders")).json()["items"]
        assert [(one["version"], one["stands"]) for one in kept] == [(2, True), (1, True)]
        assert [one["polygon"] for one in kept] == [rectangle(111.0, 111.006), square(111.0, 22.9)]
        await undone(client, change)
        assert await where(client, 111.008) == FIRST_GRID
        assert (await client.get(f"/grids/{FIRST_GRID}")).json()["polygon"] == square(111.0, 22.9)
        kept = (await client.get(f"/grids/{FIRST_GRID}/borders")).json()["items"]
        assert [(one["version"], one["stands"]) for one in kept] == [(2, False), (1, True)]
    told = [type(one) for one in await facts("grid.grid", FIRST_GRID)]
    assert told == [GridDrawn, GridRedrawn, GridRedrawn]


async def test_what_a_plan_must_be(door: Door, grids: None) -> None:
    """Each is refused with where it is wrong, and nothing is done."""
    two = a_split()["draws"]
    cases: list[tuple[dict[str, Any], tuple[int, str, list[str]]]] = [
        (a_split(draws=two[:1]), (422, "invalid_request", ["kind"])),
        (a_split(kind="merge"), (422, "invalid_request", ["kind"])),
        (a_split(kind="redraw"), (422, "invalid_request", ["kind"])),
        (a_split(heir=SECOND_GRID), (422, "invalid_request", ["heir"])),
        (
            a_merger(ends=[{"code": FIRST_GRID}, {"code": FIRST_GRID}]),
            (422, "invalid_request", ["ends.0.code", "ends.1.code"]),
        ),
        (
            a_split(draws=[two[0], {**two[1], "code": f"{OTHER_VILLAGE}001"}]),
            (422, "invalid_request", ["draws.1.code"]),
        ),
        (a_split(draws=[two[0], {**two[1], "code": SECOND_GRID}]), (409, "grid_code_taken", ["draws.1.code"])),
        (a_split(ends=[{"code": FIRST_GRID, "seen": 7}]), (409, "grid_seen_otherwise", ["ends.0.seen"])),
        (a_split(ends=[{"code": f"{VILLAGE}099"}]), (404, "not_found", ["ends.0.code"])),
        (a_split(effective_on="2026-03-17"), (422, "grid_date_invalid", ["draws.0.valid_from"])),
        (a_redrawing(effective_on="2026-03-15"), (422, "grid_date_invalid", ["effective_on"])),
        (
            a_split(draws=[two[0], {**two[1], "polygon": rectangle(111.004, 111.01)}]),
            (409, "grid_overlaps", ["draws.1.polygon"]),
        ),
        (
            a_split(draws=[two[0], {**two[1], "polygon": rectangle(111.005, 111.012)}]),
            (409, "grid_overlaps", ["draws.1.polygon"]),
        ),
        (
            a_split(draws=[two[0], {**two[1], "polygon": rectangle(111.0051, 111.01)}]),
            (409, "grid_change_leaves_gap", ["draws"]),
        ),
        (a_redrawing(111.0, redraws=[{"code": FIRST_GRID, "polygon": rectangle(111.0, 111.006)}]),
         (409, "grid_change_leaves_gap", ["redraws"])),
        (
            a_split(draws=[two[0], {**two[1], "polygon": [[y, x] for x, y in rectangle(111.005, 111.01)]}]),
            (422, "grid_axes_swapped", ["draws.1.polygon"]),
        ),
    ]  # fmt: skip
    async with door.client(TOWN_OFFICER) as client:
        for body, expected in cases:
            assert await refused(client, body) == expected, body
        assert await open_codes(client) == [FIRST_GRID, SECOND_GRID]
        assert (await client.get("/grid-changes/count")).json() == {"count": 0}


async def test_a_gap_and_an_overlap_of_two_hands_are_let_through(door: Door, grids: None) -> None:
    """Of a metre or two: they stand in the list of what is to be repaired."""
    two = a_split()["draws"]
    async with door.client(TOWN_OFFICER) as client:
        apart = a_split(draws=[two[0], {**two[1], "polygon": rectangle(111.00502, 111.01)}])
        await undone(client, await changed(client, apart))
        third, fourth = f"{VILLAGE}021", f"{VILLAGE}022"
        over = [
            {"code": third, "polygon": rectangle(111.00, 111.00502)},
            {"code": fourth, "polygon": rectangle(111.005, 111.01)},
        ]
        await changed(client, a_split(draws=over))
        assert await where(client, 111.00501) == third


async def test_a_change_that_another_one_rests_on_is_not_undone(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        first = await changed(client, a_redrawing(111.006))
        second = await changed(client, a_redrawing(111.007))
        headers = {"If-Match": f'"{first["version"]}"'}
        answer = await client.post(f"/grid-changes/{first['id']}/undo", headers=headers)
        paths = [error["path"] for error in answer.json()["errors"]]
        assert (answer.status_code, answer.json()["code"]) == (409, "grid_change_rested_on")
        assert paths == [FIRST_GRID, SECOND_GRID]
        after = await undone(client, second)
        again = await client.post(f"/grid-changes/{second['id']}/undo", headers={"If-Match": f'"{after["version"]}"'})
        assert (again.status_code, again.json()["code"]) == (409, "grid_change_undone")
        unnamed = await client.post(f"/grid-changes/{second['id']}/undo")
        assert unnamed.status_code == 428


async def test_changes_are_undone_one_after_the_other(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        tall = {"code": FIRST_GRID, "polygon": rectangle(111.0, 111.01, north=22.905)}
        rest = {
            "code": SECOND_GRID,
            "polygon": [
                *rectangle(111.01, 111.02)[:3],
                [111.0, 22.91],
                [111.0, 22.905],
                [111.01, 22.905],
                [111.01, 22.90],
            ],
        }
        change = await changed(client, a_redrawing(redraws=[tall, rest]))
        assert await where(client, 111.005, 22.908) == SECOND_GRID
        later = await changed(
            client,
            a_split(
                ends=[{"code": SECOND_GRID}],
                draws=[
                    {"code": WEST, "polygon": rectangle(111.0, 111.01, 22.905)},
                    {"code": EAST, "polygon": rectangle(111.01, 111.02)},
                ],
            ),
        )
        headers = {"If-Match": f'"{change["version"]}"'}
        answer = await client.post(f"/grid-changes/{change['id']}/undo", headers=headers)
        assert [error["path"] for error in answer.json()["errors"]] == [SECOND_GRID]
        await undone(client, later)
        await undone(client, change)
        assert await where(client, 111.005, 22.908) == FIRST_GRID


async def test_who_may_change_grids_and_see_it(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        change = await changed(client, a_split())
        there = a_split(
            ends=[{"code": "450481101201001"}],
            draws=[{**one, "code": f"450481101201{n:03}"} for n, one in enumerate(a_split()["draws"], 2)],
        )
        assert await refused(client, there) == (404, "not_found", [])
    path = f"/grid-changes/{change['id']}"
    async with door.client(a_principal("town_officer", "450481101")) as client:
        body = {"residents": [{"person_id": str(new_id()), "code": WEST}]}
        placed = await client.post(f"{path}/place-residents", json=body)
        taken_back = await client.post(f"{path}/undo", headers={"If-Match": '"1"'})
        assert [(one.status_code, one.json()["code"]) for one in (placed, taken_back)] == [(404, "not_found")] * 2
    async with door.client(CLERK) as client:
        assert (await client.post("/grid-changes", json=a_merger())).status_code == 403
        assert (await client.get(path)).json()["id"] == change["id"]
        assert [one["id"] for one in (await client.get("/grid-changes")).json()["items"]] == [change["id"]]
    async with door.client(OTHER_CLERK) as client:
        assert (await client.get(path)).status_code == 404
        assert (await client.get("/grid-changes")).json()["items"] == []
        assert (await client.get("/grid-changes/count")).json() == {"count": 0}


async def test_of_two_who_split_a_grid_at_once_one_wins(door: Door, grids: None, facts: Facts) -> None:
    third, fourth = f"{VILLAGE}021", f"{VILLAGE}022"
    other = a_split(
        draws=[
            {"code": third, "polygon": rectangle(111.00, 111.004)},
            {"code": fourth, "polygon": rectangle(111.004, 111.01)},
        ]
    )
    async with door.client(TOWN_OFFICER) as one, door.client(COUNTY_OFFICER) as two:
        answers = await asyncio.gather(one.post("/grid-changes", json=a_split()), two.post("/grid-changes", json=other))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert [type(fact) for fact in await facts("grid.grid", FIRST_GRID)] == [GridDrawn, GridClosed]


@pytest.mark.parametrize("plan", [a_split(), a_merger(), a_redrawing()], ids=["split", "merge", "redraw"])
async def test_a_change_is_of_one_net_and_kind(
    door: Door, grids: None, arrivals: Arrivals, plan: dict[str, Any]
) -> None:
    """A grid of another net over the same ground is left alone, and is nobody's neighbour."""
    async with door.client(TOWN_OFFICER) as client:
        quarter = {"code": f"{VILLAGE}900", "polygon": rectangle(111.00, 111.02), "net": "quarters"}
        assert (await client.post("/grids", json=quarter)).status_code == 201
        mixed = a_merger(ends=[{"code": FIRST_GRID}, {"code": quarter["code"]}])
        assert await refused(client, mixed) == (422, "invalid_request", ["ends.1.code"])
        await changed(client, plan)
        body = {"longitude": 111.003, "latitude": 22.905, "net": "quarters"}
        assert (await client.post("/grids/locate", json=body)).json()["grid"]["code"] == quarter["code"]


async def test_a_border_has_no_day_before_the_one_that_it_replaces(door: Door, grids: None, clock: FrozenClock) -> None:
    clock.advance(days=10)
    async with door.client(TOWN_OFFICER) as client:
        await changed(client, a_redrawing(effective_on="2026-03-20"))
        assert await refused(client, a_redrawing(111.007, effective_on="2026-03-18")) == (
            422, "grid_date_invalid", ["effective_on"],
        )  # fmt: skip
        assert await refused(client, a_merger(effective_on="2026-03-19")) == (
            422, "grid_date_invalid", ["effective_on"],
        )  # fmt: skip
        change = await changed(client, a_redrawing(111.007, effective_on="2026-03-20"))
        await undone(client, change)
        borders = (await client.get(f"/grids/{FIRST_GRID}/borders")).json()["items"]
        assert [one["since"] for one in borders] == ["2026-03-20", "2026-03-20", DAY]
