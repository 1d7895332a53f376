"""Terms that tests enter."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.builders import VILLAGE
from tests.registry.steps import Json, given, taken_back

TERMS = "/registry/v1/terms"
NAME, PHONE = "司马植入", "13912345678"


def a_director(**what: Any) -> Json:
    """The body of a director of VILLAGE from outside the register."""
    body: Json = {"area": VILLAGE, "post": "director", "name": NAME, "sex": "2", "phone": PHONE, "way": "elected"}
    return body | {"began_on": "2026-01-20", "until": "2031-01-20"} | what


def a_resident(person_id: str, post: str = "party_secretary", **what: Any) -> Json:
    """The body of a secretary of VILLAGE who is of the register."""
    body: Json = {"area": VILLAGE, "post": post, "person_id": person_id, "way": "elected", "began_on": "2026-01-20"}
    return body | what


async def asked(client: AsyncClient, body: Json) -> Response:
    """The answer to an entry."""
    return await client.post(TERMS, json=body)


async def enter(client: AsyncClient, body: Json | None = None, **what: Any) -> Json:
    """A term that was entered: the director's unless another body is given."""
    return given(await asked(client, body if body is not None else a_director(**what)), 201)


async def stepped(client: AsyncClient, term: Json, step: str, **body: Any) -> Response:
    """The answer to a step."""
    path = f"{TERMS}/{term['id']}"
    return await (taken_back(client, path) if step == "undo" else client.post(f"{path}/{step}", json=body or None))
