"""What a resident reads of the own reports: at every step, by every operation, nobody's name and no internal note."""

from typing import Any

import pytest

from shared.auth.principal import Principal
from shared.auth.roles import OWN_ONLY, ROLES
from shared.testing.doors import Door, a_principal
from tests.architecture.operations import Operation, operations
from tests.grid.builders import TOWN, VILLAGE
from tests.grid.incidents.steps import Do, report

RESIDENT = a_principal("resident", "450481", subject="resident-1")
OF_OFFICES = {"listSimilarIncidents"}
"""What is asked with the same permission, and tells of reports of others."""
NOTE = "内部植入:上报人多次投诉"
STAFF = {
    name: a_principal(role, area, subject=f"staff-{name}", department=department)
    for name, role, area, department in (
        ("clerk", "village_clerk", VILLAGE, None),
        ("handler", "department_officer", "450481", "urban_management"),
        ("head", "grid_head", VILLAGE, None),
        ("town", "town_officer", TOWN, None),
    )
}
WAYS: dict[str, list[tuple[str, str, dict[str, Any]]]] = {
    "to_its_end": [
        ("clerk", "file", {"reason": "verified"}),
        ("clerk", "dispatch", {}),
        ("handler", "accept", {}),
        ("handler", "feedback", {"reason": "cleaned"}),
        ("head", "check", {"passed": False, "reason": "not_done"}),
        ("handler", "feedback", {"reason": "cleaned"}),
        ("head", "check", {"passed": True}),
        ("clerk", "close", {}),
    ],
    "refused": [("clerk", "reject", {"reason": "nothing_there"})],
    "sent_back": [
        ("clerk", "file", {}),
        ("clerk", "dispatch", {}),
        ("handler", "return", {"reason": "not_responsible"}),
    ],
}


def theirs() -> list[Operation]:
    """What a resident may ask of grid, and is answered about incidents."""
    let_in = set().union(*(ROLES[role] for role in OWN_ONLY))
    found = [
        one
        for one in operations()
        if one.service == "grid" and one.method == "get" and one.access is not None
        if one.access.permission in let_in and "/incidents" in one.path and "{photo}" not in one.path
    ]
    assert {one.id for one in found} >= {"getIncident", "listIncidents", "countIncidents"}
    return found


async def looks(door: Door, incident: str) -> str:
    """Everything that the reporter is answered."""
    said = ""
    async with door.client(RESIDENT) as client:
        for one in theirs():
            answer = await client.get(one.path.partition("/v1")[2].replace("{id}", incident))
            assert answer.status_code == (403 if one.id in OF_OFFICES else 200), f"{one}: {answer.text}"
            said += answer.text + str(answer.headers)
    return said


async def takes(do: Do, incident: str, unit: str, who: str, step: str, body: dict[str, Any]) -> None:
    body = body | {"note": NOTE} | ({"unit_id": unit} if step == "dispatch" else {})
    answer = await do(STAFF[who], incident, step, **body)
    assert answer.status_code == 200, f"{step}: {answer.text}"


@pytest.mark.parametrize("way", WAYS)
async def test_a_resident_reads_no_internal_note_and_no_name(
    door: Door, do: Do, unit: str, grids: None, way: str
) -> None:
    incident = await report(door, RESIDENT, source="resident")
    for who, step, body in WAYS[way]:
        await takes(do, incident, unit, who, step, body)
        said = await looks(door, incident)
        assert incident in said
        assert [word for word in ("植入", "staff-") if word in said] == [], step
    async with door.client(Principal("clerk", STAFF["clerk"].grants)) as client:
        shown = (await client.get(f"/incidents/{incident}")).text
    assert NOTE in shown, "and who works there does"
    assert "staff-clerk" in shown
