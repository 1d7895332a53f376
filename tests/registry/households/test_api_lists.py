"""Households as they are listed and read: active ones, inside the scope, page by page, while others write."""

import asyncio

from shared.db.engine import Database
from tests.registry.builders import COUNTY, FAR, OTHER_TOWN, SISTER, TOWN, VILLAGE, a_person
from tests.registry.conftest import Client
from tests.registry.steps import (
    CLERK,
    HOUSEHOLDS,
    OFFICER,
    PERSONS,
    REGISTRAR,
    all_pages,
    assert_not_found,
    assert_refused,
    die,
    found,
    given,
    know_grid,
    leave,
    members_of,
    register,
)


def somebody(area: str) -> dict[str, object]:
    return {"relation": "02", "person": a_person(residence={"area": area}, registration={"area": area[:12]})}


async def test_each_sees_the_households_of_the_own_area(client_of: Client, county: None, committed: Database) -> None:
    grid = VILLAGE + "001"
    await know_grid(committed, grid)
    registrar = client_of(*REGISTRAR)
    places = [VILLAGE, VILLAGE, SISTER, FAR]
    made = [(place, (await found(registrar, somebody(place), area=place))["id"]) for place in places]
    made.append((grid, (await found(registrar, somebody(grid), area=grid, kind="living"))["id"]))
    for role, area in (
        ("village_clerk", VILLAGE),
        ("town_officer", TOWN),
        ("county_officer", COUNTY),
        ("grid_worker", grid),
        ("grid_worker", VILLAGE),
        ("agent", SISTER),
        ("county_registrar", FAR),
    ):
        listed = [one["id"] for one in await all_pages(client_of(role, area), HOUSEHOLDS, area=COUNTY, limit=2)]
        assert sorted(listed) == sorted(id_ for place, id_ in made if place.startswith(area)), (role, area)
        for place, id_ in made:
            answer = await client_of(role, area).get(f"{HOUSEHOLDS}/{id_}")
            if place.startswith(area):
                given(answer)
            else:
                assert_not_found(answer)
    assert_not_found(await client_of(*CLERK).get(HOUSEHOLDS, params={"area": FAR}))
    assert_not_found(await client_of("town_officer", TOWN).get(HOUSEHOLDS, params={"area": OTHER_TOWN}))


async def test_a_list_shows_what_a_look_shows_in_the_order_of_area_and_id(client_of: Client, county: None) -> None:
    registrar = client_of(*REGISTRAR)
    for place in (FAR, VILLAGE, SISTER, VILLAGE):
        await found(registrar, somebody(place), area=place)
    rows = await all_pages(client_of(*OFFICER), HOUSEHOLDS, area=COUNTY, limit=1)
    assert [(one["area"], one["id"]) for one in rows] == sorted({(one["area"], one["id"]) for one in rows})
    for one in rows:
        assert given(await client_of(*OFFICER).get(f"{HOUSEHOLDS}/{one['id']}")) == one


async def test_a_dissolved_household_is_read_and_not_listed(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    kept, removed, died = [await found(client, somebody(VILLAGE)) for _ in range(3)]
    given(await leave(client, removed, members_of(removed)[0], "2026-03-01"))
    given(await die(client, members_of(died)[0], "2026-03-01"))
    assert [one["id"] for one in await all_pages(client, HOUSEHOLDS, area=VILLAGE)] == [kept["id"]]
    for gone in (removed, died):
        assert given(await client.get(f"{HOUSEHOLDS}/{gone['id']}"))["dissolved_on"] == "2026-03-01"


async def test_pages_lose_nothing_while_somebody_founds_and_dissolves(client_of: Client, county: None) -> None:
    """Whoever is there from the first page to the last is shown once."""
    client = client_of(*REGISTRAR)
    staying = [(await found(client, somebody(place), area=place)) for place in (VILLAGE, SISTER, FAR) for _ in range(3)]
    leaving = [(await found(client, somebody(place), area=place)) for place in (VILLAGE, FAR) for _ in range(2)]

    async def write() -> None:
        for one in leaving:
            await found(client, somebody(SISTER), area=SISTER)
            given(await leave(client, one, members_of(one)[0], "2026-03-01"))

    rows, _ = await asyncio.gather(all_pages(client, HOUSEHOLDS, area=COUNTY, limit=1), write())
    shown = [one["id"] for one in rows]
    assert len(set(shown)) == len(shown)
    assert {one["id"] for one in staying} <= set(shown)


WRONG: list[tuple[dict[str, str], list[tuple[str, str]]]] = [
    ({}, [("query.area", "missing")]),
    (
        {"area": "4504811", "limit": "0"},
        [("query.area", "string_pattern_mismatch"), ("query.limit", "greater_than_equal")],
    ),
    ({"area": COUNTY, "limit": "201"}, [("query.limit", "less_than_equal")]),
]


async def test_a_wrong_question_is_told_what_is_wrong(client_of: Client, county: None) -> None:
    for params, errors in WRONG:
        assert_refused(await client_of(*CLERK).get(HOUSEHOLDS, params=params), "invalid_request", errors)


async def test_a_cursor_is_good_for_its_own_list_only(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    for _ in range(2):
        await register(client)
        await found(client, somebody(VILLAGE))
    params = {"area": VILLAGE, "limit": "1"}
    cursors = {path: given(await client.get(path, params=params))["next_cursor"] for path in (HOUSEHOLDS, PERSONS)}
    for path, cursor in (
        (HOUSEHOLDS, cursors[PERSONS]),
        (PERSONS, cursors[HOUSEHOLDS]),
        (HOUSEHOLDS, cursors[HOUSEHOLDS][:-2] + "AA"),
        (HOUSEHOLDS, "x"),
        (PERSONS, "§"),
        (PERSONS, ""),
    ):
        assert_refused(await client.get(path, params={**params, "cursor": cursor}), "invalid_cursor")


async def test_an_unchanged_household_is_not_sent_again(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await found(client)
    path = f"{HOUSEHOLDS}/{made['id']}"
    tag = (await client.get(path)).headers["etag"]
    assert tag == '"1"'
    for known in (tag, f"W/{tag}", f'"7", {tag}', "*"):
        answer = await client.get(path, headers={"if-none-match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)
    given(await leave(client, made, members_of(made)[1], "2026-03-01"))
    changed = await client.get(path, headers={"if-none-match": tag})
    assert (changed.status_code, changed.headers["etag"]) == (200, '"2"')


async def test_everybody_in_a_household_sees_who_looked_at_it(client_of: Client, county: None) -> None:
    """Who lives with whom, and how they are related, is told of each of them; of a change its own line tells."""
    clerk, worker, auditor = client_of(*CLERK), client_of("grid_worker", VILLAGE), client_of("auditor", COUNTY)
    first = await found(clerk, somebody(VILLAGE), {"relation": "50", "person": a_person()})
    await found(clerk, somebody(VILLAGE))
    given(await worker.get(f"{HOUSEHOLDS}/{first['id']}"))
    page = given(await worker.get(HOUSEHOLDS, params={"area": VILLAGE, "limit": 1}))
    assert page["next_cursor"] is not None
    assert_not_found(await client_of("grid_worker", FAR).get(f"{HOUSEHOLDS}/{first['id']}"))
    for member in page["items"][0]["members"]:
        listed = given(await auditor.get(f"{PERSONS}/{member['person_id']}/accesses"))["items"]
        looks = [(one["action"], one["role"], one["detail"]) for one in listed if one["action"].endswith("household")]
        looks += [(one["action"], one["role"], one["detail"]) for one in listed if one["action"] == "list_households"]
        assert ("list_households", "grid_worker", "existence") in looks
        assert looks.count(("read_household", "grid_worker", "existence")) == (page["items"][0]["id"] == first["id"])
