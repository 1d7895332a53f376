"""What villages that ended leave behind: listed for who changes areas, placed with an heir, and back again."""

from typing import Any

import pytest

from shared.db.engine import Database
from tests.registry.area_changes.steps import a_plan, opened
from tests.registry.area_changes.steps import change as carried_out
from tests.registry.builders import COUNTY, FAR, FARTHER, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.facilities.entering import FACILITIES
from tests.registry.facilities.entering import enter as enter_facility
from tests.registry.organisations.entering import ORGANISATIONS, enter_team
from tests.registry.steps import (
    AREA_CHANGES,
    AREAS,
    DWELLINGS,
    NOBODY,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    enter_building,
    enter_dwelling,
    given,
    know_grid,
)

LEFT = f"{AREA_CHANGES}/left-behind"
BUILDINGS = "/registry/v1/buildings"
DAY = "2026-03-10"
FORMER = [{"area": VILLAGE, "until": DAY}]


async def abolished(client: Any, *heirs: str, code: str = VILLAGE) -> Json:
    """The change by which the village ended."""
    given(await client.post(f"{AREAS}/{code}/abolish", json={"valid_to": DAY, "successors": list(heirs)}))
    made = await all_pages(client, AREA_CHANGES, area=COUNTY)
    return made[-1]


async def placed(client: Any, change: Json, kind: str, id: str, to: str | None) -> Any:
    return await client.post(f"{AREA_CHANGES}/{change['id']}/place", json={"kind": kind, "id": id, "to": to})


async def left(client: Any, area: str = COUNTY) -> list[tuple[str, str]]:
    """What is listed, which is as long as its count says."""
    rows = await all_pages(client, LEFT, area=area, limit=2)
    assert given(await client.get(f"{LEFT}/count", params={"area": area})) == {"count": len(rows)}
    return sorted((row["kind"], row["id"]) for row in rows)


async def where(client: Any, path: str, one: Json) -> str:
    return str(given(await client.get(f"{path}/{one['id']}"))["area"])


async def things(client: Any, area: str = VILLAGE) -> tuple[Json, Json, Json]:
    """An organisation, a facility and a building with a dwelling of a village."""
    team, place = await enter_team(client, area=area), await enter_facility(client, area=area)
    building = await enter_building(client, area=area)
    await enter_dwelling(client, building)
    return team, place, building


async def test_what_one_heir_carries_on_is_not_left_behind(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    team, place, building = await things(client)
    change = await abolished(client, SISTER)
    assert await left(client) == []
    for kind, one in (("organisation", team), ("facility", place), ("building", building)):
        assert_not_found(await placed(client, change, kind, one["id"], None), "id")
    for path, one in ((ORGANISATIONS, team), (FACILITIES, place), (BUILDINGS, building)):
        assert await where(client, path, one) == SISTER


@pytest.mark.parametrize("heirs", [(SISTER, FAR), ()])
async def test_what_several_heirs_or_none_carry_on_stays_and_is_listed(
    client_of: Client, county: None, committed: Database, heirs: tuple[str, ...]
) -> None:
    client = client_of(*REGISTRAR)
    await know_grid(committed, f"{VILLAGE}001")
    team, place, building = await things(client)
    gone = await enter_team(client, name="已终止的队")
    given(await client.post(f"{ORGANISATIONS}/{gone['id']}/end", json={"ended_on": "2026-02-10"}))
    await things(client, SISTER)
    assert await left(client) == []
    change = await abolished(client, *heirs)
    expected = [
        ("building", building["id"]),
        ("facility", place["id"]),
        ("grid", f"{VILLAGE}001"),
        ("organisation", team["id"]),
    ]
    assert await left(client) == expected
    assert await left(client, TOWN) == expected
    for row in await all_pages(client, LEFT, area=COUNTY):
        assert (row["area"][:12], row["ended_on"], row["heirs"]) == (VILLAGE, DAY, sorted(heirs))
        assert row["change_id"] == change["id"]
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    assert await left(client) == []
    for path, one in ((ORGANISATIONS, team), (FACILITIES, place), (BUILDINGS, building)):
        assert await where(client, path, one) == VILLAGE


async def test_a_clerk_places_each_with_an_heir_as_from_the_day_of_the_change(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    team, place, building = await things(client)
    change = await abolished(client, SISTER, FAR)
    for kind, one, to in (("organisation", team, SISTER), ("facility", place, FAR), ("building", building, SISTER)):
        given(await placed(client, change, kind, one["id"], to))
    assert await left(client) == []
    for path, one, to in ((ORGANISATIONS, team, SISTER), (FACILITIES, place, FAR), (BUILDINGS, building, SISTER)):
        assert await where(client, path, one) == to
    for noun, to in (("organisation", SISTER), ("facility", FAR), ("building", SISTER)):
        told = [one for one in await events(f"registry.{noun}.") if one["type"].endswith("boundary_changed")]
        (state,) = [one["state"] for one in told]
        assert (state["area"], state.get("former", FORMER)) == (to, FORMER), noun
    assert given(await client.get(f"{BUILDINGS}/{building['id']}"))["former"] == FORMER
    (dwelling,) = given(await client.get(DWELLINGS, params={"area": SISTER}))["items"]
    assert dwelling["building_id"] == building["id"], "what is in a building goes with it"
    given(await placed(client, change, "facility", place["id"], SISTER))
    assert await where(client, FACILITIES, place) == SISTER, "placed otherwise"
    for kind, one in (("organisation", team), ("building", building)):
        given(await placed(client, change, kind, one["id"], None))
        assert_not_found(await placed(client, change, kind, one["id"], None), "id")
    assert await left(client) == [("building", building["id"]), ("organisation", team["id"])]
    given(await placed(client, change, "building", building["id"], FAR))
    given(await client.post(f"{AREA_CHANGES}/{change['id']}/undo"))
    for path, one in ((ORGANISATIONS, team), (FACILITIES, place), (BUILDINGS, building)):
        assert await where(client, path, one) == VILLAGE, "all goes back with the change"
    answer = await placed(client, change, "facility", place["id"], SISTER)
    assert (answer.status_code, answer.json()["code"]) == (409, "area_change_undone")


async def test_nothing_else_is_placed_and_nowhere_else(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    team, place, _ = await things(client)
    other = await enter_team(client, area=SISTER)
    change = await abolished(client, SISTER, FAR)
    for kind, named, to, status, path in (
        ("organisation", team["id"], FARTHER, 422, "to"),
        ("organisation", team["id"], VILLAGE, 422, "to"),
        ("organisation", other["id"], FAR, 404, "id"),
        ("facility", team["id"], FAR, 404, "id"),
        ("building", NOBODY, FAR, 404, "id"),
        ("grid", NOBODY, FAR, 422, "kind"),
    ):
        answer = await placed(client, change, kind, named, to)
        assert answer.status_code == status, (kind, to, answer.text)
        assert [one["path"] for one in answer.json()["errors"]] == [path], (kind, to)
    stale = await client.post(
        f"{AREA_CHANGES}/{change['id']}/place",
        json={"kind": "facility", "id": place["id"], "to": FAR},
        headers={"If-Match": '"7"'},
    )
    assert stale.json()["code"] == "version_mismatch"
    assert await where(client, FACILITIES, place) == VILLAGE


async def test_nothing_of_a_village_that_goes_on_is_placed(client_of: Client, county: None) -> None:
    client, new = client_of(*REGISTRAR), f"{TOWN}299"
    team, _, _ = await things(client)
    share = {"to": new, "households": [], "persons": [], "buildings": []}
    split = a_plan("split", {"origin": VILLAGE, "shares": [share]}, opens=(opened(new),), on=DAY)
    made = given(await carried_out(client, split), 201)
    for to in (new, None):
        assert_not_found(await placed(client, made, "organisation", team["id"], to), "id")
    assert await where(client, ORGANISATIONS, team) == VILLAGE


async def test_who_does_not_answer_for_both_sees_and_places_nothing(client_of: Client, county: None) -> None:
    registrar, town = client_of(*REGISTRAR), client_of("county_registrar", TOWN)
    team, _, _ = await things(registrar)
    change = await abolished(registrar, SISTER, FAR)
    assert len(await left(town, TOWN)) == 3
    assert_not_found(await placed(town, change, "organisation", team["id"], SISTER))
    far = client_of("county_registrar", "450481102")
    assert_not_found(await far.get(LEFT, params={"area": TOWN}))
    assert (await client_of("village_clerk", VILLAGE).get(LEFT, params={"area": VILLAGE})).status_code == 403
