"""Every field in which a person's name is typed keeps it in one form, and refuses what is no name by what is wrong."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response

from shared.crypto.masking import mask_name
from tests.registry.builders import a_person
from tests.registry.conftest import Client
from tests.registry.marriages.marrying import a_man, marry
from tests.registry.organisations.entering import ORGANISATIONS, an_organisation
from tests.registry.steps import PERSONS, REGISTRAR, Json, correct, given, register
from tests.registry.tag_contacts.entering import CONTACTS, a_child, asked, entered, somebody
from tests.registry.terms.entering import TERMS, a_director

TYPED, KEPT = " 阿孜 古丽 ・ 买买提 ", "阿孜古丽·买买提"
WRONG = {"覃秀英😀": "symbol", "覃秀1": "symbol", "覃?英": "lost_character", "覃\ue000英": "private_use_character"}

Ask = Callable[[AsyncClient, str], Awaitable[Response]]


async def registers(client: AsyncClient, name: str) -> Response:
    return await client.post(PERSONS, json=a_person(name=name))


async def corrects(client: AsyncClient, name: str) -> Response:
    return await correct(client, await register(client), name=name)


async def marries(client: AsyncClient, name: str) -> Response:
    spouse = {"name": name, "sex": "2", "birth_date": "1992-05-17"}
    return await marry(client, await a_man(client), spouse=spouse)


async def enters_contact(client: AsyncClient, name: str) -> Response:
    return await asked(client, (await a_child(client))[1], somebody(name=name))


async def corrects_contact(client: AsyncClient, name: str) -> Response:
    made = await entered(client, (await a_child(client))[1], somebody())
    body = {"relation": made["relation"], "began_on": made["began_on"], "name": name}
    return await client.post(f"{CONTACTS}/{made['id']}/correct", json=body)


async def enters_organisation(client: AsyncClient, name: str) -> Response:
    return await client.post(ORGANISATIONS, json=an_organisation(responsible=name))


async def enters_term(client: AsyncClient, name: str) -> Response:
    return await client.post(TERMS, json=a_director(name=name))


FIELDS: Mapping[str, tuple[Ask, Callable[[Json], Any]]] = {
    "RegisterPerson.name": (registers, lambda one: one["name"]),
    "CorrectPerson.name": (corrects, lambda one: one["name"]),
    "Spouse.name": (marries, lambda one: one["spouse"]["name"]),
    "EnterTagContact.name": (enters_contact, lambda one: one["name"]),
    "CorrectTagContact.name": (corrects_contact, lambda one: one["name"]),
    "OrganisationBody.responsible": (enters_organisation, lambda one: one["responsible"]),
    "TermBody.name": (enters_term, lambda one: one["name"]),
}
"""By schema and field: who types a name there, and where the answer shows it."""
ASKED_FOR = {"SearchByName.name"}
"""A question: names, pinyin and initials."""


def named(document: Json) -> Iterator[str]:
    """Fields of bodies in which the document says that a person is named."""
    schemas, waiting, seen = document["components"]["schemas"], [], set()
    for item in document["paths"].values():
        for operation in item.values():
            waiting += [one["schema"] for one in operation.get("requestBody", {}).get("content", {}).values()]
    while waiting:
        schema = waiting.pop()
        waiting += [one for word in ("anyOf", "oneOf", "allOf") for one in schema.get(word, ())]
        waiting += [schema["items"]] if isinstance(schema.get("items"), dict) else []
        waiting += schema.get("properties", {}).values()
        name = schema.get("$ref", "").rpartition("/")[2]
        if name and name not in seen:
            seen.add(name)
            waiting.append(schemas[name])
            for field, one in schemas[name].get("properties", {}).items():
                if one.get("description", "").startswith(("姓名", "负责人", "联系人")):
                    yield f"{name}.{field}"


def test_every_field_that_takes_a_name_is_tried(app: FastAPI) -> None:
    assert set(named(app.openapi())) == FIELDS.keys() | ASKED_FOR


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("field", FIELDS)
async def test_a_name_is_kept_in_one_form_and_what_is_none_is_refused(
    client_of: Client, county: None, field: str
) -> None:
    client = client_of(*REGISTRAR)
    ask, shown = FIELDS[field]
    for wrong, code in WRONG.items():
        answer = await ask(client, wrong)
        assert answer.status_code == 422, (wrong, answer.text)
        assert (field.rpartition(".")[2], code) in {
            (one["path"].rpartition(".")[2], one["code"]) for one in answer.json()["errors"]
        }
    answer = await ask(client, TYPED)
    assert answer.status_code in (200, 201), answer.text
    assert shown(answer.json()) in (KEPT, mask_name(KEPT))
    given(answer, answer.status_code)
