"""What tests of bindings do: a resident binds the own login, and who looks after the person takes it off."""

from typing import Any

from httpx import AsyncClient

from tests.registry.builders import VILLAGE, a_number
from tests.registry.conftest import Client
from tests.registry.proofs.proving import code_of
from tests.registry.steps import OWN, PERSONS, Json, given, register

BINDINGS = "/registry/v1/bindings"
WRONG = "00000000"


def resident(client_of: Client, subject: str = "resident-1") -> AsyncClient:
    """A login with nothing but a resident's role."""
    return client_of("resident", VILLAGE, subject=subject)


async def bind(client: AsyncClient, number: str, code: str) -> Json:
    """A try, right or wrong."""
    return given(await client.post(f"{OWN}/binding", json={"document_number": number, "code": code}), 201)


async def bound(client_of: Client, clerk: AsyncClient, subject: str = "resident-1", **who: Any) -> tuple[Any, Json]:
    """Somebody of VILLAGE whose login is bound: the login, and the person as the clerk sees it."""
    number = a_number()
    person = await register(clerk, document={"number": number}, **who)
    mine = resident(client_of, subject)
    assert (await bind(mine, number, await code_of(clerk, person["id"])))["status"] == "bound"
    return mine, person


async def listed(client: AsyncClient, person: str) -> list[Json]:
    """Bindings and tries of one person, the newest first."""
    items: list[Json] = given(await client.get(f"{PERSONS}/{person}/bindings"))["items"]
    return items
