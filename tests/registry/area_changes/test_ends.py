"""The end of an area: nobody is left in a village that has ended, whichever way it ended; all of it can be undone."""

from collections.abc import Awaitable, Callable

import pytest
from httpx import AsyncClient, Response

from shared.contracts.registry.area_changes import AreaChangeKind
from tests.registry.area_changes.steps import ON, a_plan, assert_balanced, change, figures, listed, opened, undo, whole
from tests.registry.builders import COUNTY, FAR, OTHER_TOWN, SISTER, TOWN, VILLAGE, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    AREA_CHANGES,
    AREAS,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    enter_building,
    found,
    given,
    household_of,
    life_events,
    members_of,
    move_out,
    person_of,
    register,
)

NEW, ELSEWHERE, COMMUNITY = "450481100209", "450481102209", "450481100009"


async def abolish(client: AsyncClient, code: str, *heirs: str, on: str = ON) -> Response:
    return await client.post(f"{AREAS}/{code}/abolish", json={"valid_to": on, "successors": list(heirs)})


async def last_change(client: AsyncClient, area: str = COUNTY) -> Json:
    rows = await all_pages(client, AREA_CHANGES, area=area)
    return dict(rows[-1])


End = Callable[[AsyncClient, str], Awaitable[Response]]


def by(kind: str, to: str, *opens: Json) -> End:
    async def end(client: AsyncClient, _: str) -> Response:
        return await change(client, a_plan(kind, whole(VILLAGE, to), opens=opens))

    return end


async def by_split(client: AsyncClient, household: str) -> Response:
    parts = {"origin": VILLAGE, "to": SISTER, "shares": [{"to": NEW, "households": [household]}]}
    return await change(client, a_plan("split", parts, opens=(opened(NEW),)))


async def by_regrouping(client: AsyncClient, household: str) -> Response:
    parts = {"origin": VILLAGE, "to": NEW, "shares": [{"to": ELSEWHERE, "households": [household]}]}
    return await change(client, a_plan("regroup", parts, whole(FAR, ELSEWHERE), opens=(opened(NEW), opened(ELSEWHERE))))


async def by_abolition(client: AsyncClient, _: str) -> Response:
    return await abolish(client, VILLAGE, SISTER)


WAYS: dict[AreaChangeKind, End] = {
    AreaChangeKind.MERGE: by("merge", SISTER),
    AreaChangeKind.SPLIT: by_split,
    AreaChangeKind.REGROUP: by_regrouping,
    AreaChangeKind.CONVERT: by("convert", COMMUNITY, opened(COMMUNITY, "思孟社区居委会")),
    AreaChangeKind.TRANSFER: by("transfer", ELSEWHERE, opened(ELSEWHERE)),
    AreaChangeKind.ABOLISH: by_abolition,
}
"""Every way in which a village ends, while people are there."""


async def peopled(client_of: Client) -> Json:
    """A family, somebody who came after the day, somebody who is registered here only, and a building."""
    client = client_of(*REGISTRAR)
    head = {"relation": "02", "person": a_person(sex="1", birth_date="1958-02-11")}
    family = await found(client, head, {"relation": "10", "person": a_person()})
    await register(client, entry="move_in", occurred_on="2026-03-12")
    await register(client, residence={"area": SISTER, "kind": "floating"})
    await enter_building(client)
    return family


async def registered_here(client: AsyncClient) -> set[str]:
    return {one["id"] for one in await all_pages(client, PERSONS, area=VILLAGE, book="registration")}


def test_every_way_is_tried() -> None:
    assert set(WAYS) == set(AreaChangeKind)


@pytest.mark.parametrize("kind", WAYS)
async def test_nobody_is_left_in_a_village_that_has_ended(
    client_of: Client, county: None, events: Events, kind: AreaChangeKind
) -> None:
    client = client_of(*REGISTRAR)
    family = await peopled(client_of)
    people = await registered_here(client)
    counted = await figures(events, "2026-03-09")
    answer = await WAYS[kind](client, family["id"])
    assert answer.status_code in (200, 201), answer.text
    ended = given(await client.get(f"{AREAS}/{VILLAGE}"))
    assert ended["valid_to"] == ON
    assert set((await listed(client, VILLAGE)).values()) == {0}
    states = {one["key"]: one["state"] for one in await events("registry.person.")}
    for state in states.values():
        for book in ("residence", "registration"):
            for span in state[book]:
                if span["area"].startswith(VILLAGE):
                    assert span["end"] is not None
                    assert span["end"] <= max(ON, span["start"]), "nobody is there after its last day"
    assert await figures(events, "2026-03-09") == counted, "yesterday is what it was"
    await assert_balanced(client_of, VILLAGE, SISTER, FAR, TOWN, OTHER_TOWN)
    made = await last_change(client)
    assert (made["kind"], made["persons"]) == (str(kind), 4)
    given(await undo(client, made))
    assert given(await client.get(f"{AREAS}/{VILLAGE}"))["valid_to"] is None
    assert await registered_here(client) == people
    await assert_balanced(client_of, VILLAGE, SISTER, FAR, TOWN, OTHER_TOWN)


async def test_with_one_heir_whoever_is_there_goes_over_as_in_a_merger(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    family = await peopled(client_of)
    person = members_of(family)[0]
    done = given(await abolish(client, VILLAGE, SISTER))
    assert (done["valid_to"], done["successors"], done["version"]) == (ON, [SISTER], 2)
    assert (await household_of(client, family))["area"] == SISTER
    assert [one["kind"] for one in await life_events(client, person)] == ["enrolled", "boundary"]
    assert (await person_of(client, person))["residence"][-1]["area"] == SISTER
    (told,) = await events("registry.area.abolished")
    assert (told["key"], told["state"]["successors"]) == (VILLAGE, [SISTER])


@pytest.mark.parametrize("heirs", [[], [SISTER, FAR]])
async def test_without_a_heir_or_with_several_nobody_may_be_there(
    client_of: Client, county: None, events: Events, heirs: list[str]
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    before = await events()
    assert_refused(await abolish(client, VILLAGE, *heirs), "area_populated")
    assert await events() == before
    given(await move_out(client, person, "2026-03-12"))
    assert_refused(await abolish(client, VILLAGE, *heirs), "area_populated")  # who was there after its last day
    done = given(await abolish(client, VILLAGE, *heirs, on="2026-03-12"))
    assert done["successors"] == sorted(heirs)
    made = await last_change(client)
    assert (made["kind"], made["persons"], made["moves"][0]["origin"]) == ("abolish", 0, VILLAGE)
    given(await undo(client, made))
    assert given(await client.get(f"{AREAS}/{VILLAGE}"))["valid_to"] is None
    await register(client)


async def test_an_area_ends_today_at_the_latest(client_of: Client, county: None) -> None:
    """Who came until a day ahead would be left there."""
    refused = await abolish(client_of(*REGISTRAR), VILLAGE, SISTER, on="2026-03-17")
    assert_refused(refused, "event_in_future", [("valid_to", "event_in_future")])


async def test_a_plan_of_this_kind_names_whole_areas_and_opens_none(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    shares = {"origin": VILLAGE, "to": SISTER, "shares": [{"to": FAR}]}
    for plan in (a_plan("abolish", shares), a_plan("abolish", whole(VILLAGE, NEW), opens=(opened(NEW),))):
        assert_refused(await change(client, plan), "invalid_request", [("kind", "kind")])
    made = given(await change(client, a_plan("abolish", {"origin": FAR, "to": None}, whole(VILLAGE, SISTER))), 201)
    assert [(one["origin"], one["to"]) for one in made["moves"]] == [(FAR, None), (VILLAGE, SISTER)]
    assert given(await client.get(f"{AREAS}/{FAR}"))["successors"] == []


async def test_the_end_of_a_town_and_of_a_county_is_undone_in_their_order(client_of: Client, county: None) -> None:
    client = client_of("county_registrar", "45")
    for code in (FAR, "450481102202"):
        given(await abolish(client, code))
    given(await abolish(client, OTHER_TOWN, TOWN))
    town = await last_change(client, "45")
    assert (town["area"], town["moves"][0]["origin"]) == (COUNTY, OTHER_TOWN)
    given(await undo(client, town))
    assert given(await client.get(f"{AREAS}/{OTHER_TOWN}"))["valid_to"] is None
    assert_not_found(await abolish(client, "450481999"))
