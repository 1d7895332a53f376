"""A step with `If-Match` is taken over the version that the caller saw, or not at all; without it, over any."""

from collections.abc import Sequence

import pytest
from httpx import AsyncClient

from tests.registry.builders import SISTER, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    AREAS,
    CALENDAR,
    FAR_CLERK,
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    RESTRICTED_TAGS,
    TAGS,
    Json,
    assert_not_found,
    assert_refused,
    found,
    given,
    members_of,
    register,
    start_tag,
)

STALE = ('"2"', '"0"', '"2.masked"', 'W/"1"', '"2", "3"', '"x"')

Step = tuple[str, Json]


async def steps_over_version_one(client: AsyncClient) -> Sequence[Step]:
    """One of each, over an aggregate of its own that stands at version one."""
    people = [(await register(client))["id"] for _ in range(6)]
    households = [await found(client) for _ in range(2)]
    care = await start_tag(client, people[0], "disabled")
    sensitive = await start_tag(client, people[0], "drug_user", restricted=True)
    year = {"holidays": [], "working_weekends": [], "source": "x"}
    given(await client.post(f"{CALENDAR}/2040/publish", json=year))
    day = {"occurred_on": "2026-03-01"}
    return (
        (f"{PERSONS}/{people[1]}/move-in", {**day, "residence": {"area": SISTER}}),
        (f"{PERSONS}/{people[2]}/move-out", day),
        (f"{PERSONS}/{people[3]}/death", day),
        (f"{HOUSEHOLDS}/{households[0]['id']}/members", {"relation": "30", "person_id": people[4]}),
        (
            f"{HOUSEHOLDS}/{households[1]['id']}/members/{members_of(households[1])[1]}/remove",
            {"left_on": "2026-03-01"},
        ),
        (f"{TAGS}/{care['id']}/end", {"ended_on": "2026-03-02"}),
        (f"{RESTRICTED_TAGS}/{sensitive['id']}/end", {"ended_on": "2026-03-02"}),
        (f"{CALENDAR}/2040/publish", {**year, "source": "y"}),
        (f"{AREAS}/{VILLAGE}/abolish", {"valid_to": "2026-03-16", "successors": [SISTER]}),
    )


async def test_a_step_over_another_version_is_refused_and_changes_nothing(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    steps = await steps_over_version_one(client)
    before = await events()
    for path, body in steps:
        for seen in STALE:
            assert_refused(await client.post(path, json=body, headers={"if-match": seen}), "version_mismatch")
    # nobody has seen a version of what is not there yet
    year = {"holidays": [], "working_weekends": [], "source": "x"}
    answer = await client.post(f"{CALENDAR}/2041/publish", json=year, headers={"if-match": '"1"'})
    assert_refused(answer, "version_mismatch")
    assert await events() == before


@pytest.mark.parametrize("seen", ['"1"', None])
async def test_a_step_over_the_version_that_was_seen_makes_the_next(
    client_of: Client, county: None, seen: str | None
) -> None:
    client = client_of(*REGISTRAR)
    for path, body in await steps_over_version_one(client):
        answer = await client.post(path, json=body, headers={"if-match": seen} if seen else {})
        assert given(answer)["version"] == 2, path
        assert answer.headers["etag"].startswith('"2'), path
        again = await client.post(path, json=body, headers={"if-match": '"1"'})
        assert_refused(again, "version_mismatch")


async def test_who_may_not_see_it_learns_nothing_of_its_version(client_of: Client, county: None) -> None:
    stranger = client_of(*FAR_CLERK)
    for path, body in await steps_over_version_one(client_of(*REGISTRAR)):
        if path.startswith((CALENDAR, AREAS, RESTRICTED_TAGS)):
            continue  # forbidden to a clerk whatever the place
        for seen in ('"1"', '"2"', '"x"', "*"):
            assert_not_found(await stranger.post(path, json=body, headers={"if-match": seen}))
