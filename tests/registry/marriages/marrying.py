"""What tests of marriages do: marry, divorce, take back, look."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.builders import VILLAGE
from tests.registry.steps import HOUSEHOLDS, MARRIAGES, PERSONS, Json, found, given, register

WEDDING, PARTING = "2026-02-10", "2026-03-02"
OUTSIDE: Json = {"name": "梁大山", "sex": "1", "birth_date": "1990-03-07"}


async def a_man(client: AsyncClient, **what: Any) -> str:
    """Somebody whom a woman may marry."""
    return str((await register(client, **{"name": "覃大山", "sex": "1", "birth_date": "1988-03-02"} | what))["id"])


async def a_woman(client: AsyncClient, **what: Any) -> str:
    """Somebody whom a man may marry."""
    return str((await register(client, **{"name": "覃秀英", "birth_date": "1990-05-17"} | what))["id"])


async def of_one(client: AsyncClient, head: str, kind: str = "legal", area: str = VILLAGE) -> Json:
    """A household whose head is alone in it."""
    return await found(client, {"relation": "02", "person_id": head}, kind=kind, area=area)


async def of_two(client: AsyncClient, head: str, other: str, relation: str, **what: Any) -> Json:
    """A household of a head and one more."""
    members = ({"relation": "02", "person_id": head}, {"relation": relation, "person_id": other})
    return await found(client, *members, **what)


async def marry(client: AsyncClient, person: str, spouse: str | None = None, /, **what: Any) -> Response:
    """A marriage with somebody of the register, or with an outside spouse."""
    other: Json = {"spouse": OUTSIDE} if spouse is None else {"spouse_id": spouse}
    return await client.post(MARRIAGES, json={"person_id": person, "married_on": WEDDING} | other | what)


async def married(client: AsyncClient, person: str, spouse: str | None = None, /, **what: Any) -> Json:
    """The same, done."""
    return given(await marry(client, person, spouse, **what), 201)


async def divorce(client: AsyncClient, marriage: Json, *households: Json, **what: Any) -> Response:
    """A divorce."""
    body = {"divorced_on": PARTING, "households": list(households)} | what
    return await client.post(f"{MARRIAGES}/{marriage['id']}/divorce", json=body)


async def take_back(client: AsyncClient, marriage: Json, verb: str) -> Response:
    """`restore` or `withdraw`."""
    return await client.post(f"{MARRIAGES}/{marriage['id']}/{verb}", json={"reason": "not_happened"})


async def marriages_of(client: AsyncClient, person: str) -> Json:
    """The marriages of a person, and the marital status."""
    return given(await client.get(f"{PERSONS}/{person}/marriages"))


async def marital(client: AsyncClient, person: str) -> str:
    """Marital status, GB/T 2261.2."""
    return str((await marriages_of(client, person))["marital_status"])


async def now_in(client: AsyncClient, household: Json) -> dict[str, str]:
    """Who is in a household now, and as what."""
    read = given(await client.get(f"{HOUSEHOLDS}/{household['id']}"))
    return {one["person_id"]: one["relation"] for one in read["members"] if one["until"] is None}
