"""A ledger that lets fewer people do something than the engine would: its own permission is asked at every door."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from shared.auth.principal import Principal
from shared.testing.doors import Door
from tests.grid.builders import CLERK, REGISTRAR, TOWN_OFFICER, VILLAGE
from tests.shared.ledgers.records.conftest import Published, Send, a_mediation, code_of
from tests.shared.ledgers.records.definitions import MEDIATIONS
from tests.shared.ledgers.sheets.conftest import Work

WHY = {"purpose": "case_handling"}
TABLE = "类型,发现日期\n土地,2026-03-02\n"

Narrowed = Callable[..., Awaitable[str]]


@pytest.fixture
def narrowed(published: Published, send: Send, villages: None) -> Narrowed:
    """Publishes a ledger with an access of its own, with one record in it: the ledger's path."""

    async def make(code: str, **access: str) -> str:
        await published.publish(MEDIATIONS, code=code, access=access)
        path = f"/ledgers/{code}"
        values = a_mediation(contact="张三", phone="13800138000")
        answer = await send(TOWN_OFFICER, "post", f"{path}/records", {"area": VILLAGE, "values": values})
        assert answer.status_code == 201, answer.text
        return path

    return make


async def the_record(send: Send, path: str) -> dict[str, Any]:
    (record,) = (await send(TOWN_OFFICER, "get", f"{path}/records")).json()["items"]
    found: dict[str, Any] = record
    return found


async def asked(send: Send, who: Principal, path: str, record: str) -> list[Any]:
    """What somebody is answered who wants to read the record, and to handle it unread."""
    at = f"{path}/records/{record}"
    search = {"field": "kind", "value": "land", **WHY}
    listed = (await send(who, "get", f"{path}/records")).json()["items"]
    found = await send(who, "post", f"{path}/records/search", search)
    told: list[Any] = [len(listed), (await send(who, "get", f"{path}/records/count")).json()["total"]]
    told.append(len(found.json()["items"]))
    answers = (
        await send(who, "get", at),
        await send(who, "get", f"{at}/history"),
        await send(who, "post", f"{at}/correct", {"values": {"amount": 5}}, seen=1),
        await send(who, "post", f"{at}/steps/mediate", {}),
        await send(who, "post", f"{at}/extend", {"limit": "mediation", "reason": "外出"}),
    )
    told += [answer.status_code for answer in answers]
    bulk = await send(who, "post", f"{path}/bulk-steps/suspend", {"records": [{"id": record}]})
    return [*told, bulk.json()["items"][0]["done"] if bulk.status_code == 200 else bulk.status_code]


async def test_who_may_not_read_it_neither_reads_nor_handles_it(narrowed: Narrowed, send: Send) -> None:
    path = await narrowed("read_by_few", read="record.decide")
    record = (await the_record(send, path))["id"]
    assert await asked(send, CLERK, path, record) == [0, 0, 0, 404, 404, 404, 404, 404, 404]
    assert (await the_record(send, path))["version"] == 1
    assert await asked(send, TOWN_OFFICER, path, record) == [1, 1, 1, 200, 200, 200, 200, 200, True]


async def test_who_may_not_write_opens_corrects_and_imports_nothing(
    narrowed: Narrowed, send: Send, door: Door, work: Work
) -> None:
    path = await narrowed("written_by_few", write="record.decide")
    record = (await the_record(send, path))["id"]
    body = {"area": VILLAGE, "values": a_mediation()}
    assert code_of(await send(CLERK, "post", f"{path}/records", body)) == (404, "not_found")
    correct = {"values": {"amount": 5}}
    refused = await send(CLERK, "post", f"{path}/records/{record}/correct", correct, seen=1)
    assert code_of(refused) == (403, "forbidden")
    assert await imported(door, work, CLERK, path) in ("not_found", 0)
    assert (await the_record(send, path))["version"] == 1
    assert (await send(TOWN_OFFICER, "post", f"{path}/records", body)).status_code == 201


async def imported(door: Door, work: Work, who: Principal, path: str) -> str | int:
    """How many rows somebody brings in by a table; else the code of the refusal."""
    async with door.client(who) as one:
        file = (await one.post("/files", content=TABLE.encode())).json()["id"]
        begun = await one.post(f"{path}/imports", json={"file": file, "area": VILLAGE})
        if begun.status_code != 201:
            return str(begun.json()["code"])
        await work()
        at = f"{path}/imports/{begun.json()['id']}"
        committed = await one.post(f"{at}/commit")
        if committed.status_code != 200:
            return str(committed.json()["code"])
        await work()
        taken: int = (await one.get(at)).json()["taken"]
        return taken


async def test_who_may_not_import_imports_nothing(narrowed: Narrowed, door: Door, work: Work) -> None:
    path = await narrowed("imported_by_few", bulk="record.decide")
    assert await imported(door, work, CLERK, path) == "not_found"
    assert await imported(door, work, TOWN_OFFICER, path) == 1


async def test_who_may_not_take_out_takes_nothing_out(narrowed: Narrowed, send: Send) -> None:
    path = await narrowed("taken_out_by_few", export="record.decide")
    body = {"purpose": "statistics"}
    assert code_of(await send(CLERK, "post", f"{path}/exports", body)) == (404, "not_found")
    assert (await send(TOWN_OFFICER, "post", f"{path}/exports", body)).status_code == 201


async def test_who_may_not_see_people_sees_and_finds_nobody(narrowed: Narrowed, send: Send) -> None:
    path = await narrowed("people_for_few", personal="record.restricted")
    record = (await the_record(send, path))["id"]
    search = {"field": "phone", "value": "13800138000", **WHY}
    for who, status in ((CLERK, 403), (REGISTRAR, 200)):
        full = await send(who, "get", f"{path}/records/{record}", params={"view": "full", **WHY})
        found = await send(who, "post", f"{path}/records/search", search)
        taken_out = await send(who, "post", f"{path}/exports", {"purpose": "statistics", "full": True})
        assert (full.status_code, found.status_code) == (status, status)
        assert taken_out.status_code == (status if status == 403 else 201)
    masked = await send(CLERK, "get", f"{path}/records/{record}")
    assert (masked.status_code, masked.json()["values"]["contact"]) == (200, "张*")
