"""Hostile callers of everything that waits, locks or counts: the others are served meanwhile, and nobody gets a 503."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
import httpx
import pytest

from shared.auth.principal import Grant, Principal
from shared.auth.roles import Role
from shared.db.engine import raw_dsn
from shared.http import lookout
from shared.ids import new_id
from shared.messaging.outbox.position import Position
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import CLERK, NEIGHBOUR, OTHER_VILLAGE, VILLAGE, Badges, client
from tests.shared.http_world import HttpWorld, things_world

HOSTILE = [Principal(f"hostile-{number}", (Grant(Role.VILLAGE_CLERK, VILLAGE),)) for number in range(3)]
EACH = 20
"""Requests of one hostile caller at a time; the pool has 6 connections."""

OURS = "pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'test-http')"
HOLDING = f"SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'virtualxid' AND {OURS}"
"""Connections of the pool inside a transaction."""
ADVISORY = f"SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND {OURS}"
WAITING = f"{ADVISORY} AND NOT granted"


class ManyBadges(Badges):
    def __init__(self) -> None:
        super().__init__()
        self.known |= {one.subject: one for one in HOSTILE}


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with things_world(committed_of, verifier=ManyBadges()) as one:
        yield one


@pytest.fixture
async def hostile(world: HttpWorld) -> AsyncIterator[list[httpx.AsyncClient]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(client(world.app, one)) for one in HOSTILE]


@pytest.fixture
async def victim(world: HttpWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with client(world.app, NEIGHBOUR) as one:
        yield one


def genuine(world: HttpWorld, sequence: int = 9) -> str:
    """A position that was given out and has not arrived: the bus stands still."""
    return world.kit.positions.seal(Position.of([("grid.grid", "a", sequence)]))


async def arrive(world: HttpWorld, sequence: int = 9) -> None:
    await world.execute(
        "INSERT INTO projected_states (slot, noun, aggregate, sequence, revision, state, event_time, applied_at)"
        f" VALUES (0, 'grid.grid', 'a', {sequence}, 0, '{{}}', now(), now())"
    )


async def served(victim: httpx.AsyncClient, times: int = 10) -> None:
    """What others do all day, each at once."""
    for _ in range(times):
        made = await victim.post("/things", json={"name": new_id().hex, "area": OTHER_VILLAGE})
        assert made.status_code == 201
        assert (await victim.get(f"/things/{made.json()['id']}")).status_code == 200
        assert (await victim.get("/figures")).status_code == 200


def all_at_once(*requests: Coroutine[Any, Any, httpx.Response]) -> list["asyncio.Task[httpx.Response]"]:
    return [asyncio.create_task(one) for one in requests]


async def some_done(tasks: list["asyncio.Task[httpx.Response]"], count: int) -> set[int]:
    """Statuses of the first `count` answers."""
    while sum(task.done() for task in tasks) < count:
        pending = [task for task in tasks if not task.done()]
        await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
    return {task.result().status_code for task in tasks if task.done()}


@asynccontextmanager
async def slow_for_ever(world: HttpWorld) -> AsyncIterator[Callable[[], Coroutine[Any, Any, int]]]:
    """Whatever is slow waits until the block ends. Gives how many connections wait so."""
    holder = await asyncpg.connect(raw_dsn(world.owner_url))
    await holder.execute("SELECT pg_advisory_lock(hashtext('slow'))")

    async def waiting() -> int:
        return len(await world.rows(WAITING))

    try:
        yield waiting
    finally:
        await holder.close()


async def test_who_waits_for_a_position_holds_neither_connection_nor_lock_nor_key(
    world: HttpWorld, hostile: list[httpx.AsyncClient], victim: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout, "PATIENCE", 600)
    wanted = genuine(world)
    waiting = all_at_once(
        *(
            one.post(
                "/things/after",
                params={"min_position": wanted},
                json={"name": f"{number}-{turn}"},
                headers={"Idempotency-Key": f"k{turn % 5}"},
            )
            for number, one in enumerate(hostile)
            for turn in range(EACH)
        )
    )
    over = len(hostile) * (EACH - lookout.WAITS_PER_CALLER)
    assert await some_done(waiting, over) == {503}  # more than that many of one caller's requests do not wait
    for _ in range(5):
        await served(victim, 2)
        assert await world.rows(ADVISORY) == []
        assert len(await world.rows(HOLDING)) <= 1  # the one that looks, for all of them
    assert sum(task.done() for task in waiting) == over
    await arrive(world)
    assert {answer.status_code for answer in await asyncio.gather(*waiting)} <= {201, 409, 422, 503}
    assert sum(task.result().status_code == 201 for task in waiting) >= len(hostile)


async def test_an_invented_position_makes_nobody_wait_and_tells_nothing(
    world: HttpWorld, hostile: list[httpx.AsyncClient], victim: httpx.AsyncClient
) -> None:
    await arrive(world)
    real = genuine(world)
    invented = [real[:-6] + end for end in ("AAAAAA", "BBBBBB")] + ["AAAA", "x"]
    answers = await asyncio.gather(
        *(
            one.post(
                "/things/after", params={"min_position": text}, json={"name": "x"}, headers={"Idempotency-Key": "k"}
            )
            for one in hostile
            for text in invented
        ),
        served(victim),
    )
    refused = [answer for answer in answers if answer is not None]
    assert {answer.status_code for answer in refused} == {422}
    assert len({repr(answer.json() | {"request_id": ""}) for answer in refused}) == 1


async def test_how_many_wait_is_bounded_in_all(
    world: HttpWorld, hostile: list[httpx.AsyncClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout, "PATIENCE", 600)
    monkeypatch.setattr(lookout, "WAITS", 10)
    wanted = genuine(world)
    waiting = all_at_once(
        *(
            one.get("/figures", params={"min_position": wanted})
            for one in hostile
            for _ in range(lookout.WAITS_PER_CALLER)
        )
    )
    assert await some_done(waiting, len(waiting) - 10) == {503}
    await arrive(world)
    assert sorted(answer.status_code for answer in await asyncio.gather(*waiting)) == [200] * 10 + [503] * 14


async def test_a_key_in_flight_is_refused_at_once_and_nobody_waits_for_it(
    world: HttpWorld, hostile: list[httpx.AsyncClient], victim: httpx.AsyncClient
) -> None:
    async with slow_for_ever(world) as waiting:
        body, key = {"name": "同一"}, {"Idempotency-Key": "k"}
        first = all_at_once(hostile[0].post("/things/slowly", json=body, headers=key))
        while not await waiting():
            await asyncio.sleep(0.01)
        again = all_at_once(*(hostile[0].post("/things/slowly", json=body, headers=key) for _ in range(EACH)))
        await served(victim)
        assert {answer.status_code for answer in await asyncio.gather(*again)} == {409}
        assert await waiting() == 1
    assert {answer.status_code for answer in await asyncio.gather(*first)} == {201}


async def test_one_callers_counts_leave_connections_for_the_others(
    world: HttpWorld, hostile: list[httpx.AsyncClient], victim: httpx.AsyncClient
) -> None:
    async with slow_for_ever(world) as waiting:
        counts = all_at_once(*(hostile[0].get("/things/count") for _ in range(EACH)))
        while await waiting() < 3:
            await asyncio.sleep(0.01)
        await served(victim)
        assert await waiting() == 3  # of six
    assert {answer.status_code for answer in await asyncio.gather(*counts)} <= {200, 503}


async def test_several_callers_share_what_is_left_and_a_newcomer_is_served(
    world: HttpWorld, hostile: list[httpx.AsyncClient], victim: httpx.AsyncClient
) -> None:
    async with slow_for_ever(world) as waiting:
        counts = all_at_once(*(one.get("/things/count") for one in hostile for _ in range(EACH)))
        while await waiting() < 4:
            await asyncio.sleep(0.01)
        await served(victim)
        assert 4 <= await waiting() <= 5  # of six
    assert {answer.status_code for answer in await asyncio.gather(*counts)} <= {200, 503}


async def test_a_caller_may_have_so_many_requests_under_way_and_no_more(
    committed_of: DatabaseOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookout, "PATIENCE", 600)
    async with (
        things_world(committed_of, settings={"requests_per_caller": 3}) as world,
        client(world.app, CLERK) as clerk,
        client(world.app, NEIGHBOUR) as neighbour,
    ):
        wanted = genuine(world)
        waiting = all_at_once(*(clerk.get("/figures", params={"min_position": wanted}) for _ in range(4)))
        assert await some_done(waiting, 1) == {429}
        refused = next(task.result() for task in waiting if task.done())
        assert (refused.json()["code"], refused.headers["retry-after"]) == ("too_many_at_once", "1")
        assert (await clerk.get("/figures")).status_code == 429
        assert (await neighbour.get("/figures")).status_code == 200
        await arrive(world)
        assert sorted(answer.status_code for answer in await asyncio.gather(*waiting)) == [200] * 3 + [429]
        assert (await clerk.get("/figures")).status_code == 200
