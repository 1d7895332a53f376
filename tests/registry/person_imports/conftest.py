"""Lists of residents under test: registry's HTTP with a folder for files, and the worker's long work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from fastapi import FastAPI
from httpx import AsyncClient

from shared.db.engine import Database
from shared.jobs.context import JobKind
from shared.jobs.runner import run_one
from tests.registry.builders import TOWN, VILLAGE
from tests.registry.conftest import Client
from tests.registry.person_imports.working import kinds_of
from tests.registry.steps import Json

IMPORTS = "/registry/v1/person-imports"
Work = Callable[[], Awaitable[None]]


@pytest.fixture
def kinds(app: FastAPI) -> dict[str, JobKind]:
    """The kinds of long work, as the worker makes them."""
    kit = app.state.kit
    return kinds_of(kit.database, kit.archive, kit.crypto, kit.clock, kit.access_log)


@pytest.fixture
def do_work(committed: Database, kinds: dict[str, JobKind]) -> Work:
    """Does all the long work that waits."""

    async def run() -> None:
        while await run_one(committed, kinds, stop=asyncio.Event()):
            pass

    return run


@pytest_asyncio.fixture(loop_scope="session")
async def officer(client_of: Client, county: None) -> AsyncClient:
    """Who imports: an officer of the town."""
    return client_of("town_officer", TOWN, subject="importer")


class Lists:
    """Lists handed in by one caller."""

    def __init__(self, client: AsyncClient, work: Work, path: str = IMPORTS) -> None:
        self.client = client
        self.work = work
        self.path = path

    async def begun(self, data: bytes, area: str = VILLAGE) -> Any:
        file = (await self.client.post("/registry/v1/files", content=data)).json()["id"]
        return await self.client.post(self.path, json={"file": file, "area": area})

    async def checked(self, data: bytes, area: str = VILLAGE) -> Json:
        answer = await self.begun(data, area)
        assert answer.status_code == 201, answer.text
        return await self.worked(answer.json())

    async def committed(self, made: Json) -> Json:
        answer = await self.client.post(f"{self.path}/{made['id']}/commit")
        assert answer.status_code == 200, answer.text
        return await self.worked(made)

    async def worked(self, made: Json) -> Json:
        """The import when its work is over: who was held up for longer than a lease lets go, and another goes on."""
        while True:
            await self.work()
            found = await self.seen(made)
            if found["job_status"] not in ("queued", "running"):
                return found
            await asyncio.sleep(1)

    async def taken(self, data: bytes, area: str = VILLAGE) -> Json:
        return await self.committed(await self.checked(data, area))

    async def seen(self, made: Json) -> Json:
        found: Json = (await self.client.get(f"{self.path}/{made['id']}")).json()
        return found

    async def findings(self, made: Json) -> list[tuple[int, str, str]]:
        found: list[tuple[int, str, str]] = []
        params: dict[str, str] = {}
        while True:
            path = f"{self.path}/{made['id']}/findings"
            page = (await self.client.get(path, params={"limit": "200", **params})).json()
            found += [(one["row"], one["column"], one["code"]) for one in page["items"]]
            if page["next_cursor"] is None:
                return found
            params = {"cursor": page["next_cursor"]}


@pytest.fixture
def lists(officer: AsyncClient, do_work: Work) -> Lists:
    return Lists(officer, do_work)


def figures(made: Json) -> tuple[Any, ...]:
    return tuple(made[name] for name in ("status", "right", "wrong", "taken", "unchanged", "refused"))
