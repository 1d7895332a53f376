"""Records are moved into a later version by its mapping: whole, once, in steps; what does not fit stays and is told."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text

import shared.ledgers.moves.jobs as moves_jobs
from shared.db.engine import Database
from shared.files.tables import FileRow
from shared.jobs.context import JobContext, JobKind
from shared.jobs.runner import run_one
from shared.ledgers.moves.domain import KIND
from shared.ledgers.moves.jobs import move_kind
from shared.ledgers.records.models import LedgerIndex, LedgerKey, LedgerRecord
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.wiring import LedgerParts
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, VILLAGE, WORKER
from tests.shared.ledgers.doors import door_of
from tests.shared.ledgers.records.conftest import (  # noqa: F401  (fixtures)
    Facts,
    Published,
    Send,
    arrivals,
    code_of,
    facts,
    parts,
    send,
    service_name,
    villages,
)
from tests.shared.ledgers.records.test_attachments import uploaded

FIRST = """
code: claims
title: 诉求
owner: grid
source: 测试
levels: [village]
unique: [[number]]
fields:
  - {name: kind, title: 类型, type: choice, required: true, search: true, choices: [
      {code: land, title: 土地}, {code: wages, title: 工资}]}
  - {name: amount, title: 金额, type: money, search: true}
  - {name: number, title: 证件号码, type: identity_number, privacy: personal, search: true}
  - {name: remark, title: 备注, type: text}
  - {name: paper, title: 材料, type: file}
  - {name: photo, title: 照片, type: photo, privacy: personal}
statuses:
  - {code: registered, title: 已登记, initial: true}
  - {code: working, title: 办理中}
  - {code: closed, title: 已办结, final: true}
steps:
  - {verb: work, title: 受理, from: [registered], to: working, permission: record.write}
  - {verb: close, title: 办结, from: [working], to: closed, permission: record.check}
clock:
  limits:
    - {id: work, title: 办理时限, starts: working, ends: [closed], amount: 5, unit: day}
published: [kind, amount]
"""
SECOND = (
    FIRST.replace("name: amount", "name: claimed")
    .replace("published: [kind, amount]", "published: [kind, claimed]")
    .replace("code: land, title: 土地", "code: soil, title: 土地")
    .replace("code: working,", "code: in_hand,")
    .replace("from: [working]", "from: [in_hand]")
    .replace("to: working", "to: in_hand")
    .replace("starts: working", "starts: in_hand")
    .replace("amount: 5, unit: day", "amount: 8, unit: day")
    .replace("  - {name: paper, title: 材料, type: file}\n", "")
    .replace("title: 备注, type: text", "title: 备注, type: text, bounds: {max_length: 5}")
)
MAPPING = {
    "fields": [{"old": "amount", "new": "claimed"}],
    "choices": [{"field": "kind", "old": "land", "new": "soil"}],
    "statuses": [{"old": "working", "new": "in_hand"}],
}
RECORDS, MOVES, UNMOVED = (f"/ledgers/claims/{part}" for part in ("records", "moves", "unmoved-records"))
NUMBERS = ("11010519491231002X", "440524188001010014")

Work = Callable[[], Awaitable[None]]


@dataclass
class Process:
    """What the long work needs of its process."""

    door: Door
    clock: FrozenClock

    def context_of(self, session: Any) -> Any:
        return plain_context(session, self.door.kit.spec, self.clock, self.door.kit.crypto)


@pytest.fixture
async def published(committed: Database) -> Published:
    one = Published(committed)
    await one.publish(FIRST)
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


@pytest.fixture
def kind(door: Door, clock: FrozenClock, parts: LedgerParts) -> JobKind:  # noqa: F811
    return move_kind(Process(door, clock), parts)


@pytest.fixture
def work(committed: Database, kind: JobKind) -> Work:
    async def run() -> None:
        while await run_one(committed, {KIND: kind}, stop=asyncio.Event()):
            pass

    return run


async def opened(send: Send, **values: Any) -> str:  # noqa: F811
    answer = await send(WORKER, "post", RECORDS, {"area": VILLAGE, "values": {"kind": "land", **values}})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def second_version(published: Published, **more: Any) -> None:
    await published.publish(SECOND, number=2, additive=False, mapping=MAPPING, **more)


async def begin(send: Send) -> str:  # noqa: F811
    answer = await send(COUNTY_OFFICER, "post", MOVES)
    assert answer.status_code == 201, answer.text
    return f"{MOVES}/{answer.json()['id']}"


async def unmoved(send: Send) -> list[tuple[str, list[tuple[str, str]]]]:  # noqa: F811
    items = (await send(COUNTY_OFFICER, "get", UNMOVED)).json()["items"]
    return [(one["id"], [(place["path"], place["code"]) for place in one["places"]]) for one in items]


async def test_a_record_is_moved_whole(
    send: Send,  # noqa: F811
    door: Door,
    villages: None,  # noqa: F811
    published: Published,
    work: Work,
    facts: Facts,  # noqa: F811
    committed: Database,
    clock: FrozenClock,
) -> None:
    paper, photo = await uploaded(door), await uploaded(door)
    record = await opened(send, amount=100, number=NUMBERS[0], remark="短", paper=paper, photo=photo)
    assert (await send(WORKER, "post", f"{RECORDS}/{record}/steps/work", {})).status_code == 200
    before = (await send(CLERK, "get", f"{RECORDS}/{record}")).json()
    clock.advance(days=1)
    await second_version(published)
    async with committed.session() as session:  # as publishing asks for it
        await RecordRepository(session).ask_to_fill("claims", ["claimed"], None)
        await session.commit()
    unfilled = await send(CLERK, "get", RECORDS, params={"filter": "claimed=100"})
    assert code_of(unfilled) == (503, "record_search_unfilled")
    move = await begin(send)
    await work()
    told = (await send(COUNTY_OFFICER, "get", move)).json()
    assert {name: told[name] for name in ("status", "version", "examined", "moved", "left", "total")} == {
        "status": "done", "version": 2, "examined": 1, "moved": 1, "left": 0, "total": 1,
    }  # fmt: skip
    after = (await send(CLERK, "get", f"{RECORDS}/{record}")).json()
    assert (after["ledger_version"], after["version"], after["status"]) == (2, 3, "in_hand")
    assert {name: after["values"].get(name) for name in ("kind", "claimed", "amount", "remark", "paper")} == {
        "kind": "soil", "claimed": 100, "amount": None, "remark": "短", "paper": None,
    }  # fmt: skip
    assert set(after["entered"]) == {"registered", "in_hand"}
    assert after["entered"]["in_hand"] == before["entered"]["working"], "when it was entered is kept"
    (was,), (now,) = before["limits"], after["limits"]
    assert now["started_at"] == was["started_at"], "the clock runs on, by the new amount"
    days = date.fromisoformat(now["due_at"][:10]) - date.fromisoformat(was["due_at"][:10])
    assert days.days == 3
    for wanted, found in (("kind=soil", 1), ("kind=land", 0), ("claimed=100", 1)):
        listed = (await send(CLERK, "get", RECORDS, params={"filter": wanted})).json()["items"]
        assert len(listed) == found, wanted
    searched = await send(
        CLERK, "post", f"{RECORDS}/search", {"field": "number", "value": NUMBERS[0], "purpose": "verification"}
    )
    assert [one["id"] for one in searched.json()["items"]] == [record]
    again = {"area": VILLAGE, "values": {"kind": "wages", "number": NUMBERS[0]}}
    assert code_of(await send(WORKER, "post", RECORDS, again)) == (409, "record_exists")
    lines = (await send(CLERK, "get", f"{RECORDS}/{record}/history")).json()["items"]
    assert (lines[-1]["step"], lines[-1]["actor"]) == ("move", COUNTY_OFFICER.subject)
    assert lines[-1]["fields"] == ["amount", "claimed", "kind", "paper"]
    *_, fact = await facts(record)
    assert (fact.type, fact.state.ledger_version, fact.state.status) == ("grid.record.moved", 2, "in_hand")
    assert fact.state.values == {"kind": "soil", "claimed": 100}
    async with committed.session() as session:
        gone, kept = [await session.get_one(FileRow, UUID(one)) for one in (paper, photo)]
    assert (gone.expires_at is not None, kept.expires_at) == (True, None), "a dropped field's file is let go"
    full = {"view": "full", "purpose": "case_handling"}
    assert (await send(CLERK, "get", f"{RECORDS}/{record}", params=full)).json()["values"]["photo"] == photo
    closed = await send(CLERK, "post", f"{RECORDS}/{record}/steps/close", {})
    assert (closed.status_code, closed.json()["status"]) == (200, "closed")


async def test_what_does_not_fit_stays_under_its_version_and_is_listed_until_it_does(
    send: Send,  # noqa: F811
    villages: None,  # noqa: F811
    published: Published,
    work: Work,
    facts: Facts,  # noqa: F811
    committed: Database,
) -> None:
    fits, long, twin, ended = [
        await opened(send, **values)
        for values in ({}, {"remark": "超过五个字了"}, {"number": NUMBERS[0]}, {"number": NUMBERS[1]})
    ]
    for verb in ("work", "close"):
        assert (await send(CLERK, "post", f"{RECORDS}/{ended}/steps/{verb}", {})).status_code == 200
    await second_version(published, unique=[["number", "kind"]])
    # another record takes, under the new version, what the old one would have
    body = {"area": VILLAGE, "values": {"kind": "soil", "number": NUMBERS[0]}}
    other = await send(WORKER, "post", RECORDS, body)
    assert other.status_code == 201, other.text
    assert await unmoved(send) == [(fits, []), (long, [("values.remark", "string_too_long")]), (twin, [])]
    move = await begin(send)
    await work()
    told = (await send(COUNTY_OFFICER, "get", move)).json()
    assert (told["examined"], told["moved"], told["left"]) == (3, 1, 2)
    assert await unmoved(send) == [(long, [("values.remark", "string_too_long")]), (twin, [])]
    for one in (long, twin, ended):
        assert (await send(CLERK, "get", f"{RECORDS}/{one}")).json()["ledger_version"] == 1
        assert ".moved" not in str([fact.type for fact in await facts(one)])
    async with committed.session() as session:
        held = await session.scalar(
            select(func.count()).select_from(LedgerKey).where(LedgerKey.record_id == UUID(twin))
        )
        found = await session.scalars(select(LedgerIndex.field).where(LedgerIndex.record_id == UUID(twin)))
        assert (held, set(found)) == (1, {"kind", "number"}), "nothing of it changed"
    corrected = await send(WORKER, "post", f"{RECORDS}/{long}/correct", {"values": {"remark": "短"}}, seen=1)
    assert corrected.json()["ledger_version"] == 1, "it is handled by the version that it stands under"
    await begin(send)
    await work()
    assert await unmoved(send) == [(twin, [])]


async def test_an_interrupted_move_goes_on_and_a_cancelled_one_keeps_what_it_did(
    send: Send,  # noqa: F811
    villages: None,  # noqa: F811
    published: Published,
    kind: JobKind,
    work: Work,
    committed: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(moves_jobs, "BATCH", 2)
    records = [await opened(send, remark=remark) for remark in ("短", "超过五个字了", "短", "短", "短")]
    await second_version(published)
    move = await begin(send)
    steps = 0

    async def dies_in_its_second_step(job: JobContext) -> None:
        nonlocal steps

        def count() -> None:
            nonlocal steps
            steps += 1
            if steps == 2:
                raise ConnectionResetError

        monkeypatch.setattr(job, "check", count)
        await kind.run(job)

    stop = asyncio.Event()
    await run_one(committed, {KIND: JobKind(KIND, dies_in_its_second_step)}, stop=stop)
    assert code_of(await send(COUNTY_OFFICER, "post", MOVES)) == (409, "job_already_open")
    assert [one for one, _ in await unmoved(send)] == records[1:], "the second does not fit"
    async with committed.session() as session:  # the next attempt is due at once
        await session.execute(text("UPDATE jobs SET not_before = now()"))
        await session.commit()
    await work()
    told = (await send(COUNTY_OFFICER, "get", move)).json()
    assert (told["status"], told["examined"], told["moved"], told["left"]) == ("done", 5, 4, 1), "behind the last one"
    versions = [(await send(CLERK, "get", f"{RECORDS}/{one}")).json()["version"] for one in records]
    assert versions == [2, 1, 2, 2, 2], "each once"
    await published.publish(FIRST, number=3, additive=False, mapping=BACK)
    move = await begin(send)

    async def is_cancelled_after_a_step(job: JobContext) -> None:
        async with job.step() as step:
            step.total = 5
        assert (await send(COUNTY_OFFICER, "post", f"{move}/cancel")).status_code == 200
        await kind.run(job)

    await run_one(committed, {KIND: JobKind(KIND, is_cancelled_after_a_step)}, stop=stop)
    assert (await send(COUNTY_OFFICER, "get", move)).json()["status"] == "cancelled"
    assert len(await unmoved(send)) == 5


async def test_what_was_sealed_stays_sealed_whatever_was_published_meanwhile(
    send: Send,  # noqa: F811
    villages: None,  # noqa: F811
    published: Published,
    work: Work,
    committed: Database,
) -> None:
    """It was opened while a version that is less private was being published: that saw no record."""
    sealed, plain = "title: 备注, type: text, privacy: personal", "title: 说明, type: text"
    await published.publish(FIRST.replace("title: 备注, type: text", sealed), code="promised")
    path = "/ledgers/promised"
    body = {"area": VILLAGE, "values": {"kind": "land", "remark": "植入备注"}}
    record = (await send(WORKER, "post", f"{path}/records", body)).json()["id"]
    looser = FIRST.replace("name: remark", "name: told").replace("title: 备注, type: text", plain)
    mapping = {"fields": [{"old": "remark", "new": "told"}]}
    await published.publish(looser, number=2, additive=False, mapping=mapping, code="promised")
    assert (await send(COUNTY_OFFICER, "post", f"{path}/moves")).status_code == 201
    await work()
    left = (await send(COUNTY_OFFICER, "get", f"{path}/unmoved-records")).json()["items"]
    assert [(one["id"], [place["path"] for place in one["places"]]) for one in left] == [(record, ["values.told"])]
    assert (await send(CLERK, "get", f"{path}/records/{record}")).json()["values"]["remark"] == "****"
    async with committed.session() as session:
        kept = await session.scalar(select(LedgerRecord.values).where(LedgerRecord.id == UUID(record)))
    assert "植入" not in str(kept)


BACK = {
    "fields": [{"old": "claimed", "new": "amount"}],
    "choices": [{"field": "kind", "old": "soil", "new": "land"}],
    "statuses": [{"old": "in_hand", "new": "working"}],
}


async def test_who_corrects_meanwhile_is_judged_by_what_the_record_has_become(
    send: Send,  # noqa: F811
    villages: None,  # noqa: F811
    published: Published,
    work: Work,
    committed: Database,
) -> None:
    record = await opened(send, amount=1)
    await second_version(published)
    await begin(send)
    async with committed.session() as session:  # somebody is at the record when the move comes to it
        statement = select(LedgerRecord.id).where(LedgerRecord.id == UUID(record)).with_for_update()
        await session.execute(statement)
        moving = asyncio.ensure_future(work())
        await asyncio.sleep(0.3)
        body = {"values": {"amount": 2}}
        late = asyncio.ensure_future(send(WORKER, "post", f"{RECORDS}/{record}/correct", body, seen=1))
        await asyncio.sleep(0.3)
        await session.rollback()
    await moving
    answer = await late
    if answer.status_code == 200:  # it came first: what it wrote was moved
        assert (await send(CLERK, "get", f"{RECORDS}/{record}")).json()["values"]["claimed"] == 2
    else:
        assert code_of(answer) == (412, "version_mismatch")
        wrong = await send(WORKER, "post", f"{RECORDS}/{record}/correct", {"values": {"amount": 2}}, seen=2)
        assert wrong.json()["errors"][0]["code"] == "extra_forbidden", "the new version has no such field"
    read = (await send(CLERK, "get", f"{RECORDS}/{record}")).json()
    assert (read["ledger_version"], "amount" in read["values"]) == (2, False)


async def test_there_is_nothing_to_move_without_a_mapped_version_in_force(
    send: Send,  # noqa: F811
    villages: None,  # noqa: F811
    published: Published,
) -> None:
    await opened(send)
    assert code_of(await send(COUNTY_OFFICER, "post", MOVES)) == (409, "nothing_to_move")
    await second_version(published, opens_on=date(2026, 12, 1))
    for method, path in (("post", MOVES), ("get", UNMOVED)):
        assert code_of(await send(COUNTY_OFFICER, method, path)) == (409, "nothing_to_move")
        assert (await send(CLERK, method, path)).status_code == 403
    assert code_of(await send(COUNTY_OFFICER, "post", "/ledgers/nothing/moves")) == (404, "not_found")
