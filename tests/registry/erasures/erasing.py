"""What tests of erasures do: somebody has left long ago, an erasure is asked for, decided, answered."""

from typing import Any
from uuid import UUID

from httpx import AsyncClient, Response

from services.registry.features import ROUTES
from shared.clock import Clock
from shared.contracts.catalogue import STATE_TOPICS
from shared.contracts.envelope import STATES
from shared.contracts.erasure_answers import ANSWER
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.doors import Arrivals
from tests.registry.builders import COUNTY, TOWN, VILLAGE
from tests.registry.steps import PERSONS, Json, given, move_out, register

ERASURES = "/registry/v1/erasures"
NAME, PHONE, ADDRESS = "莫离乡", "13711112222", "思孟村一组九号"
ASKER = ("village_clerk", VILLAGE, "asks")
DECIDER = ("county_registrar", COUNTY, "decides")
OTHERS = tuple(one for one in STATE_TOPICS["registry.erasure"].readers)


async def gone(clerk: AsyncClient, **what: Any) -> Json:
    """Somebody who moved out seven years ago."""
    known = {"name": NAME, "phone": PHONE, "address": ADDRESS, "occurred_on": "2010-01-01"}
    person = await register(clerk, **(known | what))
    given(await move_out(clerk, person["id"], "2019-01-01"))
    return person


async def asking(client: AsyncClient, person: str, ground: str = "purpose_fulfilled") -> Response:
    """An erasure is asked for."""
    return await client.post(f"{PERSONS}/{person}/erasures", json={"ground": ground})


async def order(client: AsyncClient, erasure: Json, **how: Any) -> Response:
    """It is decided that the values are erased."""
    return await client.post(f"{ERASURES}/{erasure['id']}/order", **how)


async def refuse(client: AsyncClient, erasure: Json) -> Response:
    """It is decided that the values are kept."""
    return await client.post(f"{ERASURES}/{erasure['id']}/refuse", json={"reason": "still_needed"})


async def withdraw(client: AsyncClient, erasure: Json) -> Response:
    """It is taken back."""
    return await client.post(f"{ERASURES}/{erasure['id']}/withdraw")


async def erasure_of(client: AsyncClient, erasure: Json) -> Json:
    """The erasure as it stands now."""
    return given(await client.get(f"{ERASURES}/{erasure['id']}"))


async def listed(client: AsyncClient, area: str = TOWN, **params: Any) -> list[Json]:
    """Erasures of the people of an area; the count says as many."""
    asked_for = {"area": area, **params}
    items: list[Json] = given(await client.get(ERASURES, params=asked_for))["items"]
    assert given(await client.get(f"{ERASURES}/count", params=asked_for))["count"] == len(items)
    return items


class Answers:
    """Answers of the other services, as they come from the bus."""

    def __init__(self, database: Database, clock: Clock, crypto: Crypto, *, shadow: bool = False) -> None:
        self._arrivals = Arrivals(database, ROUTES, owner="registry", clock=clock, crypto=crypto, shadow=shadow)
        self._clock = clock

    async def take(
        self, service: str, erasure: Json, persons: list[str], *, version: int = 1, done: bool = True, **counts: int
    ) -> None:
        """What one of them says."""
        now = self._clock.now()
        state = STATES[f"{service}.{ANSWER}"](
            id=UUID(erasure["id"]),
            version=version,
            persons=tuple(map(UUID, persons)),
            asked_at=now,
            done_at=now if done else None,
            counts=counts,
        )
        await self._arrivals.take(state)
