"""Marriages of people who stood in the register twice: what ends, contradicts itself and is taken back with a merge."""

import pytest
from httpx import AsyncClient

from tests.registry.conftest import Client
from tests.registry.duplicates.test_api import merged, separated
from tests.registry.marriages.marrying import (
    PARTING,
    a_man,
    a_woman,
    divorce,
    marital,
    marriages_of,
    married,
    marry,
    now_in,
    of_one,
    take_back,
)
from tests.registry.steps import (
    CLERK,
    DUPLICATES,
    MARRIAGES,
    REGISTRAR,
    assert_refused,
    die,
    given,
    last_event,
    proposed,
    undone,
)


@pytest.fixture
def registrar(client_of: Client, county: None) -> AsyncClient:
    return client_of(*REGISTRAR, subject="registrar")


@pytest.fixture
def second(client_of: Client, county: None) -> AsyncClient:
    return client_of(*REGISTRAR, subject="second")


async def test_a_marriage_ends_with_the_death_of_whoever_goes_on_for_a_spouse(
    registrar: AsyncClient, second: AsyncClient
) -> None:
    """However often the spouse was merged; and it stands again without the death."""
    man, woman, again, last = [await a_man(registrar), *[await a_woman(registrar) for _ in range(3)]]
    made = await married(registrar, man, woman)
    await merged(registrar, second, woman, again)
    await merged(registrar, second, again, last)
    (held,) = (await marriages_of(registrar, last))["items"]
    assert held["id"] == made["id"]
    for pair, path in (((last,), "person_id"), ((await a_man(registrar), last), "spouse_id")):
        assert_refused(await marry(registrar, *pair), "married_already", [(path, "married_already")])
    given(await die(registrar, last, PARTING))
    assert [await marital(registrar, who) for who in (man, last)] == ["30", "20"]
    await undone(registrar, second, last, await last_event(registrar, last))
    assert [await marital(registrar, who) for who in (man, last)] == ["20", "20"]


async def test_nobody_is_married_twice_by_a_merge(registrar: AsyncClient, second: AsyncClient) -> None:
    """To two, to the same one twice, or to themselves: it is said which marriages, and one of them is taken back."""
    woman, again = await a_woman(registrar), await a_woman(registrar)
    one, other = await married(registrar, woman), await married(registrar, again)
    pair = await proposed(registrar, woman, again)
    refused = await second.post(f"{DUPLICATES}/{pair['id']}/approve")
    named = [(f"marriages.{made['id']}", "marriage") for made in (one, other)]
    assert_refused(refused, "merge_disagrees_with_marriage", named)
    given(await take_back(registrar, one, "withdraw"))
    given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))
    given(await die(registrar, again, PARTING))
    man = await a_man(registrar)
    wife = await a_woman(registrar)
    own = await married(registrar, man, wife)
    pair = await proposed(registrar, wife, man)
    refused = await second.post(f"{DUPLICATES}/{pair['id']}/approve")
    assert_refused(refused, "merge_disagrees_with_marriage", [(f"marriages.{own['id']}", "marriage")])


async def test_a_widow_by_a_merge_is_married_again_when_it_is_taken_back(
    registrar: AsyncClient, second: AsyncClient
) -> None:
    """The one who goes on was told dead. After another wedding of hers the merge rests."""
    man, woman, dead = await a_man(registrar), await a_woman(registrar), await a_man(registrar)
    await married(registrar, woman, man)
    given(await die(registrar, dead, PARTING))
    pair = await merged(registrar, second, man, dead)
    assert await marital(registrar, woman) == "30"
    await separated(second, pair)
    assert await marital(registrar, woman) == "20"
    pair = await merged(registrar, second, man, dead)
    later = (await married(registrar, woman, married_on="2026-03-10"))["id"]
    answer = await second.post(f"{DUPLICATES}/{pair['id']}/separate", json={"reason": "wrong_person"})
    assert_refused(answer, "event_rested_on", [(f"marriages.{later}", "marriage")])


async def test_whoever_looks_after_the_one_who_goes_on_divorces_and_households_are_told_of(
    client_of: Client, registrar: AsyncClient, second: AsyncClient
) -> None:
    clerk = client_of(*CLERK)
    man, woman, again = await a_man(clerk), await a_woman(clerk), await a_woman(clerk)
    his = await of_one(clerk, man)
    joins = {"person_id": woman, "household_id": his["id"], "relation": "12"}
    made = await married(clerk, man, woman, households=[joins])
    await merged(registrar, second, woman, again)
    assert await now_in(clerk, his) == {man: "02", again: "12"}
    assert_refused(await divorce(clerk, made), "divorce_incomplete")
    given(await divorce(clerk, made, {"kind": "legal", "person_id": again}, households_on="2026-03-16"))
    assert await now_in(clerk, his) == {man: "02"}
    given(await take_back(clerk, made, "restore"))
    assert await now_in(clerk, his) == {man: "02", again: "12"}
    assert given(await clerk.get(f"{MARRIAGES}/{made['id']}"))["status"] == "married"


async def test_kin_are_known_through_whoever_was_merged(registrar: AsyncClient, second: AsyncClient) -> None:
    """A mother who goes on under another id, and a child who was entered twice."""
    mother, again = [await a_woman(registrar, birth_date="1960-05-17") for _ in range(2)]
    parent = {"delivery": {"mother_id": mother}, "entry": "birth", "reported_on": "2026-01-02"}
    son, twice = [
        await a_man(registrar, name=name, birth_date=born, occurred_on=born, **more)
        for name, born, more in (("覃小甲", "1988-01-05", parent), ("黄大山", "1989-01-05", {}))
    ]
    daughter = await a_woman(registrar, birth_date="1990-01-05", occurred_on="1990-01-05", **parent)
    await merged(registrar, second, mother, again)
    assert_refused(await marry(registrar, son, again), "marriage_of_near_kin")
    await merged(registrar, second, son, twice)
    for other in (daughter, again):
        assert_refused(await marry(registrar, twice, other), "marriage_of_near_kin")
