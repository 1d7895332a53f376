"""Records follow their subjects: opened where they lie, taken along when they move, in grid over the bus."""

from asyncio import gather
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_log import AccessNotes
from shared.auth.principal import Principal
from shared.contracts.registry.persons import PersonStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.ledgers.grammar.words import Subject
from shared.ledgers.records.doors import persons_moved
from shared.ledgers.records.wiring import LedgerParts
from shared.messaging.outbox.writer import Outbox
from shared.messaging.projection.routes import Change, ConsumerContext
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import (
    CLERK,
    FIRST_GRID,
    OTHER_CLERK,
    OTHER_VILLAGE,
    TOWN_OFFICER,
    VILLAGE,
    a_person,
    a_span,
)
from tests.shared.ledgers.records.conftest import Facts, Published, Send, code_of, wrong

CARED = """
code: cared
title: 帮扶对象
owner: grid
source: 测试
levels: [grid, village]
subject: person
follows_subject: true
fields:
  - {name: need, title: 需要, type: choice, search: true, choices: [{code: meal, title: 助餐}]}
  - {name: village, title: 所在村, type: area, follows_subject: true, search: true}
  - {name: cell, title: 所在网格, type: grid, follows_subject: true, privacy: personal, search: true}
computed:
  - {name: at, title: 所在, type: text, value: 'record.village == null ? "" : record.village'}
statuses:
  - {code: asked, title: 已申请, initial: true}
  - {code: helped, title: 已帮扶, final: true}
steps:
  - {verb: help, title: 帮扶, from: [asked], to: helped, permission: record.write}
  - {verb: again, title: 重新帮扶, from: [helped], to: asked, permission: record.write, reason: true, reopens: true}
clock:
  limits: [{id: help, title: 帮扶时限, starts: asked, ends: [helped], amount: 10, unit: day}]
published: [need, village]
measures:
  - {code: asked, title: 申请数, meaning: 申请帮扶的记录数, kind: flow, date: 'entered:asked', dimension: need}
"""
NOTED = """
code: noted
title: 帮扶走访
owner: grid
source: 测试
levels: [village]
subject: record
subject_ledger: cared
follows_subject: true
fields: [{name: matter, title: 事由, type: text}]
statuses: [{code: kept, title: 在册, initial: true, final: true}]
"""
RECORDS = "/ledgers/cared/records"
OTHER_GRID = OTHER_VILLAGE + "001"

Open = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
async def published(committed: Database) -> Published:
    one = Published(committed)
    for definition in (CARED, NOTED):
        await one.publish(definition)
    return one


@pytest.fixture
async def person(arrivals: Arrivals, villages: None) -> UUID:
    """Somebody who lives in a grid of the village."""
    found = new_id()
    await arrivals.take(a_person(found, a_span(FIRST_GRID)))
    return found


@pytest.fixture
def moves(arrivals: Arrivals, person: UUID) -> Callable[..., Awaitable[None]]:
    """Registry announces the person anew: `await moves(2, OTHER_GRID)`; without a place the person has left."""

    async def move(version: int, area: str | None) -> None:
        last = a_span(FIRST_GRID, end=None if area == FIRST_GRID else date(2026, 3, 1))
        spans = [last] if area in (None, FIRST_GRID) else [last, a_span(area, date(2026, 3, 1))]
        await arrivals.take(a_person(person, *spans, version=version))

    return move


Moves = Callable[..., Awaitable[None]]


@pytest.fixture
def asked(send: Send, person: UUID) -> Open:
    """Opens a record about the person."""

    async def make(who: Principal = CLERK, area: str = VILLAGE, subject: UUID | None = person) -> dict[str, Any]:
        body = {"area": area, "subject_id": None if subject is None else str(subject), "values": {"need": "meal"}}
        answer = await send(who, "post", RECORDS, body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    return make


async def read(send: Send, who: Principal, record: str) -> dict[str, Any]:
    answer = await send(who, "get", f"{RECORDS}/{record}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_record_is_opened_where_its_subject_lies(send: Send, asked: Open, person: UUID) -> None:
    record = await asked()
    assert (record["area"], record["values"]["village"]) == (FIRST_GRID, VILLAGE)
    assert (record["values"]["cell"], record["values"]["at"]) == ("****", VILLAGE)
    body = {"area": OTHER_VILLAGE, "subject_id": str(person), "values": {}}
    assert wrong(await send(OTHER_CLERK, "post", RECORDS, body)) == [("area", "record_subject_elsewhere")]
    for name, value in (("village", OTHER_VILLAGE), ("cell", None)):
        answer = await send(CLERK, "post", RECORDS, {**body, "area": VILLAGE, "values": {name: value}})
        assert wrong(answer) == [(f"values.{name}", "not_filled_here")], "where somebody lives is not said here"
    answer = await send(
        CLERK, "post", f"{RECORDS}/{record['id']}/correct", {"values": {"village": OTHER_VILLAGE}}, seen=1
    )
    assert wrong(answer) == [("values.village", "not_filled_here")]


async def test_it_goes_with_the_subject_and_comes_back_when_the_move_is_undone(
    send: Send, asked: Open, moves: Moves, facts: Facts, clock: FrozenClock
) -> None:
    record = await asked()
    clock.set(clock.now() + timedelta(days=1))
    await moves(2, OTHER_GRID)
    assert code_of(await send(CLERK, "get", f"{RECORDS}/{record['id']}")) == (404, "not_found")
    there = await read(send, OTHER_CLERK, record["id"])
    assert (there["area"], there["values"]["village"], there["values"]["at"]) == (
        OTHER_GRID,
        OTHER_VILLAGE,
        OTHER_VILLAGE,
    )
    assert (there["version"], there["due_at"]) == (2, record["due_at"]), "its limits run on"
    *_, line = (await send(OTHER_CLERK, "get", f"{RECORDS}/{record['id']}/history")).json()["items"]
    assert (line["step"], line["actor"], line["note"]) == ("follow", "subject", None)
    assert line["fields"] == ["area", "cell", "village"]
    opened, followed = await facts(record["id"])
    assert (followed.type, followed.state.area) == ("grid.restricted_record.followed", OTHER_GRID)
    assert followed.state.values == {"need": "meal", "village": OTHER_VILLAGE}
    assert followed.state.counts == opened.state.counts, "what it counts is counted where it lies"
    await moves(3, FIRST_GRID)
    back = await read(send, CLERK, record["id"])
    assert (back["area"], back["values"], back["version"]) == (FIRST_GRID, record["values"], 3)


async def test_lists_counts_and_searches_find_it_where_it_lies(send: Send, asked: Open, moves: Moves) -> None:
    record = await asked()
    await moves(2, OTHER_GRID)
    for who, where, found in ((CLERK, VILLAGE, []), (OTHER_CLERK, OTHER_VILLAGE, [record["id"]])):
        for asked_for in ("", f"?filter=village={where}"):
            assert [one["id"] for one in (await send(who, "get", RECORDS + asked_for)).json()["items"]] == found
            assert (await send(who, "get", f"{RECORDS}/count{asked_for}")).json()["total"] == len(found)
        search = {"field": "cell", "value": OTHER_GRID, "purpose": "case_handling"}
        answer = await send(who, "post", f"{RECORDS}/search", search)
        assert [one["id"] for one in answer.json()["items"]] == found, answer.text


async def test_it_stays_where_nothing_of_its_subject_lies_in_the_county(
    send: Send, asked: Open, moves: Moves, arrivals: Arrivals, person: UUID
) -> None:
    record = await asked()
    await moves(2, None)
    assert (await read(send, CLERK, record["id"]))["version"] == 1
    ended = a_person(person, a_span(OTHER_GRID, end=date(2026, 3, 2)), version=3, status=PersonStatus.DECEASED)
    await arrivals.take(ended)
    assert (await read(send, CLERK, record["id"]))["area"] == FIRST_GRID
    again = await asked(area=VILLAGE)
    assert again["area"] == VILLAGE, "it lies where it was opened"
    assert "village" not in again["values"]


async def test_what_is_said_again_moves_nothing(send: Send, asked: Open, moves: Moves) -> None:
    record = await asked()
    await moves(2, FIRST_GRID)
    assert (await read(send, CLERK, record["id"]))["version"] == 1


async def test_a_record_that_has_ended_stays_and_follows_when_it_is_reopened(
    send: Send, asked: Open, moves: Moves
) -> None:
    record = await asked()
    path = f"{RECORDS}/{record['id']}"
    assert (await send(CLERK, "post", f"{path}/steps/help", {})).status_code == 200
    await moves(2, OTHER_GRID)
    assert (await read(send, CLERK, record["id"]))["area"] == FIRST_GRID
    answer = await send(CLERK, "post", f"{path}/steps/again", {"reason": "仍需帮扶"})
    assert (answer.status_code, answer.json()["area"], answer.json()["version"]) == (200, OTHER_GRID, 4), answer.text
    assert code_of(await send(CLERK, "get", path)) == (404, "not_found")
    assert (await read(send, OTHER_CLERK, record["id"]))["values"]["village"] == OTHER_VILLAGE


async def test_a_record_about_a_record_follows_in_turn(send: Send, asked: Open, moves: Moves, facts: Facts) -> None:
    record = await asked()
    body = {"area": VILLAGE, "subject_id": record["id"], "values": {"matter": "送餐"}}
    note = (await send(CLERK, "post", "/ledgers/noted/records", body)).json()
    assert note["area"] == VILLAGE
    await moves(2, OTHER_GRID)
    answer = await send(OTHER_CLERK, "get", f"/ledgers/noted/records/{note['id']}")
    assert (answer.status_code, answer.json()["area"], answer.json()["version"]) == (200, OTHER_VILLAGE, 2)
    assert [one.type.rpartition(".")[2] for one in await facts(note["id"])] == ["opened", "followed"]


async def test_of_a_move_and_an_opening_at_once_none_leaves_a_record_behind(
    send: Send, moves: Moves, person: UUID
) -> None:
    """Either the mover finds the record, or the record is opened where the person lives now."""
    body = {"area": "450481100", "subject_id": str(person), "values": {}}
    for version in range(2, 8):
        where = OTHER_GRID if version % 2 == 0 else FIRST_GRID
        openings = [
            send(who, "post", RECORDS, {**body, "area": area})
            for who, area in ((CLERK, VILLAGE), (OTHER_CLERK, OTHER_VILLAGE)) * 2
        ]
        answers: Any = (await gather(*openings, moves(version, where)))[:-1]
        assert {answer.status_code for answer in answers} <= {201, 422}, [answer.text for answer in answers]
        listed = (await send(TOWN_OFFICER, "get", f"{RECORDS}?limit=100")).json()["items"]
        assert {one["area"] for one in listed} <= {where}, "each lies where its subject lies"


async def test_a_correction_and_a_move_at_once_both_last(send: Send, asked: Open, moves: Moves) -> None:
    record = await asked()
    path = f"{RECORDS}/{record['id']}"
    answer, _ = await gather(
        send(CLERK, "post", f"{path}/correct", {"values": {"need": None}}, seen=1), moves(2, OTHER_GRID)
    )
    there = await read(send, OTHER_CLERK, record["id"])
    assert answer.status_code in (200, 404, 412), answer.text
    assert ("need" in there["values"], there["area"]) == (answer.status_code != 200, OTHER_GRID)


async def test_nobody_is_noted_as_having_read_what_followed(asked: Open, moves: Moves, door: Door) -> None:
    await asked()
    before = len(door.accesses.entries)
    await moves(2, OTHER_GRID)
    assert len(door.accesses.entries) == before


async def test_a_rebuild_of_the_projection_takes_no_record_along(
    send: Send, asked: Open, person: UUID, committed: Database, clock: FrozenClock, crypto: Crypto, parts: LedgerParts
) -> None:
    async def elsewhere(_: AsyncSession, ids: Collection[str]) -> Mapping[str, str]:
        return dict.fromkeys(ids, OTHER_GRID)

    record = await asked()
    there = LedgerParts(parts.ledgers, replace(parts.surroundings, lies={Subject.PERSON: elsewhere}))
    raw: Any = None
    change = Change(a_person(person, a_span(FIRST_GRID)), a_person(person, a_span(OTHER_GRID), version=2), raw)
    for rebuilding, who in ((True, CLERK), (False, OTHER_CLERK)):
        async with committed.session() as session:
            outbox, notes = Outbox(session, owner="grid", clock=clock), AccessNotes(clock)
            context = ConsumerContext(session, clock, outbox, crypto, notes, raw, slot=1, rebuilding=rebuilding)
            await persons_moved(there)(context, [change])
            await session.commit()
        await read(send, who, record["id"])
