"""Whole households over HTTP: split, merged, dissolved and restored, with one head on every day."""

from asyncio import gather
from typing import Any

import pytest

from shared.contracts.registry.households import HouseholdState
from tests.registry.builders import SISTER, VILLAGE, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    HOUSEHOLDS,
    NOBODY,
    OCCUPANCIES,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    correct,
    enter_building,
    enter_dwelling,
    found,
    given,
    household_of,
    join,
    leave,
    members_of,
    move_out,
    occupy,
    person_of,
)


@pytest.fixture
async def family(client_of: Client, county: None) -> Json:
    """A head, a spouse, a son and a daughter."""
    young = {"occurred_on": "2026-01-01"}
    return await found(
        client_of(*CLERK),
        {"relation": "02", "person": a_person()},
        {"relation": "10", "person": a_person(name="覃大山", sex="1", birth_date="1958-03-02")},
        {"relation": "20", "person": a_person(name="覃小山", sex="1", birth_date="1985-03-02", **young)},
        {"relation": "30", "person": a_person(name="覃小英", birth_date="1988-03-02", **young)},
    )


def standing(household: Json) -> list[tuple[str, str]]:
    return [(one["person_id"], one["relation"]) for one in household["members"] if one["until"] is None]


async def split(client: Any, household: Json, *people: tuple[str, str], **what: Any) -> Any:
    members = [{"person_id": person, "relation": relation} for person, relation in people]
    body = {"on": "2026-03-01", "members": members} | what
    return await client.post(f"{HOUSEHOLDS}/{household['id']}/split", json=body)


async def merge(client: Any, household: Json, other: Json, *people: tuple[str, str], **what: Any) -> Any:
    relations = [{"person_id": person, "relation": relation} for person, relation in people]
    body = {"on": "2026-03-05", "household_id": other["id"], "relations": relations} | what
    return await client.post(f"{HOUSEHOLDS}/{household['id']}/merge", json=body)


async def test_a_son_and_a_daughter_found_a_household_of_their_own_and_come_back(
    client_of: Client, family: Json, events: Events
) -> None:
    client = client_of(*CLERK)
    head, spouse, son, daughter = members_of(family)
    made = given(await split(client, family, (son, "02"), (daughter, "77")))
    assert standing(made["household"]) == [(head, "02"), (spouse, "10")]
    assert standing(made["founded"]) == [(son, "02"), (daughter, "77")]
    assert (made["founded"]["established_on"], made["founded"]["version"]) == ("2026-03-01", 1)
    back = given(await merge(client, family, made["founded"], (son, "20"), (daughter, "30")))
    assert standing(back) == [(head, "02"), (spouse, "10"), (son, "20"), (daughter, "30")]
    gone = await household_of(client, made["founded"])
    assert (gone["status"], gone["dissolved_on"]) == ("dissolved", "2026-03-05")
    told = (await events("registry.household."))[1:]
    assert [(one["type"].rsplit(".")[-1], one["key"]) for one in told] == [
        ("split", family["id"]),
        ("founded", gone["id"]),
        ("dissolved", gone["id"]),
        ("merged", family["id"]),
    ]
    assert told[0]["founded_id"] == told[3]["merged_id"] == gone["id"]
    for fact, view in zip(told, (made["household"], made["founded"], gone, back), strict=True):
        assert fact["state"] == {name: view[name] for name in HouseholdState.model_fields}
        assert fact["sequence"] == view["version"]


async def test_on_every_day_each_of_them_has_one_head(client_of: Client, family: Json) -> None:
    client = client_of(*CLERK)
    head, spouse, son, daughter = members_of(family)
    refused = await split(client, family, (head, "02"), (daughter, "30"))
    assert_refused(refused, "household_needs_head", [("new_head", "household_needs_head")])
    heir = {"head": spouse, "relations": [{"person_id": son, "relation": "20"}]}
    made = given(await split(client, family, (head, "02"), (daughter, "30"), new_head=heir))
    for household in made.values():
        for day in ("2026-01-01", "2026-02-28", "2026-03-01", "2026-03-16"):
            there = [
                one["relation"]
                for one in household["members"]
                if one["since"] <= day and (one["until"] is None or day < one["until"])
            ]
            assert there.count("02") == (1 if there else 0), (household, day)
    wrong = {"head": spouse, "relations": [{"person_id": daughter, "relation": "30"}]}
    other = await found(client, {"relation": "02", "person": a_person()}, {"relation": "99", "person": a_person()})
    mine = members_of(other)
    answer = await split(client, other, (mine[0], "02"), new_head=wrong)
    assert answer.status_code in (409, 422)


@pytest.mark.parametrize(
    ("what", "code", "errors"),
    [
        ({"on": "2026-03-17"}, "membership_dates", [("on", "membership_dates")]),
        ({"on": "2025-12-31"}, "membership_dates", [("on", "membership_dates")]),
        ({"members": []}, "invalid_request", [("members", "too_short")]),
        ({"area": "450481100"}, "invalid_request", [("area", "string_pattern_mismatch")]),
    ],
)
async def test_what_is_no_split_is_refused_and_nothing_is_done(
    client_of: Client, family: Json, events: Events, what: Json, code: str, errors: list[tuple[str, str]]
) -> None:
    son = members_of(family)[2]
    answer = await split(client_of(*CLERK), family, (son, "02"), **what)
    assert_refused(answer, code, errors)
    assert len(await events("registry.household.")) == 1


async def test_relations_are_held_against_sex_age_and_each_other(client_of: Client, family: Json) -> None:
    client = client_of(*CLERK)
    head, spouse, son, daughter = members_of(family)
    for people, code in (
        ([(son, "02"), (daughter, "71")], "relation_disagrees_with_sex"),
        ([(son, "02"), (daughter, "75")], "relation_disagrees_with_age"),
        ([(daughter, "02"), (son, "20")], "relation_disagrees_with_age"),
    ):
        assert_refused(await split(client, family, *people), code, [("members.1.relation", code)])
    older = await join(client, family, relation="30", person=a_person(birth_date="1950-01-01"))
    assert_refused(older, "relation_disagrees_with_age", [("relation", "relation_disagrees_with_age")])
    second = await join(client, family, relation="11", person=a_person(sex="1", birth_date="1958-01-01"))
    assert_refused(second, "relation_twice", [("relation", "relation_twice")])
    told = [{"person_id": spouse, "relation": "20"}, {"person_id": daughter, "relation": "77"}]
    heir = {"head": son, "relations": told}
    answer = await leave(client, family, head, "2026-03-01", heir)
    assert_refused(
        answer, "relation_disagrees_with_age", [("new_head.relations.0.relation", "relation_disagrees_with_age")]
    )
    body = {"kind": "legal", "area": VILLAGE, "established_on": "2026-01-01"}
    members = [
        {"relation": "02", "person": a_person(birth_date="1990-01-01")},
        {"relation": "30", "person": a_person(birth_date="1980-01-01")},
    ]
    answer = await client.post(HOUSEHOLDS, json={**body, "members": members})
    assert_refused(answer, "relation_disagrees_with_age", [("members.1.relation", "relation_disagrees_with_age")])


async def test_a_household_is_merged_with_one_of_its_kind_and_village(client_of: Client, family: Json) -> None:
    client, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    away = {"residence": {"area": SISTER}, "registration": {"area": SISTER}}
    sister = await found(registrar, {"relation": "02", "person": a_person(**away)}, area=SISTER)
    living = await found(client, {"relation": "02", "person": a_person()}, kind="living")
    for other in (sister, living):
        answer = await merge(registrar, family, other, (members_of(other)[0], "99"))
        assert_refused(answer, "households_not_alike", [("household_id", "households_not_alike")])
    answer = await merge(client, family, family, (members_of(family)[0], "99"))
    assert_refused(answer, "households_not_alike", [("household_id", "households_not_alike")])
    assert_not_found(await merge(client, family, sister, (members_of(sister)[0], "99")), "household_id")
    other = await found(client, {"relation": "02", "person": a_person()})
    twice = await merge(client, family, other, (members_of(other)[0], "99"), (members_of(other)[0], "99"))
    assert_refused(twice, "invalid_request", [("relations", "repeated")])
    given(await client.post(f"{HOUSEHOLDS}/{other['id']}/dissolve", json={"on": "2026-03-01"}))
    answer = await merge(client, family, other, (members_of(other)[0], "99"))
    assert_refused(answer, "household_dissolved")


async def test_it_is_dissolved_as_a_whole_and_restored_with_its_dwelling(
    client_of: Client, family: Json, events: Events
) -> None:
    client = client_of(*CLERK)
    home = await enter_dwelling(client, await enter_building(client))
    lives = given(await occupy(client, home, household_id=family["id"]), 201)
    path = f"{HOUSEHOLDS}/{family['id']}"
    assert_refused(await client.post(f"{path}/restore"), "household_not_dissolved")
    gone = given(await client.post(f"{path}/dissolve", json={"on": "2026-03-01"}, headers={"If-Match": '"1"'}))
    assert (gone["status"], gone["dissolved_on"], standing(gone)) == ("dissolved", "2026-03-01", [])
    assert given(await client.get(f"{OCCUPANCIES}/{lives['id']}"))["until"] == "2026-03-01"
    assert_refused(await client.post(f"{path}/dissolve", json={"on": "2026-03-01"}), "household_dissolved")
    back = given(await client.post(f"{path}/restore"))
    assert back == {**family, "version": 3}
    seen = given(await client.get(f"{OCCUPANCIES}/{lives['id']}"))
    assert (seen["status"], seen["until"], seen["version"]) == ("current", None, 3)
    told = [one["type"].rsplit(".")[-1] for one in await events("registry.household.")]
    assert told == ["founded", "dissolved", "restored"]


async def test_who_has_gone_elsewhere_since_is_not_brought_back(client_of: Client, family: Json) -> None:
    client = client_of(*CLERK)
    _, spouse, *_ = members_of(family)
    path = f"{HOUSEHOLDS}/{family['id']}"
    given(await client.post(f"{path}/dissolve", json={"on": "2026-03-01"}))
    other = await found(client, {"relation": "02", "person_id": spouse})
    assert_refused(await client.post(f"{path}/restore"), "member_of_other_household")
    given(await leave(client, other, spouse, "2026-03-03"))
    assert_refused(await client.post(f"{path}/restore"), "member_of_other_household")
    alone = await found(client, {"relation": "02", "person": a_person()})
    (single,) = members_of(alone)
    given(await move_out(client, single, "2026-03-01"))
    assert_refused(await client.post(f"{HOUSEHOLDS}/{alone['id']}/restore"), "member_not_of_this_place")


async def test_elsewhere_it_does_not_exist(client_of: Client, family: Json) -> None:
    far, path = client_of(*FAR_CLERK), f"{HOUSEHOLDS}/{family['id']}"
    theirs = {"id": NOBODY}
    for answer in (
        await split(far, family, (members_of(family)[2], "02")),
        await merge(far, family, theirs, (members_of(family)[2], "20")),
        await far.post(f"{path}/dissolve", json={"on": "2026-03-01"}),
        await far.post(f"{path}/restore"),
    ):
        assert_not_found(answer)
    answer = await split(client_of(*CLERK), family, (members_of(family)[2], "02"), area=SISTER)
    assert_not_found(answer)
    stranger = await split(client_of(*CLERK), family, (NOBODY, "02"))
    assert_not_found(stranger, "members.0.person_id")


async def test_of_changes_at_once_none_tears_a_household_apart(client_of: Client, family: Json, events: Events) -> None:
    _, _, son, daughter = members_of(family)
    answers = await gather(
        split(client_of(*CLERK), family, (son, "02")),
        split(client_of(*CLERK), family, (son, "02"), (daughter, "77")),
        client_of(*CLERK).post(f"{HOUSEHOLDS}/{family['id']}/dissolve", json={"on": "2026-03-02"}),
        leave(client_of(*CLERK), family, daughter, "2026-03-01"),
    )
    assert all(answer.status_code in (200, 404, 409, 422) for answer in answers), [one.text for one in answers]
    told = await events("registry.household.", family["id"])
    assert [one["sequence"] for one in told] == list(range(1, len(told) + 1))
    open_ones: list[str] = []
    last = {one["key"]: one["state"] for one in await events("registry.household.")}
    for state in last.values():
        heads = [one for one in state["members"] if one["relation"] == "02" and one["until"] is None]
        assert len(heads) == (state["status"] == "active")
        open_ones += [one["person_id"] for one in state["members"] if one["until"] is None]
    assert len(open_ones) == len(set(open_ones))


@pytest.mark.usefixtures("unguarded")
async def test_a_corrected_date_of_birth_is_held_against_the_relation(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    papers = {"document": {"type": "passport", "number": "E12345678"}}
    head = {"relation": "02", "person": a_person(**papers)}
    daughter = a_person(birth_date="1988-03-02", document={"type": "passport", "number": "E12345679"})
    family = await found(client, head, {"relation": "30", "person": daughter})
    for person, born in zip(members_of(family), ("1990-01-01", "1950-01-01"), strict=True):
        shown = await person_of(client, person)
        answer = await correct(client, shown, birth_date=born)
        assert_refused(
            answer,
            "birth_date_disagrees_with_relation",
            [("birth_date", "birth_date_disagrees_with_relation")],
        )
        given(await correct(client, shown, birth_date="1975-01-01"))


async def test_who_of_a_household_lives_in_its_village_is_derived(client_of: Client, county: None) -> None:
    client, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    away = {"residence": {"area": SISTER, "kind": "registered"}}
    all_here = await found(client)
    some = await found(
        registrar, {"relation": "02", "person": a_person()}, {"relation": "99", "person": a_person(**away)}
    )
    nobody = await found(registrar, {"relation": "02", "person": a_person(**away)})
    left = await found(client, {"relation": "02", "person": a_person()})
    given(await move_out(client, members_of(left)[0], "2026-03-01", books=["residence"]))
    await found(client, {"relation": "02", "person": a_person()}, kind="living")
    for presence, wanted in (
        ("here", {all_here["id"]}),
        ("separated", {some["id"]}),
        ("vacant", {nobody["id"], left["id"]}),
    ):
        params = {"area": VILLAGE, "presence": presence}
        rows = await all_pages(client, HOUSEHOLDS, limit=1, **params)
        assert {row["id"] for row in rows} == wanted
        counted = given(await client.get(f"{HOUSEHOLDS}/count", params=params))
        assert counted == {"count": len(wanted)}
        assert_not_found(await client_of(*FAR_CLERK).get(f"{HOUSEHOLDS}/count", params=params))
    assert given(await client.get(f"{HOUSEHOLDS}/count", params={"area": VILLAGE})) == {"count": 5}
