"""Whoever is there again, or has another birth date, is compared again; what a merge handed over ends with it."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.registry.builders import COUNTY
from tests.registry.conftest import Client, Events, Work
from tests.registry.duplicates.test_api import FAR_AWAY, LOST, merged, search, separated
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.steps import (
    DUPLICATES,
    PERSONS,
    REGISTRAR,
    all_pages,
    die,
    given,
    last_event,
    move_in,
    register,
    reverse,
    start_tag,
    undone,
)


@pytest.fixture
def registrar(client_of: Client, county: None) -> AsyncClient:
    return client_of(*REGISTRAR, subject="registrar")


async def pairs(client: AsyncClient) -> list[set[str]]:
    return [{one["id"] for one in row["people"]} for row in await all_pages(client, DUPLICATES, area=COUNTY)]


async def test_whose_birth_got_another_day_is_compared_again(registrar: AsyncClient, work: Work) -> None:
    born: dict[str, Any] = {"entry": "birth", "document": None, "name": "黄小宝"}
    one = await register(registrar, **born, occurred_on="2026-03-01", birth_date="2026-03-01")
    elsewhere = {**FAR_AWAY, "phone": "13807749000", "address": "善村村一组一号"}
    other = await register(registrar, **born, **elsewhere, occurred_on="2025-11-03", birth_date="2025-11-03")
    await search(work)
    assert await pairs(registrar) == []
    birth = await last_event(registrar, other["id"])
    given(await reverse(registrar, other["id"], birth, corrected_on="2025-11-02"), 201)
    entry = await last_event(registrar, one["id"])
    given(await reverse(registrar, one["id"], entry, corrected_on="2025-11-02"), 201)
    await search(work)
    assert await pairs(registrar) == [{one["id"], other["id"]}]


async def test_who_was_separated_is_compared_with_whoever_came_meanwhile(
    client_of: Client, registrar: AsyncClient, work: Work
) -> None:
    second = client_of(*REGISTRAR, subject="second")
    one, survivor = await register(registrar, **LOST), await register(registrar, name="莫大山")
    pair = await merged(registrar, second, one["id"], survivor["id"])
    newcomer = await register(registrar, **FAR_AWAY)
    await search(work)
    assert {one["id"], newcomer["id"]} not in await pairs(registrar)
    await separated(second, pair)
    await search(work)
    assert {one["id"], newcomer["id"]} in await pairs(registrar)


async def test_a_tag_that_was_handed_over_does_not_hold_again_after_the_separation(
    client_of: Client, registrar: AsyncClient, events: Events
) -> None:
    """The survivor was told dead in between: the death is taken back after the merge."""
    second = client_of(*REGISTRAR, subject="second")
    one, survivor = await register(registrar, **LOST), await register(registrar)
    await start_tag(registrar, one["id"], "elder_alone", "2026-02-01")
    pair = await merged(registrar, second, one["id"], survivor["id"])
    given(await die(registrar, survivor["id"], "2026-03-16"))
    death = await last_event(registrar, survivor["id"])
    await separated(second, pair)
    await undone(registrar, second, survivor["id"], death)
    (tag,) = given(await registrar.get(f"{PERSONS}/{survivor['id']}/tags"))["items"]
    assert tag["ended_on"] == "2026-03-16"
    await assert_books_agree(registrar, events)


async def test_what_was_taken_back_of_the_survivor_is_not_said_to_stay(
    client_of: Client, registrar: AsyncClient
) -> None:
    second = client_of(*REGISTRAR, subject="second")
    one, survivor = await register(registrar, **LOST), await register(registrar)
    pair = await merged(registrar, second, one["id"], survivor["id"])
    given(await move_in(registrar, survivor["id"], "2026-03-10", residence="450481100202"))
    moved = await last_event(registrar, survivor["id"])
    given(await reverse(registrar, survivor["id"], moved, corrected_on="2026-03-11"), 201)
    stands = await last_event(registrar, survivor["id"])
    assert [one["id"] for one in (await separated(second, pair))["stayed"]] == [stands]
