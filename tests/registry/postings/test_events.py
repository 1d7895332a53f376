"""The lines of the ledger as they are told: which for which entry, with which dates; kept for ever."""

from collections import Counter
from typing import Any

import asyncpg
import pytest

from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from tests.registry.builders import BOOKS_OPENED_ON, FAR, VILLAGE, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import CLERK, PERSONS, REGISTRAR, given, move_in, move_out, register


@pytest.mark.parametrize(
    ("what", "lines"),
    [
        ({"entry": "enrolled", "occurred_on": "2026-01-01"}, {"residence": "opening", "registration": "opening"}),
        ({"entry": "enrolled", "occurred_on": "2025-06-01"}, {"residence": "opening", "registration": "opening"}),
        ({"entry": "enrolled", "occurred_on": "2026-01-02"}, {"residence": "correction", "registration": "correction"}),
        ({"entry": "move_in", "occurred_on": "2026-01-01"}, {"residence": "in", "registration": "in"}),
        ({"entry": "move_in", "occurred_on": "2026-03-16", "registration": None}, {"residence": "in"}),
        ({"entry": "move_in", "occurred_on": "2026-03-01", "residence": None}, {"registration": "in"}),
        ({"entry": "move_in", "occurred_on": "2026-03-01", "registration": {"area": "431024"}}, {"residence": "in"}),
        (
            {"entry": "birth", "occurred_on": "2026-03-10", "birth_date": "2026-03-10", "document": None},
            {"residence": "birth", "registration": "birth"},
        ),
    ],
)
async def test_how_somebody_enters_decides_the_lines(
    client_of: Client, county: None, events: Events, what: dict[str, Any], lines: dict[str, str]
) -> None:
    person = await register(client_of(*CLERK), **what)
    told = [one["state"] for one in await events("registry.posting.")]
    assert {one["book"]: one["kind"] for one in told} == lines
    assert len(told) == len(lines)
    for one in told:
        assert (one["area"], one["amount"], one["person_id"]) == (VILLAGE, 1, person["id"])
        assert (one["occurred_on"], one["posted_on"]) == (what["occurred_on"], "2026-03-16")


async def test_who_lives_in_one_village_and_is_registered_in_another_stands_in_both(
    client_of: Client, county: None, events: Events
) -> None:
    await register(client_of(*REGISTRAR), residence={"area": VILLAGE}, registration={"area": FAR})
    told = [one["state"] for one in await events("registry.posting.")]
    assert {(one["book"], one["area"]) for one in told} == {("residence", VILLAGE), ("registration", FAR)}


async def test_a_line_is_posted_on_the_day_on_which_it_was_entered(
    client_of: Client, county: None, events: Events, clock: FrozenClock
) -> None:
    client = client_of(*CLERK)
    person = (await register(client))["id"]
    clock.advance(days=3)
    given(await move_out(client, person, "2026-02-01"))
    told = [one["state"] for one in await events("registry.posting.")]
    assert Counter((one["kind"], one["occurred_on"], one["posted_on"]) for one in told) == {
        ("opening", BOOKS_OPENED_ON.isoformat(), "2026-03-16"): 2,
        ("out", "2026-02-01", "2026-03-19"): 2,
    }


async def test_every_line_is_told_once(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_in(client, person, "2026-03-01", residence=FAR))
    given(await move_out(client, person, "2026-02-01", books=["residence"]))
    told = await events("registry.posting.")
    assert {one["sequence"] for one in told} == {1}
    assert (
        len({one["key"] for one in told}) == len(told) == 2 + 2 + 2 + 2
    )  # opening, transfer, its reversal, out and in


async def test_a_refused_registration_leaves_no_line(client_of: Client, county: None, events: Events) -> None:
    body = a_person()
    given(await client_of(*CLERK).post(PERSONS, json=body), 201)
    before = await events("registry.posting.")
    assert (await client_of(*CLERK).post(PERSONS, json=body)).status_code == 409
    assert await events("registry.posting.") == before


@pytest.mark.parametrize("statement", ["UPDATE postings SET amount = -amount", "DELETE FROM postings"])
async def test_the_service_itself_can_not_change_a_line(
    client_of: Client, county: None, service_database: ServiceDatabase, statement: str
) -> None:
    await register(client_of(*CLERK))
    service = await asyncpg.connect(service_database.service_url.replace("+asyncpg", ""))
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service.execute(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await service.execute(statement.replace("postings SET amount = -amount", "life_events SET number = 9"))
    finally:
        await service.close()
