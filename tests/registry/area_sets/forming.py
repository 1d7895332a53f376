"""Area sets that tests form."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.builders import SISTER, VILLAGE
from tests.registry.steps import Json, given, taken_back

AREA_SETS = "/registry/v1/area-sets"
NAME = "思孟农村社区"


def a_set(*members: str, **what: Any) -> Json:
    """The body of a service community of VILLAGE and SISTER, or of other members."""
    body: Json = {"kind": "service_community", "name": NAME, "formed_on": "2026-01-05"}
    return body | {"members": list(members or (VILLAGE, SISTER))} | what


async def form(client: AsyncClient, *members: str, **what: Any) -> Json:
    """A set that was formed."""
    return given(await client.post(AREA_SETS, json=a_set(*members, **what)), 201)


async def stepped(client: AsyncClient, one: Json, step: str, **body: Any) -> Response:
    """The answer to a step."""
    path = f"{AREA_SETS}/{one['id']}"
    return await (taken_back(client, path) if step == "undo" else client.post(f"{path}/{step}", json=body or None))


def spans(one: Json) -> list[tuple[str, str, str | None]]:
    """Its memberships: area, first day, first day no more."""
    return [(member["area"], member["since"], member["until"]) for member in one["members"]]
