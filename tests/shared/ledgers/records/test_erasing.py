"""Erasures in grid: nothing sealed stays of records about somebody, of records about these, of what phones sent."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text

from shared.contracts.registry.erasures import ErasureState, ErasureStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.files.tables import FileRow
from shared.ids import new_id
from shared.ledgers.records.models import LedgerRecord, LedgerRecordStep
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import CLERK, FIRST_GRID, VILLAGE, a_person, a_span
from tests.shared.ledgers.doors import door_of
from tests.shared.ledgers.records.conftest import Published, Send

CALLED = """
code: called_on
title: 上门
owner: grid
source: 测试
levels: [village]
subject: person
fields:
  - {name: need, title: 需要, type: choice, search: true, required: true, choices: [{code: meal, title: 助餐}]}
  - {name: phone, title: 电话, type: phone, privacy: personal, search: true}
  - {name: photo, title: 照片, type: photo, privacy: personal}
statuses:
  - {code: kept, title: 在册, initial: true}
  - {code: gone, title: 已结束, final: true}
steps:
  - {verb: leave, title: 结束, from: [kept], to: gone, permission: record.write, reason: true}
published: [need]
"""
SAID = """
code: said_of
title: 回访
owner: grid
source: 测试
levels: [village]
subject: record
subject_ledger: called_on
fields: [{name: matter, title: 事由, type: text, privacy: personal}]
statuses: [{code: kept, title: 在册, initial: true, final: true}]
"""
RECORDS, ABOUT = "/ledgers/called_on/records", "/ledgers/said_of/records"
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 30


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock, tmp_path: Path) -> Door:
    return door_of(committed, service_database, clock, files=str(tmp_path))


async def of_whom(arrivals: Arrivals, send: Send, door: Door) -> tuple[UUID, str, str]:
    """Somebody of the village with a record, a photo in it, and a record about that: person, record and file."""
    person = new_id()
    await arrivals.take(a_person(person, a_span(FIRST_GRID)))
    async with door.client(CLERK) as client:
        file = str((await client.post("/files", content=JPEG)).json()["id"])
    values = {"need": "meal", "phone": "13711112222", "photo": file}
    made = await send(CLERK, "post", RECORDS, {"area": VILLAGE, "subject_id": str(person), "values": values})
    assert made.status_code == 201, made.text
    record = str(made.json()["id"])
    about = {"area": VILLAGE, "subject_id": record, "values": {"matter": "说过的话"}}
    assert (await send(CLERK, "post", ABOUT, about)).status_code == 201
    left = await send(CLERK, "post", f"{RECORDS}/{record}/steps/leave", {"reason": "说过的话"})
    assert left.status_code == 200, left.text
    return person, record, file


async def sealed_of(database: Database) -> Sequence[bytes]:
    """Whatever is sealed in records, notes and files."""
    async with database.session() as session:
        records = (await session.scalars(select(LedgerRecord))).all()
        notes = (await session.scalars(select(LedgerRecordStep.note))).all()
        files = (await session.scalars(select(FileRow))).all()
    held = [part for one in records for part in (one.masked, one.personal, one.restricted)]
    return [one for one in (*held, *notes, *(part for file in files for part in (file.key, file.name))) if one]


async def found_by(database: Database) -> int:
    """Digests by which records are found."""
    async with database.session() as session:
        counts = ("ledger_index WHERE digest IS NOT NULL", "ledger_keys")
        return sum([await session.scalar(text(f"SELECT count(*) FROM {one}")) or 0 for one in counts])


async def answers(database: Database) -> list[dict[str, Any]]:
    """What grid answered."""
    async with database.session() as session:
        rows = await session.scalars(text("SELECT payload FROM outbox WHERE noun = 'grid.erasure_answer' ORDER BY id"))
        return [json.loads(row)["state"] for row in rows]


@pytest.mark.usefixtures("villages")
async def test_records_their_history_and_files_are_erased_and_grid_answers(
    send: Send, door: Door, arrivals: Arrivals, committed: Database
) -> None:
    published = Published(committed)
    for definition in (CALLED, SAID):
        await published.publish(definition)
    person, record, file = await of_whom(arrivals, send, door)
    before = await send(CLERK, "get", f"{RECORDS}/{record}")
    erasure = ErasureState(id=new_id(), version=2, status=ErasureStatus.ORDERED, persons=(new_id(), person))
    assert len(await sealed_of(committed)) == 6, "two parts of two records, a note, a key"
    await arrivals.take(erasure)
    assert await sealed_of(committed) == []
    assert await found_by(committed) == 0
    (told,) = await answers(committed)
    assert (told["id"], told["done_at"] is not None) == (str(erasure.id), True)
    assert told["counts"] == {"records": 2, "notes": 1, "files": 1, "petitions": 0}
    after = await send(CLERK, "get", f"{RECORDS}/{record}")
    kept = {**before.json(), "values": {"need": "meal"}}
    assert after.json() == kept, "where it stands, when and since when is what it was"
    assert (await send(CLERK, "get", f"/files/{file}/content")).status_code == 404
    history = (await send(CLERK, "get", f"{RECORDS}/{record}/history")).json()["items"]
    assert [(one["step"], one["note"]) for one in history] == [("open", None), ("leave", None)]
    await arrivals.take(erasure, revision=1)
    assert len(await answers(committed)) == 1


@pytest.mark.usefixtures("villages")
async def test_records_about_others_are_left(
    send: Send, door: Door, arrivals: Arrivals, committed: Database, crypto: Crypto
) -> None:
    for definition in (CALLED, SAID):
        await Published(committed).publish(definition)
    await of_whom(arrivals, send, door)
    before = await sealed_of(committed)
    erased = ErasureState(id=new_id(), version=2, status=ErasureStatus.ORDERED, persons=(new_id(),))
    await arrivals.take(erased)
    assert await sealed_of(committed) == before
    assert [one["counts"] for one in await answers(committed)] == [
        {"records": 0, "notes": 0, "files": 0, "petitions": 0}
    ]


@pytest.mark.usefixtures("villages")
async def test_nothing_sealed_is_entered_about_who_was_erased(
    send: Send, door: Door, arrivals: Arrivals, committed: Database
) -> None:
    await Published(committed).publish(CALLED)
    await Published(committed).publish(SAID)
    person = new_id()
    await arrivals.take(a_person(person, a_span(FIRST_GRID)))
    values = {"need": "meal", "phone": "13711112222"}
    body = {"area": VILLAGE, "subject_id": str(person), "values": values}
    made = await send(CLERK, "post", RECORDS, body)
    assert made.status_code == 201, made.text
    await arrivals.take(ErasureState(id=new_id(), version=2, status=ErasureStatus.ORDERED, persons=(person,)))
    correct = f"{RECORDS}/{made.json()['id']}/correct"
    async with door.client(CLERK) as client:
        corrected = await client.post(correct, json={"values": values}, headers={"if-match": "*"})
    for refused in (await send(CLERK, "post", RECORDS, body), corrected):
        assert (refused.status_code, refused.json()["code"]) == (422, "record_subject_erased"), refused.text
    assert await sealed_of(committed) == []
    left = await send(CLERK, "post", f"{RECORDS}/{made.json()['id']}/steps/leave", {"reason": "已核对"})
    assert left.status_code == 200, "what is not sealed of the record goes on"
