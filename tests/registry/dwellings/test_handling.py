"""Dwellings over HTTP, step by step: boundary days, rooms that are free again, conditions in lists, looks, versions."""

from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import SISTER, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    BUILDINGS,
    CLERK,
    DWELLINGS,
    NOBODY,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    enter_building,
    enter_dwelling,
    given,
)


@pytest.fixture
def clerk(client_of: Client, county: None) -> AsyncClient:
    return client_of(*CLERK)


@pytest.fixture
async def building(clerk: AsyncClient) -> Json:
    """A building that stands since January."""
    return await enter_building(clerk)


def use(value: str, since: str = "2026-01-01") -> Json:
    return {"topic": "use", "value": value, "since": since}


def refused(answer: Any) -> tuple[int, str, list[str]]:
    body = answer.json()
    return answer.status_code, body["code"], [one["path"] for one in body["errors"]]


async def test_it_ends_between_its_first_day_and_today(clerk: AsyncClient, building: Json) -> None:
    for number, (day, right) in enumerate(
        (("2026-01-31", False), ("2026-02-01", True), ("2026-03-16", True), ("2026-03-17", False))
    ):
        made = await enter_dwelling(clerk, building, room=str(number), valid_from="2026-02-01")
        path = f"{DWELLINGS}/{made['id']}"
        answer = await clerk.post(f"{path}/end", json={"valid_to": day})
        if right:
            assert given(answer)["valid_to"] == day
        else:
            assert refused(answer) == (422, "dwelling_dates_wrong", ["valid_to"])
            assert given(await clerk.get(path)) == made


async def test_it_begins_with_its_building_or_later_and_is_found_where_the_answer_says(
    clerk: AsyncClient, building: Json
) -> None:
    for number, day in enumerate(("2026-01-01", "2026-03-16")):
        body = {"building_id": building["id"], "room": str(number), "valid_from": day}
        answer = await clerk.post(DWELLINGS, json=body)
        made = given(answer, 201)
        assert (answer.headers["etag"], made["area"]) == ('"1"', VILLAGE)
        assert given(await clerk.get(answer.headers["location"])) == made


async def test_a_condition_begins_between_the_first_day_of_the_dwelling_and_today(
    clerk: AsyncClient, building: Json
) -> None:
    made = await enter_dwelling(clerk, building, valid_from="2026-02-01")
    path = f"{DWELLINGS}/{made['id']}/conditions"
    for day in ("2026-01-31", "2026-03-17"):
        assert refused(await clerk.post(path, json=use("let", day))) == (422, "dwelling_dates_wrong", ["since"])
    given(await clerk.post(path, json=use("let", "2026-02-01")))
    shown = given(await clerk.post(path, json=use("own", "2026-03-16")))
    assert [(one["number"], one["since"], one["until"]) for one in shown["conditions"]] == [
        (0, "2026-02-01", "2026-03-16"),
        (1, "2026-03-16", None),
    ]
    assert refused(await clerk.post(path, json=use("piped", "2026-03-01"))) == (422, "unknown_condition", ["value"])
    assert refused(await clerk.post(path, json=use("let", "2026-02-01"))) == (409, "condition_stands", ["since"])


async def test_a_corrected_room_is_free_again_and_one_that_is_taken_is_not_to_be_had(
    clerk: AsyncClient, building: Json
) -> None:
    first = await enter_dwelling(clerk, building, room="1")
    second = await enter_dwelling(clerk, building, room="2")
    path = f"{DWELLINGS}/{second['id']}/correct"
    answer = await clerk.post(path, json={"unit": "2 单元", "room": "１"})
    assert refused(answer) == (409, "dwelling_known", ["room"])
    assert given(await clerk.get(f"{DWELLINGS}/{second['id']}")) == second, "refused as a whole"
    given(await clerk.post(f"{DWELLINGS}/{first['id']}/correct", json={"unit": "2单元", "room": "3"}))
    assert given(await clerk.post(path, json={"unit": "2单元", "room": "1"}))["room"] == "1"
    await enter_dwelling(clerk, building, room="2")


async def test_a_correction_is_of_unit_room_or_area_and_is_kept_as_it_was_written(
    clerk: AsyncClient, building: Json
) -> None:
    made = await enter_dwelling(clerk, building, floor_area="89.50")
    path = f"{DWELLINGS}/{made['id']}/correct"
    same = {"unit": "2单元", "room": "301室", "floor_area": "89.5"}
    assert refused(await clerk.post(path, json=same))[:2] == (422, "dwelling_unchanged")
    for change in ({"floor_area": None}, {"unit": "３单元"}, {"room": "301 室"}):
        shown = given(await clerk.post(path, json=same | change))
        assert {name: shown[name] for name in same} == same | {"floor_area": "89.50"} | change
    longest = {"unit": "单" * 40, "room": "室" * 40, "floor_area": "999999.99"}
    shown = given(await clerk.post(path, json=longest))
    assert {name: shown[name] for name in longest} == longest


async def test_what_has_ended_leaves_its_room_to_another_and_comes_back_to_a_free_one(
    clerk: AsyncClient, building: Json
) -> None:
    made = await enter_dwelling(clerk, building)
    path = f"{DWELLINGS}/{made['id']}"
    given(await clerk.post(f"{path}/end", json={"valid_to": "2026-03-10"}))
    other = await enter_dwelling(clerk, building)
    assert refused(await clerk.post(f"{path}/restore")) == (409, "dwelling_known", ["room"])
    assert given(await clerk.get(path))["status"] == "ended"
    given(await clerk.post(f"{DWELLINGS}/{other['id']}/withdraw"))
    given(await clerk.post(f"{path}/restore"))
    assert refused(await clerk.post(f"{DWELLINGS}/{other['id']}/restore")) == (409, "dwelling_known", ["room"])


async def test_every_step_asks_for_the_version_that_was_seen(clerk: AsyncClient, building: Json) -> None:
    made = await enter_dwelling(clerk, building, conditions=[use("own")])
    path, stale = f"{DWELLINGS}/{made['id']}", {"if-match": '"7"'}
    steps: list[tuple[str, Json | None]] = [
        ("correct", {"room": "9"}),
        ("conditions", use("let", "2026-02-01")),
        ("conditions/0/withdraw", None),
        ("end", {"valid_to": "2026-03-10"}),
        ("withdraw", None),
        ("restore", None),
    ]
    for step, body in steps:
        answer = await clerk.post(f"{path}/{step}", json=body, headers=stale)
        assert refused(answer)[:2] == (412, "version_mismatch"), step
    assert given(await clerk.get(path)) == made
    for version, (step, body) in enumerate(steps[:4], 1):
        answer = await clerk.post(f"{path}/{step}", json=body, headers={"if-match": f'"{version}"'})
        assert (given(answer)["version"], answer.headers["etag"]) == (version + 1, f'"{version + 1}"'), step


async def test_a_list_of_a_use_shows_what_holds_now_of_each_dwelling(clerk: AsyncClient, building: Json) -> None:
    """A newer condition that was withdrawn, an older one, and those of other dwellings and topics do not count."""
    told: dict[str, list[Json]] = {
        "let": [use("own"), use("let", "2026-02-01")],
        "let before": [use("own"), use("let", "2026-02-01"), use("empty", "2026-03-01")],
        "told late": [use("let", "2026-03-01"), use("own", "2026-01-15")],
        "without": [{"topic": "water", "value": "none", "since": "2026-03-01"}],
    }
    made = {room: await enter_dwelling(clerk, building, room=room, conditions=said) for room, said in told.items()}

    async def used(value: str) -> list[str]:
        rows = given(await clerk.get(DWELLINGS, params={"use": value}))["items"]
        assert given(await clerk.get(f"{DWELLINGS}/count", params={"use": value}))["count"] == len(rows)
        return [row["room"] for row in rows]

    assert await used("let") == ["let", "told late"]
    assert (await used("empty"), await used("own"), await used("relocated")) == (["let before"], [], [])
    path = f"{DWELLINGS}/{made['let before']['id']}/conditions"
    given(await clerk.post(f"{path}/2/withdraw"))
    assert await used("let") == ["let", "let before", "told late"]
    given(await clerk.post(f"{path}/1/withdraw"))
    assert (await used("own"), await used("empty")) == (["let before"], [])


async def test_a_list_notes_each_dwelling_that_it_shows_and_no_other(
    clerk: AsyncClient, building: Json, committed: Database
) -> None:
    for number in range(3):
        made = await enter_dwelling(clerk, building, room=str(number), conditions=[use("own")])
    page = given(await clerk.get(DWELLINGS, params={"limit": 2}))
    rows = page["items"]
    assert [row["room"] for row in rows] == ["0", "1"]
    assert all(row["conditions"] for row in rows)
    looks = "SELECT object_id::text, role, area FROM access_log WHERE action = 'list_dwellings' ORDER BY object_id"
    async with committed.session() as session:
        noted = [tuple(row) for row in await session.execute(text(looks))]
    assert noted == [(row["id"], "village_clerk", VILLAGE) for row in rows]
    assert_not_found(await clerk.get(f"{DWELLINGS}/{NOBODY}"))
    assert [row["id"] for row in await all_pages(clerk, DWELLINGS, limit=1)][2] == made["id"]


async def test_every_change_is_noted_as_a_write_by_its_name(
    clerk: AsyncClient, building: Json, committed: Database
) -> None:
    made = await enter_dwelling(clerk, building)
    path = f"{DWELLINGS}/{made['id']}"
    given(await clerk.post(f"{path}/correct", json={"room": "9"}))
    given(await clerk.post(f"{path}/conditions", json=use("let")))
    given(await clerk.post(f"{path}/conditions/0/withdraw"))
    given(await clerk.post(f"{path}/end", json={"valid_to": "2026-03-10"}))
    given(await clerk.post(f"{path}/restore"))
    given(await clerk.post(f"{path}/withdraw"))
    async with committed.session() as session:
        log = "SELECT action, detail FROM access_log WHERE object_id = :id ORDER BY occurred_at"
        noted = [tuple(row) for row in await session.execute(text(log), {"id": made["id"]})]
    steps = ("enter", "correct", "record", "withdraw", "end", "restore", "withdraw")
    nouns = ("dwelling", "dwelling", "condition", "condition", "dwelling", "dwelling", "dwelling")
    assert noted == [(f"{step}_{noun}", "write") for step, noun in zip(steps, nouns, strict=True)]


async def test_dwellings_of_other_buildings_neither_follow_nor_keep_it_from_going(
    client_of: Client, clerk: AsyncClient, building: Json, events: Events
) -> None:
    other = await enter_building(client_of(*REGISTRAR), area=SISTER, address="示例路2号")
    theirs = await enter_dwelling(client_of(*REGISTRAR), other)
    mine = await enter_dwelling(clerk, building)
    path = f"{BUILDINGS}/{building['id']}"
    given(await clerk.post(f"{path}/correct", json={"area": VILLAGE, "kind": "apartments", "address": "示例路9号"}))
    assert not [one for one in await events("registry.dwelling.") if one["type"].endswith("followed")], "same area"
    assert given(await clerk.get(f"{DWELLINGS}/{mine['id']}"))["address"] == "示例路9号2单元301室"
    given(await clerk.post(f"{DWELLINGS}/{mine['id']}/withdraw"))
    given(await clerk.post(f"{path}/withdraw"))
    assert given(await client_of(*REGISTRAR).get(f"{DWELLINGS}/{theirs['id']}"))["status"] == "standing"
