"""Persons over HTTP: registered once, seen by whom they concern, corrected with the version in hand."""

from tests.registry.builders import COUNTY, FAR, VILLAGE, a_person
from tests.registry.conftest import Client, Events

CLERK = ("village_clerk", VILLAGE)


async def test_a_clerk_registers_a_person(client_of: Client, county: None, events: Events) -> None:
    answer = await client_of(*CLERK).post("/registry/v1/persons", json=a_person())
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert body["name"] == "覃*英"
    assert body["status"] == "active"
    (registered,) = await events("registry.person.")
    assert registered["type"] == "registry.person.registered"
    assert registered["key"] == body["id"]
    postings = [one["state"] for one in await events("registry.posting.")]
    assert {(one["book"], one["kind"], one["area"], one["amount"]) for one in postings} == {
        ("residence", "opening", VILLAGE, 1),
        ("registration", "opening", VILLAGE, 1),
    }


async def test_the_same_number_is_the_same_person(client_of: Client, county: None) -> None:
    person = a_person()
    assert (await client_of(*CLERK).post("/registry/v1/persons", json=person)).status_code == 201
    again = await client_of(*CLERK).post("/registry/v1/persons", json={**person, "name": "别人"})
    assert (again.status_code, again.json()["code"]) == (409, "person_already_registered")
    assert person["document"]["number"] not in again.text


async def test_a_clerk_of_another_village_is_told_not_found(client_of: Client, county: None) -> None:
    made = (await client_of(*CLERK).post("/registry/v1/persons", json=a_person())).json()
    path = f"/registry/v1/persons/{made['id']}"
    assert (await client_of("village_clerk", FAR).get(path)).status_code == 404
    assert (await client_of("county_officer", COUNTY).get(path)).status_code == 200
