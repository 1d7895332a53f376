"""Two clerks, one household: what the database refuses by name is a refusal that a clerk understands."""

import asyncio

from httpx import Response

from tests.registry.builders import COUNTY, VILLAGE, a_household, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    HOUSEHOLDS,
    REGISTRAR,
    Json,
    assert_refused,
    die,
    found,
    household_of,
    join,
    leave,
    members_of,
    register,
)


def split(answers: list[Response]) -> tuple[list[Json], list[Response]]:
    return [one.json() for one in answers if one.is_success], [one for one in answers if not one.is_success]


async def test_two_households_take_in_the_same_person_and_one_wins(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    households = [await found(client) for _ in range(4)]
    person = (await register(client))["id"]
    answers = await asyncio.gather(*(join(client, one, relation="30", person_id=person) for one in households))
    won, lost = split(list(answers))
    assert len(won) == 1
    for one in lost:
        assert_refused(one, "member_of_other_household")
    assert len(await events("registry.household.member_added")) == 1
    belonging = [one for household in households for one in members_of(await household_of(client, household))]
    assert belonging.count(person) == 1


async def test_the_same_new_person_in_two_foundings_is_registered_once(
    client_of: Client, county: None, events: Events
) -> None:
    person = a_person()
    answers = await asyncio.gather(
        *(
            client_of(*CLERK).post(HOUSEHOLDS, json=a_household({"relation": "02", "person": person}, kind=kind))
            for kind in ("legal", "living", "legal", "living")
        )
    )
    won, lost = split(list(answers))
    assert len(won) == 1
    for one in lost:
        path = "members.0.person.document.number"
        assert_refused(one, "person_already_registered", [(path, "person_already_registered")])
    assert len(await events("registry.person.")) == len(await events("registry.household.")) == 1


async def test_a_member_is_removed_once(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    made = await found(client)
    spouse = members_of(made)[1]
    answers = await asyncio.gather(*(leave(client, made, spouse, "2026-03-01") for _ in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 404, 404, 404]
    assert [one["sequence"] for one in await events("registry.household.", made["id"])] == [1, 2]


async def test_many_join_at_once_and_every_version_is_told_once(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    made = await found(client)
    people = [(await register(client))["id"] for _ in range(5)]
    answers = await asyncio.gather(*(join(client, made, relation="30", person_id=one) for one in people))
    assert {one.status_code for one in answers} == {200}
    after = await household_of(client, made)
    assert sorted(members_of(after)[2:]) == sorted(people)
    assert after["version"] == 6
    told = await events("registry.household.", made["id"])
    assert [one["sequence"] for one in told] == [1, 2, 3, 4, 5, 6]
    assert [len(one["state"]["members"]) for one in told] == [2, 3, 4, 5, 6, 7]


async def test_the_last_two_leave_at_once_and_it_is_dissolved_once_or_not(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    made = await found(client)
    head, spouse = members_of(made)
    answers = await asyncio.gather(*(leave(client, made, one, "2026-03-01") for one in (head, spouse)))
    refused = [one for one in answers if one.status_code != 200]
    after = await household_of(client, made)
    told = [one["type"].rpartition(".")[2] for one in await events("registry.household.", made["id"])]
    if refused:  # the head came first, and could not
        assert_refused(refused[0], "household_needs_head")
        assert (after["status"], told) == ("active", ["founded", "member_removed"])
    else:
        assert (after["status"], told) == ("dissolved", ["founded", "member_removed", "dissolved"])


async def test_somebody_dies_while_joining_and_belongs_nowhere_afterwards(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    made = await found(client)
    person = (await register(client))["id"]
    joined, dead = await asyncio.gather(
        join(client, made, relation="30", person_id=person), die(client, person, "2026-03-10")
    )
    assert dead.status_code == 200
    if joined.status_code != 200:
        assert_refused(joined, "member_not_of_this_place")
    after = await household_of(client, made)
    assert [one["until"] for one in after["members"] if one["person_id"] == person] in ([], ["2026-03-10"])
    told = await events("registry.household.", made["id"])
    assert [one["sequence"] for one in told] == list(range(1, after["version"] + 1))


async def test_foundings_with_the_same_people_in_other_orders_do_not_wait_for_each_other_for_ever(
    client_of: Client, county: None, events: Events
) -> None:
    """Persons are locked in the order of their ids, whatever the order in the body."""
    client = client_of("county_registrar", COUNTY)
    people = [(await register(client))["id"] for _ in range(4)]
    bodies = []
    for shift in range(4):
        turned = people[shift:] + people[:shift]
        if shift % 2:
            turned.reverse()
        members = [{"relation": "02" if n == 0 else "30", "person_id": one} for n, one in enumerate(turned)]
        bodies.append(a_household(*members, area=VILLAGE))
    answers = await asyncio.gather(*(client.post(HOUSEHOLDS, json=body) for body in bodies))
    won, lost = split(list(answers))
    assert len(won) == 1
    for one in lost:
        assert_refused(one, "member_of_other_household")
