"""The same tag by many at once: it starts once, ends once, and a death has the last word."""

import asyncio

import pytest

from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    PERSONS,
    REGISTRAR,
    RESTRICTED_TAGS,
    TAGS,
    assert_refused,
    die,
    given,
    move_in,
    register,
    start_tag,
)

FAMILIES = [("tags", TAGS, "disabled", "tag"), ("restricted-tags", RESTRICTED_TAGS, "drug_user", "restricted_tag")]


@pytest.mark.parametrize(("kind", "path", "code", "noun"), FAMILIES)
async def test_a_tag_starts_once(
    client_of: Client, county: None, events: Events, kind: str, path: str, code: str, noun: str
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    body = {"code": code, "started_on": "2026-03-01"}
    answers = await asyncio.gather(*(client.post(f"{PERSONS}/{person}/{kind}", json=body) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409]
    for one in answers:
        if one.status_code == 409:
            assert_refused(one, "tag_already_open")
    assert [one["sequence"] for one in await events(f"registry.{noun}.")] == [1]


@pytest.mark.parametrize(("kind", "path", "code", "noun"), FAMILIES)
async def test_a_tag_ends_once(
    client_of: Client, county: None, events: Events, kind: str, path: str, code: str, noun: str
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    tag = await start_tag(client, person, code, restricted=kind != "tags")
    answers = await asyncio.gather(
        *(client.post(f"{path}/{tag['id']}/end", json={"ended_on": f"2026-03-0{n}"}) for n in range(2, 7))
    )
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409, 409]
    (won,) = [one.json() for one in answers if one.status_code == 200]
    told = await events(f"registry.{noun}.", tag["id"])
    assert [one["sequence"] for one in told] == [1, 2]
    assert told[-1]["state"]["ended_on"] == won["ended_on"]


async def test_a_tag_ends_while_its_person_dies_and_both_agree(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    person = (await register(client))["id"]
    tag = await start_tag(client, person, "disabled")
    ended, dead = await asyncio.gather(
        client.post(f"{TAGS}/{tag['id']}/end", json={"ended_on": "2026-03-05"}), die(client, person, "2026-03-10")
    )
    assert dead.status_code == 200
    if ended.status_code != 200:
        assert_refused(ended, "tag_already_ended")
    day = "2026-03-05" if ended.status_code == 200 else "2026-03-10"
    told = await events("registry.tag.", tag["id"])
    assert [one["sequence"] for one in told] == list(range(1, len(told) + 1))
    assert told[-1]["state"]["ended_on"] == day
    assert told[-1]["state"]["residence"][-1]["end"] == "2026-03-10"
    assert [one["ended_on"] for one in given(await client.get(f"{PERSONS}/{person}/tags"))["items"]] == [day]


async def test_a_tag_started_during_a_move_says_where_its_person_is_in_the_end(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    started, moved = await asyncio.gather(
        client.post(f"{PERSONS}/{person}/tags", json={"code": "disabled", "started_on": "2026-03-01"}),
        move_in(client, person, "2026-03-02", residence="450481102201"),
    )
    assert (started.status_code, moved.status_code) == (201, 200)
    told = await events("registry.tag.", started.json()["id"])
    assert [one["sequence"] for one in told] == list(range(1, len(told) + 1))
    assert told[-1]["state"]["residence"] == moved.json()["residence"]
