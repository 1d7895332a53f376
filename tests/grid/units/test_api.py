"""Handling units over HTTP: made known once, listed to whoever may dispatch to them, and told apart from none."""

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
    CLERK,
    COUNTY_OFFICER,
    HANDLER,
    OTHER_CLERK,
    OTHER_VILLAGE,
    STRANGER,
    TOWN,
    TOWN_OFFICER,
    UNIT,
    VILLAGE,
)
from tests.grid.incidents.conftest import do, incident
from tests.grid.incidents.steps import Do, code_of

__all__ = ["do", "incident"]
MANAGING = PERMISSIONS["unit.manage"] - OWN_ONLY


async def create(door: Door, who: Any = COUNTY_OFFICER, **what: Any) -> httpx.Response:
    async with door.client(who) as client:
        return await client.post("/units", json={"area": TOWN, **UNIT, **what})


async def listed(door: Door, who: Any = COUNTY_OFFICER, **query: Any) -> list[str]:
    """Names of what a caller is shown, page by page."""
    names, cursor = [], None
    async with door.client(who) as client:
        while True:
            answer = await client.get("/units", params={"limit": 2, **query, **({"cursor": cursor} if cursor else {})})
            assert answer.status_code == 200, answer.text
            page = answer.json()
            names += [one["name"] for one in page["items"]]
            cursor = page["next_cursor"]
            if cursor is None:
                return names


async def test_a_unit_is_known_once_by_area_department_and_name(door: Door, villages: None) -> None:
    answers = await asyncio.gather(*(create(door) for _ in range(4)))
    assert Counter(one.status_code for one in answers) == {201: 1, 409: 3}
    assert {code_of(one)[1] for one in answers if one.status_code == 409} == {"unit_taken"}
    for other in ({"area": VILLAGE}, {"department": "water"}, {"name": "二中队"}):
        assert (await create(door, **other)).status_code == 201, other
    assert len(await listed(door)) == 4


@pytest.mark.parametrize(
    ("wrong", "path", "code"),
    [
        ({"department": "unlisted"}, "department", "code_unlisted"),
        ({"name": ""}, "name", "string_too_short"),
        ({"name": "队" * 101}, "name", "string_too_long"),
        ({"area": "4504811"}, "area", "string_pattern_mismatch"),
        ({"area": None}, "area", "string_type"),
        ({"active": True}, "body", None),
    ],
)
async def test_what_is_wrong_with_a_unit_is_told_at_its_field_and_nothing_is_kept(
    door: Door, villages: None, wrong: dict[str, Any], path: str, code: str | None
) -> None:
    answer = await create(door, **wrong)
    assert answer.status_code == 422, answer.text
    [error] = answer.json()["errors"]
    assert error["path"] == path
    assert code in (None, error["code"])
    assert await listed(door) == []


async def test_who_makes_units_known_and_where(door: Door, villages: None) -> None:
    for n, role in enumerate(sorted(set(Role) - OWN_ONLY)):
        for area in (TOWN, OTHER_VILLAGE, "450481101"):
            answer = await create(door, a_principal(role, area, department="urban_management"), name=f"{n}-{area}")
            allowed = (201 if TOWN.startswith(area) else 404) if role in MANAGING else 403
            assert answer.status_code == allowed, (role, area, answer.text)
        stranger = await create(door, a_principal(role, TOWN, department="water"), name=f"{n}-water")
        assert stranger.status_code == (404 if role in MANAGING else 403), role


async def test_a_list_shows_what_an_incident_of_ones_area_may_go_to_and_a_department_its_own(
    door: Door, villages: None
) -> None:
    for area, department, name in (
        ("450481", "urban_management", "县"), (TOWN, "urban_management", "镇"), (TOWN, "water", "镇水"),
        (VILLAGE, "urban_management", "村"), (OTHER_VILLAGE, "urban_management", "邻村"),
        ("450481101", "urban_management", "邻镇"),
    ):  # fmt: skip
        assert (await create(door, area=area, department=department, name=name)).status_code == 201
    assert await listed(door) == ["县", "镇", "镇水", "村", "邻村", "邻镇"]
    assert await listed(door, CLERK) == ["县", "镇", "镇水", "村"]
    assert await listed(door, OTHER_CLERK) == ["县", "镇", "镇水", "邻村"]
    assert await listed(door, TOWN_OFFICER) == ["县", "镇", "镇水", "村", "邻村"]
    assert await listed(door, HANDLER) == ["县", "镇", "村", "邻村", "邻镇"]
    assert await listed(door, STRANGER) == ["镇水"]
    assert await listed(door, serving=VILLAGE) == ["县", "镇", "镇水", "村"]
    assert await listed(door, serving=f"{VILLAGE}001") == ["县", "镇", "镇水", "村"]
    assert await listed(door, CLERK, serving=OTHER_VILLAGE) == ["县", "镇", "镇水"]
    assert await listed(door, serving="450481101") == ["县", "邻镇"]
    async with door.client(None) as client:
        assert code_of(await client.get("/units")) == (401, "unauthenticated")


async def test_an_incident_goes_to_a_unit_that_serves_its_place_and_of_others_nobody_learns(
    door: Door, do: Do, incident: str, unit: str, committed: Database
) -> None:
    near = (await create(door, area=OTHER_VILLAGE, name="邻村队")).json()["id"]
    far = (await create(door, area="450481101", name="邻镇队")).json()["id"]
    assert (await do(CLERK, incident, "file")).status_code == 200
    for who, asked, code in (
        (CLERK, near, "unit_unknown"), (CLERK, far, "unit_unknown"), (CLERK, str(new_id()), "unit_unknown"),
        (TOWN_OFFICER, near, "unit_out_of_area"), (TOWN_OFFICER, far, "unit_unknown"),
        (COUNTY_OFFICER, far, "unit_out_of_area"),
    ):  # fmt: skip
        answer = await do(who, incident, "dispatch", unit_id=asked)
        assert code_of(answer) == (422, code), (who.subject, asked)
        assert [one["path"] for one in answer.json()["errors"]] == ["unit_id"]
    async with committed.session() as session:
        await session.execute(text("UPDATE units SET active = false WHERE id = :id"), {"id": unit})
        await session.commit()
    assert code_of(await do(CLERK, incident, "dispatch", unit_id=unit)) == (422, "unit_unknown")
    assert await listed(door, CLERK) == []
