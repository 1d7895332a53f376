"""Buildings over HTTP, step by step: boundary days, addresses in grids, versions, who may do what, looks."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    BUILDINGS,
    CLERK,
    NOBODY,
    Json,
    a_building,
    all_pages,
    assert_not_found,
    enter_building,
    given,
    know_grid,
)

GRID = f"{VILLAGE}001"


@pytest.fixture
def clerk(client_of: Client, county: None) -> AsyncClient:
    return client_of(*CLERK)


def corrected(**what: Any) -> Json:
    return {name: value for name, value in a_building(**what).items() if name != "valid_from"}


def refused(answer: Any) -> tuple[int, str, list[str]]:
    body = answer.json()
    return answer.status_code, body["code"], [one["path"] for one in body["errors"]]


async def test_it_is_demolished_between_its_first_day_and_today(clerk: AsyncClient) -> None:
    for number, (day, right) in enumerate(
        (("2026-01-31", False), ("2026-02-01", True), ("2026-03-16", True), ("2026-03-17", False))
    ):
        made = await enter_building(clerk, address=f"示例路{number}号", valid_from="2026-02-01")
        answer = await clerk.post(f"{BUILDINGS}/{made['id']}/demolish", json={"valid_to": day})
        if right:
            assert given(answer)["valid_to"] == day
        else:
            assert refused(answer) == (422, "building_dates_wrong", ["valid_to"])
            assert given(await clerk.get(f"{BUILDINGS}/{made['id']}")) == made


async def test_it_stands_from_today_or_from_long_ago_and_as_high_as_may_be(clerk: AsyncClient) -> None:
    for day, floors in (("2026-03-16", 1), ("1911-10-10", 200), ("2026-03-16", None)):
        body = a_building(valid_from=day, floors=floors, address=f"示例路{day}{floors}号")
        answer = await clerk.post(BUILDINGS, json=body)
        made = given(answer, 201)
        assert {name: made[name] for name in body} == body
        assert given(await clerk.get(answer.headers["location"])) == made
    assert refused(await clerk.post(BUILDINGS, json=a_building(floors=201)))[1:] == ("invalid_request", ["floors"])
    late = await clerk.post(BUILDINGS, json=a_building(valid_from="2026-03-17"))
    assert refused(late) == (422, "building_dates_wrong", ["valid_from"])


async def test_a_grid_and_its_village_have_an_address_once(clerk: AsyncClient, committed: Database) -> None:
    await know_grid(committed, GRID)
    made = await enter_building(clerk, area=GRID)
    assert refused(await clerk.post(BUILDINGS, json=a_building())) == (409, "building_known", ["address"])
    given(await clerk.post(f"{BUILDINGS}/{made['id']}/correct", json=corrected()))
    assert refused(await clerk.post(BUILDINGS, json=a_building(area=GRID))) == (409, "building_known", ["address"])


async def test_an_address_written_otherwise_is_the_same_and_is_kept_as_it_was_written(clerk: AsyncClient) -> None:
    made = await enter_building(clerk)
    path = f"{BUILDINGS}/{made['id']}"
    assert (
        given(await clerk.post(f"{path}/correct", json=corrected(address="示例路 1号 3栋")))["address"]
        == "示例路 1号 3栋"
    )
    assert refused(await clerk.post(BUILDINGS, json=a_building())) == (409, "building_known", ["address"])
    given(await clerk.post(f"{path}/correct", json=corrected(address="示例路2号")))
    other = await enter_building(clerk)
    answer = await clerk.post(f"{path}/correct", json=corrected())
    assert refused(answer) == (409, "building_known", ["address"])
    assert given(await clerk.get(path))["address"] == "示例路2号", "refused as a whole"
    given(await clerk.post(f"{BUILDINGS}/{other['id']}/withdraw"))
    assert given(await clerk.post(f"{path}/correct", json=corrected()))["address"] == other["address"]


async def test_each_field_may_be_corrected_alone_and_one_that_is_left_out_is_unknown(
    clerk: AsyncClient, committed: Database, events: Events
) -> None:
    await know_grid(committed, GRID)
    made = await enter_building(clerk)
    path = f"{BUILDINGS}/{made['id']}/correct"
    now = corrected()
    for change in ({"kind": "farmhouse"}, {"floors": 7}, {"address": "示例路8号"}, {"area": GRID}, {"floors": None}):
        now |= change
        shown = given(await clerk.post(path, json={name: value for name, value in now.items() if value is not None}))
        assert {name: shown[name] for name in now} == now
    assert refused(await clerk.post(path, json=now))[:2] == (422, "building_unchanged")
    states = [one["state"] for one in await events("registry.building.")]
    assert [(one["kind"], one["floors"], one["area"]) for one in states][-1] == ("farmhouse", None, GRID)


async def test_every_step_asks_for_the_version_that_was_seen_and_is_noted_as_a_write(
    clerk: AsyncClient, committed: Database
) -> None:
    made = await enter_building(clerk)
    path = f"{BUILDINGS}/{made['id']}"
    steps: list[tuple[str, Json | None]] = [
        ("correct", corrected(floors=9)),
        ("demolish", {"valid_to": "2026-03-10"}),
        ("restore", None),
        ("withdraw", None),
    ]
    for step, body in steps:
        stale = await clerk.post(f"{path}/{step}", json=body, headers={"if-match": '"7"'})
        assert refused(stale)[:2] == (412, "version_mismatch"), step
    for version, (step, body) in enumerate(steps, 1):
        answer = await clerk.post(f"{path}/{step}", json=body, headers={"if-match": f'"{version}"'})
        assert (given(answer)["version"], answer.headers["etag"]) == (version + 1, f'"{version + 1}"'), step
    async with committed.session() as session:
        log = "SELECT action, detail FROM access_log WHERE object_id = :id ORDER BY occurred_at"
        noted = [tuple(row) for row in await session.execute(text(log), {"id": made["id"]})]
    assert noted == [(f"{step}_building", "write") for step in ("enter", *(step for step, _ in steps))]


async def test_who_works_in_a_grid_sees_the_address_and_changes_nothing(
    client_of: Client, clerk: AsyncClient, committed: Database
) -> None:
    await know_grid(committed, GRID)
    there, here = await enter_building(clerk, address="示例路2号"), await enter_building(clerk, area=GRID)
    worker = client_of("grid_worker", GRID)
    assert given(await worker.get(f"{BUILDINGS}/{here['id']}")) == here
    assert_not_found(await worker.get(f"{BUILDINGS}/{there['id']}"))
    assert given(await worker.get(BUILDINGS))["items"] == [here]
    assert refused(await worker.post(f"{BUILDINGS}/{here['id']}/withdraw"))[:2] == (403, "forbidden")
    assert refused(await worker.post(BUILDINGS, json=a_building(area=GRID)))[:2] == (403, "forbidden")
    officer = client_of("town_officer", TOWN)
    answer = await officer.post(f"{BUILDINGS}/{here['id']}/correct", json=corrected(area=SISTER))
    assert refused(answer) == (422, "building_of_other_village", ["area"])


async def test_a_list_notes_each_building_that_it_shows_and_no_other(clerk: AsyncClient, committed: Database) -> None:
    made = [await enter_building(clerk, address=f"示例路{number}号") for number in range(3)]
    rows = given(await clerk.get(BUILDINGS, params={"limit": 2}))["items"]
    assert rows == made[:2]
    async with committed.session() as session:
        log = "SELECT object_id::text, detail FROM access_log WHERE action = 'list_buildings' ORDER BY object_id"
        noted = [tuple(row) for row in await session.execute(text(log))]
    assert noted == [(one["id"], "full") for one in made[:2]]
    assert await all_pages(clerk, BUILDINGS, limit=1) == made
    assert_not_found(await clerk.get(f"{BUILDINGS}/{NOBODY}"))
