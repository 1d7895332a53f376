"""Staff over HTTP: several at once, each step by its version and once, and who may do what where."""

import asyncio
from collections import Counter
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from shared.auth.roles import OWN_ONLY, PERMISSIONS, Role
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.doors import Door, a_principal
from tests.grid.builders import (
    COUNTY_OFFICER,
    FIRST_GRID,
    OTHER_VILLAGE,
    SECOND_GRID,
    TOWN,
    TOWN_OFFICER,
    VILLAGE,
    until_it_waits,
)
from tests.grid.staff.test_api import an_appointment, appointed, responsible

SUBSTITUTE: dict[str, Any] = {"duty": "substitute", "since": "2026-04-01", "until": "2026-04-08"}
MANAGING, READING = (sorted(PERMISSIONS[one] - OWN_ONLY) for one in ("grid.manage", "grid.read"))


def code_of(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_of_those_who_stand_in_for_the_same_days_one_does(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        await appointed(client)
        terms = [("2026-04-01", "2026-04-08"), ("2026-04-07", "2026-04-09"), ("2026-03-20", "2026-04-02")]
        bodies = [
            an_appointment(worker=f"s-{n}", duty="substitute", since=since, until=until)
            for n, (since, until) in enumerate(terms)
        ]
        bodies[2]["until"] = "2026-04-08"
        answers = await asyncio.gather(*(client.post("/grid-staff", json=body) for body in bodies))
        assert Counter(one.status_code for one in answers) == {201: 1, 409: 2}
        assert {code_of(one)[1] for one in answers if one.status_code == 409} == {"substitute_taken"}
        next_days = an_appointment(worker="s-9", duty="substitute", since="2026-04-09", until="2026-04-10")
        assert (await client.post("/grid-staff", json=next_days)).status_code == 201
        other = an_appointment(worker="s-9", grid=SECOND_GRID, **SUBSTITUTE)
        assert (await client.post("/grid-staff", json=other)).status_code == 201, "another grid, the same days"


async def test_of_those_who_end_or_withdraw_it_at_once_one_does(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        staff = await appointed(client)
        path, seen = f"/grid-staff/{staff['id']}", {"If-Match": '"1"'}
        answers = await asyncio.gather(
            client.post(f"{path}/end", json={"until": "2026-05-01"}, headers=seen),
            client.post(f"{path}/end", json={"until": "2026-06-01"}, headers=seen),
            client.post(f"{path}/undo", headers=seen),
        )
        assert Counter(one.status_code for one in answers) == {200: 1, 412: 2}
        stands = (await client.get(path)).json()
    [won] = [one.json() for one in answers if one.status_code == 200]
    assert (stands, stands["version"]) == (won, 2)


async def test_who_follows_is_appointed_while_the_end_before_it_is_taken_back_and_one_of_the_two_holds(
    door: Door, grids: None
) -> None:
    """Never both: whoever comes second is told that somebody answers for the grid."""
    async with door.client(TOWN_OFFICER) as client:
        staff = await appointed(client)
        path = f"/grid-staff/{staff['id']}"
        assert (await client.post(f"{path}/end", json={"until": "2026-05-01"})).status_code == 200
        back, after = await asyncio.gather(
            client.post(f"{path}/undo", headers={"If-Match": '"2"'}),
            client.post("/grid-staff", json=an_appointment(worker="u-2", since="2026-05-01")),
        )
        assert {back.status_code, after.status_code} in ({200, 409}, {201, 409})
        assert code_of(back if back.status_code == 409 else after) == (409, "responsible_taken")
        assert await responsible(client, "2026-05-02") == ("u-1" if back.status_code == 200 else "u-2")


async def test_an_appointment_is_made_once_and_each_step_names_what_was_seen(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        key = {"Idempotency-Key": "staff-1"}
        answers = [await client.post("/grid-staff", json=an_appointment(), headers=key) for _ in range(3)]
        assert {one.content for one in answers} == {answers[0].content}
        assert (await client.get("/grid-staff/count")).json() == {"count": 1}
        path = answers[0].headers["location"].removeprefix("/grid/v1")
        read = await client.get(path)
        assert (read.json(), read.headers["etag"]) == (answers[0].json(), '"1"')
        end, undo = f"{path}/end", f"{path}/undo"
        until = {"until": "2026-05-01"}
        assert code_of(await client.post(end, json=until, headers={"If-Match": '"2"'})) == (412, "version_mismatch")
        for headers in ({}, {"If-Match": "*"}):
            assert code_of(await client.post(undo, headers=headers)) == (428, "precondition_required")
        ended = await client.post(end, json=until, headers={"If-Match": '"1"', "Idempotency-Key": "end-1"})
        again = await client.post(end, json=until, headers={"If-Match": '"1"', "Idempotency-Key": "end-1"})
        assert (ended.status_code, again.content, ended.headers["etag"]) == (200, ended.content, '"2"')
        assert code_of(await client.post(end, json={"until": "2026-04-01"})) == (409, "staff_ended")
        assert code_of(await client.post(undo, headers={"If-Match": '"1"'})) == (412, "version_mismatch")
        assert (await client.post(undo, headers={"If-Match": '"2"'})).json()["until"] is None


@pytest.mark.parametrize("area", [VILLAGE, OTHER_VILLAGE, TOWN, "450481101", "450482"])
async def test_who_appoints_ends_and_sees_it_follows_role_and_area(door: Door, grids: None, area: str) -> None:
    """By the table of permissions, for every role at each of these places; a grid elsewhere is not found."""
    here = FIRST_GRID.startswith(area)
    async with door.client(COUNTY_OFFICER) as client:
        staff = await appointed(client, grid=SECOND_GRID)
    for n, role in enumerate(sorted(set(Role) - OWN_ONLY)):
        async with door.client(a_principal(role, area)) as client:
            body = an_appointment(worker=f"r-{n}", duty="assisting")
            seen = await client.get(f"/grid-staff/{staff['id']}")
            listed = await client.get("/grid-staff", params={"area": SECOND_GRID})
            made = await client.post("/grid-staff", json=body)
            ended = await client.post(f"/grid-staff/{staff['id']}/end", json={"until": "2026-03-01"})
        found = (200 if here else 404) if role in READING else 403
        managed = (201 if here else 404) if role in MANAGING else 403
        assert (seen.status_code, made.status_code) == (found, managed), (role, area)
        assert listed.status_code == found, (role, area)
        assert ended.status_code == {201: 422}.get(managed, managed), (role, area)


async def test_what_is_not_there_is_not_found_and_what_is_not_a_day_is_refused(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        nobody = f"/grid-staff/{new_id()}"
        assert code_of(await client.get(nobody)) == (404, "not_found")
        assert code_of(await client.post(f"{nobody}/end", json={"until": "2026-05-01"})) == (404, "not_found")
        assert code_of(await client.post(f"{nobody}/undo", headers={"If-Match": '"1"'})) == (404, "not_found")
        assert code_of(await client.get(f"/grids/{VILLAGE}099/responsible")) == (404, "not_found")
        for on in ("tomorrow", "2026-02-30", "20260316"):
            answer = await client.get(f"/grids/{FIRST_GRID}/responsible", params={"on": on})
            assert answer.status_code == 422, on
            assert on not in answer.text
        assert await responsible(client, "2026-03-16") is None


async def test_pages_and_counts_of_staff_are_of_one_predicate(door: Door, grids: None) -> None:
    async with door.client(TOWN_OFFICER) as client:
        made = [
            (await appointed(client, worker=f"u-{n % 3}", duty="assisting", grid=(FIRST_GRID, SECOND_GRID)[n % 2]))[
                "id"
            ]
            for n in range(7)
        ]
        withdrawn = await client.post(f"/grid-staff/{made[6]}/undo", headers={"If-Match": '"1"'})
        assert withdrawn.json()["status"] == "withdrawn"
        chosen: list[tuple[dict[str, str], list[Any]]] = [
            ({}, made), ({"worker": "u-1"}, made[1::3]), ({"area": SECOND_GRID}, made[1::2]),
            ({"on": "2026-03-16"}, made[:6]), ({"on": "2026-03-15"}, []), ({"duty": "responsible"}, []),
            ({"worker": "u-0", "area": FIRST_GRID}, [made[0], made[6]]),
        ]  # fmt: skip
        for params, expected in chosen:
            shown: list[Any] = []
            cursor = None
            while True:
                query: dict[str, Any] = {**params, "limit": 2} | ({} if cursor is None else {"cursor": cursor})
                page = (await client.get("/grid-staff", params=query)).json()
                shown += [one["id"] for one in page["items"]]
                cursor = page["next_cursor"]
                if cursor is None:
                    break
            assert shown == expected, params
            assert (await client.get("/grid-staff/count", params=params)).json() == {"count": len(expected)}


async def test_nobody_is_appointed_to_a_grid_that_ends_meanwhile(door: Door, grids: None, committed: Database) -> None:
    """Whoever comes second sees what the first one did: no appointment begins in a grid that was over by then."""
    async with door.client(TOWN_OFFICER) as client:
        staff = await appointed(client, grid=SECOND_GRID)
        path = f"/grid-staff/{staff['id']}"
        assert (await client.post(f"{path}/end", json={"until": "2026-05-01"})).status_code == 200
        appointing: dict[str, Any] = {"url": "/grid-staff", "json": an_appointment()}
        undoing: dict[str, Any] = {"url": f"{path}/undo", "headers": {"If-Match": '"2"'}}
        for code, late, refusal in (
            (FIRST_GRID, appointing, (422, "staff_grid_unknown")),
            (SECOND_GRID, undoing, (409, "staff_grid_ended")),
        ):
            async with committed.session() as other:
                await other.execute(text("UPDATE grids SET valid_to = '2026-03-16' WHERE code = :code"), {"code": code})
                waiting = asyncio.create_task(client.post(**late))
                await until_it_waits(waiting, committed)
                await other.commit()
            assert code_of(await waiting) == refusal
            assert (await client.get("/grid-staff/count", params={"area": code})).json() == {
                "count": int(code == SECOND_GRID)
            }
