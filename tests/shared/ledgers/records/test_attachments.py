"""Attachments of records: whose files a record takes, who reads them, and what becomes of those that it drops."""

import asyncio
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from shared.auth.principal import Principal
from shared.db.engine import Database
from shared.files.tables import FileRow
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door, a_principal
from tests.grid.builders import CLERK, HEAD, OTHER_CLERK, REGISTRAR, VILLAGE, WORKER
from tests.shared.ledgers.doors import door_of
from tests.shared.ledgers.records.conftest import Facts, Published, Send, code_of, wrong

INSPECTIONS = """
code: inspections
title: 检查
owner: grid
source: 测试
levels: [village]
fields:
  - {name: subject, title: 事项, type: text, required: true}
  - {name: plan, title: 平面图, type: file}
  - {name: front, title: 正面照, type: photo, privacy: personal}
  - {name: signed, title: 签名, type: signature, privacy: personal}
  - {name: report, title: 报告, type: file, privacy: personal, required_in: [done]}
  - {name: closed, title: 密件, type: file, privacy: restricted}
rows:
  - name: rooms
    title: 房间
    fields:
      - {name: number, title: 房号, type: text, required: true}
      - {name: photo, title: 照片, type: photo, privacy: personal}
statuses:
  - {code: begun, title: 已开始, initial: true}
  - {code: done, title: 已完成, final: true}
steps:
  - {verb: finish, title: 完成, from: [begun], to: done, permission: record.check, fills: [report]}
"""
RECORDS = "/ledgers/inspections/records"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 300
PDF = b"%PDF-1.7\n" + b"0" * 200
OTHER_WORKER = a_principal("grid_worker", VILLAGE, subject="another worker")
FULL = {"view": "full", "purpose": "case_handling"}
WHY = {"purpose": "case_handling"}


@pytest.fixture
async def published(committed: Database) -> Published:
    one = Published(committed)
    await one.publish(INSPECTIONS)
    return one


@pytest.fixture
def door(
    committed: Database,
    service_database: ServiceDatabase,
    clock: FrozenClock,
    published: Published,
    tmp_path: Path,
) -> Door:
    return door_of(committed, service_database, clock, files=str(tmp_path))


async def uploaded(door: Door, who: Principal = WORKER, content: bytes = JPEG) -> str:
    async with door.client(who) as client:
        answer = await client.post("/files", content=content, headers={"content-type": "application/octet-stream"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def inspected(**values: Any) -> dict[str, Any]:
    return {"area": VILLAGE, "values": {"subject": "消防", **values}}


async def opened_with(send: Send, who: Principal = WORKER, **values: Any) -> dict[str, Any]:
    answer = await send(who, "post", RECORDS, inspected(**values))
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def row_of(committed: Database, file: str) -> FileRow | None:
    async with committed.session() as session:
        return await session.get(FileRow, UUID(file))


async def test_a_record_takes_its_openers_files_and_answers_with_them(
    send: Send, door: Door, villages: None, committed: Database, facts: Facts
) -> None:
    plan, front, room = [await uploaded(door, content=one) for one in (PDF, JPEG, JPEG)]
    record = await opened_with(send, plan=plan, front=front, rooms=[{"number": "1", "photo": room}])
    path = f"{RECORDS}/{record['id']}"
    assert record["values"]["plan"] == plan
    assert not [one for one in (front, room) if one in str(record)], "personal ones are masked"
    shown = (await send(CLERK, "get", path, params=FULL)).json()["values"]
    assert (shown["front"], shown["rooms"][0]["photo"]) == (front, room)
    for file, content, asked in ((plan, PDF, {}), (front, JPEG, WHY), (room, JPEG, WHY)):
        told = (await send(CLERK, "get", f"{path}/files/{file}", params=asked)).json()
        assert (told["size"], told["expires_at"]) == (len(content), None)
        got = await send(CLERK, "get", f"{path}/files/{file}/content", params=asked)
        assert got.content == content
        assert got.headers["content-disposition"].startswith("attachment")
    row = await row_of(committed, front)
    assert row is not None
    assert (row.noun, str(row.object_id), row.area) == ("grid.record", record["id"], VILLAGE)
    assert front not in str([fact.model_dump_json() for fact in await facts()])


async def test_files_of_personal_fields_are_read_by_permission_and_purpose_and_noted(
    send: Send, door: Door, villages: None
) -> None:
    plan, front, closed = [await uploaded(door, REGISTRAR) for _ in range(3)]
    record = await opened_with(send, REGISTRAR, plan=plan, front=front, closed=closed)
    path = f"{RECORDS}/{record['id']}/files"
    for who, file, asked, expected in (
        (WORKER, plan, {}, 200),
        (WORKER, front, WHY, 403),  # record.personal is not a worker's
        (HEAD, front, {}, 422),
        (HEAD, front, WHY, 200),
        (HEAD, closed, WHY, 404),  # that it is filled is restricted, too
        (REGISTRAR, closed, WHY, 200),
        (OTHER_CLERK, plan, {}, 404),
        (CLERK, str(new_id()), WHY, 404),
    ):
        for end in ("", "/content"):
            answer = await send(who, "get", f"{path}/{file}{end}", params=asked)
            assert answer.status_code == expected, (who.subject, answer.text)
    read = [entry for entry in door.accesses.entries if entry.action == "read_file"]
    assert {(one.subject, one.purpose, one.detail) for one in read} == {
        (WORKER.subject, None, "full"),
        (HEAD.subject, "case_handling", "full"),
        (REGISTRAR.subject, "case_handling", "full"),
    }
    for file in (plan, front, closed):  # the door of files is none for them, not for the uploader either
        for who in (REGISTRAR, CLERK):
            for end in ("", "/content"):
                assert (await send(who, "get", f"/files/{file}{end}")).status_code == 404


async def test_files_that_may_not_be_taken_are_named_and_nothing_is_written(
    send: Send, door: Door, villages: None, facts: Facts, committed: Database
) -> None:
    own, page, somebodys = await uploaded(door), await uploaded(door, content=PDF), await uploaded(door, OTHER_WORKER)
    used = await uploaded(door)
    await opened_with(send, plan=used)
    for values, expected in (
        ({"front": str(new_id())}, [("values.front", "record_file_unknown")]),
        ({"front": somebodys}, [("values.front", "record_file_unknown")]),
        ({"front": page}, [("values.front", "wrong_file_kind")]),
        ({"signed": page}, [("values.signed", "wrong_file_kind")]),
        ({"front": own, "plan": own}, [("values.front", "repeated")]),
        ({"front": used}, [("values.front", "file_attached")]),
        (
            {"plan": own, "rooms": [{"number": "1"}, {"number": "2", "photo": page}]},
            [("values.rooms.1.photo", "wrong_file_kind")],
        ),
        ({"front": "no id"}, [("values.front", "uuid_type")]),
    ):
        answer = await send(WORKER, "post", RECORDS, inspected(**values))
        assert answer.status_code in (409, 422)
        assert wrong(answer) == expected
    assert len(await facts()) == 1
    row = await row_of(committed, own)
    assert row is not None
    assert row.noun is None


async def test_of_two_records_at_once_one_takes_the_file(send: Send, door: Door, villages: None) -> None:
    file = await uploaded(door)
    answers = await asyncio.gather(*(send(WORKER, "post", RECORDS, inspected(plan=file)) for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]


async def test_a_file_stays_where_it_stands_whoever_corrects(send: Send, door: Door, villages: None) -> None:
    front, plan = await uploaded(door), await uploaded(door)
    record = await opened_with(send, plan=plan, front=front)
    path = f"{RECORDS}/{record['id']}/correct"
    again = {"values": {"subject": "用电", "front": front, "plan": plan}}
    assert (await send(CLERK, "post", path, again, seen=1)).status_code == 200
    moved = await send(CLERK, "post", path, {"values": {"front": None, "plan": front}}, seen=2)
    assert wrong(moved) == [("values.plan", "record_file_unknown")], "a personal photo becomes no internal file"


async def test_a_file_that_is_corrected_away_is_gone_from_the_record_and_swept(
    send: Send, door: Door, villages: None, committed: Database, clock: FrozenClock, tmp_path: Path
) -> None:
    first, second = await uploaded(door), await uploaded(door)
    record = await opened_with(send, plan=first)
    path = f"{RECORDS}/{record['id']}"
    assert (await send(WORKER, "post", f"{path}/correct", {"values": {"plan": second}}, seen=1)).status_code == 200
    assert (await send(WORKER, "get", f"{path}/files/{first}")).status_code == 404
    assert (await send(WORKER, "get", f"{path}/files/{second}/content")).content == JPEG
    (_, line) = (await send(WORKER, "get", f"{path}/history")).json()["items"]
    assert (line["step"], line["fields"]) == ("correct", ["plan"])
    taken_back = await send(WORKER, "post", f"{path}/correct", {"values": {"plan": first}}, seen=2)
    assert taken_back.status_code == 200, "its uploader may put it back as long as it is there"
    clock.advance(days=8)
    async with committed.session() as session:
        assert await door.kit.archive.sweep(session) == 1
        await session.commit()
    assert (await row_of(committed, second), await row_of(committed, first) is not None) == (None, True)
    assert {one.name for one in tmp_path.rglob("*") if one.is_file()} == {first}


async def test_a_step_fills_a_file_one_by_one_and_for_many(send: Send, door: Door, villages: None) -> None:
    one, two = [await opened_with(send) for _ in range(2)]
    report = await uploaded(door, CLERK, PDF)
    missing = await send(CLERK, "post", f"{RECORDS}/{one['id']}/steps/finish", {})
    assert wrong(missing) == [("values.report", "missing")]
    body = {"records": [{"id": each["id"], "values": {"report": report}} for each in (one, two)]}
    items = (await send(CLERK, "post", "/ledgers/inspections/bulk-steps/finish", body)).json()["items"]
    assert [(each["done"], each["code"]) for each in items] == [(True, None), (False, "file_attached")]
    got = await send(CLERK, "get", f"{RECORDS}/{one['id']}/files/{report}/content", params=WHY)
    assert got.content == PDF


async def test_a_restricted_file_is_filled_in_by_whoever_may_see_it(send: Send, door: Door, villages: None) -> None:
    file = await uploaded(door, CLERK)
    refused = await send(CLERK, "post", RECORDS, inspected(closed=file))
    assert code_of(refused) == (403, "record_field_not_yours")
