"""One key, one effect, one answer; buckets of tokens; waiting for a position."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.lineage import AreaLine, FixedLineage, Lineage
from shared.auth.principal import Grant, Principal
from shared.http import idempotency, lookout
from shared.http.idempotency import Found
from shared.messaging.outbox.position import Position
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import CLERK, NEIGHBOUR, OTHER_VILLAGE, SECRET, VILLAGE, client
from tests.shared.http_world import HttpWorld, things_world

KEY = {"Idempotency-Key": "3f0a"}


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with things_world(committed_of) as one:
        yield one


@pytest.fixture
async def clerk(world: HttpWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with client(world.app, CLERK) as one:
        yield one


async def test_the_same_request_again_changes_nothing_and_answers_byte_equal(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    first = await clerk.post("/things", json={"name": SECRET}, headers=KEY)
    again = await clerk.post("/things", json={"name": SECRET}, headers=KEY)
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    for name in ("xiangli-position", "etag", "location", "content-type", "cache-control"):
        assert again.headers[name] == first.headers[name]
    assert await world.count("things") == 1
    assert await world.count("outbox") == 1


async def test_whoever_is_shown_again_stands_in_the_access_log_again(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    """An answer given again is seen again: by whom, whom, when, and not as if it had been changed once more."""
    thing = (await clerk.post("/things", json={"name": SECRET}, headers=KEY)).json()["id"]
    for _ in range(2):
        await clerk.post("/things", json={"name": SECRET}, headers=KEY)
    lines = await world.rows(
        "SELECT subject, action, noun, object_id, area, detail, result, request_id FROM access_log ORDER BY at, batch"
    )
    assert len({line["request_id"] for line in lines}) == 3
    assert [(line["action"], line["object_id"], line["detail"], line["result"]) for line in lines] == [
        ("make", thing, "write", "ok"),
        ("make", thing, "masked", "ok"),
        ("make", thing, "masked", "ok"),
    ]
    assert len({(line["subject"], line["noun"], line["area"]) for line in lines}) == 1


async def test_the_stored_answer_is_sealed(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    await clerk.post("/things", json={"name": SECRET}, headers=KEY)
    [row] = await world.rows("SELECT * FROM idempotency_keys")
    assert all(SECRET.encode() not in value for value in row.values() if isinstance(value, bytes))


async def test_the_same_key_for_another_body_is_refused(clerk: httpx.AsyncClient) -> None:
    await clerk.post("/things", json={"name": "井"}, headers=KEY)
    answer = await clerk.post("/things", json={"name": "桥"}, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")


async def test_a_key_belongs_to_one_caller(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    await clerk.post("/things", json={"name": "井"}, headers=KEY)
    async with client(world.app, NEIGHBOUR) as neighbour:
        answer = await neighbour.post("/things", json={"name": "桥", "area": OTHER_VILLAGE}, headers=KEY)
    assert answer.status_code == 201
    assert await world.count("things") == 2


async def asked_as(world: HttpWorld, *grants: Grant) -> tuple[int, str]:
    """The same request of the same person, with these grants today."""
    moved = Principal(CLERK.subject, grants)
    world.app.state.kit.verifier.known[CLERK.subject] = moved
    try:
        async with client(world.app, moved) as one:
            answer = await one.post("/things", json={"name": SECRET}, headers=KEY)
    finally:
        world.app.state.kit.verifier.known[CLERK.subject] = CLERK
    return answer.status_code, answer.json().get("code", "")


async def test_a_replay_is_judged_again_by_todays_grants(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    first = await clerk.post("/things", json={"name": SECRET}, headers=KEY)
    assert first.status_code == 201
    clerk_here, clerk_there = Grant("village_clerk", VILLAGE), Grant("village_clerk", OTHER_VILLAGE)
    assert await asked_as(world, clerk_there) == (404, "not_found")
    assert await asked_as(world, clerk_there, Grant("assessor", VILLAGE)) == (404, "not_found")
    assert await asked_as(world) == (403, "forbidden")
    assert await asked_as(world, Grant("town_officer", VILLAGE[:9]), clerk_there) == (201, "")
    assert await asked_as(world, clerk_here) == (201, "")
    assert await world.count("things") == 1


async def test_a_replay_is_judged_again_by_todays_tree(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    """A village that another one took over: the other one's clerk may have done it, had it been so then."""
    await clerk.post("/things", json={"name": SECRET}, headers=KEY)
    merged = AreaLine(VILLAGE, date(2020, 1, 1), (OTHER_VILLAGE,))
    clerk_there = Grant("village_clerk", OTHER_VILLAGE)
    assert await asked_as(world, clerk_there) == (404, "not_found")
    world.app.state.kit.lineage = FixedLineage(Lineage.of([merged], date(2026, 3, 2)))
    assert await asked_as(world, clerk_there) == (201, "")


async def test_a_refusal_is_not_kept(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    await clerk.post("/things", json={"name": "井"})
    refused = await clerk.post("/things", json={"name": "井"}, headers=KEY)
    assert refused.status_code == 409
    await world.execute("DELETE FROM things")
    assert (await clerk.post("/things", json={"name": "井"}, headers=KEY)).status_code == 201


HELD_HERE = """
    SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
"""The server's other databases have locks of their own: those of the tests beside us."""


async def test_a_second_request_while_the_first_is_under_way_is_told_to_come_back(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    async with world.database.session() as blocker:
        await blocker.execute(text("LOCK TABLE things IN ACCESS EXCLUSIVE MODE"))
        first = asyncio.create_task(clerk.post("/things", json={"name": "井"}, headers=KEY))
        while not await world.rows(HELD_HERE):
            await asyncio.sleep(0.01)
        second = await clerk.post("/things", json={"name": "井"}, headers=KEY)
        assert (second.status_code, second.json()["code"]) == (409, "request_in_flight")
        assert int(second.headers["retry-after"]) >= 1
        await blocker.rollback()
    answer = await first
    assert answer.status_code == 201
    assert (await clerk.post("/things", json={"name": "井"}, headers=KEY)).content == answer.content


async def test_the_look_takes_a_new_snapshot_once_it_has_the_lock(world: HttpWorld) -> None:
    """Else it could miss an answer that was committed between its snapshot and its lock, and a change happen twice."""
    [row] = await world.rows(
        "SELECT provolatile, lanname FROM pg_proc JOIN pg_language ON pg_language.oid = prolang"
        " WHERE proname = 'idempotency_look'"
    )
    assert tuple(row) == (b"v", "plpgsql")
    digest, since = b"d" * 32, datetime(2026, 1, 1, tzinfo=UTC)
    insert = text("INSERT INTO idempotency_keys VALUES (:digest, :at, 'f', 'a')")

    async def look(session: AsyncSession, since: datetime) -> Found:
        connection = await session.connection()
        return await connection.run_sync(idempotency.look, digest, since=since)

    async with world.database.session() as first, world.database.session() as second:
        assert await look(first, since) == Found(locked=True, fingerprint=None, answer=None)
        assert (await look(second, since)).locked is False
        await first.execute(insert, {"digest": digest, "at": datetime(2026, 3, 1, tzinfo=UTC)})
        await first.commit()
        assert await look(second, since) == Found(locked=True, fingerprint=b"f", answer=b"a")
        assert (await look(second, datetime(2026, 3, 2, tzinfo=UTC))).answer is None


async def test_twenty_at_once_have_one_effect(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(clerk.post("/things", json={"name": "井"}, headers=KEY) for _ in range(20)))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} <= {"request_in_flight"}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert await world.count("things") == 1
    assert await world.count("outbox") == 1


async def test_a_key_is_kept_for_seven_days(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    first = await clerk.post("/things", json={"name": "井"}, headers=KEY)
    world.clock.advance(days=6, hours=23)
    assert (await clerk.post("/things", json={"name": "井"}, headers=KEY)).content == first.content
    world.clock.advance(hours=2)
    assert (await clerk.post("/things", json={"name": "井"}, headers=KEY)).json()["code"] == "thing_name_taken"


@pytest.mark.parametrize("key", ["", "  ", "x" * 201, "a\tb"])
async def test_a_key_that_is_no_key_is_refused(clerk: httpx.AsyncClient, key: str) -> None:
    answer = await clerk.post("/things", json={"name": "井"}, headers={"Idempotency-Key": key})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["path"] == "header.idempotency-key"


# -- token buckets


async def test_a_bucket_empties_and_fills_again_and_is_each_callers_own(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    for _ in range(3):
        assert (await clerk.post("/search", json={"name": "x"})).status_code == 404
    refused = await clerk.post("/search", json={"name": "x"})
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["retry-after"] == "20"
    async with client(world.app, NEIGHBOUR) as neighbour:
        assert (await neighbour.post("/search", json={"name": "x"})).status_code == 404
    world.clock.advance(seconds=20)
    assert (await clerk.post("/search", json={"name": "x"})).status_code == 404
    assert (await clerk.post("/search", json={"name": "x"})).status_code == 429


async def test_a_bucket_holds_under_concurrency(clerk: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*(clerk.post("/search", json={"name": "x"}) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [404] * 3 + [429] * 9


# -- positions


def position(world: HttpWorld, aggregate: str, sequence: int, *, noun: str = "grid.grid") -> str:
    """As another service of the county would give it out."""
    return world.kit.positions.seal(Position.of([(noun, aggregate, sequence)]))


async def seen(world: HttpWorld, sequence: int) -> None:
    await world.execute(
        "INSERT INTO projected_states (slot, noun, aggregate, sequence, revision, state, event_time, applied_at)"
        f" VALUES (0, 'grid.grid', 'a', {sequence}, 0, '{{}}', now(), now())"
        " ON CONFLICT (slot, noun, aggregate) DO UPDATE SET sequence = excluded.sequence"
    )


async def test_a_reader_waits_until_the_position_is_reached(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    await seen(world, 1)
    wanted = position(world, "a", 2)
    reading = asyncio.create_task(clerk.get("/figures", params={"min_position": wanted}))
    await asyncio.sleep(0.2)
    assert not reading.done()
    await seen(world, 2)
    assert (await reading).status_code == 200


async def test_nobody_waits_for_what_this_service_does_not_project(world: HttpWorld, clerk: httpx.AsyncClient) -> None:
    wanted = position(world, "a", 2, noun="registry.person")
    assert (await clerk.get("/figures", params={"min_position": wanted})).status_code == 200


async def test_a_reader_that_waited_in_vain_is_told_to_come_back(
    world: HttpWorld, clerk: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert lookout.PATIENCE == 5
    monkeypatch.setattr(lookout, "PATIENCE", 0.1)
    wanted = position(world, "a", 9)
    answer = await clerk.get("/figures", params={"min_position": wanted})
    assert (answer.status_code, answer.json()["code"]) == (503, "not_yet")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("bad", ["xx-xx", "AAAA", "中文", SECRET])
async def test_a_position_that_nobody_gave_out_is_refused(clerk: httpx.AsyncClient, bad: str) -> None:
    answer = await clerk.get("/figures", params={"min_position": bad})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_position")
    assert bad not in answer.text
