"""The hands of officers at their worklists."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx

from shared.auth.access_log import AccessNotes
from shared.auth.principal import Principal
from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext, UseCaseContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import COUNTY_OFFICER, VILLAGE, every_page

TOWN = "450481114"
ANNE, BELA = (a_principal("village_clerk", VILLAGE, f"clerk-{name}") for name in ("anne", "bela"))
TOWN_OFFICER = a_principal("town_officer", TOWN, "town-officer-1")
HEALTH = a_principal("department_officer", "450481", "health-officer", "health")


class Bench:
    """What is asked of worklists."""

    def __init__(self, door: Door) -> None:
        self.door = door

    async def ask(self, path: str, who: Principal = COUNTY_OFFICER, **body: Any) -> httpx.Response:
        version = body.pop("version", None)
        headers = {} if version is None else {"If-Match": f'"{version}"'}
        async with self.door.client(who) as client:
            return await client.post(path, json=body or None, headers=headers)

    async def done(self, path: str, who: Principal = COUNTY_OFFICER, **body: Any) -> Any:
        """The answer of what succeeds."""
        answer = await self.ask(path, who, **body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    async def get(self, path: str, who: Principal = COUNTY_OFFICER, **query: Any) -> Any:
        async with self.door.client(who) as client:
            answer = await client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def listed(self, who: Principal = COUNTY_OFFICER, **query: Any) -> list[Any]:
        """Tasks that a list shows; its count and the pools come to the same number."""
        async with self.door.client(who) as client:
            shown = await every_page(client, "/tasks", limit=2, **query)
        assert (await self.get("/tasks/count", who, **query))["count"] == len(shown), query
        pools = (await self.get("/task-pools", who, **query))["items"]
        assert sum(one["total"] for one in pools) == len(shown), query
        return shown

    async def task_of(self, case: Any, who: Principal = COUNTY_OFFICER, kind: str = "held") -> Any:
        """The task of a case as somebody sees it."""
        [task] = [one for one in await self.listed(who, kind=kind) if one["case_id"] == case["id"]]
        return task

    async def at_work(self, *officers: Principal) -> None:
        for one in officers:
            await self.done("/officers/sign-on", one)


async def in_context(
    database: Database, clock: Clock, crypto: Crypto, run: Callable[[UseCaseContext], Awaitable[Any]]
) -> Any:
    """What a worker does in a transaction of its own."""
    async with database.session() as session:
        outbox = Outbox(session, owner="services_hall", clock=clock)
        done = await run(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
        await session.commit()
    return done
