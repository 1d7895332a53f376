"""What tests of consents do: consents are given, withdrawn, taken back, at each door."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.builders import VILLAGE, a_number
from tests.registry.conftest import Client
from tests.registry.proofs.proving import code_of, prove
from tests.registry.steps import CLERK, OWN, PERSONS, PROOFS, Json, given, over_the_seen, register

CONSENTS = "/registry/v1/consents"
REFERENCE = "思孟同意书第12号"


def a_paper(**what: Any) -> Json:
    """The body of a signed consent to be shown in the village's news."""
    body: Json = {"purpose": "publicity", "groups": ["name", "image"], "given_on": "2026-03-02", "reference": REFERENCE}
    return body | what


def a_wish(**what: Any) -> Json:
    """The body of what somebody consents to at this moment."""
    return {"purpose": "messages", "groups": ["contact"]} | what


async def recording(client: AsyncClient, person: Json, **what: Any) -> Response:
    """The answer to the entry of a paper."""
    return await client.post(f"{PERSONS}/{person['id']}/consents", json=a_paper(**what))


async def recorded(client: AsyncClient, person: Json, **what: Any) -> Json:
    """A consent on paper that was entered."""
    return given(await recording(client, person, **what), 201)


async def withdraw(client: AsyncClient, consent: Json, on: str = "2026-03-10", **how: Any) -> Response:
    """It is withdrawn on paper."""
    body = {"withdrawn_on": on, "reference": "思孟撤回书第3号"}
    return await client.post(f"{CONSENTS}/{consent['id']}/withdraw", json=body, **how)


async def annul(client: AsyncClient, consent: Json) -> Response:
    """It was entered by mistake."""
    return await client.post(f"{CONSENTS}/{consent['id']}/annul", json={"reason": "wrong_person"})


async def undo(client: AsyncClient, consent: Json) -> Response:
    """What was done last is taken back."""
    return await over_the_seen(client, f"{CONSENTS}/{consent['id']}", "undo", {"reason": "not_happened"})


async def seen(client: AsyncClient, consent: Json) -> Json:
    """A consent as it is."""
    return given(await client.get(f"{CONSENTS}/{consent['id']}"))


async def of_person(client: AsyncClient, person: Json) -> list[Json]:
    """A person's consents."""
    items: list[Json] = given(await client.get(f"{PERSONS}/{person['id']}/consents"))["items"]
    return items


async def listed(client: AsyncClient, area: str = VILLAGE, **params: Any) -> list[Json]:
    """What holds in an area; the count says as many."""
    asked = {"area": area, **params}
    items: list[Json] = given(await client.get(CONSENTS, params=asked))["items"]
    assert given(await client.get(f"{CONSENTS}/count", params=asked))["count"] == len(items)
    return items


async def steps_of(client: AsyncClient, consent: Json) -> list[Json]:
    """What was done to a consent."""
    items: list[Json] = given(await client.get(f"{CONSENTS}/{consent['id']}/history"))["items"]
    return items


async def give_own(client: AsyncClient, **what: Any) -> Response:
    """Somebody consents by the own login."""
    return await client.post(f"{OWN}/consents", json=a_wish(**what))


async def at_the_counter(client_of: Client, subject: str = "counter", **who: Any) -> tuple[AsyncClient, Json, Json]:
    """Somebody stands at a counter of VILLAGE with a code: the counter, the proof, the person."""
    number = a_number()
    clerk = client_of(*CLERK)
    person = await register(clerk, document={"number": number}, **who)
    return await proven(client_of, person, number, subject)


async def proven(
    client_of: Client, person: Json, number: str, subject: str = "counter"
) -> tuple[AsyncClient, Json, Json]:
    """The same of somebody who is in the register."""
    counter = client_of(*CLERK, subject=subject)
    code = await code_of(client_of(*CLERK), person["id"])
    proof = await prove(counter, number, code=code, phone=None, purpose="self", place=VILLAGE)
    return counter, proof, person


async def give_there(counter: AsyncClient, proof: Json, **what: Any) -> Response:
    """Somebody consents at the counter."""
    return await counter.post(f"{PROOFS}/{proof['id']}/consents", json=a_wish(**what))


async def withdraw_there(counter: AsyncClient, proof: Json, **what: Any) -> Response:
    """Somebody withdraws at the counter."""
    return await counter.post(f"{PROOFS}/{proof['id']}/consents/withdraw", json={"purpose": "messages"} | what)


def minor(child: Json) -> Json:
    """Whose guardian speaks."""
    return {"ward": {"person_id": child["id"], "incapacity": "minor"}}


async def withdraw_own(mine: AsyncClient, consent: Json, **how: Any) -> Response:
    """The person consents no more."""
    return await mine.post(f"{OWN}/consents/{consent['id']}/withdraw", **how)


async def own(mine: AsyncClient) -> list[Json]:
    """What the person is shown of the own consents."""
    items: list[Json] = given(await mine.get(f"{OWN}/consents"))["items"]
    return items
