"""履职事项清单: entered and ended by the county, read by all offices, and asked for by the nearest list."""

from typing import Any

import httpx
import pytest

from shared.testing.doors import Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, RESIDENT, TOWN, TOWN_OFFICER, VILLAGE
from tests.grid.incidents.steps import code_of

pytestmark = pytest.mark.usefixtures("grids")
DUTY: dict[str, Any] = {"area": TOWN, "category": "environment", "kind": "basic", "valid_from": "2026-03-01"}


async def enter(door: Door, **what: Any) -> httpx.Response:
    async with door.client(COUNTY_OFFICER) as client:
        return await client.post("/duties", json=DUTY | what)


async def test_an_entry_is_listed_for_its_town_and_what_lies_in_it(door: Door) -> None:
    made = await enter(door)
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    whole = (await enter(door, area="450481", kind="shared", lead="water")).json()
    other = (await enter(door, area="450481101")).json()
    wanted = {None: {made.json()["id"], whole["id"], other["id"]}, VILLAGE: {made.json()["id"], whole["id"]}}
    wanted |= {"450481101": {whole["id"], other["id"]}, "450482": set()}
    async with door.client(CLERK) as client:
        for area, ids in wanted.items():
            chosen = {} if area is None else {"area": area}
            listed = (await client.get("/duties", params=chosen)).json()["items"]
            assert {one["id"] for one in listed} == ids
            assert (await client.get("/duties/count", params=chosen)).json()["count"] == len(ids)


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        ({"area": VILLAGE}, (422, "duty_area_wrong")),
        ({"area": "450482"}, (404, "not_found")),
        ({"category": "none_such"}, (422, "duty_category_unknown")),
        ({"kind": "shared"}, (422, "duty_lead_missing")),
        ({"kind": "shared", "lead": "none_such"}, (422, "code_unlisted")),
        ({"kind": "ours"}, (422, "invalid_request")),
    ],
)
async def test_what_is_no_entry(door: Door, what: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert code_of(await enter(door, **what)) == refusal


async def test_a_category_stands_once_in_a_list_until_its_entry_ends(door: Door) -> None:
    first = (await enter(door)).json()
    assert code_of(await enter(door, kind="taken_back")) == (409, "duty_taken")
    async with door.client(COUNTY_OFFICER) as client:
        path = f"/duties/{first['id']}"
        assert code_of(await client.post(f"{path}/resume")) == (409, "duty_not_ended")
        assert code_of(await client.post(f"{path}/end", json={"ends_on": "2026-02-28"})) == (409, "duty_end_wrong")
        stale = await client.post(f"{path}/end", json={"ends_on": "2026-03-16"}, headers={"If-Match": '"7"'})
        assert code_of(stale) == (412, "version_mismatch")
        ended = await client.post(f"{path}/end", json={"ends_on": "2026-03-16"})
        assert (ended.json()["valid_to"], ended.json()["version"]) == ("2026-03-16", 2)
        assert code_of(await client.post(f"{path}/end", json={"ends_on": "2026-03-17"})) == (409, "duty_end_wrong")
        assert (await client.post(f"{path}/resume")).json()["valid_to"] is None
        await client.post(f"{path}/end", json={"ends_on": "2026-03-16"})
        assert (await enter(door, kind="taken_back")).status_code == 201
        assert code_of(await client.post(f"{path}/resume")) == (409, "duty_taken")


async def test_the_county_enters_it_and_nobody_else(door: Door) -> None:
    for who, status in ((TOWN_OFFICER, 403), (CLERK, 403), (RESIDENT, 403)):
        async with door.client(who) as client:
            assert (await client.post("/duties", json=DUTY)).status_code == status
    async with door.client(RESIDENT) as client:
        assert (await client.get("/duties")).status_code == 403
