"""Lists, counts and search of records: who sees what, and that list and count are one number."""

import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, OWN_ONLY, PERMISSIONS
from shared.testing.doors import Door, a_principal
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    OTHER_CLERK,
    OTHER_VILLAGE,
    REGISTRAR,
    TOWN,
    TOWN_OFFICER,
    VILLAGE,
    WORKER,
)
from tests.shared.ledgers.records.conftest import RECORDS, Send, code_of, wrong

Opened = Callable[..., Awaitable[dict[str, Any]]]
FAR_VILLAGE = "450481101201"


async def everything(send: Send, who: Principal, **params: Any) -> list[dict[str, Any]]:
    """All pages of a list, three rows each."""
    items: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = {"limit": 3, **params, **({} if cursor is None else {"cursor": cursor})}
        answer = await send(who, "get", RECORDS, params=page)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            return items


@pytest.fixture
async def some(opened: Opened, send: Send) -> list[dict[str, Any]]:
    """Twelve records over three villages, two departments and several values; some of them on their way."""
    chance = random.Random(7)
    made = []
    for number in range(12):
        values: dict[str, Any] = {
            "kind": chance.choice(["land", "family"]),
            "amount": chance.choice([0, 100, 250]),
            "found_on": chance.choice(["2026-03-01", "2026-03-05"]),
            "tags": chance.choice([None, ["old"], ["hot", "old"]]),
            "department": [None, "urban_management", "water"][number % 3],
        }
        area = [VILLAGE, OTHER_VILLAGE, FAR_VILLAGE][number % 3 if number % 2 else 0]
        record = await opened(COUNTY_OFFICER, area=area, **values)
        if number % 4 == 0:
            answer = await send(COUNTY_OFFICER, "post", f"{RECORDS}/{record['id']}/steps/mediate", {})
            record = answer.json()
        made.append(record)
    return made


FILTERS: list[tuple[dict[str, Any], Callable[[dict[str, Any]], bool]]] = [
    ({}, lambda one: True),
    ({"status": "mediating"}, lambda one: one["status"] == "mediating"),
    ({"status": "closed"}, lambda one: False),
    ({"filter": ["kind=land"]}, lambda one: one["values"]["kind"] == "land"),
    ({"filter": ["tags=old"]}, lambda one: "old" in one["values"].get("tags", ())),
    ({"filter": ["amount>=100", "amount<=200"]}, lambda one: 100 <= one["values"]["amount"] <= 200),
    ({"filter": ["found_on>=2026-03-02"]}, lambda one: one["values"]["found_on"] >= "2026-03-02"),
    (
        {"filter": ["kind=family", "department=water"], "status": "registered"},
        lambda one: (one["values"]["kind"], one["department"], one["status"]) == ("family", "water", "registered"),
    ),
    ({"overdue": True}, lambda one: False),
    ({"area": VILLAGE}, lambda one: one["area"] == VILLAGE),
]


@pytest.mark.parametrize(("params", "holds"), FILTERS, ids=lambda one: str(one) if isinstance(one, dict) else "")
async def test_a_list_and_its_count_show_what_the_filter_says(
    send: Send, some: list[dict[str, Any]], params: dict[str, Any], holds: Callable[[dict[str, Any]], bool]
) -> None:
    expected = [one["id"] for one in reversed(some) if holds(one)]
    assert [one["id"] for one in await everything(send, COUNTY_OFFICER, **params)] == expected
    counted = (await send(COUNTY_OFFICER, "get", f"{RECORDS}/count", params=params)).json()
    assert counted["total"] == sum(counted["by_status"].values()) == len(expected)


async def test_list_count_and_read_are_one_set_for_every_role_place_and_department(
    send: Send, some: list[dict[str, Any]]
) -> None:
    readers = sorted(PERMISSIONS["record.read"] - OWN_ONLY)
    assert len(readers) > 6
    for role in readers:
        for area in (VILLAGE, TOWN, "450481", FAR_VILLAGE):
            for department in (None, "water"):
                who = Principal(f"{role}-{area}-{department}", (Grant(role, area, department),))
                if department is None and role in DEPARTMENT_ROLES:
                    assert code_of(await send(who, "get", RECORDS)) == (403, "forbidden")
                    continue
                mine = [one for one in some if one["area"].startswith(area) and department in (None, one["department"])]
                listed = {one["id"] for one in (await send(who, "get", RECORDS)).json()["items"]}
                assert listed == {one["id"] for one in mine}, (role, area, department)
                assert (await send(who, "get", f"{RECORDS}/count")).json()["total"] == len(mine)
    for one in some:
        for who, sees in (
            (CLERK, one["area"] == VILLAGE),
            (OTHER_CLERK, one["area"] == OTHER_VILLAGE),
            (TOWN_OFFICER, one["area"].startswith(TOWN)),
        ):
            for path in (f"{RECORDS}/{one['id']}", f"{RECORDS}/{one['id']}/history"):
                assert (await send(who, "get", path)).status_code == (200 if sees else 404)


async def test_another_area_is_no_empty_list(send: Send, some: list[dict[str, Any]]) -> None:
    for path in (RECORDS, f"{RECORDS}/count"):
        assert code_of(await send(CLERK, "get", path, params={"area": OTHER_VILLAGE})) == (404, "not_found")


@pytest.mark.parametrize(
    "criterion",
    ["contact=w9", "number=450481199001011234", "remark=w9", "matter=w9", "nothing=w9", "kind>=land", "amount=much"],
)
async def test_words_and_what_is_sealed_never_stand_in_an_address(send: Send, villages: None, criterion: str) -> None:
    answer = await send(CLERK, "get", RECORDS, params={"filter": criterion})
    assert wrong(answer) == [("query.filter", "record_search_refused")]
    assert criterion.partition("=")[2] not in answer.json()["title"] + str(answer.json()["errors"])


async def test_a_correction_changes_what_a_record_is_found_by(opened: Opened, send: Send) -> None:
    record = await opened(amount=5, contact="张三")
    body = {"values": {"amount": 6, "contact": "李四"}}
    await send(CLERK, "post", f"{RECORDS}/{record['id']}/correct", body, seen=1)
    for criterion, found in (("amount=5", 0), ("amount=6", 1)):
        assert len(await everything(send, CLERK, filter=criterion)) == found
    for name, found in (("张三", 0), ("李四", 1)):
        assert len(await search(send, CLERK, "contact", name)) == found


async def search(send: Send, who: Principal, field: str, value: Any) -> list[dict[str, Any]]:
    body = {"field": field, "value": value, "purpose": "case_handling"}
    answer = await send(who, "post", f"{RECORDS}/search", body)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_sealed_fields_are_found_exactly_within_the_scope_and_the_question_is_noted(
    opened: Opened, send: Send, door: Door
) -> None:
    mine = await opened(contact="张三", phone="13800138000")
    await opened(COUNTY_OFFICER, area=OTHER_VILLAGE, contact="张三")
    await opened(contact="张三三")
    door.accesses.entries.clear()
    assert [one["id"] for one in await search(send, CLERK, "contact", "张三")] == [mine["id"]]
    assert [one["id"] for one in await search(send, CLERK, "phone", "13800138000")] == [mine["id"]]
    assert len(await search(send, COUNTY_OFFICER, "contact", "张三")) == 2
    assert await search(send, CLERK, "contact", "王五") == []
    noted = [(one.action, one.object_id, one.purpose, one.result) for one in door.accesses.entries]
    assert noted[0] == ("search", mine["id"], "case_handling", "ok")
    assert noted[-1] == ("search", None, "case_handling", "not_found")


async def test_what_is_no_search_field_is_not_searched(send: Send, villages: None) -> None:
    for field in ("matter", "secret", "nothing", "parties"):
        body = {"field": field, "value": "x", "purpose": "case_handling"}
        answer = await send(REGISTRAR, "post", f"{RECORDS}/search", body)
        assert wrong(answer) == [("field", "record_search_refused")], field


async def test_everybody_reads_what_a_ledger_discloses_and_nothing_else(
    opened: Opened, send: Send, some: list[dict[str, Any]]
) -> None:
    closed = (await opened(contact="张三", amount=5))["id"]
    for who, verb, values in ((WORKER, "mediate", {}), (TOWN_OFFICER, "close", {"outcome": "refused"})):
        answer = await send(who, "post", f"{RECORDS}/{closed}/steps/{verb}", {"values": values})
        assert answer.status_code == 200, answer.text
    path = "/ledgers/mediations/disclosed-records"
    items = (await send(None, "get", path)).json()["items"]
    expected = {
        "id": closed,
        "ledger": "mediations",
        "area": VILLAGE,
        "status": "closed",
        "values": {"kind": "land", "outcome": "refused"},
    }
    assert items == [expected]
    assert (await send(None, "get", f"{path}/{closed}")).json() == expected
    assert (await send(None, "get", path, params={"area": OTHER_VILLAGE})).json()["items"] == []
    for one in (some[1]["id"], closed.replace("0", "1")):
        assert (await send(None, "get", f"{path}/{one}")).status_code in (404, 422)
    assert code_of(await send(None, "get", "/ledgers/home_visits/disclosed-records")) == (404, "not_found")


def test_nobody_else_is_a_reader() -> None:
    assert a_principal("resident", VILLAGE).grants[0].role not in PERMISSIONS["record.read"]


@pytest.mark.parametrize(
    "criterion",
    [
        *(
            f"amount>={value}"
            for value in ("1e999999999", "1e5", "NaN", "sNaN", "Infinity", "-inf", "１２", "1_000", " 5", "")
        ),
        *(f"amount={value}" for value in ("9" * 200, "0.5.1", "+5", "٣")),
        *(
            f"found_on={value}"
            for value in ("20260302", "2026-W10-1", "2026-03-02T00:00", "２０２６-03-02", "0000-01-01")
        ),
    ],
)
async def test_a_number_or_a_day_in_an_address_is_written_as_in_a_body(
    opened: Opened, send: Send, criterion: str
) -> None:
    await opened(amount=5)
    for path in (RECORDS, f"{RECORDS}/count"):
        answer = await send(CLERK, "get", path, params={"filter": criterion})
        assert code_of(answer) in {(422, "record_search_refused"), (422, "invalid_request")}, answer.text
