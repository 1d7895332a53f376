"""A step hands a record over to another area, by whoever may take the step in both."""

from typing import Any

import pytest

from shared.db.engine import Database
from shared.testing.doors import Door
from tests.grid.builders import CLERK, OTHER_CLERK, OTHER_VILLAGE, TOWN, TOWN_OFFICER, VILLAGE, WORKER
from tests.shared.ledgers.records.conftest import Facts, Published, Send, code_of, wrong

HANDED = """
code: handed
title: 移交
owner: grid
source: 测试
levels: [village]
fields:
  - {name: matter, title: 事由, type: text}
statuses:
  - {code: registered, title: 已登记, initial: true}
  - {code: taken, title: 已接收, final: true}
steps:
  - {verb: pass_on, title: 移交, from: [registered], to: registered, permission: record.write, reason: true,
     hands_over: true}
  - {verb: take, title: 接收, from: [registered], to: taken, permission: record.write}
"""
RECORDS = "/ledgers/handed/records"
WHY = "当事人住在邻村"


@pytest.fixture
async def published(committed: Database) -> Published:
    one = Published(committed)
    await one.publish(HANDED)
    return one


async def opened(send: Send) -> str:
    answer = await send(WORKER, "post", RECORDS, {"area": VILLAGE, "values": {"matter": "x"}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def passed(send: Send, who: Any, record: str, area: str | None) -> Any:
    return await send(who, "post", f"{RECORDS}/{record}/steps/pass_on", {"reason": WHY, "area": area})


async def test_who_may_take_the_step_in_both_areas_hands_over(
    send: Send, villages: None, facts: Facts, door: Door
) -> None:
    record = await opened(send)
    assert code_of(await passed(send, CLERK, record, OTHER_VILLAGE)) == (404, "not_found"), "not in the taker's"
    assert code_of(await passed(send, OTHER_CLERK, record, OTHER_VILLAGE)) == (404, "not_found"), "not in the giver's"
    answer = await passed(send, TOWN_OFFICER, record, OTHER_VILLAGE)
    assert (answer.status_code, answer.json()["area"]) == (200, OTHER_VILLAGE), answer.text
    assert code_of(await send(CLERK, "get", f"{RECORDS}/{record}")) == (404, "not_found")
    full = {"view": "full", "purpose": "case_handling"}
    lines = (await send(OTHER_CLERK, "get", f"{RECORDS}/{record}/history", params=full)).json()["items"]
    assert (lines[-1]["step"], lines[-1]["fields"], lines[-1]["note"]) == ("pass_on", ["area"], WHY)
    *_, fact = await facts(record)
    assert (fact.type, fact.state.area) == ("grid.record.stepped", OTHER_VILLAGE)
    noted = {one.area for one in door.accesses.entries if one.action == "pass_on" and one.result == "ok"}
    assert noted == {VILLAGE, OTHER_VILLAGE}
    for who, found in ((CLERK, 0), (OTHER_CLERK, 1)):
        assert (await send(who, "get", f"{RECORDS}/count")).json()["total"] == found


async def test_where_it_goes_is_said_by_a_step_that_hands_over_and_by_no_other(send: Send, villages: None) -> None:
    record = await opened(send)
    assert wrong(await passed(send, TOWN_OFFICER, record, None)) == [("area", "missing")]
    assert wrong(await passed(send, TOWN_OFFICER, record, TOWN)) == [("area", "record_area_level")]
    answer = await send(TOWN_OFFICER, "post", f"{RECORDS}/{record}/steps/take", {"area": OTHER_VILLAGE})
    assert wrong(answer) == [("area", "not_filled_here")]
    read = (await send(CLERK, "get", f"{RECORDS}/{record}")).json()
    assert (read["area"], read["version"]) == (VILLAGE, 1)


async def test_many_are_handed_over_each_for_itself(send: Send, villages: None) -> None:
    one, two = [await opened(send) for _ in range(2)]
    records = [{"id": one, "area": OTHER_VILLAGE}, {"id": two, "area": "450481101201"}]
    body = {"records": records, "reason": WHY}
    items = (await send(TOWN_OFFICER, "post", "/ledgers/handed/bulk-steps/pass_on", body)).json()["items"]
    assert [(each["done"], each["code"]) for each in items] == [(True, None), (False, "not_found")]
