"""Two who change the grids of one village at once, or undo beside them: all of it is covered, once."""

import asyncio
from typing import Any

import httpx
from shapely.geometry import Polygon

from shared.testing.doors import Door
from tests.grid.builders import COUNTY_OFFICER, TOWN_OFFICER
from tests.grid.conftest import Facts
from tests.grid.grid_changes.changing import a_merger, a_redrawing, a_split, changed, open_codes, undone, where


async def once(client: httpx.AsyncClient) -> None:
    """No two open grids share ground, and all of the village's ground is somebody's."""
    rows = (await client.get("/grids", params={"open": True})).json()["items"]
    rings = [Polygon((await client.get(f"/grids/{one['code']}")).json()["polygon"]) for one in rows]
    for n, one in enumerate(rings):
        assert all(one.intersection(other).area < 1e-12 for other in rings[n + 1 :])
    for longitude in (111.001, 111.0055, 111.009, 111.015):
        assert await where(client, longitude) is not None


async def undoing(client: httpx.AsyncClient, change: Any) -> httpx.Response:
    headers = {"If-Match": f'"{change["version"]}"'}
    return await client.post(f"/grid-changes/{change['id']}/undo", headers=headers)


async def test_a_split_a_merger_and_a_border_at_once(door: Door, grids: None, facts: Facts) -> None:
    """All of them end or move the first grid: one is carried out, the others find it otherwise."""
    async with door.client(TOWN_OFFICER) as one, door.client(COUNTY_OFFICER) as two:
        answers = await asyncio.gather(
            one.post("/grid-changes", json=a_split()), two.post("/grid-changes", json=a_merger()),
            one.post("/grid-changes", json=a_split(draws=a_split()["draws"])),
            two.post("/grid-changes", json=a_redrawing()),
        )  # fmt: skip
        done = [answer for answer in answers if answer.status_code == 201]
        assert done, [answer.text for answer in answers]
        assert {answer.status_code for answer in answers} <= {201, 409, 422}
        await once(one)
        assert (await one.get("/grid-changes/count")).json() == {"count": len(done)}


async def test_an_undo_and_a_new_change_that_rests_on_it_at_once(door: Door, grids: None) -> None:
    """Undone, and the new change finds no such grids; or changed again, and the undo is told what rests on it."""
    async with door.client(TOWN_OFFICER) as one, door.client(COUNTY_OFFICER) as two:
        for _ in range(2):
            border = await changed(one, a_redrawing())
            back, anew = await asyncio.gather(
                undoing(one, border), two.post("/grid-changes", json=a_redrawing(111.004))
            )
            assert (back.status_code, anew.status_code) in ((200, 201), (409, 201), (200, 409)), (back.text, anew.text)
            await once(one)
            if anew.status_code == 201:
                await undone(two, anew.json())
            if back.status_code == 409:
                await undone(one, border)
            assert len(await open_codes(one)) == 2
            await once(one)


async def test_of_two_who_undo_at_once_one_does(door: Door, grids: None, facts: Facts) -> None:
    async with door.client(TOWN_OFFICER) as one, door.client(COUNTY_OFFICER) as two:
        split = await changed(one, a_split())
        answers = await asyncio.gather(*(undoing(client, split) for client in (one, two, one)))
        assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
        assert len(await open_codes(one)) == 2
        await once(one)
