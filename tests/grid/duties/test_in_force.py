"""Which entry of a list holds on a day in a place, and steps of entries: by version, once, by the county alone."""

import asyncio
from collections import Counter
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from services.grid.duties.repository import DutyRepository
from shared.auth.roles import OWN_ONLY, PERMISSIONS, Role
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.grid.builders import COUNTY_OFFICER, FIRST_GRID, TOWN, VILLAGE
from tests.grid.duties.test_api import DUTY, enter
from tests.grid.incidents.conftest import do, incident
from tests.grid.incidents.steps import Do, code_of

__all__ = ["do", "incident"]
pytestmark = pytest.mark.usefixtures("grids")


async def step(door: Door, duty: Any, verb: str, body: Any = None, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with door.client(COUNTY_OFFICER) as client:
        return await client.post(f"/duties/{duty['id']}/{verb}", json=body, headers=named)


async def ended(door: Door, duty: Any, on: str) -> None:
    answer = await step(door, duty, "end", {"ends_on": on})
    assert answer.status_code == 200, answer.text


async def test_the_list_of_a_town_goes_before_that_of_the_county_and_each_holds_from_day_to_day(
    door: Door, committed: Database
) -> None:
    county = (await enter(door, area="450481", kind="taken_back", valid_from="2026-01-01")).json()
    first = (await enter(door, kind="basic", valid_from="2026-03-01")).json()
    await ended(door, first, "2026-05-01")
    second = (await enter(door, kind="shared", lead="water", valid_from="2026-06-01")).json()
    elsewhere = (await enter(door, area="450481101", kind="basic", valid_from="2026-03-01")).json()
    never = (await enter(door, category="facility", valid_from="2026-03-01")).json()
    await ended(door, never, "2026-03-01")
    expected = {
        (FIRST_GRID, "2025-12-31"): None, (FIRST_GRID, "2026-01-01"): county, (FIRST_GRID, "2026-02-28"): county,
        (FIRST_GRID, "2026-03-01"): first, (VILLAGE, "2026-04-30"): first, (TOWN, "2026-05-01"): county,
        (FIRST_GRID, "2026-05-31"): county, (FIRST_GRID, "2026-06-01"): second, (TOWN, "2030-01-01"): second,
        ("450481101201", "2026-03-01"): elsewhere, ("450481102201", "2026-03-01"): county,
        ("450482100", "2026-03-01"): None,
    }  # fmt: skip
    async with committed.session() as session:
        duties = DutyRepository(session)
        for (area, day), entry in expected.items():
            found = await duties.in_force(area, "environment", date.fromisoformat(day))
            assert (found and str(found.id)) == (entry and entry["id"]), (area, day)
        for day in ("2026-02-28", "2026-03-01", "2026-03-02"):
            assert await duties.in_force(FIRST_GRID, "facility", date.fromisoformat(day)) is None, "it never held"


async def test_an_incident_is_dispatched_by_the_list_of_the_day_and_not_by_one_that_has_ended_or_is_to_come(
    door: Door, do: Do, incident: str, unit: str, clock: FrozenClock
) -> None:
    taken_back = (await enter(door, kind="taken_back", valid_from="2026-03-17")).json()
    async with door.client(a_principal("village_clerk", VILLAGE)) as client:
        assert (await client.post(f"/incidents/{incident}/file", json={})).status_code == 200
    clerk = a_principal("village_clerk", VILLAGE)
    assert (await do(clerk, incident, "dispatch", unit_id=unit)).status_code == 200, "it is to come"
    assert (await do(a_principal("department_officer", "450481", department="urban_management"), incident, "return",
                     reason="not_responsible")).status_code == 200  # fmt: skip
    clock.set(datetime.fromisoformat("2026-03-17T09:00:00+08:00"))
    assert code_of(await do(clerk, incident, "dispatch", unit_id=unit)) == (409, "incident_taken_back")
    await ended(door, taken_back, "2026-03-18")
    assert code_of(await do(clerk, incident, "dispatch", unit_id=unit)) == (409, "incident_taken_back"), "till tomorrow"
    clock.set(datetime.fromisoformat("2026-03-18T09:00:00+08:00"))
    assert (await do(clerk, incident, "dispatch", unit_id=unit)).status_code == 200


async def test_of_those_who_enter_a_category_at_once_one_does_and_other_lists_are_their_own(door: Door) -> None:
    answers = await asyncio.gather(*(enter(door, kind=kind) for kind in ("basic", "taken_back", "basic")))
    assert Counter(one.status_code for one in answers) == {201: 1, 409: 2}
    assert {code_of(one)[1] for one in answers if one.status_code == 409} == {"duty_taken"}
    others = [{"area": "450481"}, {"area": "450481101"}, {"category": "facility"}]
    assert [(await enter(door, **what)).status_code for what in others] == [201] * 3


async def test_each_step_is_taken_over_the_version_that_was_seen_and_once(door: Door) -> None:
    made = [await door_enter(door, key) for key in ("duty-1", "duty-1")]
    assert (made[0].status_code, made[1].content) == (201, made[0].content)
    duty, on = made[0].json(), {"ends_on": "2026-04-01"}
    for verb, body in (("end", on), ("resume", None)):
        assert code_of(await step(door, duty, verb, body, If_Match='"9"')) == (412, "version_mismatch")
    first = await step(door, duty, "end", on, If_Match='"1"', Idempotency_Key="end-1")
    again = await step(door, duty, "end", on, If_Match='"1"', Idempotency_Key="end-1")
    assert (first.status_code, first.headers["etag"], again.content) == (200, '"2"', first.content)
    reused = await step(door, duty, "end", {"ends_on": "2026-05-01"}, Idempotency_Key="end-1")
    assert code_of(reused) == (422, "idempotency_key_reused")
    answers = await asyncio.gather(*(step(door, duty, "resume", If_Match='"2"') for _ in range(3)))
    assert Counter(one.status_code for one in answers) == {200: 1, 412: 2}
    assert code_of(await step(door, {"id": new_id()}, "end", on)) == (404, "not_found")


async def door_enter(door: Door, key: str) -> httpx.Response:
    async with door.client(COUNTY_OFFICER) as client:
        return await client.post("/duties", json=DUTY, headers={"Idempotency-Key": key})


async def test_every_role_reads_or_enters_as_the_table_of_permissions_says_and_no_other_countys(door: Door) -> None:
    duty = (await enter(door)).json()
    managing, reading = (PERMISSIONS[one] - OWN_ONLY for one in ("duty.manage", "duty.read"))
    for role in sorted(set(Role) - OWN_ONLY):
        for area in ("450481", "450482"):
            async with door.client(a_principal(role, area)) as client:
                listed = await client.get("/duties")
                made = await client.post("/duties", json={**DUTY, "category": "none_such"})
                stopped = await client.post(f"/duties/{duty['id']}/end", json={"ends_on": "2026-02-01"})
            assert listed.status_code == (200 if role in reading else 403), (role, area)
            own = (422, 409) if area == "450481" else (404, 404)
            assert (made.status_code, stopped.status_code) == (own if role in managing else (403, 403)), (role, area)
