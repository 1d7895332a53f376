"""Households over HTTP: founded with new people in one request, one head always."""

import asyncio
from typing import Any

from tests.registry.builders import COUNTY, FAR, VILLAGE, a_household, a_person
from tests.registry.conftest import Client, Events

CLERK = ("village_clerk", VILLAGE)
HOUSEHOLDS, PERSONS = "/registry/v1/households", "/registry/v1/persons"


async def founded(client_of: Client, *members: dict[str, Any], **what: Any) -> dict[str, Any]:
    answer = await client_of(*CLERK).post(HOUSEHOLDS, json=a_household(*members, **what))
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def ids(household: dict[str, Any]) -> list[str]:
    return [one["person_id"] for one in household["members"]]


async def test_a_household_and_two_persons_are_registered_in_one_request(
    client_of: Client, county: None, events: Events
) -> None:
    made = await founded(client_of)
    assert [one["relation"] for one in made["members"]] == ["02", "10"]
    (told,) = await events("registry.household.")
    assert (told["type"], told["sequence"]) == ("registry.household.founded", 1)
    assert [one["person_id"] for one in told["state"]["members"]] == ids(made)
    assert [one["key"] for one in await events("registry.person.")] == ids(made)
    read = (await client_of("county_officer", COUNTY).get(f"{HOUSEHOLDS}/{made['id']}")).json()
    assert read == made
    listed = (await client_of(*CLERK).get(HOUSEHOLDS, params={"area": VILLAGE})).json()["items"]
    assert [one["id"] for one in listed] == [made["id"]]
    assert (await client_of("village_clerk", FAR).get(f"{HOUSEHOLDS}/{made['id']}")).status_code == 404


async def test_the_same_request_with_the_same_key_changes_nothing(
    client_of: Client, county: None, events: Events
) -> None:
    body, headers = a_household(), {"idempotency-key": "k"}
    first, second = [await client_of(*CLERK).post(HOUSEHOLDS, json=body, headers=headers) for _ in range(2)]
    assert first.content == second.content
    assert len(await events("registry.household.")) == 1
    assert len(await events("registry.person.")) == 2


async def test_all_or_nobody(client_of: Client, county: None, events: Events) -> None:
    twin = a_person()
    body = a_household({"relation": "02", "person": twin}, {"relation": "10", "person": twin})
    answer = await client_of(*CLERK).post(HOUSEHOLDS, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["path"]) == (422, "members.1.person.document.number")
    two_heads = a_household({"relation": "02", "person": a_person()}, {"relation": "02", "person": a_person()})
    answer = await client_of(*CLERK).post(HOUSEHOLDS, json=two_heads)
    assert (answer.status_code, answer.json()["code"]) == (422, "household_needs_one_head")
    assert await events("registry.") == [one for one in await events("registry.") if "area" in one["type"]]


async def test_a_member_is_new_or_known_never_both(client_of: Client, county: None) -> None:
    body = a_household({"relation": "02"})
    answer = await client_of(*CLERK).post(HOUSEHOLDS, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "one_of_two")


async def test_nobody_belongs_to_two_households_of_a_kind(client_of: Client, county: None, events: Events) -> None:
    first = await founded(client_of)
    person = ids(first)[1]
    second = a_household({"relation": "02", "person_id": person})
    answer = await client_of(*CLERK).post(HOUSEHOLDS, json=second)
    assert (answer.status_code, answer.json()["code"]) == (409, "member_of_other_household")
    living = await founded(client_of, {"relation": "02", "person_id": person}, kind="living")
    assert ids(living) == [person]


async def test_two_households_take_the_same_person_and_one_wins(
    client_of: Client, county: None, events: Events
) -> None:
    person = (await client_of(*CLERK).post(PERSONS, json=a_person())).json()["id"]
    answers = await asyncio.gather(
        *(
            client_of(*CLERK).post(HOUSEHOLDS, json=a_household({"relation": "02", "person_id": person}))
            for _ in range(4)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert len(await events("registry.household.")) == 1


async def test_a_member_belongs_to_the_households_place(client_of: Client, county: None) -> None:
    person = a_person(registration={"area": "431024"}, residence={"area": VILLAGE, "kind": "floating"})
    answer = await client_of(*CLERK).post(HOUSEHOLDS, json=a_household({"relation": "02", "person": person}))
    assert (answer.status_code, answer.json()["code"]) == (409, "member_not_of_this_place")
    await founded(client_of, {"relation": "02", "person": person}, kind="living")


async def test_members_join_and_leave_and_the_last_one_dissolves_it(
    client_of: Client, county: None, events: Events
) -> None:
    client, made = client_of(*CLERK), await founded(client_of)
    path = f"{HOUSEHOLDS}/{made['id']}"
    head, spouse = ids(made)
    child = a_person(
        entry="birth", occurred_on="2026-03-10", birth_date="2026-03-10", document=None, name="覃小宝", sex="1"
    )
    joined = (await client.post(f"{path}/members", json={"relation": "20", "person": child})).json()
    assert (joined["version"], joined["members"][2]["since"]) == (2, "2026-03-10")
    second_head = await client.post(f"{path}/members", json={"relation": "02", "person": a_person()})
    assert (second_head.status_code, second_head.json()["code"]) == (409, "household_has_head")
    refused = await client.post(f"{path}/members/{head}/remove", json={"left_on": "2026-03-12"})
    assert (refused.status_code, refused.json()["code"]) == (409, "household_needs_head")
    new_head = {"head": spouse, "relations": [{"person_id": ids(joined)[2], "relation": "20"}]}
    left = (
        await client.post(f"{path}/members/{head}/remove", json={"left_on": "2026-03-12", "new_head": new_head})
    ).json()
    assert [(one["relation"], one["until"]) for one in left["members"]] == [
        ("02", "2026-03-12"),
        ("10", "2026-03-12"),
        ("20", "2026-03-12"),
        ("02", None),
        ("20", None),
    ]
    gone = await client.post(f"{path}/members/{head}/remove", json={"left_on": "2026-03-12"})
    assert gone.status_code == 404
    await client.post(f"{path}/members/{ids(joined)[2]}/remove", json={"left_on": "2026-03-13"})
    last = (await client.post(f"{path}/members/{spouse}/remove", json={"left_on": "2026-03-14"})).json()
    assert (last["status"], last["dissolved_on"], last["version"]) == ("dissolved", "2026-03-14", 5)
    after = await client.post(f"{path}/members", json={"relation": "02", "person_id": spouse})
    assert (after.status_code, after.json()["code"]) == (409, "household_dissolved")
    told = [(one["type"].rsplit(".")[-1], one["sequence"]) for one in await events("registry.household.")]
    assert told == [("founded", 1), ("member_added", 2), ("member_removed", 3), ("member_removed", 4), ("dissolved", 5)]


async def test_two_leave_at_once_and_the_versions_stay_whole(client_of: Client, county: None, events: Events) -> None:
    people = [{"relation": "30", "person": a_person(name=f"覃小{n}")} for n in "甲乙丙丁"]
    made = await founded(client_of, {"relation": "02", "person": a_person()}, *people)
    answers = await asyncio.gather(
        *(
            client_of(*CLERK).post(f"{HOUSEHOLDS}/{made['id']}/members/{one}/remove", json={"left_on": "2026-03-12"})
            for one in ids(made)[1:]
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    assert [one["sequence"] for one in await events("registry.household.")] == [1, 2, 3, 4, 5]
