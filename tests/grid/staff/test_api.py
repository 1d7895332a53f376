"""Who works in a grid from when to when, and who answers for it: one at any time."""

import asyncio
from datetime import date
from typing import Any

import httpx
import pytest

from services.grid.staff.domain import Spell, gaps
from shared.testing.doors import Arrivals, Door
from tests.grid.area_changes.test_events import a_change, undone
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    OTHER_CLERK,
    SECOND_GRID,
    TOWN_OFFICER,
    VILLAGE,
)


def an_appointment(**what: Any) -> dict[str, Any]:
    valid = {
        "grid": FIRST_GRID,
        "worker": "u-1",
        "post": "worker",
        "employment": "full_time",
        "duty": "responsible",
        "since": "2026-03-16",
    }
    return {name: value for name, value in (valid | what).items() if value is not None}


async def appointed(client: httpx.AsyncClient, **what: Any) -> dict[str, Any]:
    answer = await client.post("/grid-staff", json=an_appointment(**what))
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def refused(client: httpx.AsyncClient, **what: Any) -> tuple[int, str, list[str]]:
    answer = await client.post("/grid-staff", json=an_appointment(**what))
    problem = answer.json()
    return answer.status_code, problem["code"], [error["path"] for error in problem.get("errors", ())]


async def responsible(client: httpx.AsyncClient, on: str, code: str = FIRST_GRID) -> str | None:
    answer = await client.get(f"/grids/{code}/responsible", params={"on": on})
    assert answer.status_code == 200, answer.text
    staff = answer.json()["staff"]
    return None if staff is None else str(staff["worker"])


async def test_a_substitute_answers_for_the_days_of_the_substitution(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        await appointed(client, until="2026-05-01")
        await appointed(client, worker="u-2", duty="substitute", since="2026-04-01", until="2026-04-08")
        await appointed(client, worker="u-3", duty="assisting")
        days = ("2026-03-15", "2026-03-16", "2026-04-01", "2026-04-07", "2026-04-08", "2026-05-01")
        found = [await responsible(client, day) for day in days]
        assert found == [None, "u-1", "u-2", "u-2", "u-1", None]
        assert await responsible(client, "2026-04-01", SECOND_GRID) is None


async def test_one_answers_for_a_grid_at_any_time(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        first = await appointed(client)
        assert await refused(client, worker="u-2", since="2026-06-01") == (409, "responsible_taken", [])
        await appointed(client, worker="u-2", grid=SECOND_GRID)
        path = f"/grid-staff/{first['id']}"
        ended = await client.post(f"{path}/end", json={"until": "2026-06-01"}, headers={"If-Match": '"1"'})
        assert ended.json()["until"] == "2026-06-01", ended.text
        second = await appointed(client, worker="u-2", since="2026-06-01")
        back = await client.post(f"{path}/undo", headers={"If-Match": '"2"'})
        assert (back.status_code, back.json()["code"]) == (409, "responsible_taken")
        away = await client.post(f"/grid-staff/{second['id']}/undo", headers={"If-Match": '"1"'})
        assert away.json()["status"] == "withdrawn"
        back = await client.post(f"{path}/undo", headers={"If-Match": '"2"'})
        assert (back.json()["until"], back.json()["status"]) == (None, "standing")
        again = await client.post(f"/grid-staff/{second['id']}/undo", headers={"If-Match": '"2"'})
        assert (again.status_code, again.json()["code"]) == (409, "staff_nothing_to_undo")
        ended = await client.post(f"/grid-staff/{second['id']}/end", json={"until": "2026-07-01"})
        assert (ended.status_code, ended.json()["code"]) == (409, "staff_ended")


async def test_of_two_who_are_appointed_at_once_one_is(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as one, door.client(COUNTY_OFFICER) as two:
        answers = await asyncio.gather(
            *(
                client.post("/grid-staff", json=an_appointment(worker=f"u-{n}"))
                for n, client in enumerate((one, two, one, two, one, two))
            )
        )
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
        assert (await one.get("/grid-staff/count", params={"duty": "responsible"})).json() == {"count": 1}


async def test_what_an_appointment_must_be(door: Door, grids: None) -> None:
    cases: list[tuple[dict[str, Any], tuple[int, str, list[str]]]] = [
        ({"grid": f"{VILLAGE}099"}, (422, "staff_grid_unknown", ["grid"])),
        ({"since": "2026-03-15"}, (422, "staff_grid_unknown", ["grid"])),
        ({"since": "2028-01-01"}, (422, "invalid_request", ["since"])),
        ({"until": "2026-03-16"}, (422, "invalid_request", ["until"])),
        ({"employment": None}, (422, "invalid_request", ["employment"])),
        ({"post": "head"}, (422, "invalid_request", ["employment"])),
        ({"post": "instructor", "employment": None}, (422, "invalid_request", ["duty"])),
        ({"duty": "substitute"}, (422, "invalid_request", ["until"])),
        ({"worker": "45048119900307019X"}, (422, "invalid_request", ["worker"])),
        ({"grid": "450481101201001"}, (404, "not_found", [])),
    ]
    async with door.client(TOWN_OFFICER) as client:
        for what, expected in cases:
            assert await refused(client, **what) == expected, what
        body = {"closed_on": "2026-03-16", "successors": []}
        await client.post(f"/grids/{SECOND_GRID}/close", json=body, headers={"If-Match": '"1"'})
        assert (await refused(client, grid=SECOND_GRID))[1] == "staff_grid_unknown"


async def test_an_end_lies_within_the_term(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        staff = await appointed(client, until="2026-05-01")
        for until in ("2026-03-15", "2026-05-01", "2026-06-01"):
            answer = await client.post(f"/grid-staff/{staff['id']}/end", json={"until": until})
            assert answer.status_code == 422
        assert (await client.post(f"/grid-staff/{staff['id']}/end", json={"until": "2026-03-16"})).is_success
        assert await responsible(client, "2026-03-16") is None


async def test_who_appoints_and_who_sees_it(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        staff = await appointed(client)
        for params, count in (({"worker": "u-1"}, 1), ({"worker": "u-2"}, 0), ({"on": "2026-03-15"}, 0), ({}, 1)):
            rows = (await client.get("/grid-staff", params=params)).json()["items"]
            assert len(rows) == count == (await client.get("/grid-staff/count", params=params)).json()["count"]
    async with door.client(CLERK) as client:
        assert (await client.post("/grid-staff", json=an_appointment(grid=SECOND_GRID))).status_code == 403
        assert (await client.get(f"/grid-staff/{staff['id']}")).json()["worker"] == "u-1"
    async with door.client(OTHER_CLERK) as client:
        assert (await client.get(f"/grid-staff/{staff['id']}")).status_code == 404
        assert (await client.get("/grid-staff")).json()["items"] == []
        answer = await client.get(f"/grids/{FIRST_GRID}/responsible")
        assert answer.status_code == 404


async def test_staff_goes_along_when_the_village_changes(door: Door, grids: None, arrivals: Arrivals) -> None:
    new = "450481100298"
    async with door.client(TOWN_OFFICER) as client:
        await appointed(client)
    change = a_change((VILLAGE, new))
    await arrivals.take(change)
    async with door.client(COUNTY_OFFICER) as client:
        assert await responsible(client, "2026-03-16", f"{new}001") == "u-1"
    await arrivals.take(undone(change))
    async with door.client(COUNTY_OFFICER) as client:
        assert await responsible(client, "2026-03-16") == "u-1"


async def test_an_end_in_a_grid_that_is_no_more_stays_and_the_village_comes_back_whole(
    door: Door, grids: None, arrivals: Arrivals
) -> None:
    """Else two would answer for the grid of before once the change of areas is undone."""
    new = "450481100298"
    async with door.client(TOWN_OFFICER) as client:
        first = await appointed(client)
        await client.post(f"/grid-staff/{first['id']}/end", json={"until": "2026-03-16"})
        await appointed(client, worker="u-2")
        change = a_change((VILLAGE, new))
        await arrivals.take(change)
    async with door.client(COUNTY_OFFICER) as client:
        back = await client.post(f"/grid-staff/{first['id']}/undo", headers={"If-Match": '"2"'})
        assert (back.status_code, back.json()["code"]) == (409, "staff_grid_ended")
        await arrivals.take(undone(change))
        assert await responsible(client, "2026-03-16") == "u-2"


def days(*numbers: int) -> list[Spell]:
    """Spells from pairs of days of March."""
    return [Spell(date(2026, 3, one), date(2026, 3, two)) for one, two in zip(numbers[::2], numbers[1::2], strict=True)]


@pytest.mark.parametrize(
    ("spells", "missing"),
    [
        ([], days(5, 20)),
        (days(1, 31), []),
        (days(5, 10, 10, 20), []),
        (days(6, 10, 12, 19), days(5, 6, 10, 12, 19, 20)),
        (days(1, 8, 7, 9, 15, 30), days(9, 15)),
        ([Spell(date(2026, 3, 10), None)], days(5, 10)),
        (days(10, 10), days(5, 20)),  # it ended on its first day
        (days(5, 10, 7, 7, 12, 12), days(10, 20)),
        (days(21, 25), days(5, 20)),
    ],
)
def test_gaps_are_the_days_that_no_spell_covers(spells: list[Spell], missing: list[Spell]) -> None:
    assert list(gaps(spells, date(2026, 3, 5), date(2026, 3, 20))) == missing
