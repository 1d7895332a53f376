"""Rules and incidents that stand still, and the worker's sweep, for tests."""

from typing import Any

import httpx

from services.grid.escalations.service import Escalations
from services.grid.features import SPEC
from services.grid.wiring import use_cases
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from tests.grid.builders import an_incident


def a_rule(**what_matters: Any) -> dict[str, Any]:
    return {
        "metric": "overdue",
        "threshold": 0,
        "unit": "work_hour",
        "level": 1,
        "receiver": "village_clerk",
        **what_matters,
    }


async def laid_down(client: httpx.AsyncClient, **what: Any) -> dict[str, Any]:
    answer = await client.post("/escalation-rules", json=a_rule(**what))
    assert answer.status_code == 201, answer.text
    rule: dict[str, Any] = answer.json()
    return rule


async def retire_all(client: httpx.AsyncClient) -> None:
    """Those with which every county begins; the test lays down its own."""
    for rule in (await client.get("/escalation-rules", params={"status": "in_force"})).json()["items"]:
        answer = await client.post(f"/escalation-rules/{rule['id']}/retire")
        assert answer.status_code == 200, answer.text


async def reported(client: httpx.AsyncClient, **what: Any) -> str:
    answer = await client.post("/incidents", json=an_incident(**what))
    assert answer.status_code == 201, answer.text
    incident: str = answer.json()["id"]
    return incident


async def step(client: httpx.AsyncClient, incident: str, verb: str, **body: Any) -> dict[str, Any]:
    answer = await client.post(f"/incidents/{incident}/{verb}", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


class Sweeper:
    """The worker's schedule, one transaction after the other."""

    def __init__(self, database: Database, clock: FrozenClock, crypto: Crypto) -> None:
        self._database, self._clock, self._crypto = database, clock, crypto

    async def once(self) -> bool:
        async with self._database.session() as session:
            context = plain_context(session, SPEC, self._clock, self._crypto)
            escalations: Escalations = use_cases(context).escalations
            more = await escalations.sweep()
            await session.commit()
        return more

    async def all(self) -> None:
        while await self.once():
            pass
