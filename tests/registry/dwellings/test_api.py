"""Dwellings over HTTP: entered in a building, corrected, ended, withdrawn, restored; addresses, lists and counts."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.contracts.registry.dwellings import DwellingState
from shared.db.engine import Database
from tests.registry.builders import FAR, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    BUILDINGS,
    CLERK,
    DWELLINGS,
    FAR_CLERK,
    OFFICER,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    enter_building,
    enter_dwelling,
    given,
)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def a_room(building: Json, **what: Any) -> Json:
    return {"building_id": building["id"], "unit": "2单元", "room": "301室", "valid_from": "2026-01-01"} | what


async def test_it_is_entered_read_corrected_ended_and_restored(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    building = await enter_building(client)
    made = await enter_dwelling(client, building, floor_area="89.5")
    path = f"{DWELLINGS}/{made['id']}"
    assert (made["unit"], made["room"], made["floor_area"]) == ("2单元", "301室", "89.50")
    assert made["address"] == "示例路1号3栋2单元301室"
    seen = await client.get(path)
    assert (seen.json(), seen.headers["etag"]) == (made, '"1"')
    body = {"room": "301", "unit": None, "floor_area": "90"}
    right = given(await client.post(f"{path}/correct", json=body, headers={"If-Match": '"1"'}))
    assert right == {
        **made,
        "version": 2,
        "unit": None,
        "room": "301",
        "floor_area": "90.00",
        "address": "示例路1号3栋301",
    }
    assert code_of(await client.post(f"{path}/correct", json=body)) == (422, "dwelling_unchanged")
    gone = given(await client.post(f"{path}/end", json={"valid_to": "2026-03-10"}))
    assert gone == {**right, "version": 3, "status": "ended", "valid_to": "2026-03-10"}
    assert code_of(await client.post(f"{path}/withdraw")) == (409, "dwelling_transition_not_allowed")
    back = given(await client.post(f"{path}/restore"))
    assert back == {**right, "version": 4}


async def test_every_version_is_told_once_without_unit_and_room(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    client = client_of(*CLERK)
    use = {"topic": "use", "value": "own", "since": "2026-01-01"}
    made = await enter_dwelling(client, await enter_building(client), conditions=[use], floor_area="89.50")
    path = f"{DWELLINGS}/{made['id']}"
    shown = [made, given(await client.post(f"{path}/correct", json={"room": "302室"}))]
    shown.append(given(await client.post(f"{path}/conditions", json={**use, "value": "let", "since": "2026-03-01"})))
    shown.append(given(await client.post(f"{path}/conditions/1/withdraw")))
    shown.append(given(await client.post(f"{path}/withdraw")))
    shown.append(given(await client.post(f"{path}/restore")))
    shown.append(given(await client.post(f"{path}/end", json={"valid_to": "2026-03-10"})))
    told = await events("registry.dwelling.")
    assert [one["type"].rsplit(".")[-1] for one in told] == [
        "entered",
        "corrected",
        "condition_recorded",
        "condition_withdrawn",
        "withdrawn",
        "restored",
        "ended",
    ]
    for fact, view in zip(told, shown, strict=True):
        state = {name: view[name] for name in DwellingState.model_fields}
        state["conditions"] = [{k: v for k, v in one.items() if k != "number"} for one in view["conditions"]]
        assert fact["state"] == state
        assert fact["sequence"] == view["version"]
        assert not any(hidden in str(fact) for hidden in ("单元", "301", "302", "示例路"))
    async with committed.session() as session:
        row = (await session.execute(text("SELECT room_sealed FROM dwellings"))).scalar_one()
    assert b"302" not in row


async def test_conditions_change_by_day_and_what_was_told_by_mistake_is_withdrawn(
    client_of: Client, county: None
) -> None:
    client = client_of(*CLERK)
    made = await enter_dwelling(client, await enter_building(client))
    path = f"{DWELLINGS}/{made['id']}/conditions"

    async def told(topic: str, value: str, since: str) -> list[tuple[str, str, str | None]]:
        view = given(await client.post(path, json={"topic": topic, "value": value, "since": since}))
        return [(one["value"], one["since"], one["until"]) for one in view["conditions"] if one["topic"] == topic]

    assert await told("use", "let", "2026-02-01") == [("let", "2026-02-01", None)]
    assert await told("use", "own", "2026-01-01") == [("own", "2026-01-01", "2026-02-01"), ("let", "2026-02-01", None)]
    assert await told("water", "well", "2026-01-01") == [("well", "2026-01-01", None)]
    assert await told("use", "empty", "2026-01-15") == [
        ("own", "2026-01-01", "2026-01-15"),
        ("empty", "2026-01-15", "2026-02-01"),
        ("let", "2026-02-01", None),
    ]
    view = given(await client.post(f"{path}/3/withdraw"))
    uses = [(one["number"], one["value"], one["until"]) for one in view["conditions"] if one["topic"] == "use"]
    assert uses == [(1, "own", "2026-02-01"), (0, "let", None)]
    assert code_of(await client.post(f"{path}/3/withdraw")) == (409, "condition_withdrawn")
    assert_not_found(await client.post(f"{path}/9/withdraw"))
    again = await client.post(path, json={"topic": "use", "value": "empty", "since": "2026-02-01"})
    assert code_of(again) == (409, "condition_stands")


@pytest.mark.parametrize(
    ("what", "status", "code", "path"),
    [
        ({"valid_from": "2025-12-31"}, 422, "dwelling_dates_wrong", "valid_from"),
        ({"valid_from": "2026-03-17"}, 422, "dwelling_dates_wrong", "valid_from"),
        ({"room": ""}, 422, "invalid_request", "room"),
        ({"room": "长" * 41}, 422, "invalid_request", "room"),
        ({"floor_area": "0.00"}, 422, "invalid_request", "floor_area"),
        ({"floor_area": "1e3"}, 422, "invalid_request", "floor_area"),
        ({"floor_area": 89.5}, 422, "invalid_request", "floor_area"),
        ({"floor_area": "1000000"}, 422, "invalid_request", "floor_area"),
        (
            {"conditions": [{"topic": "use", "value": "piped", "since": "2026-01-01"}]},
            422,
            "unknown_condition",
            "conditions.0.value",
        ),
        (
            {"conditions": [{"topic": "use", "value": "own", "since": "2026-01-01"}] * 2},
            409,
            "condition_stands",
            "conditions.1.since",
        ),
        (
            {"conditions": [{"topic": "use", "value": "own", "since": "2025-12-31"}]},
            422,
            "dwelling_dates_wrong",
            "conditions.0.since",
        ),
    ],
)
async def test_bad_input_is_refused_by_name(
    client_of: Client, county: None, events: Events, what: Json, status: int, code: str, path: str
) -> None:
    client = client_of(*CLERK)
    answer = await client.post(DWELLINGS, json=a_room(await enter_building(client), **what))
    assert code_of(answer) == (status, code)
    assert [one["path"] for one in answer.json()["errors"]] == [path]
    assert await events("registry.dwelling.") == []


async def test_unit_and_room_stand_once_in_a_building(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    building, other = await enter_building(client), await enter_building(client, address="示例路2号")
    made = await enter_dwelling(client, building)
    again = await client.post(DWELLINGS, json=a_room(building, unit="２单元", room="301 室"))
    assert code_of(again) == (409, "dwelling_known")
    await enter_dwelling(client, building, unit="3单元")
    await enter_dwelling(client, other)
    given(await client.post(f"{DWELLINGS}/{made['id']}/withdraw"))
    await enter_dwelling(client, building)
    assert code_of(await client.post(f"{DWELLINGS}/{made['id']}/restore")) == (409, "dwelling_known")


async def test_nobody_enters_or_restores_a_dwelling_of_a_building_that_is_gone(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    building = await enter_building(client)
    made = await enter_dwelling(client, building)
    given(await client.post(f"{DWELLINGS}/{made['id']}/withdraw"))
    given(await client.post(f"{BUILDINGS}/{building['id']}/withdraw"))
    assert code_of(await client.post(DWELLINGS, json=a_room(building))) == (409, "building_not_standing")
    assert code_of(await client.post(f"{DWELLINGS}/{made['id']}/restore")) == (409, "building_not_standing")


async def test_what_is_gone_is_neither_corrected_nor_told_of(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await enter_dwelling(client, await enter_building(client))
    path = f"{DWELLINGS}/{made['id']}"
    given(await client.post(f"{path}/withdraw"))
    use = {"topic": "use", "value": "own", "since": "2026-01-01"}
    for step, body in (("correct", {"room": "9"}), ("conditions", use), ("end", {"valid_to": "2026-03-10"})):
        assert code_of(await client.post(f"{path}/{step}", json=body)) == (409, "dwelling_transition_not_allowed")


async def test_elsewhere_it_does_not_exist(client_of: Client, county: None) -> None:
    building = await enter_building(client_of(*CLERK))
    made = await enter_dwelling(client_of(*CLERK), building)
    far, path = client_of(*FAR_CLERK), f"{DWELLINGS}/{made['id']}"
    use = {"topic": "use", "value": "own", "since": "2026-01-01"}
    for answer in (
        await far.get(path),
        await far.post(f"{path}/correct", json={"room": "9"}),
        await far.post(f"{path}/conditions", json=use),
        await far.post(f"{path}/conditions/0/withdraw"),
        await far.post(f"{path}/end", json={"valid_to": "2026-03-10"}),
        await far.post(f"{path}/withdraw"),
        await far.post(f"{path}/restore"),
        await far.get(DWELLINGS, params={"area": VILLAGE}),
    ):
        assert_not_found(answer)
    assert_not_found(await far.post(DWELLINGS, json=a_room(building)), "building_id")
    assert given(await far.get(DWELLINGS, params={"building_id": building["id"]}))["items"] == []


async def test_who_may_not_see_addresses_sees_dwellings_without(
    client_of: Client, county: None, committed: Database
) -> None:
    made = await enter_dwelling(client_of(*CLERK), await enter_building(client_of(*CLERK)))
    seen = given(await client_of(*OFFICER).get(f"{DWELLINGS}/{made['id']}"))
    assert seen == {**made, "unit": None, "room": None, "address": None}
    listed = given(await client_of(*CLERK).get(DWELLINGS))["items"]
    assert listed == [{**made, "address": None}]
    notes = "SELECT action, detail FROM access_log WHERE noun = 'registry.dwelling' ORDER BY occurred_at"
    async with committed.session() as session:
        noted = [tuple(row) for row in await session.execute(text(notes))]
    assert noted == [("enter_dwelling", "write"), ("read_dwelling", "masked"), ("list_dwellings", "full")]


async def test_the_list_is_as_long_as_the_count_says_for_every_scope_and_filter(
    client_of: Client, county: None
) -> None:
    registrar = client_of(*REGISTRAR)
    near, away = await enter_building(registrar), await enter_building(registrar, area=FAR)
    for number, value in enumerate(("own", "let", "let", "empty")):
        use = {"topic": "use", "value": value, "since": "2026-01-01"}
        made = await enter_dwelling(registrar, near, room=str(number), conditions=[use])
    changed = {"topic": "use", "value": "let", "since": "2026-03-01"}
    given(await registrar.post(f"{DWELLINGS}/{made['id']}/conditions", json=changed))
    gone = await enter_dwelling(registrar, near, room="9")
    given(await registrar.post(f"{DWELLINGS}/{gone['id']}/withdraw"))
    await enter_dwelling(registrar, away)
    for who, wanted, count in (
        (CLERK, {}, 5),
        (CLERK, {"use": "let"}, 3),
        (CLERK, {"use": "empty"}, 0),
        (CLERK, {"status": "standing", "use": "own"}, 1),
        (CLERK, {"status": "withdrawn"}, 1),
        (CLERK, {"building_id": away["id"]}, 0),
        (FAR_CLERK, {}, 1),
        (REGISTRAR, {}, 6),
        (REGISTRAR, {"area": TOWN, "building_id": near["id"]}, 5),
    ):
        client = client_of(*who)
        rows = await all_pages(client, DWELLINGS, limit=2, **wanted)
        assert len({row["id"] for row in rows}) == len(rows) == count
        assert given(await client.get(f"{DWELLINGS}/count", params=wanted)) == {"count": count}
