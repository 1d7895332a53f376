"""Circumstances by many at once: one of a kind, one end, and a death has the last word."""

import asyncio

from tests.registry.circumstances.entering import (
    CIRCUMSTANCES,
    a_permit,
    medical,
    recorded,
    recording,
    seen,
    stepped,
)
from tests.registry.conftest import Client, Events
from tests.registry.steps import CLERK, assert_refused, die, given, register


async def test_one_of_a_kind_is_entered(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    answers = await asyncio.gather(*(recording(client, person, a_permit()) for _ in range(5)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409, 409]
    for one in answers:
        if one.status_code == 409:
            assert_refused(one, "circumstance_overlaps")
    assert len(await events("registry.circumstance.")) == 1


async def test_of_many_ends_one_counts(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    entry = await recorded(client, await register(client), medical())
    answers = await asyncio.gather(
        *(stepped(client, entry, "end", {"ended_on": f"2026-03-0{day}"}) for day in range(2, 6))
    )
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]
    assert [one["sequence"] for one in await events("registry.circumstance.", entry["id"])] == [1, 2]


async def test_an_end_during_a_death_leaves_one_end(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    entry = await recorded(client, person, medical())
    ended, dead = await asyncio.gather(
        stepped(client, entry, "end", {"ended_on": "2026-03-05"}), die(client, person["id"], "2026-03-10")
    )
    assert dead.status_code == 200
    if ended.status_code != 200:
        assert_refused(ended, "circumstance_transition_not_allowed")
    assert (await seen(client, entry))["until"] == ("2026-03-05" if ended.status_code == 200 else "2026-03-10")


async def test_verifications_at_once_are_all_kept(client_of: Client, county: None) -> None:
    """Two lists that share entries, in another order: neither waits for the other for ever."""
    client = client_of(*CLERK)
    entries = [await recorded(client, await register(client), medical(verified_on="2026-02-01")) for _ in range(3)]
    ids = [one["id"] for one in entries]
    orders = (ids, ids[::-1], ids[1:], ids[:2])
    answers = await asyncio.gather(
        *(client.post(f"{CIRCUMSTANCES}/verify", json={"ids": order, "source": "visit"}) for order in orders)
    )
    assert [one.status_code for one in answers] == [200] * 4
    assert [len((await seen(client, one))["steps"]) for one in entries] == [4, 5, 4]
    given(await stepped(client, entries[0], "unverify"))
