"""Incidents over HTTP: the whole way, the refusals, and what leaves the service."""

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import select, text

from services.grid.incidents.models import Incident
from shared.contracts.grid.incidents import IncidentDispatched
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    HANDLER,
    HEAD,
    NO_DEPARTMENT,
    OTHER_CLERK,
    OTHER_VILLAGE,
    RESIDENT,
    SECOND_GRID,
    STRANGER,
    TOWN_OFFICER,
    VILLAGE,
    WORKER,
    an_incident,
    lies_elsewhere,
    square,
)
from tests.grid.conftest import Facts
from tests.grid.incidents.steps import Do, bring, code_of, report


async def test_an_incident_goes_its_whole_way_with_a_step_and_a_fact_for_each_version(
    door: Door, do: Do, incident: str, unit: str, facts: Facts
) -> None:
    await bring(do, incident, unit, "file", "dispatch", "accept", "feedback", "check", "close")
    async with door.client(CLERK) as client:
        detail = (await client.get(f"/incidents/{incident}")).json()
    assert detail["incident"]["status"] == "closed"
    assert detail["incident"]["area"] == FIRST_GRID
    assert detail["description"] == an_incident()["description"]
    steps = detail["steps"]
    assert [step["step"] for step in steps] == [
        "report", "file", "dispatch", "accept", "feedback", "check", "close",
    ]  # fmt: skip
    assert [step["version"] for step in steps] == [1, 2, 3, 4, 5, 6, 7]
    assert [step["actor"] for step in steps] == [
        who.subject for who in (WORKER, CLERK, CLERK, HANDLER, HANDLER, HEAD, CLERK)
    ]
    assert (steps[4]["reason"], steps[4]["note"]) == ("cleaned", "已由李四清理")
    assert steps[2]["unit_id"] == unit
    told = await facts("grid.incident", incident)
    assert [fact.type.rsplit(".", 1)[1] for fact in told] == [
        "reported", "filed", "dispatched", "accepted", "feedback_given", "checked", "closed",
    ]  # fmt: skip
    assert [fact.state.version for fact in told] == [1, 2, 3, 4, 5, 6, 7]
    dispatched = told[2]
    assert isinstance(dispatched, IncidentDispatched)
    assert str(dispatched.unit_id) == unit
    last = told[-1].state
    assert all([last.filed_at, last.dispatched_at, last.accepted_at, last.feedback_at, last.checked_at, last.closed_at])


async def test_the_deadline_is_set_at_filing_and_stands_in_every_answer(
    door: Door, do: Do, incident: str, unit: str, facts: Facts, clock: FrozenClock
) -> None:
    filed = (await do(CLERK, incident, "file")).json()
    assert filed["due_at"] == "2026-03-18T18:00:00+08:00"  # environment, normal: 2 work days
    assert (filed["dictionary_version"], filed["due_provisional"]) == (1, False)
    clock.advance(days=1)
    await bring(do, incident, unit, "dispatch")
    returned = (await do(HANDLER, incident, "return", reason="not_responsible")).json()
    assert (returned["status"], returned["returns"], returned["unit_id"]) == ("filed", 1, None)
    async with door.client(CLERK) as client:
        listed = (await client.get("/incidents")).json()["items"]
        detail = (await client.get(f"/incidents/{incident}")).json()
    assert listed[0]["due_at"] == detail["incident"]["due_at"] == returned["due_at"] == filed["due_at"]
    assert {fact.state.due_at for fact in (await facts("grid.incident"))[1:]} == {
        (await facts("grid.incident"))[1].state.due_at
    }


async def test_a_failed_check_sends_it_back_to_the_unit_and_is_counted(do: Do, incident: str, unit: str) -> None:
    await bring(do, incident, unit, "file", "dispatch", "accept", "feedback")
    again = (await do(HEAD, incident, "check", passed=False, reason="still_dirty")).json()
    assert (again["status"], again["reworks"], again["feedback_at"]) == ("accepted", 1, None)
    await bring(do, incident, unit, "feedback", "check", "close")


@pytest.mark.parametrize(
    ("step", "body"),
    [("reject", {}), ("return", {}), ("check", {"passed": False}), ("check", {"passed": False, "note": "不够干净"})],
)
async def test_a_refusal_without_a_reason_is_refused(
    door: Door, do: Do, incident: str, unit: str, step: str, body: dict[str, Any]
) -> None:
    way = {"reject": (), "return": ("file", "dispatch"), "check": ("file", "dispatch", "accept", "feedback")}[step]
    await bring(do, incident, unit, *way)
    who = {"reject": CLERK, "return": HANDLER, "check": HEAD}[step]
    answer = await do(who, incident, step, **body)
    assert answer.status_code == 422, answer.text
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("reason", "missing")]
    async with door.client(CLERK) as client:
        assert (await client.get(f"/incidents/{incident}")).json()["incident"]["version"] == len(way) + 1


async def test_who_handled_it_may_not_check_it_not_even_after_a_rework(do: Do, incident: str, unit: str) -> None:
    await bring(do, incident, unit, "file", "dispatch")
    assert (await do(TOWN_OFFICER, incident, "accept")).status_code == 200
    await bring(do, incident, unit, "feedback")
    refused = (403, "incident_check_by_handler")
    assert code_of(await do(TOWN_OFFICER, incident, "check", passed=True)) == refused
    assert code_of(await do(TOWN_OFFICER, incident, "check", passed=False, reason="still_dirty")) == refused
    assert (await do(HEAD, incident, "check", passed=False, reason="still_dirty")).status_code == 200
    await bring(do, incident, unit, "feedback")
    assert code_of(await do(TOWN_OFFICER, incident, "check", passed=True)) == refused
    assert (await do(HEAD, incident, "check", passed=True)).status_code == 200


async def test_an_officer_of_another_department_does_not_handle_it(do: Do, incident: str, unit: str) -> None:
    await bring(do, incident, unit, "file", "dispatch")
    for step, body in (("accept", {}), ("return", {"reason": "other", "note": "另行说明"})):
        assert code_of(await do(STRANGER, incident, step, **body)) == (404, "not_found")
        assert code_of(await do(NO_DEPARTMENT, incident, step, **body)) == (403, "forbidden")
    assert (await do(HANDLER, incident, "accept")).status_code == 200


async def test_a_step_that_the_table_does_not_have_is_a_conflict(do: Do, incident: str, unit: str) -> None:
    refused = (409, "incident_transition_not_allowed")
    assert code_of(await do(CLERK, incident, "dispatch", unit_id=unit)) == refused
    assert code_of(await do(CLERK, incident, "close")) == refused
    assert (await do(CLERK, incident, "reject", reason="nothing_there")).status_code == 200
    assert code_of(await do(CLERK, incident, "file")) == refused


async def test_two_dispatchers_one_wins(door: Door, do: Do, incident: str, unit: str, facts: Facts) -> None:
    await bring(do, incident, unit, "file")
    answers = await asyncio.gather(
        *(do(who, incident, "dispatch", unit_id=unit) for who in (CLERK, TOWN_OFFICER, COUNTY_OFFICER))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    told = await facts("grid.incident", incident)
    assert [fact.type for fact in told].count("grid.incident.dispatched") == 1
    async with door.client(CLERK) as client:
        steps = (await client.get(f"/incidents/{incident}")).json()["steps"]
    assert [step["step"] for step in steps] == ["report", "file", "dispatch"]


async def test_a_unit_of_another_area_or_unknown_is_refused(door: Door, do: Do, incident: str) -> None:
    await do(CLERK, incident, "file")
    async with door.client(COUNTY_OFFICER) as client:
        body = {"area": OTHER_VILLAGE, "department": "water", "name": "水利站"}
        other = (await client.post("/units", json=body)).json()["id"]
        assert code_of(await client.post("/units", json=body)) == (409, "unit_taken")
        assert code_of(await client.post("/units", json=body | {"department": "no_such"})) == (422, "code_unlisted")
    elsewhere, nothing = [await do(CLERK, incident, "dispatch", unit_id=one) for one in (other, incident)]
    assert code_of(elsewhere) == code_of(nothing) == (422, "unit_unknown"), "to the clerk of another village it is none"
    assert {**elsewhere.json(), "request_id": ""} == {**nothing.json(), "request_id": ""}
    assert code_of(await do(COUNTY_OFFICER, incident, "dispatch", unit_id=other)) == (422, "unit_out_of_area")


async def test_a_clerk_finds_the_units_above_that_serve_the_village(door: Door, grids: None, unit: str) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        body = {"area": OTHER_VILLAGE, "department": "water", "name": "水利站"}
        await client.post("/units", json=body)
    async with door.client(CLERK) as client:
        shown = (await client.get("/units")).json()["items"]
        assert [item["id"] for item in shown] == [unit]
        serving = (await client.get("/units", params={"serving": FIRST_GRID})).json()["items"]
        assert [item["id"] for item in serving] == [unit]


@pytest.mark.parametrize(
    ("place", "refusal"),
    [
        ({"point": {"longitude": 120.0, "latitude": 22.9}}, (422, "incident_not_located")),
        ({"point": None}, (422, "invalid_request")),
        ({"area": SECOND_GRID}, (422, "incident_point_outside_area")),
        ({"point": None, "area": VILLAGE + "077"}, (422, "incident_area_unknown")),
        ({"point": None, "area": "450481100"}, (422, "incident_area_unknown")),
        ({"category": "no_such"}, (422, "incident_category_unknown")),
    ],
)
async def test_a_report_that_lies_nowhere_or_is_of_no_known_kind_is_refused(
    door: Door, grids: None, place: dict[str, Any], refusal: tuple[int, str], facts: Facts
) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        assert code_of(await client.post("/incidents", json=an_incident(**place))) == refusal
    assert await facts("grid.incident") == []


@pytest.mark.parametrize(
    ("place", "area"),
    [
        ({"area": VILLAGE}, FIRST_GRID),
        ({"point": None, "area": SECOND_GRID}, SECOND_GRID),
        ({"point": None, "area": VILLAGE}, VILLAGE),
        ({"point": {"longitude": 120.0, "latitude": 22.9}, "area": VILLAGE}, VILLAGE),
        ({"point": {"longitude": 111.01, "latitude": 22.905}}, FIRST_GRID),
    ],
)
async def test_an_incident_lies_in_the_grid_of_its_point_or_else_where_the_reporter_says(
    door: Door, grids: None, place: dict[str, Any], area: str
) -> None:
    async with door.client(WORKER) as client:
        assert (await client.post("/incidents", json=an_incident(**place))).json()["area"] == area


async def test_a_point_on_a_shared_border_is_reported_by_either_neighbour(door: Door, grids: None) -> None:
    """To the reporter's own village; to the one that is named; by default to the grid with the smallest code."""
    beyond, border = OTHER_VILLAGE + "001", {"longitude": 111.02, "latitude": 22.905}
    async with door.client(COUNTY_OFFICER) as client:
        drawn = await client.post("/grids", json={"code": beyond, "polygon": square(111.02, 22.90)})
        assert drawn.status_code == 201, drawn.text
    other_worker = a_principal("grid_worker", OTHER_VILLAGE)
    for who, named, area in (
        (WORKER, None, SECOND_GRID),
        (other_worker, None, beyond),
        (COUNTY_OFFICER, None, SECOND_GRID),
        (COUNTY_OFFICER, OTHER_VILLAGE, beyond),
        (RESIDENT, None, SECOND_GRID),
        (RESIDENT, beyond, beyond),
    ):
        source = "resident" if who is RESIDENT else "patrol"
        async with door.client(who) as client:
            answer = await client.post("/incidents", json=an_incident(point=border, area=named, source=source))
        assert (answer.status_code, answer.json()["area"]) == (201, area), (who, named)
    async with door.client(WORKER) as client:
        answer = await client.post("/incidents", json=an_incident(point=border, area=OTHER_VILLAGE))
    assert code_of(answer) == (404, "not_found")


async def test_the_neighbour_village_neither_reads_nor_moves_it(door: Door, do: Do, incident: str) -> None:
    async with door.client(OTHER_CLERK) as client:
        assert code_of(await client.get(f"/incidents/{incident}")) == (404, "not_found")
        assert code_of(await client.post("/incidents", json=an_incident())) == (404, "not_found")
    for step, body in (
        ("file", {}),
        ("reject", {"reason": "nothing_there"}),
        ("close", {}),
        ("check", {"passed": True}),
    ):
        assert code_of(await do(OTHER_CLERK, incident, step, **body)) == (404, "not_found")


async def test_list_length_is_the_count_for_everybody_and_every_filter(
    door: Door, do: Do, grids: None, unit: str, clock: FrozenClock
) -> None:
    for n in range(4):
        await report(door, area=VILLAGE, category="safety", severity="urgent" if n % 2 else "normal")
    for _ in range(3):
        await report(door, COUNTY_OFFICER, point=None, area=OTHER_VILLAGE)
    filed = [await report(door, category="safety", severity="urgent") for _ in range(3)]
    for one in filed:
        await bring(do, one, unit, "file")
    await bring(do, filed[0], unit, "dispatch", "accept", "feedback", "check", "close")
    await report(door, RESIDENT, source="resident")
    clock.advance(hours=5)
    filters: list[dict[str, Any]] = [
        {},
        {"status": "reported"},
        {"overdue": True},
        {"overdue": False},
        {"area": VILLAGE},
        {"unit_id": unit},
        {"area": OTHER_VILLAGE, "status": "filed"},
    ]
    totals = {}
    for who in (CLERK, OTHER_CLERK, WORKER, HEAD, TOWN_OFFICER, COUNTY_OFFICER, HANDLER, STRANGER, RESIDENT):
        async with door.client(who) as client:
            for chosen in filters:
                seen: list[str] = []
                params: dict[str, Any] = {**chosen, "limit": 2}
                if lies_elsewhere(who, chosen):
                    for path in ("/incidents", "/incidents/count"):
                        assert (await client.get(path, params=chosen)).status_code == 404
                    continue
                while True:
                    page = (await client.get("/incidents", params=params)).json()
                    seen += [item["id"] for item in page["items"]]
                    if page["next_cursor"] is None:
                        break
                    params["cursor"] = page["next_cursor"]
                counted = (await client.get("/incidents/count", params=chosen)).json()
                assert len(set(seen)) == len(seen) == counted["count"] == sum(counted["by_status"].values())
                totals[who.subject, json.dumps(chosen)] = counted["count"]
    assert totals[CLERK.subject, "{}"] == 8
    assert totals[COUNTY_OFFICER.subject, "{}"] == 11
    assert totals[OTHER_CLERK.subject, "{}"] == 3
    assert totals[RESIDENT.subject, "{}"] == 1
    assert totals[HANDLER.subject, "{}"] == 1  # what was dispatched to its department
    assert totals[STRANGER.subject, "{}"] == 0
    assert totals[CLERK.subject, '{"overdue": true}'] == 2  # what is closed is not overdue
    assert totals[CLERK.subject, '{"overdue": true}'] + totals[CLERK.subject, '{"overdue": false}'] == 8


async def test_free_text_is_sealed_at_rest_and_on_no_event_and_in_no_log(
    door: Door, do: Do, incident: str, unit: str, committed: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await bring(do, incident, unit, "file", "dispatch", "accept", "feedback", "check", "close")
    async with door.client(CLERK) as client:
        listed = await client.get("/incidents")
    out = "".join(capsys.readouterr())
    async with committed.session() as session:
        stored = (await session.scalars(select(Incident.description))).one()
        assert stored is not None
        rows = (await session.execute(text("SELECT convert_from(payload, 'UTF8') FROM outbox"))).scalars().all()
        steps = (await session.execute(text("SELECT to_jsonb(s)::text FROM incident_steps s"))).scalars().all()
    for planted in ("张三", "李四", "13800001234"):
        for place in (*rows, *steps, out, listed.text):
            assert planted not in place
            assert json.dumps(planted).strip('"') not in place
        assert planted.encode() not in stored


async def test_reading_the_free_text_is_noted_in_the_access_log(door: Door, incident: str) -> None:
    async with door.client(CLERK) as client:
        await client.get(f"/incidents/{incident}", params={"purpose": "audit"})
    (entry,) = door.accesses.entries
    assert (entry.subject, entry.action, entry.noun, entry.object_id, entry.purpose, entry.detail) == (
        CLERK.subject,
        "read",
        "grid.incident",
        incident,
        "audit",
        "full",
    )


async def test_the_dictionary_in_force_is_readable(door: Door, committed: Database) -> None:
    async with door.client(WORKER) as client:
        body = (await client.get("/incident-dictionary")).json()
    assert body["version"] == 1
    assert body["shifts"] == [
        {"start": "08:00:00", "end": "12:00:00"},
        {"start": "14:00:00", "end": "18:00:00"},
    ]
    environment = next(one for one in body["categories"] if one["code"] == "environment")
    assert environment["name"] == "环境卫生"
    assert {"severity": "normal", "treatment": "routine", "amount": 2, "unit": "work_day"} in environment["limits"]


async def test_a_new_version_of_the_dictionary_moves_no_deadline_that_was_set(
    do: Do, door: Door, incident: str, committed: Database, clock: FrozenClock
) -> None:
    filed = (await do(CLERK, incident, "file")).json()
    async with committed.session() as session:
        for statement in (
            "INSERT INTO dictionaries VALUES (2, '2026-03-17', '[[\"09:00\", \"17:00\"]]')",
            "INSERT INTO dictionary_categories VALUES (2, 'environment', '环境卫生')",
            "INSERT INTO dictionary_limits VALUES (2, 'environment', 'normal', 3, 'work_hour')",
        ):
            await session.execute(text(statement))
        await session.commit()
    assert (await do(CLERK, await report(door), "file")).json()["dictionary_version"] == 1
    clock.advance(days=1)
    later = (await do(CLERK, await report(door), "file")).json()
    assert (later["dictionary_version"], later["due_at"]) == (2, "2026-03-17T13:00:00+08:00")
    async with door.client(CLERK) as client:
        old = (await client.get(f"/incidents/{incident}")).json()["incident"]
    assert (old["dictionary_version"], old["due_at"]) == (1, filed["due_at"])
