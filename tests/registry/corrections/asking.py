"""What tests of requests for corrections do: ask, approve, refuse, withdraw, look."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.builders import COUNTY, TOWN, VILLAGE
from tests.registry.steps import CORRECTIONS, PERSONS, Json, given

NAME, OTHER_NAME = "覃秀英", "覃秀瑛"
"""Of whom `register` enters, and what the name is set right to."""

ASKER = ("village_clerk", VILLAGE, "asks")
CHECKER = ("village_clerk", VILLAGE, "checks")
APPROVER = ("town_officer", TOWN, "approves")
CONFIRMER = ("county_registrar", COUNTY, "confirms")


def an_asking(**what: Any) -> Json:
    """The body of a request to correct the name."""
    return {"changes": {"name": OTHER_NAME}, "reason": "entry_error"} | what


async def asking(client: AsyncClient, person: Json, **what: Any) -> Response:
    """A correction is asked for, with the version of `person`."""
    headers = {"if-match": f'"{person["version"]}.masked"'}
    return await client.post(f"{PERSONS}/{person['id']}/corrections", json=an_asking(**what), headers=headers)


async def asked(client: AsyncClient, person: Json, **changes: Any) -> Json:
    """A request that waits: for the name unless other fields are given."""
    return given(await asking(client, person, **({"changes": changes} if changes else {})), 201)


async def approve(client: AsyncClient, correction: Json, step: str) -> Response:
    """A step is approved."""
    return await client.post(f"{CORRECTIONS}/{correction['id']}/approve", json={"step": step})


async def refuse(client: AsyncClient, correction: Json, step: str = "check", **what: Any) -> Response:
    """It is not approved."""
    body = {"step": step, "reason": "evidence_missing"} | what
    return await client.post(f"{CORRECTIONS}/{correction['id']}/refuse", json=body)


async def withdraw(client: AsyncClient, correction: Json) -> Response:
    """It is taken back."""
    return await client.post(f"{CORRECTIONS}/{correction['id']}/withdraw")


async def correction_of(client: AsyncClient, correction: Json, **params: Any) -> Json:
    """The request as the caller sees it now."""
    return given(await client.get(f"{CORRECTIONS}/{correction['id']}", params=params))


async def listed(client: AsyncClient, area: str, **params: Any) -> list[Json]:
    """Requests for the people of an area; the count says as many."""
    asked_for = {"area": area, **params}
    items: list[Json] = given(await client.get(CORRECTIONS, params=asked_for))["items"]
    assert given(await client.get(f"{CORRECTIONS}/count", params=asked_for))["count"] == len(items)
    return items
