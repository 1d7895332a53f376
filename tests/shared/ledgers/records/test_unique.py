"""What may stand once among the live records of a ledger, whoever comes first, also at the same moment."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.grid.builders import CLERK, TOWN_OFFICER, VILLAGE, WORKER
from tests.shared.ledgers.records.conftest import RECORDS, Facts, Send, a_mediation, code_of

Opened = Callable[..., Awaitable[dict[str, Any]]]
NUMBER, OTHER = "450481199003075417", "450481198502020037"


async def test_of_eight_at_once_one_is_opened(send: Send, villages: None, facts: Facts) -> None:
    body = {"area": VILLAGE, "values": a_mediation(number=NUMBER)}
    answers = await asyncio.gather(*(send(WORKER, "post", RECORDS, body) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 7]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"record_exists"}
    assert (await send(CLERK, "get", f"{RECORDS}/count")).json()["total"] == 1
    assert len(await facts()) == 1


async def test_an_empty_key_is_none(opened: Opened) -> None:
    await opened()
    await opened()


async def test_a_record_that_ended_leaves_its_key_and_takes_it_again_when_reopened(opened: Opened, send: Send) -> None:
    first = await opened(number=NUMBER)
    for who, verb, values in ((WORKER, "mediate", {}), (TOWN_OFFICER, "close", {"outcome": "refused"})):
        answer = await send(who, "post", f"{RECORDS}/{first['id']}/steps/{verb}", {"values": values})
        assert answer.status_code == 200, answer.text
    second = await opened(number=NUMBER)
    reopening = {"reason": "当事人反悔"}
    answer = await send(TOWN_OFFICER, "post", f"{RECORDS}/{first['id']}/steps/reopen", reopening)
    assert code_of(answer) == (409, "record_exists")
    assert (await send(CLERK, "get", f"{RECORDS}/{first['id']}")).json()["status"] == "closed"
    assert (await send(CLERK, "post", f"{RECORDS}/{second['id']}/steps/dismiss", reopening)).status_code == 200
    assert (await send(TOWN_OFFICER, "post", f"{RECORDS}/{first['id']}/steps/reopen", reopening)).status_code == 200


async def test_a_correction_takes_a_free_key_and_frees_the_old_one(opened: Opened, send: Send) -> None:
    first, second = await opened(number=NUMBER), await opened(number=OTHER)
    path = f"{RECORDS}/{second['id']}/correct"
    assert code_of(await send(CLERK, "post", path, {"values": {"number": NUMBER}}, seen=1)) == (409, "record_exists")
    emptied = await send(CLERK, "post", f"{RECORDS}/{first['id']}/correct", {"values": {"number": None}}, seen=1)
    assert emptied.status_code == 200, emptied.text
    assert (await send(CLERK, "post", path, {"values": {"number": NUMBER}}, seen=1)).status_code == 200
    await opened(number=OTHER)


async def test_many_at_once_are_no_way_to_ask_who_stands_there(opened: Opened, send: Send) -> None:
    """Each question whether a sealed key is taken is counted; a step for many that is answered 200 would not be."""
    await opened(number=NUMBER)
    asking = (await opened())["id"]
    body = {"records": [{"id": asking, "values": {"number": NUMBER}}]}
    answer = await send(WORKER, "post", "/ledgers/mediations/bulk-steps/mediate", body)
    (one,) = answer.json()["items"]
    assert (one["done"], [error["code"] for error in one["errors"]]) == (False, ["not_filled_together"])
    alone = {"values": {"number": NUMBER}}
    assert code_of(await send(WORKER, "post", f"{RECORDS}/{asking}/steps/mediate", alone)) == (409, "record_exists")


async def test_of_many_corrections_into_one_key_one_is_taken(opened: Opened, send: Send) -> None:
    records = [(await opened())["id"] for _ in range(4)]
    body = {"values": {"number": NUMBER}}
    answers = await asyncio.gather(*(send(CLERK, "post", f"{RECORDS}/{one}/correct", body, seen=1) for one in records))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
