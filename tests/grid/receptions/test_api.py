"""Receptions by leaders: the roster is told to everybody, planned by those above, and undone."""

from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.grid.receptions.domain import ReceptionStatus, ReceptionTransitionError, require_transition
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, RESIDENT, TOWN, TOWN_OFFICER, VILLAGE, WORKER

OTHER_TOWN = "450481101"
ALLOWED = {("planned", "held"), ("planned", "cancelled"), ("held", "planned"), ("cancelled", "planned")}


def a_reception(**what: Any) -> dict[str, Any]:
    return {
        "area": TOWN,
        "received_on": "2026-03-20",
        "begins": "09:00",
        "ends": "11:30",
        "venue": "镇政府一楼接访室",
        "leader_post": "镇长",
        "name": "欧阳示例",
        **what,
    }


async def planned(door: Door, **what: Any) -> dict[str, Any]:
    async with door.client(COUNTY_OFFICER) as officer:
        answer = await officer.post("/receptions", json=a_reception(**what))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def roster(client: httpx.AsyncClient, **params: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/receptions", params=params)).json()["items"]
    assert (await client.get("/receptions/count", params=params)).json() == {"count": len(found)}
    return found


async def did(client: httpx.AsyncClient, one: dict[str, Any], verb: str) -> httpx.Response:
    return await client.post(f"/receptions/{one['id']}/{verb}", headers={"If-Match": f'"{one["version"]}"'})


def test_the_table_of_steps() -> None:
    for present in ReceptionStatus:
        for to in ReceptionStatus:
            if (present, to) in ALLOWED:
                require_transition(present, to)
            else:
                with pytest.raises(ReceptionTransitionError):
                    require_transition(present, to)


async def test_everybody_is_told_who_receives_when_and_where(door: Door, committed: Database) -> None:
    late = await planned(door, received_on="2026-04-02", area="450481", leader_post="副县长")
    early = await planned(door)
    other = await planned(door, area=OTHER_TOWN)
    for who in (RESIDENT, WORKER, CLERK, TOWN_OFFICER):
        async with door.client(who) as client:
            assert [one["id"] for one in await roster(client)] == [early["id"], other["id"], late["id"]]
            [mine, county] = await roster(client, area=VILLAGE)
            assert (mine["name"], mine["venue"], county["leader_post"]) == ("欧阳示例", "镇政府一楼接访室", "副县长")
            assert [one["id"] for one in await roster(client, since="2026-04-01")] == [late["id"]]
            assert [one["id"] for one in await roster(client, until="2026-03-31")] == [early["id"], other["id"]]
            assert len(await roster(client, area="450481")) == 3
            page = (await client.get("/receptions", params={"limit": 2})).json()
            rest = (await client.get("/receptions", params={"cursor": page["next_cursor"]})).json()
            assert [one["id"] for one in rest["items"]] == [late["id"]]
    async with committed.session() as session:
        rows = (await session.execute(text("SELECT to_jsonb(one)::text FROM receptions AS one"))).scalars().all()
    assert "欧阳" not in "".join(rows), "encrypted at rest"


async def test_it_is_held_on_its_day_or_cancelled_and_both_are_undone(door: Door, clock: FrozenClock) -> None:
    made = await planned(door)
    async with door.client(TOWN_OFFICER) as officer:
        early = await did(officer, made, "hold")
        assert (early.status_code, early.json()["code"]) == (409, "reception_not_yet")
        cancelled = (await did(officer, made, "cancel")).json()
        assert [one["status"] for one in await roster(officer, status="cancelled")] == ["cancelled"]
        again = (await did(officer, cancelled, "plan-again")).json()
        assert again["status"] == "planned"
        clock.advance(days=4)
        held = (await did(officer, again, "hold")).json()
        assert held["status"] == "held"
        wrong = await did(officer, held, "cancel")
        assert (wrong.status_code, wrong.json()["code"]) == (409, "reception_transition_not_allowed")
        stale = await did(officer, made, "plan-again")
        assert (stale.status_code, stale.json()["code"]) == (412, "version_mismatch")
        assert (await did(officer, held, "plan-again")).status_code == 200
        assert (await officer.post(f"/receptions/{made['id']}/plan-again")).status_code == 428


async def test_one_leader_has_one_reception_a_day(door: Door) -> None:
    made = await planned(door)
    await planned(door, leader_post="副镇长")
    async with door.client(COUNTY_OFFICER) as officer:
        twice = await officer.post("/receptions", json=a_reception())
        assert (twice.status_code, twice.json()["code"]) == (409, "reception_taken")
        cancelled = (await did(officer, made, "cancel")).json()
        assert (await officer.post("/receptions", json=a_reception())).status_code == 201
        back = await did(officer, cancelled, "plan-again")
        assert (back.status_code, back.json()["code"]) == (409, "reception_taken")


@pytest.mark.parametrize(
    ("what", "path"),
    [
        ({"area": VILLAGE}, "area"),
        ({"received_on": "2026-03-15"}, "received_on"),
        ({"received_on": "2027-06-01"}, "received_on"),
        ({"ends": "09:00"}, "ends"),
    ],
)
async def test_what_is_wrong_with_it_is_said(door: Door, what: dict[str, Any], path: str) -> None:
    async with door.client(COUNTY_OFFICER) as officer:
        refused = await officer.post("/receptions", json=a_reception(**what))
        assert (refused.status_code, refused.json()["code"]) == (422, "reception_wrong")
        assert [one["path"] for one in refused.json()["errors"]] == [path]
        for body in ({"begins": "25:00"}, {"name": "?"}, {"venue": ""}):
            assert (await officer.post("/receptions", json=a_reception(**body))).status_code == 422
        assert await roster(officer) == []


async def test_who_plans(door: Door) -> None:
    made = await planned(door, area=OTHER_TOWN)
    for who, wanted in ((TOWN_OFFICER, 404), (CLERK, 403), (RESIDENT, 403)):
        async with door.client(who) as client:
            assert (await client.post("/receptions", json=a_reception(area=OTHER_TOWN))).status_code == wanted
            assert (await did(client, made, "cancel")).status_code == wanted
