"""What is told of a household: its whole state, each version once, and who came or went."""

from shared.contracts.registry.households import HouseholdState
from tests.registry.builders import VILLAGE, a_household, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    HOUSEHOLDS,
    OFFICER,
    Json,
    found,
    given,
    household_of,
    join,
    leave,
    members_of,
    move_out,
    person_of,
    register,
)


async def told_of(events: Events, household: Json) -> list[Json]:
    return await events("registry.household.", household["id"])


async def test_each_fact_carries_the_household_as_a_look_shows_it(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    shown = [await found(client)]
    head, spouse = members_of(shown[0])
    child = (await register(client))["id"]
    shown.append(given(await join(client, shown[0], relation="30", person_id=child)))
    new_head = {"head": child, "relations": [{"person_id": spouse, "relation": "51"}]}
    shown.append(given(await leave(client, shown[0], head, "2026-03-01", new_head)))
    given(await move_out(client, spouse, "2026-03-02"))
    shown.append(await household_of(client, shown[0]))
    shown.append(given(await leave(client, shown[0], child, "2026-03-03")))
    told = await told_of(events, shown[0])
    assert [one["type"].rpartition(".")[2] for one in told] == [
        "founded",
        "member_added",
        "member_removed",
        "member_removed",
        "dissolved",
    ]
    for fact, view in zip(told, shown, strict=True):
        assert fact["state"] == view
        assert set(fact["state"]) == set(HouseholdState.model_fields)
        assert fact["sequence"] == view["version"]
    assert [one.get("person_id") for one in told] == [None, child, head, spouse, None]


async def test_members_stand_in_the_order_of_joining_and_come_back_as_new_ones(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await found(client)
    spouse = members_of(made)[1]
    given(await leave(client, made, spouse, "2026-02-01"))
    child = (await register(client))["id"]
    given(await join(client, made, relation="30", person_id=child))
    back = given(await join(client, made, relation="11", person_id=spouse, since="2026-03-01"))
    assert [(one["person_id"], one["relation"], one["since"], one["until"]) for one in back["members"][1:]] == [
        (spouse, "10", "2026-01-01", "2026-02-01"),
        (child, "30", "2026-01-01", None),
        (spouse, "11", "2026-03-01", None),
    ]


async def test_a_household_with_new_people_tells_people_and_lines_with_it(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    known = (await register(client))["id"]
    before = await events()
    made = await found(
        client,
        {"relation": "10", "person_id": known},
        {"relation": "02", "person": a_person(name="覃大山", sex="1")},
        {"relation": "30", "person": a_person(name="覃小宝", birth_date="2010-06-01")},
    )
    told = (await events())[len(before) :]
    nouns = [one["type"].rsplit(".", 1)[0] for one in told]
    assert [nouns.count(f"registry.{noun}") for noun in ("person", "posting", "household")] == [2, 4, 1]
    assert members_of(made)[0] == known
    assert {one["key"] for one in told if one["type"] == "registry.person.registered"} == set(members_of(made)[1:])
    for one in members_of(made):
        assert (await person_of(client_of(*OFFICER), one))["residence"][0]["area"] == VILLAGE


async def test_a_membership_begins_with_the_later_of_household_and_arrival(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    early, late = await register(client), await register(client, entry="move_in", occurred_on="2026-02-20")
    made = await found(
        client,
        {"relation": "02", "person_id": early["id"]},
        {"relation": "10", "person_id": late["id"]},
        established_on="2026-02-01",
    )
    assert [one["since"] for one in made["members"]] == ["2026-02-01", "2026-02-20"]


async def test_a_household_may_be_older_than_what_its_village_knows_of_its_members(
    client_of: Client, county: None
) -> None:
    client = client_of(*CLERK)
    head = await register(client, occurred_on="2026-02-20")
    made = await found(client, {"relation": "02", "person_id": head["id"]}, established_on="1998-05-01")
    assert made["established_on"] == "1998-05-01"
    assert [one["since"] for one in made["members"]] == ["2026-02-20"]


async def test_the_answer_says_where_the_household_is_and_which_version(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    answer = await client.post(HOUSEHOLDS, json=a_household())
    made = given(answer, 201)
    assert answer.headers["location"] == f"/registry/v1/households/{made['id']}"
    assert answer.headers["etag"] == '"1"'
    joined = await join(client, made, relation="30", person=a_person())
    assert joined.headers["etag"] == '"2"'
    assert joined.headers["xiangli-position"] != answer.headers["xiangli-position"]
