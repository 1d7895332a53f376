"""Null in a correction empties what may be empty, and nothing else; of every noun that is corrected, field by field."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

import pytest
from httpx import AsyncClient

from tests.architecture.operations import app_of, operations
from tests.registry.area_sets.forming import AREA_SETS, a_set, form
from tests.registry.builders import COUNTY
from tests.registry.conftest import Client
from tests.registry.facilities.entering import FACILITIES, a_facility
from tests.registry.facilities.entering import enter as enter_facility
from tests.registry.organisations.entering import ORGANISATIONS, an_organisation
from tests.registry.organisations.entering import enter as enter_organisation
from tests.registry.steps import (
    BUILDINGS,
    DWELLINGS,
    PERSONS,
    Json,
    a_building,
    enter_building,
    enter_dwelling,
    given,
    register,
)
from tests.registry.tag_contacts.entering import CONTACTS, a_child, entered, somebody
from tests.registry.terms.entering import TERMS, a_director
from tests.registry.terms.entering import enter as enter_term

Entered = tuple[Json, Json]
"""One as it is answered, and the body that it was entered with."""
Enter = Callable[[AsyncClient], Awaitable[Entered]]


@dataclass(frozen=True)
class Noun:
    """How one of it is entered with everything it may have. `kept`: fields that null does not empty, and why."""

    path: str
    enter: Enter
    kept: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True
    """Whether a correction says everything that is known; else what is absent stays."""


async def a_person_of_ours(client: AsyncClient) -> Entered:
    return await register(client), {"phone": "", "address": ""}


async def a_building_of_ours(client: AsyncClient) -> Entered:
    return await enter_building(client), a_building()


async def a_dwelling(client: AsyncClient) -> Entered:
    body = {"unit": "2单元", "room": "301室", "floor_area": "98.50"}
    return await enter_dwelling(client, await enter_building(client), **body), body


async def our_organisation(client: AsyncClient) -> Entered:
    return await enter_organisation(client), an_organisation()


async def our_facility(client: AsyncClient) -> Entered:
    organisation = {"organisation_id": (await enter_organisation(client))["id"]}
    return await enter_facility(client, **organisation), a_facility(**organisation)


async def our_director(client: AsyncClient) -> Entered:
    return await enter_term(client), a_director()


async def our_set(client: AsyncClient) -> Entered:
    led = {"hall_id": (await enter_facility(client))["id"], "head_id": (await enter_term(client))["id"]}
    return await form(client, **led), a_set(**led)


async def our_contact(client: AsyncClient) -> Entered:
    _, tag = await a_child(client)
    return await entered(client, tag, somebody()), somebody()


ONE_OF = "somebody from outside the register has a name; one of the register has an id"
NOUNS: Mapping[str, Noun] = {
    "correctPerson": Noun(
        PERSONS,
        a_person_of_ours,
        {
            "undocumented": "`persons/test_undocumented.py`",
            "ethnic_group": "in two steps by two people: `corrections/test_api.py`",
        },
        whole=False,
    ),
    "correctTagContact": Noun(CONTACTS, our_contact, {"name": ONE_OF}),
    "correctBuilding": Noun(BUILDINGS, a_building_of_ours),
    "correctDwelling": Noun(DWELLINGS, a_dwelling),
    "correctOrganisation": Noun(ORGANISATIONS, our_organisation),
    "correctFacility": Noun(FACILITIES, our_facility),
    "correctTerm": Noun(TERMS, our_director, {"name": ONE_OF, "sex": ONE_OF}),
    "correctAreaSet": Noun(AREA_SETS, our_set),
}
ELSEWHERE = {"correctRecord": "values of any ledger: `tests/shared/ledgers/records/test_handling.py`"}


def fields_of(operation: str) -> dict[str, bool]:
    """The fields of a correction's body, and whether null is a value of theirs."""
    document = app_of("registry").openapi()
    spec = next(one for one in operations() if one.service == "registry" and one.id == operation).spec
    name = spec["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
    found = document["components"]["schemas"][name]["properties"]
    return {one: any(part.get("type") == "null" for part in kind.get("anyOf", ())) for one, kind in found.items()}


def test_every_noun_that_is_corrected_is_asked() -> None:
    corrected = {one.id for one in operations() if one.service == "registry" and one.id.startswith("correct")}
    assert corrected == NOUNS.keys() | ELSEWHERE.keys()


@pytest.mark.parametrize("operation", NOUNS)
async def test_null_empties_a_field_and_leaves_the_others(
    client_of: Client, county: None, operation: str, subtests: pytest.Subtests
) -> None:
    noun, fields = NOUNS[operation], fields_of(operation)
    client = client_of("county_registrar", COUNTY, subject="registrar")
    one, sent = await noun.enter(client)
    path = f"{noun.path}/{one['id']}"
    told = {name: value for name, value in sent.items() if name in fields and value is not None}
    asked = [name for name, may_be_null in fields.items() if may_be_null and name in told and name not in noun.kept]
    assert asked, "nothing is asked for"
    for name in asked:
        before = given(await client.get(path))
        told.pop(name)
        body = {**(told if noun.whole else {}), name: None}
        with subtests.test(name):
            assert before[name] is not None
            seen = {"if-match": f'"{before["version"]}"'}
            given(await client.post(f"{path}/correct", json=body, headers=seen))
            after = given(await client.get(path))
            assert after[name] is None
            same = fields.keys() & before.keys() - {name}
            assert {each: after[each] for each in same} == {each: before[each] for each in same}
