"""Progress of long work by asking again, and as it happens."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest
import uvicorn

from shared.auth.principal import Grant, Principal
from shared.auth.roles import Role
from shared.http.operations import OPERATIONS
from shared.jobs import queue
from shared.jobs.context import JobContext, JobKind
from shared.jobs.runner import run_one
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from tests.shared.files.world import files_world
from tests.shared.http_service import CLERK, Badges
from tests.shared.http_world import HttpWorld

OPERATOR = Principal("operator-1", (Grant(Role.OPERATOR, "450481"),))


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with files_world(committed_of, OPERATIONS) as one:
        badges = one.kit.verifier
        assert isinstance(badges, Badges)
        badges.known[OPERATOR.subject] = OPERATOR
        yield one


@pytest.fixture
async def address(world: HttpWorld) -> AsyncIterator[str]:
    """The application on a port: in process, answers come in one piece."""
    server = uvicorn.Server(uvicorn.Config(world.app, port=0, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/registry/v1"
    server.should_exit = True
    await serving


async def waiting(world: HttpWorld) -> UUID:
    async with world.database.session() as session:
        job = await queue.enqueue(session, "counting")
        await session.commit()
        return job.id


def counting(steps: int, go_on: asyncio.Semaphore) -> dict[str, JobKind]:
    async def run(context: JobContext) -> None:
        for number in range(steps):
            await go_on.acquire()
            async with context.step() as step:
                step.total = steps
                step.reached({"number": number}, done=1)

    return {"counting": JobKind("counting", run)}


async def read(lines: AsyncIterator[str]) -> tuple[str, dict[str, Any]]:
    """The next event and its data."""
    event = ""
    async for line in lines:
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            return event, json.loads(line.removeprefix("data: "))
    raise AssertionError("the answer ended")


async def test_a_job_is_followed_until_it_is_over(world: HttpWorld, address: str) -> None:
    job, go_on = await waiting(world), asyncio.Semaphore(0)
    headers = {"Authorization": f"Bearer {OPERATOR.subject}"}
    async with httpx.AsyncClient(headers=headers, timeout=30) as one:
        async with one.stream("GET", f"{address}/jobs/{job}/progress") as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            lines = answer.aiter_lines()
            event, first = await read(lines)
            assert (event, first["status"], first["done"]) == ("progress", "queued", 0)
            work = asyncio.create_task(run_one(world.database, counting(2, go_on), stop=asyncio.Event()))
            go_on.release()
            while first["done"] < 1:
                event, first = await read(lines)
            assert (event, first["status"], first["total"]) == ("progress", "running", 2)
            go_on.release()
            await work
            while event != "end":
                event, first = await read(lines)
            assert (first["status"], first["done"]) == ("done", 2)
            assert [line async for line in lines if line] == []
        asked = (await one.get(f"{address}/jobs/{job}")).json()
    assert asked == first


async def test_who_may_not_see_a_job_does_not_follow_it(world: HttpWorld, address: str) -> None:
    job = await waiting(world)
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {CLERK.subject}"}) as one:
        assert (await one.get(f"{address}/jobs/{job}/progress")).status_code == 403
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {OPERATOR.subject}"}) as one:
        assert (await one.get(f"{address}/jobs/{UUID(int=1)}/progress")).status_code == 404


async def test_one_caller_follows_so_many_jobs_at_a_time(world: HttpWorld, address: str) -> None:
    job = await waiting(world)
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {OPERATOR.subject}"}, timeout=30) as one:
        open_ones = [one.stream("GET", f"{address}/jobs/{job}/progress") for _ in range(4)]
        for stream in open_ones:
            assert (await stream.__aenter__()).status_code == 200
        refused = await one.get(f"{address}/jobs/{job}/progress")
        assert (refused.status_code, refused.json()["code"]) == (429, "too_many_at_once")
        for stream in open_ones:
            await stream.__aexit__(None, None, None)
        async with world.database.session() as session:
            await queue.cancel(session, job)
            await session.commit()
        for _ in range(50):  # the server sees that they are gone when it next speaks
            last = await one.get(f"{address}/jobs/{job}/progress")
            if last.status_code == 200:
                break
            await asyncio.sleep(0.1)
        assert '"cancelled"' in last.text


async def test_an_answer_ends_with_the_token_that_asked_for_it(world: HttpWorld, address: str) -> None:
    job, clock = await waiting(world), world.kit.clock
    assert isinstance(clock, FrozenClock)
    badges = world.kit.verifier
    assert isinstance(badges, Badges)
    expires_at = clock.now().timestamp() + 300
    badges.known["brief"] = Principal("brief", OPERATOR.grants, expires_at=expires_at)
    caller = httpx.AsyncClient(headers={"Authorization": "Bearer brief"}, timeout=30)
    async with caller as one, one.stream("GET", f"{address}/jobs/{job}/progress") as answer:
        lines = answer.aiter_lines()
        await read(lines)
        clock.advance(seconds=301)
        assert [line async for line in lines if line] == []


async def test_a_process_on_its_way_out_ends_its_answers(world: HttpWorld, address: str) -> None:
    job = await waiting(world)
    caller = httpx.AsyncClient(headers={"Authorization": f"Bearer {OPERATOR.subject}"}, timeout=30)
    async with caller as one, one.stream("GET", f"{address}/jobs/{job}/progress") as answer:
        lines = answer.aiter_lines()
        await read(lines)
        world.kit.draining = True
        assert [line async for line in lines if line] == []
