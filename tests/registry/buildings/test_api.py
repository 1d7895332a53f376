"""Buildings over HTTP: entered, corrected, demolished, withdrawn, restored; scope, addresses, lists and counts."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    BUILDINGS,
    CLERK,
    FAR_CLERK,
    OFFICER,
    REGISTRAR,
    Json,
    a_building,
    all_pages,
    assert_not_found,
    enter_building,
    enter_dwelling,
    given,
    know_grid,
)

ADDRESS = "示例路1号3栋"


def corrected(**what: Any) -> Json:
    body = a_building(**what)
    del body["valid_from"]
    return body


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def test_it_is_entered_read_corrected_demolished_and_restored(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await enter_building(client)
    path = f"{BUILDINGS}/{made['id']}"
    assert (made["version"], made["status"], made["address"]) == (1, "standing", ADDRESS)
    seen = await client.get(path)
    assert seen.json() == made
    right = given(
        await client.post(f"{path}/correct", json=corrected(floors=7), headers={"If-Match": seen.headers["etag"]})
    )
    assert right == {**made, "version": 2, "floors": 7}
    gone = given(await client.post(f"{path}/demolish", json={"valid_to": "2026-03-10"}))
    assert gone == {**right, "version": 3, "status": "demolished", "valid_to": "2026-03-10"}
    back = given(await client.post(f"{path}/restore"))
    assert back == {**right, "version": 4}
    assert given(await client.post(f"{path}/withdraw"))["status"] == "withdrawn"


async def test_every_version_is_told_once_without_the_address(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    client = client_of(*CLERK)
    made = await enter_building(client)
    path = f"{BUILDINGS}/{made['id']}"
    given(await client.post(f"{path}/correct", json=corrected(address="示例路2号")))
    given(await client.post(f"{path}/withdraw"))
    given(await client.post(f"{path}/restore"))
    given(await client.post(f"{path}/demolish", json={"valid_to": "2026-03-10"}))
    told = await events("registry.building.")
    assert [(one["type"].rsplit(".")[-1], one["sequence"]) for one in told] == [
        ("entered", 1),
        ("corrected", 2),
        ("withdrawn", 3),
        ("restored", 4),
        ("demolished", 5),
    ]
    assert not any("示例路" in str(one) for one in told)
    assert set(told[-1]["state"]) == set(made) - {"address", "former"}
    async with committed.session() as session:
        row = (await session.execute(text("SELECT * FROM buildings"))).mappings().one()
        digests = (await session.execute(text("SELECT count(*) FROM building_digests"))).scalar_one()
    assert not any("示例".encode() in value for value in row.values() if isinstance(value, bytes))
    assert digests == 0, "an address that nobody has is kept nowhere to be found by"


async def test_an_address_stands_once_in_a_village_however_it_is_written(client_of: Client, county: None) -> None:
    client, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    made = await enter_building(client)
    again = await client.post(BUILDINGS, json=a_building(address="示例路 １号3栋"))
    assert (again.status_code, again.json()["code"]) == (409, "building_known")
    assert [one["path"] for one in again.json()["errors"]] == ["address"]
    assert "示例" not in again.text
    await enter_building(registrar, area=SISTER)
    other = await enter_building(client, address="示例路4号")
    answer = await client.post(f"{BUILDINGS}/{other['id']}/correct", json=corrected())
    assert code_of(answer) == (409, "building_known")
    given(await client.post(f"{BUILDINGS}/{made['id']}/demolish", json={"valid_to": "2026-03-10"}))
    given(await client.post(f"{BUILDINGS}/{other['id']}/correct", json=corrected()))
    answer = await client.post(f"{BUILDINGS}/{made['id']}/restore")
    assert code_of(answer) == (409, "building_known")
    given(await client.post(f"{BUILDINGS}/{other['id']}/correct", json=corrected(address="示例路4号")))
    given(await client.post(f"{BUILDINGS}/{made['id']}/restore"))


@pytest.mark.parametrize(
    ("what", "status", "code"),
    [
        ({"valid_from": "2999-01-01"}, 422, "building_dates_wrong"),
        ({"area": "450481100299"}, 404, "not_found"),
        ({"area": TOWN}, 422, "invalid_request"),
        ({"kind": "castle"}, 422, "invalid_request"),
        ({"floors": 0}, 422, "invalid_request"),
        ({"floors": "6"}, 422, "invalid_request"),
        ({"address": " "}, 422, "invalid_request"),
        ({"address": "长" * 201}, 422, "invalid_request"),
    ],
)
async def test_bad_input_is_refused_by_name(
    client_of: Client, county: None, events: Events, what: Json, status: int, code: str
) -> None:
    answer = await client_of(*CLERK).post(BUILDINGS, json=a_building(**what))
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await events("registry.building.") == []


async def test_a_village_that_is_not_there_is_refused_by_name(client_of: Client, county: None) -> None:
    answer = await client_of(*REGISTRAR).post(BUILDINGS, json=a_building(area="450481100299"))
    assert code_of(answer) == (422, "unknown_area")
    answer = await client_of(*CLERK).post(BUILDINGS, json=a_building(area=f"{VILLAGE}009"))
    assert code_of(answer) == (503, "not_yet")


async def test_a_correction_says_something_new_and_stays_in_the_village(
    client_of: Client, county: None, committed: Database
) -> None:
    client = client_of(*CLERK)
    made = await enter_building(client)
    path = f"{BUILDINGS}/{made['id']}"
    assert code_of(await client.post(f"{path}/correct", json=corrected())) == (422, "building_unchanged")
    moved = await client_of(*REGISTRAR).post(f"{path}/correct", json=corrected(area=SISTER))
    assert code_of(moved) == (422, "building_of_other_village")
    given(await client.post(f"{path}/withdraw"))
    assert code_of(await client.post(f"{path}/correct", json=corrected(floors=2))) == (
        409,
        "building_transition_not_allowed",
    )


async def test_its_dwellings_follow_it_into_another_grid(
    client_of: Client, county: None, committed: Database, events: Events
) -> None:
    client, grid = client_of(*CLERK), f"{VILLAGE}001"
    await know_grid(committed, grid)
    made = await enter_building(client)
    dwelling = await enter_dwelling(client, made)
    gone = await enter_dwelling(client, made, room="302室")
    given(await client.post(f"/registry/v1/dwellings/{gone['id']}/withdraw"))
    given(await client.post(f"{BUILDINGS}/{made['id']}/correct", json=corrected(area=grid)))
    told = [one for one in await events("registry.dwelling.") if one["type"].endswith("followed")]
    assert {one["key"]: one["state"]["area"] for one in told} == {dwelling["id"]: grid, gone["id"]: grid}
    worker = client_of("grid_worker", grid)
    assert given(await worker.get(f"/registry/v1/dwellings/{dwelling['id']}"))["area"] == grid
    given(await client.post(f"{BUILDINGS}/{made['id']}/correct", json=corrected(area=grid, floors=9)))
    assert len([one for one in await events("registry.dwelling.") if one["type"].endswith("followed")]) == 2


async def test_it_does_not_go_while_dwellings_in_it_are_in_use(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await enter_building(client)
    dwelling = await enter_dwelling(client, made)
    path = f"{BUILDINGS}/{made['id']}"
    for step, body in (("demolish", {"valid_to": "2026-03-10"}), ("withdraw", None)):
        assert code_of(await client.post(f"{path}/{step}", json=body)) == (409, "building_in_use")
    given(await client.post(f"/registry/v1/dwellings/{dwelling['id']}/end", json={"valid_to": "2026-03-09"}))
    given(await client.post(f"{path}/demolish", json={"valid_to": "2026-03-10"}))
    answer = await client.post(f"{path}/demolish", json={"valid_to": "2026-03-10"})
    assert code_of(answer) == (409, "building_transition_not_allowed")


async def test_elsewhere_it_does_not_exist(client_of: Client, county: None) -> None:
    made = await enter_building(client_of(*CLERK))
    far, path = client_of(*FAR_CLERK), f"{BUILDINGS}/{made['id']}"
    for answer in (
        await far.get(path),
        await far.post(f"{path}/correct", json=corrected(floors=2)),
        await far.post(f"{path}/demolish", json={"valid_to": "2026-03-10"}),
        await far.post(f"{path}/withdraw"),
        await far.post(f"{path}/restore"),
        await far.post(BUILDINGS, json=a_building()),
        await far.get(BUILDINGS, params={"area": VILLAGE}),
    ):
        assert_not_found(answer)


async def test_who_may_not_see_addresses_sees_buildings_without(
    client_of: Client, county: None, committed: Database
) -> None:
    made = await enter_building(client_of(*CLERK))
    seen = given(await client_of(*OFFICER).get(f"{BUILDINGS}/{made['id']}"))
    assert seen == {**made, "address": None}
    listed = given(await client_of(*OFFICER).get(BUILDINGS))["items"]
    assert listed == [seen]
    notes = "SELECT action, detail, role, area FROM access_log WHERE noun = 'registry.building' ORDER BY occurred_at"
    async with committed.session() as session:
        noted = [tuple(row) for row in await session.execute(text(notes))]
    assert noted == [
        ("enter_building", "write", "village_clerk", VILLAGE),
        ("read_building", "masked", "county_officer", VILLAGE),
        ("list_buildings", "masked", "county_officer", VILLAGE),
    ]


async def test_the_list_is_as_long_as_the_count_says_for_every_scope(client_of: Client, county: None) -> None:
    registrar = client_of(*REGISTRAR)
    for number in range(5):
        made = await enter_building(registrar, area=VILLAGE if number < 4 else FAR, address=f"示例路{number}号")
    given(await registrar.post(f"{BUILDINGS}/{made['id']}/withdraw"))
    for who, wanted, count in (
        (CLERK, {}, 4),
        (CLERK, {"status": "withdrawn"}, 0),
        (FAR_CLERK, {"status": "withdrawn"}, 1),
        (REGISTRAR, {}, 5),
        (REGISTRAR, {"area": TOWN}, 4),
        (OFFICER, {"area": COUNTY, "status": "standing"}, 4),
    ):
        client = client_of(*who)
        rows = await all_pages(client, BUILDINGS, limit=2, **wanted)
        assert len({row["id"] for row in rows}) == len(rows) == count
        assert given(await client.get(f"{BUILDINGS}/count", params=wanted)) == {"count": count}


async def test_a_step_by_who_saw_another_version_is_refused(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await enter_building(client)
    answer = await client.post(f"{BUILDINGS}/{made['id']}/withdraw", headers={"If-Match": '"7"'})
    assert code_of(answer) == (412, "version_mismatch")
