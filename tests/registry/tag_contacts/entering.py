"""Contacts of tags that tests enter."""

from typing import Any

from httpx import AsyncClient, Response

from tests.registry.steps import PERSONS, Json, given, register, start_tag, taken_back

CONTACTS, TAGS = "/registry/v1/tag-contacts", "/registry/v1/tags"
NAME, PHONE = "上官植入", "13512345678"


async def a_child(client: AsyncClient, code: str = "left_behind_child", **what: Any) -> tuple[str, Json]:
    """A child of VILLAGE, and a tag of it."""
    person = await register(client, birth_date="2016-05-17", name="覃小宝", **what)
    restricted = code in ("drug_user", "severe_mental_disorder")
    return person["id"], await start_tag(client, person["id"], code, restricted=restricted)


def somebody(**what: Any) -> Json:
    """The body of a grandparent outside the register who is the guardian."""
    body: Json = {"role": "guardian", "party": "outside", "relation": "grandparent", "began_on": "2026-03-02"}
    return body | {"name": NAME, "phone": PHONE} | what


def resident(person_id: str, **what: Any) -> Json:
    """The body of a parent of the register who is the guardian."""
    body: Json = {"role": "guardian", "party": "person", "relation": "parent", "began_on": "2026-03-02"}
    return body | {"person_id": person_id} | what


def official(**what: Any) -> Json:
    """The body of somebody with an account who is the responsible person."""
    body: Json = {"role": "responsible", "party": "account", "relation": "village_official", "subject": "clerk-7"}
    return body | {"name": "植入干部", "began_on": "2026-03-02"} | what


async def asked(client: AsyncClient, tag: Json, body: Json) -> Response:
    """The answer to an entry."""
    return await client.post(f"{TAGS}/{tag['id']}/contacts", json=body)


async def entered(client: AsyncClient, tag: Json, body: Json) -> Json:
    """A contact that was entered."""
    return given(await asked(client, tag, body), 201)


async def stepped(client: AsyncClient, contact: Json, step: str, **body: Any) -> Response:
    """The answer to a step."""
    path = f"{CONTACTS}/{contact['id']}"
    return await (taken_back(client, path) if step == "undo" else client.post(f"{path}/{step}", json=body or None))


async def seen(client: AsyncClient, contact: Json) -> Json:
    """A contact as it is."""
    return given(await client.get(f"{CONTACTS}/{contact['id']}"))


async def of_tag(client: AsyncClient, tag: Json) -> list[Json]:
    """The contacts of a tag."""
    items: list[Json] = given(await client.get(f"{TAGS}/{tag['id']}/contacts"))["items"]
    return items


async def tags_of(client: AsyncClient, person_id: str) -> list[Json]:
    """The tags of the care family of somebody."""
    items: list[Json] = given(await client.get(f"{PERSONS}/{person_id}/tags"))["items"]
    return items
