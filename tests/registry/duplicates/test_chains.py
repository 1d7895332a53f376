"""One merge after the other, and what a merge hands over to somebody of another sex or age."""

import pytest
from httpx import AsyncClient

from tests.registry.conftest import Client, Events
from tests.registry.duplicates.test_api import merged, separated
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.steps import (
    DUPLICATES,
    PERSONS,
    REGISTRAR,
    Json,
    assert_refused,
    found,
    given,
    household_of,
    person_of,
    proposed,
    register,
    start_tag,
)


@pytest.fixture
def registrar(client_of: Client, county: None) -> AsyncClient:
    return client_of(*REGISTRAR, subject="registrar")


@pytest.fixture
def second(client_of: Client, county: None) -> AsyncClient:
    return client_of(*REGISTRAR, subject="second")


async def open_tags(client: AsyncClient, person: Json) -> list[str]:
    tags = given(await client.get(f"{PERSONS}/{person['id']}/tags"))["items"]
    return [one["code"] for one in tags if one["ended_on"] is None]


async def test_merges_of_one_after_the_other_are_taken_back_the_last_first(
    registrar: AsyncClient, second: AsyncClient, events: Events
) -> None:
    """Else the last one would keep what the first one had: the tag, and the place in the household."""
    one, other, last = [await register(registrar) for _ in range(3)]
    await start_tag(registrar, one["id"], "elder_alone", "2026-02-01")
    household = await found(registrar, {"relation": "02", "person_id": one["id"]})
    first = await merged(registrar, second, one["id"], other["id"])
    then = await merged(registrar, second, other["id"], last["id"])
    assert await open_tags(registrar, last) == ["elder_alone"]
    answer = await second.post(f"{DUPLICATES}/{first['id']}/separate", json={"reason": "wrong_person"})
    assert_refused(answer, "survivor_merged_since")
    assert (await person_of(registrar, one["id"]))["status"] == "merged"
    await separated(second, then)
    await separated(second, first)
    assert [await open_tags(registrar, who) for who in (one, other, last)] == [["elder_alone"], [], []]
    assert (await household_of(registrar, household))["members"] == household["members"]
    await assert_books_agree(registrar, events)


@pytest.mark.parametrize(
    ("place", "survivor", "refused"),
    [
        ("02", {"birth_date": "2016-05-17"}, "relation_disagrees_with_age"),
        ("12", {"sex": "1"}, "relation_disagrees_with_sex"),
        ("31", {"birth_date": "1950-05-17"}, "relation_disagrees_with_age"),
        ("12", {}, None),
    ],
)
async def test_nobody_takes_a_place_in_a_household_that_contradicts_sex_or_age(
    registrar: AsyncClient, second: AsyncClient, place: str, survivor: Json, refused: str | None
) -> None:
    born = "1990-05-17" if place == "31" else "1962-05-17"
    one, goes_on = await register(registrar, birth_date=born), await register(registrar, **survivor)
    relative = await register(registrar, sex="1", birth_date="2015-03-02" if place == "02" else "1960-03-02")
    beside = "20" if place == "02" else "02"
    members = ({"relation": place, "person_id": one["id"]}, {"relation": beside, "person_id": relative["id"]})
    household = await found(registrar, *members)
    pair = await proposed(registrar, one["id"], goes_on["id"])
    answer = await second.post(f"{DUPLICATES}/{pair['id']}/approve")
    if refused is None:
        given(answer)
        assert (await household_of(registrar, household))["members"][-1]["person_id"] == goes_on["id"]
    else:
        assert_refused(answer, refused, [(f"households.{household['id']}", refused)])
        assert (await household_of(registrar, household))["members"] == household["members"]
