"""What a reader of all published topics learns of days of birth: those of births that were registered here."""

from typing import Any

from shared.contracts.catalogue import STATE_TOPICS
from tests.registry.conftest import Client, Events
from tests.registry.steps import CLERK, Json, given, move_out, register

BORN: Json = {
    "entry": "birth", "occurred_on": "2026-03-10", "birth_date": "2026-03-10", "document": None, "ethnic_group": None,
}  # fmt: skip


async def joined(events: Events, person: str) -> str:
    """Everything that the published topics say of a person."""
    told = [one for one in await events() if _is_published(one) and person in str(one["state"])]
    assert {one["type"].rpartition(".")[0] for one in told} >= {"registry.person", "registry.posting"}
    return str([one["state"] for one in told])


def _is_published(fact: dict[str, Any]) -> bool:
    return STATE_TOPICS[fact["type"].rpartition(".")[0]].published


async def test_the_day_of_birth_is_told_of_a_birth_and_of_nobody_else(
    client_of: Client, county: None, events: Events
) -> None:
    """It cannot be kept back: figures count births by their days. The pages of what topics tell say so."""
    client = client_of(*CLERK)
    born = (await register(client, **BORN))["id"]
    enrolled = (await register(client, birth_date="1960-05-17"))["id"]
    assert "2026-03-10" in await joined(events, born)
    assert "1960-05-17" not in await joined(events, enrolled)
    assert "1960-05" in await joined(events, enrolled)
    assert "when a person (by id) was born" in STATE_TOPICS["registry.posting"].tells[1]


async def test_what_happens_to_a_person_tells_no_day_of_birth(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    person = await register(client, birth_date="1960-05-17")
    given(await move_out(client, person["id"], "2026-03-12"))
    assert "05-17" not in await joined(events, person["id"])
