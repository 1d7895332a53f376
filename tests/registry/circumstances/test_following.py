"""Circumstances follow their persons: they end with death, departure and merge, and are there again without them."""

from collections.abc import Awaitable, Callable

import pytest
from httpx import Response

from tests.registry.circumstances.entering import (
    a_permit,
    medical,
    membership,
    recorded,
    recording,
    seen,
    stepped,
)
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    DUPLICATES,
    PERSONS,
    REGISTRAR,
    assert_not_found,
    assert_refused,
    die,
    given,
    last_event,
    move_in,
    move_out,
    proposed,
    register,
    reverse,
    undone,
)

SECOND = {"subject": "second"}
Event = Callable[..., Awaitable[Response]]


@pytest.mark.parametrize(("event", "refusal"), [(die, "person_deceased"), (move_out, "person_not_active")])
async def test_it_ends_with_its_person_and_holds_again(
    event: Event, refusal: str, client_of: Client, county: None, events: Events
) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    person = await register(client)
    plain, permit = [await recorded(client, person, body) for body in (medical(), a_permit())]
    over = await recorded(client, person, medical(began_on="2026-01-05", until="2026-02-01"))
    secret = await recorded(client, person, membership())
    wrong = await recorded(client, person, {**a_permit(), "kind": "enrolment", "details": {"stage": "primary"}})
    given(await stepped(client, wrong, "withdraw"))
    given(await event(client, person["id"], "2026-03-08"))
    for one in (plain, permit, secret):
        assert ((found := await seen(client, one))["status"], found["until"]) == ("ended", "2026-03-08")
    assert (await seen(client, over))["until"] == "2026-02-01", "it had ended before"
    assert [one["type"] for one in await events("registry.circumstance.", plain["id"])][-1].endswith(".ended")
    assert_refused(await stepped(client, plain, "restore"), refusal)
    assert_refused(await recording(client, person, a_permit()), refusal)
    await undone(client, second, person["id"], await last_event(client, person["id"]))
    assert [(await seen(client, one))["until"] for one in (plain, permit, secret)] == [None, "2027-02-01", None]
    assert (await seen(client, over))["until"] == "2026-02-01"
    assert (await seen(client, wrong))["status"] == "withdrawn"
    told = await events("registry.circumstance.", plain["id"])
    assert (told[-1]["type"], told[-1]["sequence"]) == ("registry.circumstance.restored", 3)
    assert await events("registry.circumstance.", secret["id"]) == []


async def test_a_departure_that_is_undone_after_the_death_leaves_the_death(client_of: Client, county: None) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    person = await register(client)
    entry = await recorded(client, person, medical())
    given(await move_out(client, person["id"], "2026-03-05"))
    left = await last_event(client, person["id"])
    given(await die(client, person["id"], "2026-03-08"))
    assert (await seen(client, entry))["until"] == "2026-03-05"
    await undone(client, second, person["id"], left)
    assert (await seen(client, entry))["until"] == "2026-03-08"
    await undone(client, second, person["id"], await last_event(client, person["id"]))
    assert ((found := await seen(client, entry))["status"], found["until"]) == ("valid", None)


async def test_a_corrected_day_moves_the_end(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = await register(client)
    entry = await recorded(client, person, medical())
    given(await move_out(client, person["id"], "2026-03-05"))
    event = await last_event(client, person["id"])
    given(await reverse(client, person["id"], event, reason="wrong_day", corrected_on="2026-03-07"), 201)
    assert (await seen(client, entry))["until"] == "2026-03-07"


async def test_who_comes_back_begins_anew(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    entry = await recorded(client, person, medical())
    given(await move_out(client, person["id"], "2026-03-01"))
    given(await move_in(client, person["id"], "2026-03-10", residence="450481100201", registration="450481100201"))
    assert (await seen(client, entry))["until"] == "2026-03-01"
    await recorded(client, person, medical(began_on="2026-03-10"))
    assert_refused(await stepped(client, entry, "restore"), "circumstance_overlaps")


async def test_a_merge_hands_on_what_the_survivor_has_not_and_takes_it_back(
    client_of: Client, county: None, events: Events
) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    undocumented = {"document": None, "undocumented": {"reason": "lost", "due_on": "2026-06-30"}}
    survivor, double = await register(client), await register(client, name="韦小妹", **undocumented)
    own = await recorded(client, survivor, medical())
    lost, handed = (
        await recorded(client, double, medical(began_on="2026-01-05")),
        await recorded(client, double, a_permit()),
    )
    pair = await proposed(client, double["id"], survivor["id"])
    given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))
    path = f"{PERSONS}/{survivor['id']}/circumstances"
    theirs = given(await client.get(path))["items"]
    assert [(one["kind"], one["began_on"]) for one in theirs] == [
        ("medical_insurance", own["began_on"]),
        ("residence_permit", "2026-03-16"),
    ]
    assert [(await seen(client, one))["status"] for one in (lost, handed)] == ["ended", "ended"]
    given(await second.post(f"{DUPLICATES}/{pair['id']}/separate", json={"reason": "wrong_person"}))
    assert [(await seen(client, one))["status"] for one in (lost, handed)] == ["valid", "valid"]
    theirs = given(await client.get(path))["items"]
    assert [one["status"] for one in theirs] == ["valid", "ended"]
    told = await events("registry.circumstance.", theirs[1]["id"])
    assert [one["type"].rsplit(".")[-1] for one in told] == ["recorded", "ended"]


async def test_what_was_handed_on_does_not_hold_again_after_the_separation(client_of: Client, county: None) -> None:
    """The survivor was told dead in between; the death is taken back after the merge. What had ended keeps its end."""
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    undocumented = {"document": None, "undocumented": {"reason": "lost", "due_on": "2026-06-30"}}
    survivor, double = await register(client), await register(client, name="韦小妹", **undocumented)
    await recorded(client, double, a_permit())
    await recorded(client, double, medical())
    pair = await proposed(client, double["id"], survivor["id"])
    given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))
    path = f"{PERSONS}/{survivor['id']}/circumstances"
    theirs = {one["kind"]: one for one in given(await client.get(path))["items"]}
    given(await stepped(client, theirs["medical_insurance"], "end", {"ended_on": "2026-03-16"}))
    given(await die(client, survivor["id"], "2026-03-16"))
    death = await last_event(client, survivor["id"])
    given(await second.post(f"{DUPLICATES}/{pair['id']}/separate", json={"reason": "wrong_person"}))
    await undone(client, second, survivor["id"], death)
    after = given(await client.get(path))["items"]
    assert [(one["status"], one["until"]) for one in after] == [("ended", "2026-03-16")] * 2


async def test_it_stays_with_who_moves_within_the_county(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = await register(client)
    entry = await recorded(client, person, medical())
    given(await move_in(client, person["id"], "2026-03-05", residence="450481102201", registration="450481102201"))
    assert (await seen(client_of("village_clerk", "450481102201"), entry))["version"] == 1
    assert_not_found(await client_of(*CLERK).get(f"/registry/v1/circumstances/{entry['id']}"))


async def test_what_begins_later_begins_on_its_own_day_at_whoever_goes_on(client_of: Client, county: None) -> None:
    """A permit that was renewed ahead: both of them go on, one after the other."""
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    merged, survivor = await register(client), await register(client)
    days = (("2026-02-01", "2026-05-01"), ("2026-05-01", "2027-05-01"))
    first, then = [await recorded(client, merged, a_permit(began_on=on, until=until)) for on, until in days]
    pair = await proposed(client, merged["id"], survivor["id"])
    given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))

    async def spans(person: str) -> list[tuple[str, str]]:
        found = given(await client.get(f"{PERSONS}/{person}/circumstances"))["items"]
        return [(one["began_on"], one["until"]) for one in found]

    assert await spans(survivor["id"]) == [("2026-03-16", "2026-05-01"), ("2026-05-01", "2027-05-01")]
    given(await second.post(f"{DUPLICATES}/{pair['id']}/separate", json={"reason": "wrong_person"}))
    assert await spans(survivor["id"]) == [("2026-03-16", "2026-03-16"), ("2026-05-01", "2026-05-01")]
    assert [(await seen(client, one))["until"] for one in (first, then)] == ["2026-05-01", "2027-05-01"]
