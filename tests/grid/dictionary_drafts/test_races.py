"""Two officers at one draft: what one has done the other finds, and a version has one number."""

import asyncio
from typing import Any

import httpx
import pytest

from shared.testing.clock import FrozenClock
from shared.testing.doors import Door, a_principal
from tests.grid.builders import COUNTY_OFFICER
from tests.grid.dictionary_drafts.drafting import begun, published, saying, stepped

OTHER = a_principal("county_officer", "450481", subject="second-officer")
DRAFTS = "/incident-dictionary-drafts"


async def both(one: httpx.AsyncClient, two: httpx.AsyncClient, *asked: tuple[str, Any]) -> list[tuple[int, str | None]]:
    """Two requests at once, each by somebody else: the statuses and codes, in order of status."""
    answers = await asyncio.gather(
        *(client.post(path, json=body) for client, (path, body) in zip((one, two), asked, strict=True))
    )
    return sorted((answer.status_code, answer.json().get("code")) for answer in answers)


async def test_of_two_who_publish_at_once_one_does(door: Door, villages: None) -> None:
    async with door.client(COUNTY_OFFICER) as one, door.client(OTHER) as two:
        draft = await stepped(one, await begun(one), "revise", saying())
        path = f"{DRAFTS}/{draft['id']}/publish"
        found = await both(one, two, (path, {"valid_from": "2026-03-20"}), (path, {"valid_from": "2026-03-21"}))
        assert found == [(200, None), (409, "dictionary_draft_transition_not_allowed")]
        versions = (await one.get("/incident-dictionary/versions")).json()["items"]
        assert [row["version"] for row in versions] == [2, 1]


async def test_what_is_discarded_at_the_same_moment_is_not_published(door: Door, villages: None) -> None:
    async with door.client(COUNTY_OFFICER) as one, door.client(OTHER) as two:
        draft = await stepped(one, await begun(one), "revise", saying())
        path = f"{DRAFTS}/{draft['id']}"
        found = await both(one, two, (f"{path}/publish", {"valid_from": "2026-03-20"}), (f"{path}/discard", None))
        assert found == [(200, None), (409, "dictionary_draft_transition_not_allowed")]
        versions = (await one.get("/incident-dictionary/versions")).json()["items"]
        after = (await one.get(path)).json()
        assert (len(versions) == 2) == (after["status"] == "published")


async def test_a_revision_of_what_somebody_else_revised_is_refused(door: Door, villages: None) -> None:
    async with door.client(COUNTY_OFFICER) as one, door.client(OTHER) as two:
        draft = await begun(one)
        path, seen = f"{DRAFTS}/{draft['id']}/revise", {"If-Match": f'"{draft["version"]}"'}
        answers = await asyncio.gather(
            *(client.post(path, json=saying(special_hours=[]), headers=seen) for client in (one, two))
        )
        assert sorted(answer.status_code for answer in answers) == [200, 412]
        assert (await one.get(f"{DRAFTS}/{draft['id']}")).json()["version"] == 2


@pytest.mark.parametrize("first", ["2026-03-20", "2026-03-16"])
async def test_versions_follow_each_other_by_number_and_by_day(
    door: Door, villages: None, clock: FrozenClock, first: str
) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        await published(client, first)
        draft = await stepped(client, await begun(client), "revise", saying())
        early = await client.post(f"{DRAFTS}/{draft['id']}/publish", json={"valid_from": "2026-03-15"})
        assert [one["code"] for one in early.json()["errors"]] == ["past"]
        if first > "2026-03-16":
            early = await client.post(f"{DRAFTS}/{draft['id']}/publish", json={"valid_from": "2026-03-19"})
            assert [one["code"] for one in early.json()["errors"]] == ["before_newest"]
        await stepped(client, draft, "publish", {"valid_from": first})
        clock.advance(days=5)
        assert (await client.get("/incident-dictionary")).json()["version"] == 3
