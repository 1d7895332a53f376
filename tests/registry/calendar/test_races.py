"""Two notices of one year at once: a version each, none lost, also when the year was not there yet."""

import asyncio

from tests.registry.conftest import Client, Events, Work
from tests.registry.steps import CALENDAR, REGISTRAR, given


async def published(client_of: Client, year: int, source: str) -> int:
    body = {"holidays": [f"{year}-01-01"], "working_weekends": [], "source": source}
    answer = await client_of(*REGISTRAR).post(f"{CALENDAR}/{year}/publish", json=body)
    return int(given(answer)["version"])


async def test_notices_of_a_new_year_at_once_are_versions_one_to_four(client_of: Client, events: Events) -> None:
    versions = await asyncio.gather(*(published(client_of, 2040, f"n{n}") for n in range(4)))
    assert sorted(versions) == [1, 2, 3, 4]
    told = await events("registry.calendar.", "2040")
    assert sorted(one["sequence"] for one in told) == [1, 2, 3, 4]
    (year,) = given(await client_of(*REGISTRAR).get(CALENDAR))["items"]
    last = max(told, key=lambda one: int(one["sequence"]))
    assert (year["version"], year["source"]) == (4, last["state"]["source"])


async def test_a_notice_and_the_seed_at_once_lose_neither(client_of: Client, work: Work, events: Events) -> None:
    _, added = await asyncio.gather(published(client_of, 2026, "now"), work(lambda registry: registry.calendar.seed()))
    assert added > 0
    years = {one["year"]: one for one in given(await client_of(*REGISTRAR).get(CALENDAR))["items"]}
    told = await events("registry.calendar.", "2026")
    assert sorted(one["sequence"] for one in told) == list(range(1, len(told) + 1))
    assert years[2026]["version"] == len(told)
