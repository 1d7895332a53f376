"""Who sees and does what with incidents: departments, and residents who report."""

import pytest

from services.grid.incidents.domain.codes import Source
from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, OWN_ONLY, PERMISSIONS
from shared.testing.doors import Door, a_principal
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    HANDLER,
    NO_DEPARTMENT,
    OTHER_VILLAGE,
    RESIDENT,
    STRANGER,
    TOWN,
    an_incident,
)
from tests.grid.conftest import Facts
from tests.grid.incidents.steps import Do, bring, code_of, report


async def test_a_department_sees_what_was_dispatched_to_it_and_nothing_else(
    door: Door, do: Do, incident: str, unit: str
) -> None:
    """With a department: its own. Without one: nothing at all."""
    async with door.client(HANDLER) as handler, door.client(STRANGER) as stranger:
        for client in (handler, stranger):
            assert code_of(await client.get(f"/incidents/{incident}")) == (404, "not_found")
            assert (await client.get("/incidents")).json()["items"] == []
            assert (await client.get("/incidents/count")).json()["count"] == 0
        await bring(do, incident, unit, "file", "dispatch")
        assert (await handler.get(f"/incidents/{incident}")).status_code == 200
        assert [one["id"] for one in (await handler.get("/incidents")).json()["items"]] == [incident]
        assert [one["id"] for one in (await handler.get("/units")).json()["items"]] == [unit]
        assert code_of(await stranger.get(f"/incidents/{incident}")) == (404, "not_found")
        assert (await stranger.get("/incidents/count")).json()["count"] == 0
        assert (await stranger.get("/units")).json()["items"] == []
        assert (await do(HANDLER, incident, "return", reason="not_responsible")).status_code == 200
        assert code_of(await handler.get(f"/incidents/{incident}")) == (404, "not_found")
    async with door.client(NO_DEPARTMENT) as client:
        for path in ("/incidents", "/incidents/count", f"/incidents/{incident}", "/units", "/grids"):
            assert code_of(await client.get(path)) == (403, "forbidden")


async def test_list_and_count_are_one_number_for_every_role_and_department(
    door: Door, do: Do, unit: str, grids: None
) -> None:
    """One incident that no department has, two of the unit's department, one of another."""
    async with door.client(COUNTY_OFFICER) as client:
        other = (await client.post("/units", json={"area": TOWN, "department": "water", "name": "水利站"})).json()["id"]
    have = {"urban_management": 2, "water": 1, "health": 0}
    await report(door)
    for one in (unit, unit, other):
        await bring(do, await report(door), one, "file", "dispatch")
    readers = sorted(PERMISSIONS["incident.read"] - OWN_ONLY)
    for role in readers:
        for department in (None, *have):
            expected = 4 if department is None else have[department]
            async with door.client(Principal(f"{role}-{department}", (Grant(role, TOWN, department),))) as client:
                answers = [await client.get(path) for path in ("/incidents", "/incidents/count")]
                if department is None and role in DEPARTMENT_ROLES:
                    assert [code_of(answer) for answer in answers] == [(403, "forbidden")] * 2
                    continue
                listed, counted = (answer.json() for answer in answers)
                assert len(listed["items"]) == counted["count"] == expected, (role, department)
                for item in listed["items"]:
                    assert (await client.get(f"/incidents/{item['id']}")).status_code == 200


async def test_whoever_is_bound_to_a_department_keeps_units_of_that_one_only(door: Door, grids: None) -> None:
    bound = a_principal("town_officer", TOWN, department="water")
    async with door.client(bound) as client:
        for department, status in (("water", 201), ("urban_management", 404)):
            answer = await client.post("/units", json={"area": TOWN, "department": department, "name": "站"})
            assert answer.status_code == status, answer.text


async def test_the_reporter_learns_what_was_done_and_not_by_whom_nor_what_was_remarked(
    door: Door, do: Do, unit: str, grids: None
) -> None:
    own = await report(door, RESIDENT, source="resident")
    await do(CLERK, own, "file", reason="verified", note="上报人多次投诉,电话13800001234")
    await bring(do, own, unit, "dispatch")
    rejected = await report(door, RESIDENT, source="resident")
    await do(CLERK, rejected, "reject", reason="nothing_there", note="上报人不可信")
    async with door.client(RESIDENT) as client:
        shown, refused = [(await client.get(f"/incidents/{one}")).json() for one in (own, rejected)]
    assert [step["step"] for step in shown["steps"]] == ["report", "file", "dispatch"]
    assert [(step["actor"], step["note"], step["reason"]) for step in shown["steps"]] == [(None, None, None)] * 3
    assert shown["description"] == an_incident()["description"]
    assert refused["steps"][-1]["reason"] == "nothing_there"
    assert (refused["steps"][-1]["actor"], refused["steps"][-1]["note"]) == (None, None)
    async with door.client(CLERK) as client:
        assert (await client.get(f"/incidents/{own}")).json()["steps"][1]["note"] == "上报人多次投诉,电话13800001234"


@pytest.mark.parametrize("source", sorted(set(Source) - {Source.RESIDENT}))
async def test_a_resident_names_no_official_source(door: Door, grids: None, source: str, facts: Facts) -> None:
    both = Principal("both", (Grant("resident", "450481"), Grant("grid_worker", OTHER_VILLAGE)))
    for who in (RESIDENT, both):
        async with door.client(who) as client:
            answer = await client.post("/incidents", json=an_incident(source=source))
            assert code_of(answer) == (403, "incident_source_official")
    assert await facts("grid.incident") == []
    await report(door, both, source="resident")
    await report(door, both, source=source, point=None, area=OTHER_VILLAGE)


async def test_reports_are_limited_by_person(door: Door, grids: None) -> None:
    limit = door.kit.settings.rate_per_minute
    async with door.client(RESIDENT) as client:
        answers = [await client.post("/incidents", json=an_incident(source="resident")) for _ in range(limit + 1)]
    assert [answer.status_code for answer in answers] == [201] * limit + [429]
    assert int(answers[-1].headers["retry-after"]) >= 1
    await report(door, a_principal("resident", "450481", subject="resident-2"), source="resident")


async def test_a_resident_reports_from_anywhere_and_reads_the_own_reports_only(
    door: Door, do: Do, incident: str
) -> None:
    own = await report(door, RESIDENT, source="resident")
    async with door.client(RESIDENT) as client:
        assert [item["id"] for item in (await client.get("/incidents")).json()["items"]] == [own]
        assert (await client.get("/incidents/count")).json()["count"] == 1
        assert (await client.get(f"/incidents/{own}")).status_code == 200
        assert code_of(await client.get(f"/incidents/{incident}")) == (404, "not_found")
    assert (await do(RESIDENT, own, "file")).status_code == 403
