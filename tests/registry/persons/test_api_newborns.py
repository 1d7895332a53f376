"""The same newborn twice: a warning before the second person exists, within what the caller may see, and no more."""

import asyncio
from typing import Any

from tests.registry.builders import COUNTY, FAR, VILLAGE, a_household, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_refused,
    found,
    given,
    join,
    register,
)

WARNED = [("confirmed", "possible_duplicate")]


def a_newborn(**what: Any) -> Json:
    """A girl of two weeks without a document."""
    born = {"entry": "birth", "birth_date": "2026-03-02", "occurred_on": "2026-03-02", "name": "覃小宝"}
    return a_person(**{**born, "document": None, "phone": None, **what})


async def test_a_newborn_is_entered_twice_only_when_confirmed(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    first = given(await client.post(PERSONS, json=a_newborn()), 201)
    for again in (
        a_newborn(),
        a_newborn(name=" 覃小宝 "),
        a_newborn(residence=None),
        a_newborn(document={"type": "passport", "number": "E55667788"}),
    ):
        assert_refused(await client.post(PERSONS, json=again), "possible_duplicate", WARNED)
    assert [one["id"] for one in await all_pages(client, PERSONS, area=VILLAGE)] == [first["id"]]
    assert len(await events("registry.person.")) == 1
    second = given(await client.post(PERSONS, json=a_newborn(confirmed=True)), 201)
    assert second["id"] != first["id"]


async def test_another_child_is_no_duplicate(client_of: Client, county: None) -> None:
    """Twins, namesakes of another day, and those of whom both have a number."""
    client = client_of(*CLERK)
    number = {"type": "passport", "number": "E10000001"}
    other_number = {"type": "passport", "number": "E10000002"}
    for child in (
        a_newborn(),
        a_newborn(name="覃小贝"),
        a_newborn(sex="1"),
        a_newborn(birth_date="2026-03-03", occurred_on="2026-03-03"),
        a_newborn(name="覃小丽", document=number),
        a_newborn(name="覃小丽", document=other_number),
        a_newborn(entry="enrolled", document={"type": "passport", "number": "E10000003"}),
    ):
        given(await client.post(PERSONS, json=child), 201)


async def test_the_warning_says_nothing_about_other_places(client_of: Client, county: None) -> None:
    far = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    given(await client_of(*FAR_CLERK).post(PERSONS, json=a_newborn(**far)), 201)
    given(await client_of(*CLERK).post(PERSONS, json=a_newborn()), 201)
    refused = await client_of(*REGISTRAR).post(PERSONS, json=a_newborn())
    assert_refused(refused, "possible_duplicate", WARNED)


async def test_a_child_of_a_new_household_is_named_by_its_place_in_the_list(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    await register(client, **a_newborn())
    head, child = {"relation": "02", "person": a_person()}, {"relation": "30", "person": a_newborn()}
    path = [("members.1.person.confirmed", "possible_duplicate")]
    assert_refused(await client.post(HOUSEHOLDS, json=a_household(head, child)), "possible_duplicate", path)
    household = await found(client, head)
    refused = await join(client, household, relation="30", person=a_newborn())
    assert_refused(refused, "possible_duplicate", [("person.confirmed", "possible_duplicate")])
    given(await join(client, household, relation="30", person=a_newborn(confirmed=True)))


async def test_the_same_child_twice_in_one_request_is_noticed(client_of: Client, county: None) -> None:
    head = {"relation": "02", "person": a_person()}
    child = {"relation": "30", "person": a_newborn()}
    refused = await client_of(*CLERK).post(HOUSEHOLDS, json=a_household(head, child, child))
    assert_refused(refused, "possible_duplicate", [("members.2.person.confirmed", "possible_duplicate")])


async def test_two_clerks_enter_the_same_child_at_once_and_one_is_warned(client_of: Client, county: None) -> None:
    clerks = [client_of("village_clerk", VILLAGE, subject=f"clerk-{n}") for n in range(4)]
    answers = await asyncio.gather(*(clerk.post(PERSONS, json=a_newborn()) for clerk in clerks))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_a_warning_stands_in_the_access_log_of_the_child_who_was_found(client_of: Client, county: None) -> None:
    first = await register(client_of(*CLERK), **a_newborn())
    refused = await client_of("village_clerk", VILLAGE, subject="second").post(PERSONS, json=a_newborn())
    assert_refused(refused, "possible_duplicate", WARNED)
    auditor = client_of("auditor", COUNTY)
    rows = await all_pages(auditor, f"{PERSONS}/{first['id']}/accesses")
    assert ("second", "possible_duplicate") in {(one["subject"], one["action"]) for one in rows}
