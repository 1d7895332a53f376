"""Public reports: every step from every state, by every kind of caller; and the last step against another's."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.auth.principal import Principal
from shared.testing.doors import Door, a_principal
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    HANDLER,
    HEAD,
    OTHER_CLERK,
    RESIDENT,
    TOWN_OFFICER,
    VILLAGE,
    WORKER,
    an_incident,
)
from tests.grid.conftest import Facts
from tests.grid.public_reports.test_api import did, followed, reported, shown

VERBS = ("file", "join", "dismiss", "take-up-again")
STATES = ("held", "filed", "joined", "dismissed", "withdrawn")
ALLOWED = {("held", "file"), ("held", "join"), ("held", "dismiss"), ("joined", "take-up-again"),
           ("dismissed", "take-up-again"), ("held", "withdraw")}  # fmt: skip
AFTER = {"file": "filed", "join": "joined", "dismiss": "dismissed", "take-up-again": "held", "withdraw": "withdrawn"}
CALLERS: dict[str, tuple[Principal, int]] = {
    "the county": (COUNTY_OFFICER, 200),
    "the town": (TOWN_OFFICER, 200),
    "the village": (CLERK, 200),
    "the head": (HEAD, 200),
    "another village": (OTHER_CLERK, 404),
    "another town": (a_principal("town_officer", "450481101"), 404),
    "another county": (a_principal("county_officer", "450482"), 404),
    "a grid worker": (WORKER, 403),
    "a department": (HANDLER, 403),
    "the auditor": (a_principal("auditor", "450481"), 403),
    "a resident": (RESIDENT, 403),
}


async def an_open_incident(door: Door) -> str:
    async with door.client(CLERK) as clerk:
        made = await clerk.post("/incidents", json=an_incident())
        assert made.status_code == 201, made.text
        assert (await clerk.post(f"/incidents/{made.json()['id']}/file", json={})).status_code == 200
    incident: str = made.json()["id"]
    return incident


def body_of(verb: str, incident: str) -> dict[str, Any]:
    return {
        "file": {"severity": "normal"},
        "join": {"incident_id": incident},
        "dismiss": {"reason": "nothing_there"},
    }.get(verb, {})


async def brought(door: Door, status: str, incident: str) -> tuple[dict[str, Any], str]:
    """A report in a status, and its code."""
    code = (await reported(door))["progress_code"]
    async with door.client(CLERK) as clerk:
        [one] = await shown(clerk, status="held")
        verb = {"filed": "file", "joined": "join", "dismissed": "dismiss"}.get(status)
        if verb is not None:
            assert (await did(clerk, one, verb, **body_of(verb, incident))).status_code == 200
        elif status == "withdrawn":
            assert (await followed(door, code, "withdraw")).status_code == 200
        report: dict[str, Any] = (await clerk.get(f"/public-reports/{one['id']}")).json()["report"]
    assert report["status"] == status
    return report, code


async def tried(door: Door, client: httpx.AsyncClient, report: dict[str, Any], code: str, verb: str, to: str) -> int:
    if verb == "withdraw":
        return (await followed(door, code, verb)).status_code
    return (await did(client, report, verb, **body_of(verb, to))).status_code


@pytest.mark.parametrize("status", STATES)
async def test_every_step_from_a_state_is_as_the_table_says(door: Door, grids: None, status: str) -> None:
    incident = await an_open_incident(door)
    async with door.client(COUNTY_OFFICER) as county:
        for verb in (*VERBS, "withdraw"):
            report, code = await brought(door, status, incident)
            allowed = (status, verb) in ALLOWED
            assert await tried(door, county, report, code, verb, incident) == (200 if allowed else 409), verb
            now = (await county.get(f"/public-reports/{report['id']}")).json()["report"]
            assert now["status"] == (AFTER[verb] if allowed else status), verb
            assert now["version"] == report["version"] + allowed, verb
            if now["status"] == "held":  # only one is held at a time
                assert (await followed(door, code, "withdraw")).status_code == 200


@pytest.mark.parametrize("caller", CALLERS)
async def test_a_step_is_taken_by_the_offices_of_the_place_alone(door: Door, grids: None, caller: str) -> None:
    who, status = CALLERS[caller]
    incident = await an_open_incident(door)
    async with door.client(who) as client:
        for verb in VERBS:
            report, code = await brought(door, "dismissed" if verb == "take-up-again" else "held", incident)
            answer = await did(client, report, verb, **body_of(verb, incident))
            assert answer.status_code == status, (verb, answer.text)
            if status != 200:
                async with door.client(CLERK) as clerk:
                    now = (await clerk.get(f"/public-reports/{report['id']}")).json()["report"]
                assert now == report, "a refused step changes nothing"
            if status != 200 and report["status"] == "held":
                assert (await followed(door, code, "withdraw")).status_code == 200


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("file", {"severity": "grave"}, "severity"),
    ("file", {"severity": "normal", "reason": "whim"}, "reason"),
    ("join", {}, "incident_id"),
    ("join", {"incident_id": "that one"}, "incident_id"),
    ("dismiss", {}, "reason"),
    ("dismiss", {"reason": "dislike"}, "reason"),
    ("dismiss", {"reason": "abuse", "note": ""}, "note"),
    ("dismiss", {"reason": "abuse", "note": "长" * 1001}, "note"),
    ("dismiss", {"reason": "other"}, "note"),
]


async def test_bad_bodies_are_told_their_field_and_change_nothing(door: Door, grids: None) -> None:
    report, _ = await brought(door, "held", "")
    async with door.client(CLERK) as clerk:
        for verb, body, path in BAD:
            tag = {"If-Match": f'"{report["version"]}"'}
            answer = await clerk.post(f"/public-reports/{report['id']}/{verb}", json=body, headers=tag)
            assert answer.status_code == 422, (verb, body)
            assert path in {one["path"] for one in answer.json()["errors"]}, (verb, body)
        assert (await clerk.get(f"/public-reports/{report['id']}")).json()["report"] == report


NOWHERE: list[tuple[dict[str, Any], str]] = [
    ({"category": "environment"}, "place_missing"),
    ({"category": "environment", "area": VILLAGE, "phone": "12"}, "phone"),
    ({"category": "environment", "area": VILLAGE, "description": ""}, "description"),
    ({"category": "environment", "area": VILLAGE, "description": "长" * 1001}, "description"),
    ({"category": "nonsense", "area": VILLAGE}, "category"),
    ({"area": VILLAGE}, "category"),
    ({"category": "environment", "area": "45048a"}, "area"),
    ({"category": "environment", "area": VILLAGE, "point": {"longitude": 181, "latitude": 1}}, "point"),
]


@pytest.mark.parametrize(("body", "said"), NOWHERE)
async def test_what_the_open_door_does_not_take(
    door: Door, grids: None, facts: Facts, body: dict[str, Any], said: str
) -> None:
    async with door.client(None) as anybody:
        answer = await anybody.post("/public-reports", json=body)
    assert answer.status_code == 422
    assert said in answer.text
    assert await facts("grid.public_report") == []


@pytest.mark.parametrize("verb", ["file", "dismiss", "join"])
async def test_an_office_that_decides_against_a_withdrawal_one_of_both_wins(
    door: Door, grids: None, facts: Facts, verb: str
) -> None:
    incident = await an_open_incident(door)
    report, code = await brought(door, "held", incident)
    async with door.client(COUNTY_OFFICER) as county:
        decided, taken = await asyncio.gather(
            did(county, report, verb, **body_of(verb, incident)), followed(door, code, "withdraw")
        )
        now = (await county.get(f"/public-reports/{report['id']}")).json()
    assert [decided.status_code, taken.status_code].count(200) == 1
    assert {decided.status_code, taken.status_code} <= {200, 409, 412}
    assert now["report"]["status"] == (AFTER[verb] if decided.status_code == 200 else "withdrawn")
    assert (now["description"] is None) == (taken.status_code == 200)
    assert [fact.state.version for fact in await facts("grid.public_report", report["id"])] == [1, 2]
