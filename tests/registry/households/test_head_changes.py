"""The head changes and nobody leaves (户主变更): one head on every day, dated, and undone on the same day."""

from asyncio import gather
from datetime import date, timedelta

import pytest
from httpx import AsyncClient, Response

from shared.contracts.registry.households import HouseholdState
from tests.registry.builders import a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    HOUSEHOLDS,
    NOBODY,
    Json,
    assert_not_found,
    assert_refused,
    found,
    given,
    household_of,
    members_of,
)

DAY = "2026-03-01"


@pytest.fixture
async def family(client_of: Client, county: None) -> Json:
    """A head, a spouse and a grown son."""
    return await found(
        client_of(*CLERK),
        {"relation": "02", "person": a_person()},
        {"relation": "10", "person": a_person(name="覃大山", sex="1", birth_date="1958-03-02")},
        {"relation": "20", "person": a_person(name="覃小山", sex="1", birth_date="1985-03-02")},
    )


async def change_head(client: AsyncClient, household: Json, head: str, on: str = DAY, **relations: str) -> Response:
    """`relations`: of the others to the new head, by their ids."""
    told = [{"person_id": person, "relation": relation} for person, relation in relations.items()]
    body = {"on": on, "new_head": {"head": head, "relations": told}}
    return await client.post(f"{HOUSEHOLDS}/{household['id']}/change-head", json=body)


def on_day(household: Json, day: str) -> dict[str, str]:
    """Relations by person on a day."""
    return {
        one["person_id"]: one["relation"]
        for one in household["members"]
        if one["since"] <= day and (one["until"] is None or one["until"] > day)
    }


async def test_another_member_is_the_head_from_a_day_on_and_nobody_leaves(
    client_of: Client, family: Json, events: Events
) -> None:
    clerk = client_of(*CLERK)
    head, spouse, son = members_of(family)
    after = given(await change_head(clerk, family, son, **{head: "52", spouse: "51"}))
    assert on_day(after, DAY) == {son: "02", head: "52", spouse: "51"}
    days = [f"{date(2026, 1, 1) + timedelta(days=n)}" for n in range(75)]
    assert {list(on_day(after, day).values()).count("02") for day in days} == {1}, "one head on every day"
    assert on_day(after, "2026-02-28") == {head: "02", spouse: "10", son: "20"}
    (told,) = await events("registry.household.head_changed", family["id"])
    assert (told["person_id"], HouseholdState.model_validate(told["state"]).version) == (son, 2)
    history = given(await clerk.get(f"{HOUSEHOLDS}/{family['id']}/changes"))["items"]
    assert [(one["kind"], one["occurred_on"], one["new_head"]) for one in history] == [("head_changed", DAY, son)]


async def test_on_the_same_day_the_other_way_round_it_is_undone(client_of: Client, family: Json) -> None:
    clerk = client_of(*CLERK)
    head, spouse, son = members_of(family)
    given(await change_head(clerk, family, spouse, **{head: "10", son: "20"}))
    after = given(await change_head(clerk, family, head, **{spouse: "10", son: "20"}))
    for n in range(75):
        day = f"{date(2026, 1, 1) + timedelta(days=n)}"
        assert on_day(after, day) == {head: "02", spouse: "10", son: "20"}, day


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"head": 0}, "head_already"),
        ({"relations": {0: "10"}}, "succession_incomplete"),
        ({"relations": {0: "10", 2: "30"}}, "relation_disagrees_with_sex"),
        ({"relations": {0: "20", 2: "20"}}, "relation_disagrees_with_sex"),
        ({"on": "2026-03-17"}, "membership_dates"),
        ({"on": "2025-12-31"}, "membership_dates"),
    ],
)
async def test_what_a_change_of_the_head_is_refused_for(client_of: Client, family: Json, what: Json, code: str) -> None:
    clerk, people = client_of(*CLERK), members_of(family)
    relations = {people[at]: relation for at, relation in what.get("relations", {0: "10", 2: "20"}).items()}
    answer = await change_head(clerk, family, people[what.get("head", 1)], what.get("on", DAY), **relations)
    assert_refused(answer, code)
    assert await household_of(clerk, family) == family, "nothing half done"


async def test_a_household_of_another_village_is_as_if_it_were_not(client_of: Client, family: Json) -> None:
    far, (head, spouse, son) = client_of(*FAR_CLERK), members_of(family)
    for one in (family, {"id": NOBODY}):
        assert_not_found(await change_head(far, one, spouse, **{head: "10", son: "20"}))


async def test_of_two_heads_at_once_one_follows_the_other(client_of: Client, family: Json) -> None:
    """Each says what the others are to its own head: whoever is second speaks of the household as the first left it."""
    clerk, (head, spouse, son) = client_of(*CLERK), members_of(family)
    answers = await gather(
        change_head(clerk, family, spouse, **{head: "10", son: "20"}),
        change_head(clerk, family, son, **{head: "52", spouse: "51"}),
    )
    assert [one.status_code for one in answers] == [200, 200]
    assert list(on_day(await household_of(clerk, family), DAY).values()).count("02") == 1
