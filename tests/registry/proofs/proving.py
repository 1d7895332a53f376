"""What tests of proofs do: try, look, seal, close."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.builders import FAR
from tests.registry.steps import PERSONS, PROOFS, Json, given

PHONE = "13807748000"
"""The phone of `a_person`."""


def a_proof(number: str, **what: Any) -> Json:
    """The body of a try at a counter of FAR, with the registered phone unless said otherwise."""
    body = {"place": FAR, "purpose": "case_handling", "document_number": number, "phone": PHONE} | what
    return {name: value for name, value in body.items() if value is not None}


async def prove(client: AsyncClient, number: str, **what: Any) -> Json:
    """A try, right or wrong."""
    return given(await client.post(PROOFS, json=a_proof(number, **what)), 201)


async def code_of(client: AsyncClient, person: str) -> str:
    """A code that was given to a resident."""
    return str(given(await client.post(f"{PERSONS}/{person}/proof-codes"), 201)["code"])


async def seal(client: AsyncClient, proof: Json) -> Response:
    """An extract by a proof."""
    return await client.post(f"{PROOFS}/{proof['id']}/extract")


async def close(client: AsyncClient, proof: Json) -> Response:
    """A proof is ended."""
    return await client.post(f"{PROOFS}/{proof['id']}/close")


async def listed(client: AsyncClient, area: str, side: str) -> list[Json]:
    """Proofs of one side, the newest first; as many as the count says."""
    asked = {"area": area, "side": side}
    items: list[Json] = given(await client.get(PROOFS, params=asked))["items"]
    assert given(await client.get(f"{PROOFS}/count", params=asked))["count"] == len(items)
    return items
