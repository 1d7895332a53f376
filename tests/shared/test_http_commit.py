"""The commit comes before the answer: what fails there, the client hears of, and nobody else of what did not happen."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import httpx
import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from fastapi import APIRouter
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from deploy.local.stack.postgres import Postgres
from shared.feature import Feature
from shared.http.app import build_app
from shared.http.endpoint import reads
from shared.migration.kit_schema import create_0001
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import CLERK, SECRET, client
from tests.shared.http_world import HttpWorld, create_things, http_world, things_world

REFUSE_COMMIT = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; END $$;
CREATE CONSTRAINT TRIGGER refuse AFTER INSERT ON things DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse();
"""
ALLOW_COMMIT = "DROP TRIGGER refuse ON things; DROP FUNCTION refuse()"
KEY = {"Idempotency-Key": "3f0a"}


@pytest.fixture
async def world(committed_of: DatabaseOf) -> AsyncIterator[HttpWorld]:
    async with things_world(committed_of) as one:
        yield one


@pytest.fixture
async def clerk(world: HttpWorld) -> AsyncIterator[httpx.AsyncClient]:
    async with client(world.app, CLERK) as one:
        yield one


async def nothing_happened(world: HttpWorld) -> bool:
    return [await world.count(table) for table in ("things", "outbox", "idempotency_keys")] == [0, 0, 0]


@pytest.mark.parametrize(
    ("what", "status", "code", "noted"),
    [
        (f"RAISE EXCEPTION 'no {SECRET}'", 500, "internal", ["ok", "refused"]),
        ("PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL", 503, "unavailable", ["ok"]),  # who knows
        ("RAISE EXCEPTION USING ERRCODE = '40001'", 503, "unavailable", ["ok", "refused"]),
        ("RAISE EXCEPTION USING ERRCODE = '53100'", 503, "unavailable", ["ok", "refused"]),
    ],
    ids=["refused", "connection lost", "serialization failure", "disk full"],
)
async def test_a_commit_that_fails_is_a_5xx_and_nothing_is_stored_or_announced(
    world: HttpWorld, clerk: httpx.AsyncClient, what: str, status: int, code: str, noted: list[str]
) -> None:
    await world.execute(REFUSE_COMMIT.format(what=what))
    try:
        answer = await clerk.post("/things", json={"name": "井"}, headers=KEY)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert SECRET not in answer.text
        assert ("retry-after" in answer.headers) == (status == 503)
        assert "xiangli-position" not in answer.headers
        assert await nothing_happened(world)
        rows = await world.rows("SELECT result FROM access_log WHERE detail = 'write' ORDER BY batch, position")
        assert [row["result"] for row in rows] == noted
    finally:
        await world.execute(ALLOW_COMMIT)
    assert (await clerk.post("/things", json={"name": "井"}, headers=KEY)).status_code == 201
    assert await world.count("outbox") == 1


async def test_a_deferred_constraint_that_breaks_at_the_commit_is_told_in_the_services_words(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    assert (await clerk.post("/things", json={"name": "井", "nickname": "老井"})).status_code == 201
    answer = await clerk.post("/things", json={"name": "新井", "nickname": "老井"})
    assert (answer.status_code, answer.json()["code"]) == (409, "thing_name_taken")
    assert await world.count("things") == 1
    assert await world.count("outbox") == 1


async def test_the_change_is_visible_to_others_when_the_first_byte_of_the_answer_leaves(world: HttpWorld) -> None:
    seen: list[int] = []

    async def watched(scope: object, receive: object, send: object) -> None:
        async def watching(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                seen.append(await world.count("things"))
            await send(message)  # type: ignore[operator]

        await world.app(scope, receive, watching)  # type: ignore[arg-type]

    transport = httpx.ASGITransport(app=watched)
    headers = {"Authorization": f"Bearer {CLERK.subject}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test/registry/v1", headers=headers) as one:
        assert (await one.post("/things", json={"name": "井"})).status_code == 201
    assert seen == [1]


def test_a_route_that_nobody_guards_is_not_even_started(world: HttpWorld) -> None:
    router = APIRouter()

    @router.get("/unguarded", **reads("getUnguarded", "无", "没有说明。", permission="person.read"))
    async def unguarded() -> dict[str, str]:
        return {}

    kit = world.app.state.kit
    with pytest.raises(TypeError, match="not a ServiceRoute"):
        build_app(
            kit.spec,
            kit.settings,
            features=[Feature(router=router)],
            database=kit.database,
            access_log=kit.access_log,
        )


async def test_a_client_that_left_does_not_undo_what_it_was_promised_nor_leave_a_lock(
    world: HttpWorld, clerk: httpx.AsyncClient
) -> None:
    request = asyncio.create_task(clerk.post("/things", json={"name": "井"}, headers=KEY))
    await asyncio.sleep(0.005)
    request.cancel()
    await asyncio.gather(request, return_exceptions=True)
    async with asyncio.timeout(5):
        while (answer := await clerk.post("/things", json={"name": "井"}, headers=KEY)).status_code == 409:
            await asyncio.sleep(0.05)
    assert answer.status_code == 201
    assert await world.count("things") == 1
    assert await world.count("outbox") == 1


# -- PostgreSQL restarted: these own their server


@pytest.fixture
def server() -> Iterator[Postgres]:
    # Not under pytest's own temporary folder: another run's clean-up must not reach a server that is starting.
    with tempfile.TemporaryDirectory(prefix="xiangli-http-") as folder:
        server = Postgres(Path(folder) / "pg", durable=True)
        server.start()
        yield server
        server.stop(immediately=True)


@pytest.fixture
async def own_world(server: Postgres) -> AsyncIterator[HttpWorld]:
    url = server.url(user="postgres", database="postgres")
    engine = create_async_engine(url)

    def create(connection: Connection) -> None:
        create_0001(Operations(MigrationContext.configure(connection)))

    async with engine.begin() as connection:
        await connection.run_sync(create)
    await engine.dispose()
    await create_things(url)
    async with http_world(url) as one:
        yield one


@pytest.mark.chaos
async def test_postgresql_away_is_a_503_with_retry_after_and_its_return_needs_no_help(
    server: Postgres, own_world: HttpWorld
) -> None:
    async with client(own_world.app, CLERK) as clerk:
        assert (await clerk.post("/things", json={"name": "井"})).status_code == 201
        await asyncio.to_thread(server.stop, immediately=True)
        for _ in range(3):
            answer = await clerk.post("/things", json={"name": "桥"}, headers=KEY)
            assert (answer.status_code, answer.json()["code"]) in (
                (503, "unavailable"),
                (503, "access_log_unavailable"),
            )
            assert int(answer.headers["retry-after"]) >= 1
        await asyncio.to_thread(server.start)
        async with asyncio.timeout(10):
            while (answer := await clerk.post("/things", json={"name": "桥"}, headers=KEY)).status_code == 503:
                await asyncio.sleep(0.05)
        assert answer.status_code == 201
    assert await own_world.count("things") == 2


@pytest.mark.chaos
async def test_postgresql_restarted_under_load_loses_and_doubles_nothing(
    server: Postgres, own_world: HttpWorld
) -> None:
    statuses: set[int] = set()

    async def register(clerk: httpx.AsyncClient, number: int) -> None:
        async with asyncio.timeout(60):
            while True:
                answer = await clerk.post(
                    "/things", json={"name": f"井{number}"}, headers={"Idempotency-Key": f"key-{number}"}
                )
                statuses.add(answer.status_code)
                if answer.status_code == 201:
                    return
                assert answer.status_code in (503, 409), answer.text
                assert int(answer.headers["retry-after"]) >= 1
                await asyncio.sleep(0.05)

    async def restart() -> None:
        await asyncio.sleep(0.15)
        await asyncio.to_thread(server.stop, immediately=True)
        await asyncio.to_thread(server.start)

    turns = asyncio.Semaphore(8)

    async def in_turn(clerk: httpx.AsyncClient, number: int) -> None:
        async with turns:
            await register(clerk, number)

    async with client(own_world.app, CLERK) as clerk:
        await asyncio.gather(restart(), *(in_turn(clerk, number) for number in range(150)))
    assert 503 in statuses
    assert await own_world.count("things") == 150
    assert await own_world.count("outbox") == 150
    keys = await own_world.rows("SELECT count(DISTINCT digest) FROM idempotency_keys")
    assert keys[0][0] == 150


async def test_a_database_that_was_never_there_is_a_503_too() -> None:
    url = "postgresql+asyncpg://nobody@/nothing?host=/nonexistent"
    async with http_world(url) as world, client(world.app, CLERK) as clerk:
        answer = await clerk.post("/things", json={"name": "井"})
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    with pytest.raises((OSError, asyncpg.PostgresError)):
        await world.count("things")
