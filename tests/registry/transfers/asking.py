"""What tests of transfers do: ask, confirm, refuse, look."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.builders import FAR, a_number
from tests.registry.steps import TRANSFERS, Json, given

DAY = "2026-03-10"


def a_transfer(**what: Any) -> Json:
    """The body of a request of FAR for somebody whom nobody knows."""
    body = {"document_number": a_number(), "occurred_on": DAY, "residence": {"area": FAR}} | what
    return {name: value for name, value in body.items() if value is not None}


async def ask(client: AsyncClient, number: str, **what: Any) -> Json:
    """A transfer that was asked for: of the residence to FAR unless said otherwise."""
    return given(await client.post(TRANSFERS, json=a_transfer(document_number=number, **what)), 201)


async def both(client: AsyncClient, number: str, area: str = FAR, **what: Any) -> Json:
    """The same of both books."""
    return await ask(client, number, residence={"area": area}, registration={"area": area}, **what)


async def confirm(client: AsyncClient, transfer: Json, **what: Any) -> Response:
    """The holding side agrees."""
    return await client.post(f"{TRANSFERS}/{transfer['id']}/confirm", json=what)


async def refuse(client: AsyncClient, transfer: Json, reason: str = "did_not_move") -> Response:
    """The holding side does not agree."""
    return await client.post(f"{TRANSFERS}/{transfer['id']}/refuse", json={"reason": reason})


async def withdraw(client: AsyncClient, transfer: Json) -> Response:
    """The asking side takes it back."""
    return await client.post(f"{TRANSFERS}/{transfer['id']}/withdraw")


async def undo(client: AsyncClient, transfer: Json) -> Response:
    """A confirmed one is taken back."""
    return await client.post(f"{TRANSFERS}/{transfer['id']}/reverse", json={"reason": "not_happened"})


async def held(client: AsyncClient, area: str, **what: Any) -> list[Json]:
    """Transfers that concern the persons of an area."""
    page = given(await client.get(TRANSFERS, params={"area": area, "side": "holding", **what}))
    items: list[Json] = page["items"]
    return items
