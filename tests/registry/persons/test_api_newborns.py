"""The same newborn twice: a warning before the second person exists, within the caller's areas, and no more."""

import asyncio
from typing import Any

from httpx import AsyncClient

from shared.testing.clock import FrozenClock
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

WARNED = [("confirmation", "possible_duplicate")]


def a_newborn(**what: Any) -> Json:
    """A girl of two weeks without a document."""
    born = {"entry": "birth", "birth_date": "2026-03-02", "occurred_on": "2026-03-02", "name": "覃小宝"}
    return a_person(**{**born, "document": None, "phone": None, **what})


async def asked(client: AsyncClient, **what: Any) -> Json:
    """Those who may be this newborn, and the token."""
    return given(await client.post(f"{PERSONS}/possible-duplicates", json=a_newborn(**what)))


async def confirmed(client: AsyncClient, **what: Any) -> Json:
    """The newborn with the token of a clerk who looked at the others."""
    return a_newborn(confirmation=(await asked(client, **what))["confirmation"], **what)


async def test_a_newborn_is_entered_twice_only_when_confirmed(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    first = given(await client.post(PERSONS, json=a_newborn()), 201)
    for again in (
        a_newborn(),
        a_newborn(name=" 覃小宝 "),
        a_newborn(residence=None),
        a_newborn(document={"type": "passport", "number": "E55667788"}),
        a_newborn(name="谭晓宝"),
        a_newborn(confirmation="0" * 64),
    ):
        assert_refused(await client.post(PERSONS, json=again), "possible_duplicate", WARNED)
    assert [one["id"] for one in await all_pages(client, PERSONS, area=VILLAGE)] == [first["id"]]
    assert len(await events("registry.person.")) == 1
    second = given(await client.post(PERSONS, json=await confirmed(client)), 201)
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
    path = [("members.1.person.confirmation", "possible_duplicate")]
    assert_refused(await client.post(HOUSEHOLDS, json=a_household(head, child)), "possible_duplicate", path)
    household = await found(client, head)
    refused = await join(client, household, relation="30", person=a_newborn())
    assert_refused(refused, "possible_duplicate", [("person.confirmation", "possible_duplicate")])
    given(await join(client, household, relation="30", person=await confirmed(client)))


async def test_the_same_child_twice_in_one_request_is_noticed(client_of: Client, county: None) -> None:
    head = {"relation": "02", "person": a_person()}
    child = {"relation": "30", "person": a_newborn()}
    refused = await client_of(*CLERK).post(HOUSEHOLDS, json=a_household(head, child, child))
    assert_refused(refused, "possible_duplicate", [("members.2.person.confirmation", "possible_duplicate")])


async def test_two_clerks_enter_the_same_child_at_once_and_one_is_warned(client_of: Client, county: None) -> None:
    clerks = [client_of("village_clerk", VILLAGE, subject=f"clerk-{n}") for n in range(4)]
    answers = await asyncio.gather(*(clerk.post(PERSONS, json=a_newborn()) for clerk in clerks))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_who_is_alike_is_shown_masked_with_reasons(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    first = await register(client, **a_newborn())
    answer = await asked(client, name="谭小宝")
    (suspect,) = answer["items"]
    assert (suspect["person"]["id"], suspect["person"]["name"], suspect["score"]) == (first["id"], "覃*宝", 90)
    assert suspect["reasons"] == [
        {"code": "sound", "points": 35},
        {"code": "birth_date", "points": 35},
        {"code": "address", "points": 15},
        {"code": "village", "points": 5},
    ]
    assert await asked(client, name="莫小宝") == {"items": [], "confirmation": None}
    rows = await all_pages(client_of("auditor", COUNTY), f"{PERSONS}/{first['id']}/accesses")
    assert ("find_duplicates", "masked") in {(one["action"], one["detail"]) for one in rows}


async def test_a_token_holds_for_its_caller_its_child_and_those_who_were_shown(
    client_of: Client, county: None, clock: FrozenClock
) -> None:
    client, other = client_of(*CLERK), client_of("village_clerk", VILLAGE, subject="other")
    await register(client, **a_newborn())
    token = (await asked(client))["confirmation"]
    assert_refused(await other.post(PERSONS, json=a_newborn(confirmation=token)), "possible_duplicate", WARNED)
    renamed = a_newborn(name="谭小宝", confirmation=token)
    assert_refused(await client.post(PERSONS, json=renamed), "possible_duplicate", WARNED)
    given(await client.post(PERSONS, json=a_newborn(confirmation=token)), 201)
    again = await client.post(PERSONS, json=a_newborn(confirmation=token))
    assert_refused(again, "possible_duplicate", WARNED)  # of the second nobody was asked
    token = (await asked(client))["confirmation"]
    clock.advance(days=1)
    assert_refused(await client.post(PERSONS, json=a_newborn(confirmation=token)), "possible_duplicate", WARNED)


async def test_the_question_says_nothing_about_other_places(client_of: Client, county: None) -> None:
    far = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    await register(client_of(*FAR_CLERK), **a_newborn(**far))
    assert await asked(client_of(*CLERK)) == {"items": [], "confirmation": None}
    assert len((await asked(client_of(*REGISTRAR)))["items"]) == 1


async def test_of_six_requests_with_one_token_one_enters_the_child(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    await register(client, **a_newborn())
    child = await confirmed(client)
    answers = await asyncio.gather(*(client.post(PERSONS, json=child) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, *[409] * 5]


async def test_a_warning_stands_in_the_access_log_of_the_child_who_was_found(client_of: Client, county: None) -> None:
    first = await register(client_of(*CLERK), **a_newborn())
    refused = await client_of("village_clerk", VILLAGE, subject="second").post(PERSONS, json=a_newborn())
    assert_refused(refused, "possible_duplicate", WARNED)
    auditor = client_of("auditor", COUNTY)
    rows = await all_pages(auditor, f"{PERSONS}/{first['id']}/accesses")
    assert ("second", "possible_duplicate") in {(one["subject"], one["action"]) for one in rows}
