"""Both families of tags: their codes, their dates, who may start, end and see them."""

from typing import Any

import pytest

from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    RESTRICTED_TAGS,
    TAGS,
    Json,
    assert_not_found,
    assert_refused,
    given,
    last_event,
    move_in,
    move_out,
    register,
    start_tag,
    undone,
)

CARE = (
    "left_behind_child",
    "left_behind_woman",
    "left_behind_elder",
    "elder_alone",
    "elder_empty_nest",
    "elder_oldest",
    "disabled",
    "minimum_living",
    "extreme_poverty",
    "orphan",
    "preferential",
    "unemployed",
    "migrant_worker",
)
SENSITIVE = ("community_correction", "released_prisoner", "severe_mental_disorder", "drug_user", "key_youth")


BORN = {
    "left_behind_child": "2015-05-17",
    "orphan": "2015-05-17",
    "key_youth": "2000-05-17",
    "elder_oldest": "1940-05-17",
}
"""Who may carry the tag; the others suit a woman of sixty-five."""


async def listed(client: Any, person: str, kind: str = "tags") -> list[Json]:
    items: list[Json] = given(await client.get(f"{PERSONS}/{person}/{kind}"))["items"]
    return items


async def test_each_code_belongs_to_one_family(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    people = {born: (await register(client, birth_date=born))["id"] for born in {"1960-05-17", *BORN.values()}}
    for kind, own, others in (("tags", CARE, SENSITIVE), ("restricted-tags", SENSITIVE, CARE)):
        for code in own:
            person, body = people[BORN.get(code, "1960-05-17")], {"code": code, "started_on": "2026-03-01"}
            given(await client.post(f"{PERSONS}/{person}/{kind}", json=body), 201)
        for code in (*others, "elder", "x"):
            body = {"code": code, "started_on": "2026-03-01"}
            assert_refused(await client.post(f"{PERSONS}/{person}/{kind}", json=body), "unknown_tag")
        found = [one["code"] for person in people.values() for one in await listed(client, person, kind)]
        assert sorted(found) == sorted(own)
    told = [(one["type"], one["state"]["code"]) for one in await events() if "tag" in one["type"]]
    assert sorted(told) == sorted(
        [("registry.tag.started", code) for code in CARE]
        + [("registry.restricted_tag.started", code) for code in SENSITIVE]
    )


@pytest.mark.parametrize("restricted", [False, True])
@pytest.mark.parametrize(
    ("started_on", "refused"),
    [("1960-05-16", True), ("1960-05-17", False), ("2026-03-16", False), ("2026-03-17", True)],
)
async def test_a_tag_starts_between_birth_and_today(
    client_of: Client, county: None, restricted: bool, started_on: str, refused: bool
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    kind, code = ("restricted-tags", "drug_user") if restricted else ("tags", "disabled")
    answer = await client.post(f"{PERSONS}/{person}/{kind}", json={"code": code, "started_on": started_on})
    if refused:
        assert_refused(answer, "tag_dates")
    else:
        assert given(answer, 201)["started_on"] == started_on


@pytest.mark.parametrize("restricted", [False, True])
async def test_a_tag_ends_between_its_start_and_today_and_once(
    client_of: Client, county: None, events: Events, restricted: bool
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    code, path, other = ("drug_user", RESTRICTED_TAGS, TAGS) if restricted else ("disabled", TAGS, RESTRICTED_TAGS)
    tag = await start_tag(client, person, code, "2026-03-05", restricted=restricted)
    for day in ("2026-03-04", "2026-03-17"):
        assert_refused(await client.post(f"{path}/{tag['id']}/end", json={"ended_on": day}), "tag_dates")
    # of the other family it is not there
    assert_not_found(await client.post(f"{other}/{tag['id']}/end", json={"ended_on": "2026-03-05"}))
    ended = given(await client.post(f"{path}/{tag['id']}/end", json={"ended_on": "2026-03-05"}))
    assert ended == {**tag, "version": 2, "ended_on": "2026-03-05"}
    assert_refused(await client.post(f"{path}/{tag['id']}/end", json={"ended_on": "2026-03-06"}), "tag_already_ended")
    family = "restricted_tag" if restricted else "tag"
    told = await events(f"registry.{family}.", tag["id"])
    assert [(one["type"].rpartition(".")[2], one["sequence"]) for one in told] == [("started", 1), ("ended", 2)]


MALFORMED: list[tuple[Json, list[tuple[str, str]]]] = [
    ({}, [("code", "missing"), ("started_on", "missing")]),
    (
        {"code": "Elder Alone", "started_on": "1.3.", "level": "级", "source": "x" * 65, "note": "x"},
        [
            ("code", "string_pattern_mismatch"),
            ("started_on", "date_from_datetime_parsing"),
            ("level", "string_pattern_mismatch"),
            ("source", "string_pattern_mismatch"),
            ("body", "extra_forbidden"),
        ],
    ),
]


async def test_a_malformed_tag_is_told_every_wrong_field(client_of: Client, county: None) -> None:
    for body, errors in MALFORMED:
        person = (await register(client_of(*CLERK)))["id"]
        for kind in ("tags", "restricted-tags"):
            answer = await client_of(*REGISTRAR).post(f"{PERSONS}/{person}/{kind}", json=body)
            assert_refused(answer, "invalid_request", errors)
        for path in (TAGS, RESTRICTED_TAGS):
            answer = await client_of(*REGISTRAR).post(f"{path}/{NOBODY}/end", json={})
            assert_refused(answer, "invalid_request", [("ended_on", "missing")])


async def test_level_and_source_are_shown_and_the_source_is_not_told_to_others(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    person = (await register(client))["id"]
    tag = await start_tag(client, person, "disabled", level="2", source="disabled_federation")
    assert (tag["level"], tag["source"]) == ("2", "disabled_federation")
    assert await listed(client, person) == [tag]
    (told,) = await events("registry.tag.")
    assert told["state"]["level"] == "2"
    assert "disabled_federation" not in str(told)


async def test_tags_are_listed_oldest_first_ended_ones_too(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = (await register(client))["id"]
    later = await start_tag(client, person, "disabled", "2026-03-01")
    first = await start_tag(client, person, "elder_alone", "2026-02-01")
    given(await client.post(f"{TAGS}/{first['id']}/end", json={"ended_on": "2026-02-10"}))
    again = await start_tag(client, person, "elder_alone", "2026-02-20")
    assert [one["id"] for one in await listed(client, person)] == [first["id"], again["id"], later["id"]]


async def test_a_tag_may_start_again_only_when_it_has_ended(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    for kind, path, code in (("tags", TAGS, "disabled"), ("restricted-tags", RESTRICTED_TAGS, "drug_user")):
        body = {"code": code, "started_on": "2026-03-01"}
        tag = given(await client.post(f"{PERSONS}/{person}/{kind}", json=body), 201)
        before = await events()
        later = {**body, "started_on": "2026-03-02"}
        assert_refused(await client.post(f"{PERSONS}/{person}/{kind}", json=later), "tag_already_open")
        assert await events() == before
        given(await client.post(f"{path}/{tag['id']}/end", json={"ended_on": "2026-03-02"}))
        given(await client.post(f"{PERSONS}/{person}/{kind}", json=later), 201)


async def test_who_may_see_and_change_care_tags(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    path, body = f"{PERSONS}/{person}/tags", {"code": "disabled", "started_on": "2026-03-01"}
    for role, area, sees, changes in (
        ("grid_worker", VILLAGE, True, False),
        ("grid_head", VILLAGE, True, False),
        ("village_clerk", VILLAGE, True, True),
        ("town_officer", TOWN, True, True),
        ("county_officer", COUNTY, True, False),
        ("county_registrar", COUNTY, True, True),
        ("agent", VILLAGE, False, False),
        ("department_officer", COUNTY, False, False),
        ("auditor", COUNTY, False, False),
        ("resident", VILLAGE, False, False),
    ):
        client = client_of(role, area)
        if sees:
            given(await client.get(path))
        else:
            assert_refused(await client.get(path), "forbidden")
        if changes:
            tag = given(await client.post(path, json=body), 201)
            given(await client.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-02"}))
        else:
            assert_refused(await client.post(path, json=body), "forbidden")
            assert_refused(await client.post(f"{TAGS}/{NOBODY}/end", json={"ended_on": "2026-03-02"}), "forbidden")


async def test_sensitive_tags_are_the_registrars_alone(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    tag = await start_tag(client_of(*REGISTRAR), person, "drug_user", restricted=True)
    path = f"{PERSONS}/{person}/restricted-tags"
    for role in ("grid_worker", "grid_head", "village_clerk", "town_officer", "county_officer", "agent", "auditor"):
        client = client_of(role, COUNTY)
        assert_refused(await client.get(path), "forbidden")
        body = {"code": "drug_user", "started_on": "2026-03-01"}
        assert_refused(await client.post(path, json=body), "forbidden")
        end = await client.post(f"{RESTRICTED_TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-02"})
        assert_refused(end, "forbidden")
    # and of the care family's endpoints they show nothing
    assert await listed(client_of(*CLERK), person) == []
    assert await listed(client_of(*REGISTRAR), person, "restricted-tags") == [tag]


async def test_a_tag_is_where_its_person_is(client_of: Client, county: None) -> None:
    """In scope by residence or registered place; out of it, there is no such person and no such tag."""
    registrar, clerk, far = client_of(*REGISTRAR), client_of(*CLERK), client_of(*FAR_CLERK)
    person = (await register(clerk))["id"]
    tag = await start_tag(clerk, person, "disabled")
    for asked, tagged in ((person, tag["id"]), (NOBODY, NOBODY)):
        assert_not_found(await far.get(f"{PERSONS}/{asked}/tags"))
        body = {"code": "orphan", "started_on": "2026-03-01"}
        assert_not_found(await far.post(f"{PERSONS}/{asked}/tags", json=body))
        assert_not_found(await far.post(f"{TAGS}/{tagged}/end", json={"ended_on": "2026-03-10"}))
        elsewhere = client_of("county_registrar", SISTER)
        assert_not_found(await elsewhere.get(f"{PERSONS}/{asked}/restricted-tags"))
        assert_not_found(await elsewhere.post(f"{PERSONS}/{asked}/restricted-tags", json=body))
    given(await move_in(registrar, person, "2026-03-05", residence=FAR))
    assert [one["id"] for one in await listed(far, person)] == [tag["id"]]
    assert [one["id"] for one in await listed(clerk, person)] == [tag["id"]]
    given(await move_in(registrar, person, "2026-03-06", registration=FAR))
    assert_not_found(await clerk.get(f"{PERSONS}/{person}/tags"))
    assert_not_found(await clerk.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-10"}))
    given(await far.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-10"}))


async def test_departures_undone_one_after_the_other_restore_what_each_has_ended(
    client_of: Client, county: None
) -> None:
    """A tag begun after a return ends with it; without the departure the tag of before holds again, and that alone."""
    client, other = client_of(*REGISTRAR), client_of(*REGISTRAR, subject="other")
    person = (await register(client))["id"]
    first, kept = await start_tag(client, person, "elder_alone"), await start_tag(client, person, "disabled")
    given(await move_out(client, person, "2026-03-05"))
    left = await last_event(client, person)
    assert [one["ended_on"] for one in await listed(client, person)] == ["2026-03-05"] * 2
    given(await move_in(client, person, "2026-03-08", residence=VILLAGE))
    back = await last_event(client, person)
    second = await start_tag(client, person, "elder_alone", "2026-03-09")
    await undone(client, other, person, back)
    assert {one["id"]: one["ended_on"] for one in await listed(client, person)} == {
        first["id"]: "2026-03-05",
        kept["id"]: "2026-03-05",
        second["id"]: "2026-03-09",
    }
    await undone(client, other, person, left)
    assert {one["id"]: one["ended_on"] for one in await listed(client, person)} == {
        first["id"]: None,
        kept["id"]: None,
        second["id"]: "2026-03-09",
    }
