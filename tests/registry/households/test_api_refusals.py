"""What founding, joining and leaving are refused for; a refusal leaves nobody and nothing behind."""

from typing import Any

import pytest

from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE, a_household, a_number, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    HOUSEHOLDS,
    NOBODY,
    PERSONS,
    REGISTRAR,
    Json,
    assert_not_found,
    assert_refused,
    correct,
    die,
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


async def registry_is_as_before(events: Events) -> bool:
    return {one["type"].rsplit(".", 1)[0] for one in await events("registry.")} <= {"registry.area"}


HEAD = {"relation": "02", "person": a_person()}
REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"established_on": "2026-03-17"}, "membership_dates", "established_on"),
    ({"area": VILLAGE[:9] + "999"}, "unknown_area", "area"),
    ({"area": VILLAGE + "001", "kind": "living"}, "not_yet", "area"),
    ({"area": SISTER}, "member_not_of_this_place", "members.0.person"),
    ({"members": [{"relation": "10", "person": a_person()}]}, "household_needs_one_head", "members"),
    (
        {"members": [HEAD, {"relation": "10", "person": a_person(), "since": "2025-12-31"}]},
        "membership_dates",
        "members.1.since",
    ),
    (
        {"members": [HEAD, {"relation": "10", "person": a_person(), "since": "2026-03-17"}]},
        "membership_dates",
        "members.1.since",
    ),
    (
        {
            "established_on": "2026-02-01",
            "members": [{"relation": "02", "person": a_person(), "since": "2026-01-31"}],
        },
        "membership_dates",
        "members.0.since",
    ),
    (
        {"members": [HEAD, {"relation": "10", "person": a_person(occurred_on="2026-03-17")}]},
        "event_in_future",
        "members.1.person.occurred_on",
    ),
    (
        {"members": [HEAD, {"relation": "10", "person": a_person(residence={"area": VILLAGE + "001"})}]},
        "not_yet",
        "members.1.person.residence.area",
    ),
    (
        {"members": [HEAD, {"relation": "10", "person": a_person(registration={"area": VILLAGE[:9] + "999"})}]},
        "unknown_area",
        "members.1.person.registration.area",
    ),
]


async def test_a_founding_is_refused_as_a_whole(client_of: Client, county: None, events: Events) -> None:
    for what, code, path in REFUSED:
        answer = await client_of(*REGISTRAR).post(HOUSEHOLDS, json=a_household(**what))
        assert_refused(answer, code, [(path, code)])
        assert await registry_is_as_before(events)


async def test_every_wrong_field_of_a_founding_is_named(client_of: Client, county: None, events: Events) -> None:
    body = {
        "kind": "large",
        "area": TOWN,
        "members": [
            {"relation": "head", "person": {"name": " ", "sex": "3", "entry": "born"}},
            {"relation": "10", "person_id": "x"},
            {"relation": "10"},
        ],
    }
    assert_refused(
        await client_of(*CLERK).post(HOUSEHOLDS, json=body),
        "invalid_request",
        [
            ("kind", "enum"),
            ("area", "string_pattern_mismatch"),
            ("established_on", "missing"),
            ("members.0.relation", "code"),
            ("members.0.person.entry", "enum"),
            ("members.0.person.occurred_on", "missing"),
            ("members.0.person.name", "string_too_short"),
            ("members.0.person.sex", "literal_error"),
            ("members.0.person.birth_date", "missing"),
            ("members.1.person_id", "uuid_parsing"),
            ("members.2", "one_of_two"),
        ],
    )
    assert_refused(
        await client_of(*CLERK).post(HOUSEHOLDS, json=a_household(members=[])),
        "invalid_request",
        [("members", "too_short")],
    )
    many = [{"relation": "10", "person_id": NOBODY}] * 51
    assert_refused(
        await client_of(*CLERK).post(HOUSEHOLDS, json=a_household(*many)),
        "invalid_request",
        [("members", "too_long")],
    )
    assert await registry_is_as_before(events)


async def test_what_is_wrong_with_a_new_member_is_named_by_its_place_in_the_list(
    client_of: Client, county: None, events: Events
) -> None:
    head = {"relation": "02", "person": a_person()}
    wrong = {"relation": "10", "person": a_person(phone="12", ethnic_group="99")}
    assert_refused(
        await client_of(*CLERK).post(HOUSEHOLDS, json=a_household(head, wrong)),
        "invalid_request",
        [("members.1.person.ethnic_group", "code"), ("members.1.person.phone", "phone")],
    )
    disagrees = {"relation": "10", "person": a_person(sex="1", document={"number": a_number()})}
    assert_refused(
        await client_of(*CLERK).post(HOUSEHOLDS, json=a_household(head, disagrees)),
        "number_disagrees",
        [("members.1.person.sex", "number_disagrees")],
    )
    assert await registry_is_as_before(events)


async def test_somebody_known_before_a_new_member_counts_in_the_list(client_of: Client, county: None) -> None:
    known = {"relation": "02", "person_id": (await register(client_of(*CLERK)))["id"]}
    wrong = {"relation": "10", "person": a_person(phone="12")}
    refused = await client_of(*CLERK).post(HOUSEHOLDS, json=a_household(known, wrong))
    assert_refused(refused, "invalid_request", [("members.1.person.phone", "phone")])


async def test_what_is_wrong_with_whoever_joins_is_named_by_its_place_in_the_body(
    client_of: Client, county: None
) -> None:
    household = await found(client_of(*CLERK))
    refused = await join(client_of(*CLERK), household, relation="30", person=a_person(phone="12"))
    assert_refused(refused, "invalid_request", [("person.phone", "phone")])


async def test_somebody_known_already_is_no_new_member(client_of: Client, county: None, events: Events) -> None:
    sent = a_person()
    await register(client_of(*CLERK), **sent)
    before = await events()
    members = [{"relation": "02", "person": a_person()}, {"relation": "10", "person": sent}]
    answer = await client_of(*CLERK).post(HOUSEHOLDS, json=a_household(*members))
    path = "members.1.person.document.number"
    assert_refused(answer, "person_already_registered", [(path, "person_already_registered")])
    assert await events() == before


async def test_people_and_places_out_of_scope_are_not_there(client_of: Client, county: None, events: Events) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    stranger = (await register(far, residence={"area": FAR}, registration={"area": FAR}))["id"]
    made = await found(clerk)
    head, spouse = members_of(made)
    before = await events()
    for person in (stranger, NOBODY):
        known = a_household({"relation": "02", "person": a_person()}, {"relation": "10", "person_id": person})
        assert_not_found(await clerk.post(HOUSEHOLDS, json=known), "members.1.person_id")
        assert_not_found(await join(clerk, made, relation="30", person_id=person), "person_id")
        assert_not_found(await leave(clerk, made, person, "2026-03-01"))
    for area in (FAR, SISTER, FAR[:9] + "999"):
        assert_not_found(await clerk.post(HOUSEHOLDS, json=a_household(area=area)))
    for household in (made, {"id": NOBODY}):
        assert_not_found(await far.get(f"{HOUSEHOLDS}/{household['id']}"))
        assert_not_found(await join(far, household, relation="30", person_id=stranger))
        assert_not_found(await join(far, household, relation="30", person_id=head))
        assert_not_found(await leave(far, household, spouse, "2026-03-01"))
    assert await events() == before


async def test_who_lives_elsewhere_is_no_member(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    made = await found(client)
    living = await found(client, {"relation": "02", "person_id": members_of(made)[0]}, kind="living")
    lives_far = (await register(client, residence={"area": FAR}, registration={"area": VILLAGE}))["id"]
    given(await join(client, made, relation="30", person_id=lives_far))
    assert_refused(await join(client, living, relation="30", person_id=lives_far), "member_not_of_this_place")
    left = (await register(client))["id"]
    given(await move_out(client, left, "2026-03-01"))
    dead = (await register(client))["id"]
    given(await die(client, dead, "2026-03-01"))
    for gone in (left, dead):
        for household in (made, living):
            assert_refused(await join(client, household, relation="30", person_id=gone), "member_not_of_this_place")


DAYS: list[tuple[str, bool]] = [
    ("2026-02-09", True),
    ("2026-02-10", False),
    ("2026-03-16", False),
    ("2026-03-17", True),
]


async def test_a_membership_begins_between_the_persons_arrival_and_today(client_of: Client, county: None) -> None:
    """The household stands since January, the person since the tenth of February."""
    for since, refused in DAYS:
        client = client_of(*CLERK)
        made = await found(client)
        person = (await register(client, entry="move_in", occurred_on="2026-02-10"))["id"]
        answer = await join(client, made, relation="30", person_id=person, since=since)
        if refused:
            assert_refused(answer, "membership_dates")
        else:
            assert given(answer)["members"][-1] == {
                "person_id": person,
                "relation": "30",
                "since": since,
                "until": None,
            }


async def test_a_member_does_not_leave_before_joining_nor_tomorrow_nor_twice(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await found(client)
    spouse = members_of(made)[1]
    for day in ("2025-12-31", "2026-03-17"):
        assert_refused(await leave(client, made, spouse, day), "membership_dates")
    given(await leave(client, made, spouse, "2026-03-16"))
    assert_not_found(await leave(client, made, spouse, "2026-03-16"))


async def test_joining_and_leaving_say_every_wrong_field(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await found(client)
    assert_refused(await join(client, made), "invalid_request", [("relation", "missing")])
    assert_refused(await join(client, made, relation="30"), "invalid_request", [("body", "one_of_two")])
    both = {"relation": "30", "person_id": NOBODY, "person": a_person()}
    assert_refused(await join(client, made, **both), "invalid_request", [("body", "one_of_two")])
    path = f"{HOUSEHOLDS}/{made['id']}/members/x/remove"
    assert_refused(
        await client.post(path, json={"new_head": {}}),
        "invalid_request",
        [("path.person_id", "uuid_parsing"), ("left_on", "missing"), ("new_head.head", "missing")],
    )


async def test_nobody_is_twice_in_a_household_and_none_has_two_heads(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    made = await found(client)
    before = await events()
    assert_refused(await join(client, made, relation="20", person_id=members_of(made)[1]), "member_of_other_household")
    assert_refused(await join(client, made, relation="02", person=a_person()), "household_has_head")
    assert await events() == before
    assert await household_of(client, made) == made


async def test_a_dissolved_household_is_over(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await found(client, {"relation": "02", "person": a_person()})
    (head,) = members_of(made)
    given(await leave(client, made, head, "2026-03-10"))
    assert_refused(await leave(client, made, head, "2026-03-10"), "household_dissolved")
    assert_refused(await join(client, made, relation="02", person_id=head), "household_dissolved")
    # who was in it is free
    again = await found(client, {"relation": "02", "person_id": head})
    assert again["id"] != made["id"]


@pytest.mark.parametrize("relation", ["00", "03", "19", "98", "０２", "2"])
async def test_a_relation_stands_in_the_national_list(client_of: Client, county: None, relation: str) -> None:
    """GB/T 4761: as the relation of who joins, of the first members, and to a new head."""
    client = client_of(*CLERK)
    household, person = await found(client), (await register(client))["id"]
    refused = await join(client, household, relation=relation, person_id=person)
    assert_refused(refused, "invalid_request", [("relation", "code")])
    members = [{"relation": "02", "person": a_person()}, {"relation": relation, "person": a_person()}]
    refused = await client.post(HOUSEHOLDS, json=a_household(*members))
    assert_refused(refused, "invalid_request", [("members.1.relation", "code")])
    head, spouse = members_of(household)
    new_head = {"head": spouse, "relations": [{"person_id": person, "relation": relation}]}
    refused = await leave(client, household, head, "2026-03-01", new_head)
    assert_refused(refused, "invalid_request", [("new_head.relations.0.relation", "code")])


async def test_a_relation_that_names_a_sex_is_that_persons(client_of: Client, county: None, events: Events) -> None:
    """子 (2x) is male, 女 (3x) female; a sex that is not known contradicts nothing."""
    client = client_of(*CLERK)
    born = {"entry": "birth", "birth_date": "2026-03-02", "occurred_on": "2026-03-02", "document": None}
    sexes = {sex: (await register(client, sex=sex))["id"] for sex in "12"}
    names = {"0": "覃一帆", "9": "覃思雨"}
    sexes |= {sex: (await register(client, sex=sex, name=name, **born))["id"] for sex, name in names.items()}
    household = await found(client)
    before = len(await events("registry.household."))
    for relation, sex in (("20", "2"), ("28", "2"), ("51", "2"), ("30", "1"), ("38", "1"), ("94", "1")):
        refused = await join(client, household, relation=relation, person_id=sexes[sex])
        assert_refused(refused, "relation_disagrees_with_sex", [("relation", "relation_disagrees_with_sex")])
    family = [{"relation": "02", "person_id": sexes["1"]}, {"relation": "20", "person": a_person(sex="2")}]
    refused = await client.post(HOUSEHOLDS, json=a_household(*family))
    assert_refused(refused, "relation_disagrees_with_sex", [("members.1.relation", "relation_disagrees_with_sex")])
    assert len(await events("registry.household.")) == before
    for relation, sex in (("20", "1"), ("30", "2"), ("20", "0"), ("38", "9")):
        given(await join(client, household, relation=relation, person_id=sexes[sex]))


async def test_relations_to_a_new_head_are_those_of_the_persons_and_name_nobody_else(
    client_of: Client, county: None
) -> None:
    client, far = client_of(*CLERK), client_of("county_registrar", COUNTY)
    household = await found(client)
    head, spouse = members_of(household)
    child = (await register(client))["id"]
    given(await join(client, household, relation="30", person_id=child))
    places = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    strangers = [(await register(far, sex=sex, **places))["id"] for sex in "12"]

    def heir(relation: str, *more: str) -> Json:
        others = [{"person_id": one, "relation": "20"} for one in more]
        return {"head": spouse, "relations": [*others, {"person_id": child, "relation": relation}]}

    path = ("new_head.relations.0.relation", "relation_disagrees_with_sex")
    refused = await leave(client, household, head, "2026-03-01", heir("20"))
    assert_refused(refused, "relation_disagrees_with_sex", [path])
    moved = {"occurred_on": "2026-03-01", "new_head": heir("27")}
    assert_refused(await client.post(f"{PERSONS}/{head}/death", json=moved), "relation_disagrees_with_sex", [path])
    others = ("new_head.relations.0.person_id", "succession_names_others")
    for other in (*strangers, NOBODY, head):  # whoever they are, or nobody at all: nothing is to be learnt of them
        for relation in ("20", "37"):
            refused = await leave(client, household, head, "2026-03-01", heir(relation, other))
            assert_refused(refused, "succession_names_others", [others])
            moved = {"occurred_on": "2026-03-01", "new_head": heir(relation, other)}
            died = await client.post(f"{PERSONS}/{head}/death", json=moved)
            assert_refused(died, "succession_names_others", [others])
    given(await leave(client, household, head, "2026-03-01", heir("37")))


@pytest.mark.usefixtures("unguarded")
async def test_a_sex_is_corrected_only_if_it_is_that_of_the_relation(
    client_of: Client, county: None, events: Events
) -> None:
    """GB/T 4761: 女 is female. Whoever is entered with the wrong sex leaves, is corrected, and joins again."""
    client = client_of(*CLERK)
    household = await found(client)
    born = {"entry": "birth", "birth_date": "2026-03-02", "occurred_on": "2026-03-02", "document": None}
    child = await register(client, sex="2", name="覃思雨", **born)
    given(await join(client, household, relation="30", person_id=child["id"]))
    before = await events()
    refused = await correct(client, child, sex="1")
    assert_refused(refused, "sex_disagrees_with_relation", [("sex", "sex_disagrees_with_relation")])
    assert await events() == before
    given(await correct(client, child, sex="9"))  # that it is not known contradicts nothing
    given(await correct(client, await person_of(client, child["id"]), sex="2"))
    given(await leave(client, household, child["id"], "2026-03-02"))
    given(await correct(client, await person_of(client, child["id"]), sex="1"))
    given(await join(client, household, relation="20", person_id=child["id"]))
