"""What tests of circumstances do before the thing they test."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.steps import PERSONS, Json, given, over_the_seen

CIRCUMSTANCES = "/registry/v1/circumstances"
UNDONE = {"reason": "recorded_twice"}


def a_permit(**what: Any) -> Json:
    """The body of a residence permit of a year, still good for ten months."""
    body = {"kind": "residence_permit", "began_on": "2026-02-01", "until": "2027-02-01"}
    return {**body, "details": {"basis": "employment"}, "source": "police_station"} | what


def a_job(**what: Any) -> Json:
    """The body of an employment, of which there may be several."""
    return {"kind": "employment", "began_on": "2026-02-01", "details": {"state": "employed"}} | what


def medical(**what: Any) -> Json:
    """The body of a medical insurance without an end."""
    return {"kind": "medical_insurance", "began_on": "2026-02-01", "details": {"scheme": "residents"}} | what


def membership(**what: Any) -> Json:
    """The body of a party membership, which few may know."""
    return {"kind": "party_membership", "began_on": "2026-02-01", "details": {"relation": "here"}} | what


async def recording(client: AsyncClient, person: Json, body: Json) -> Response:
    """The answer to an entry."""
    return await client.post(f"{PERSONS}/{person['id']}/circumstances", json=body)


async def recorded(client: AsyncClient, person: Json, body: Json) -> Json:
    """An entry that was made."""
    return given(await recording(client, person, body), 201)


async def stepped(client: AsyncClient, entry: Json, step: str, body: Json | None = None) -> Response:
    """The answer to a step."""
    path, said = f"{CIRCUMSTANCES}/{entry['id']}", UNDONE if body is None else body
    if step == "unverify":
        return await over_the_seen(client, path, step, said)
    return await client.post(f"{path}/{step}", json=said)


async def seen(client: AsyncClient, entry: Json) -> Json:
    """The entry as the caller sees it now."""
    return given(await client.get(f"{CIRCUMSTANCES}/{entry['id']}"))
