"""Consents follow their persons: they end with death, departure and merge, and hold again without them."""

from collections.abc import Awaitable, Callable

import pytest
from httpx import AsyncClient, Response

from tests.registry.conftest import Client, Events
from tests.registry.consents.giving import annul, listed, of_person, recorded, recording, seen, undo, withdraw
from tests.registry.steps import (
    CLERK,
    DUPLICATES,
    REGISTRAR,
    Json,
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
UNDOCUMENTED = {"document": None, "undocumented": {"reason": "lost", "due_on": "2026-06-30"}}
OTHER = {"purpose": "activities", "groups": ["name"]}
THIRD = {"purpose": "employers", "groups": ["work"]}


async def stands(client: AsyncClient, one: Json) -> tuple[str, str | None]:
    """Where a consent stands, and since when it holds no more."""
    found = await seen(client, one)
    return found["status"], found["ended_on"]


@pytest.mark.parametrize("event", [die, move_out])
async def test_it_ends_with_its_person_and_holds_again(
    event: Event, client_of: Client, county: None, events: Events
) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    person = await register(client)
    held, term = await recorded(client, person), await recorded(client, person, **OTHER, until="2026-03-05")
    gone, wrong = (
        await recorded(client, person, **THIRD),
        await recorded(client, person, purpose="research", groups=["name"]),
    )
    given(await withdraw(client, gone, "2026-03-03"))
    given(await annul(client, wrong))
    given(await event(client, person["id"], "2026-03-08"))
    assert await stands(client, held) == ("ended", "2026-03-08")
    assert await stands(client, term) == ("valid", None), "its term was over before"
    assert await stands(client, gone) == ("withdrawn", "2026-03-03")
    assert await listed(client) == []
    assert (given(await undo(client, gone)))["status"] == "ended", "nothing holds again of who is gone"
    await undone(client, second, person["id"], await last_event(client, person["id"]))
    assert await stands(client, held) == ("valid", None)
    assert (await stands(client, wrong))[0] == "annulled"
    told = [one["type"].rpartition(".")[2] for one in await events("registry.consent.", held["id"])]
    assert told == ["given", "ended", "restored"]


async def test_a_departure_that_is_undone_after_the_death_leaves_the_death(client_of: Client, county: None) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    person = await register(client)
    held = await recorded(client, person)
    given(await move_out(client, person["id"], "2026-03-05"))
    left = await last_event(client, person["id"])
    given(await die(client, person["id"], "2026-03-08"))
    assert await stands(client, held) == ("ended", "2026-03-05")
    await undone(client, second, person["id"], left)
    assert await stands(client, held) == ("ended", "2026-03-08")
    await undone(client, second, person["id"], await last_event(client, person["id"]))
    assert await stands(client, held) == ("valid", None)


async def test_a_corrected_day_moves_the_end_and_who_comes_back_is_asked_again(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    held = await recorded(client, person)
    given(await move_out(client, person["id"], "2026-03-05"))
    event = await last_event(client, person["id"])
    given(await reverse(client, person["id"], event, reason="wrong_day", corrected_on="2026-03-07"), 201)
    assert await stands(client, held) == ("ended", "2026-03-07")
    given(await move_in(client, person["id"], "2026-03-10", residence="450481100201", registration="450481100201"))
    assert await stands(client, held) == ("ended", "2026-03-07")
    await recorded(client, person, given_on="2026-03-10")


async def merged(client: AsyncClient, second: AsyncClient, double: Json, survivor: Json) -> Json:
    """The one is the other; somebody else approves it."""
    pair = await proposed(client, double["id"], survivor["id"])
    given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))
    return pair


async def separated(second: AsyncClient, pair: Json) -> None:
    """They are two after all."""
    said = {"reason": "wrong_person"}
    given(await second.post(f"{DUPLICATES}/{pair['id']}/separate", json=said))


async def test_a_merge_hands_on_what_the_survivor_has_not_and_takes_it_back(
    client_of: Client, county: None, events: Events
) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    survivor, double = await register(client), await register(client, name="韦小妹", **UNDOCUMENTED)
    own = await recorded(client, survivor)
    known, handed = await recorded(client, double), await recorded(client, double, **OTHER)
    refused = await recorded(client, survivor, **THIRD)
    given(await withdraw(client, refused, "2026-03-05"))
    no = await recorded(client, double, **THIRD)
    pair = await merged(client, second, double, survivor)
    theirs = [one for one in await of_person(client, survivor) if one["status"] == "valid"]
    assert [(one["purpose"], one["given_on"]) for one in theirs] == [
        ("publicity", own["given_on"]),
        ("activities", handed["given_on"]),
    ], "what the survivor has withdrawn is not brought back by the other's word"
    assert [(await stands(client, one))[0] for one in (known, handed, no)] == ["ended"] * 3
    await separated(second, pair)
    assert [await stands(client, one) for one in (known, handed, no)] == [("valid", None)] * 3
    after = {one["purpose"]: one["status"] for one in await of_person(client, survivor)}
    assert after == {"publicity": "valid", "employers": "withdrawn", "activities": "annulled"}
    told = await events("registry.consent.", theirs[1]["id"])
    assert [one["type"].rpartition(".")[2] for one in told] == ["given", "annulled"]
    await merged(client, second, double, survivor)
    assert {one["purpose"] for one in await listed(client)} == {"publicity", "activities"}, (
        "a second merge as the first"
    )


async def test_what_was_withdrawn_while_two_were_one_stays_withdrawn_for_whom_it_was_given(
    client_of: Client, county: None
) -> None:
    client, second = client_of(*REGISTRAR), client_of(*REGISTRAR, **SECOND)
    survivor, double = await register(client), await register(client, name="韦小妹", **UNDOCUMENTED)
    origin = await recorded(client, double)
    pair = await merged(client, second, double, survivor)
    (heir,) = await of_person(client, survivor)
    given(await withdraw(client, heir, "2026-03-16"))
    await separated(second, pair)
    assert await stands(client, origin) == ("withdrawn", "2026-03-16")
    assert (await stands(client, heir))[0] == "annulled"


async def test_it_stays_with_who_moves_within_the_county(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = await register(client)
    held = await recorded(client, person)
    given(await move_in(client, person["id"], "2026-03-10", residence="450481102201", registration="450481102201"))
    assert await stands(client, held) == ("valid", None)
    assert [one["id"] for one in await listed(client, "450481102201")] == [held["id"]]
    assert (await recording(client, person)).status_code == 409
