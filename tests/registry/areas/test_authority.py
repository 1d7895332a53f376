"""Nobody gains by changing the tree: successors, names and parents lie in the scope of whoever sets them."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from services.registry.areas.models import Area
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.builders import (
    COUNTY,
    DIVISIONS,
    FAR,
    OTHER_TOWN,
    SISTER,
    TODAY,
    TOWN,
    VILLAGE,
    a_division,
    a_person,
)
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    AREAS,
    PERSONS,
    REGISTRAR,
    Json,
    assert_not_found,
    assert_refused,
    found,
    given,
    move_out,
    register,
)

TOWN_REGISTRAR = ("county_registrar", TOWN)
NEW = a_division("450481100203", "新村委会")


def rows(*divisions: dict[str, str | None]) -> Json:
    return {"rows": [{**one, "level": int(one["level"] or 0)} for one in divisions]}


def ending(*successors: str) -> Json:
    return {"valid_to": "2026-03-16", "successors": list(successors)}


@pytest.mark.parametrize(
    ("role_area", "code", "heir", "why"),
    [
        (VILLAGE, VILLAGE, COUNTY, "outside_scope"),
        (VILLAGE, VILLAGE, TOWN, "outside_scope"),
        (VILLAGE, VILLAGE, SISTER, "outside_scope"),
        (TOWN, VILLAGE, FAR, "outside_scope"),
        (TOWN, VILLAGE, "45", "outside_scope"),
        (TOWN, VILLAGE, TOWN, "level"),
        (COUNTY, VILLAGE, COUNTY, "level"),
        (COUNTY, VILLAGE, OTHER_TOWN, "level"),
        (COUNTY, TOWN, VILLAGE, "level"),
        ("45", COUNTY, "4504", "level"),
    ],
)
async def test_a_successor_lies_in_the_scope_and_is_of_the_same_level(
    client_of: Client, county: None, events: Events, role_area: str, code: str, heir: str, why: str
) -> None:
    client, before = client_of("county_registrar", role_area), await events()
    answer = await client.post(f"{AREAS}/{code}/abolish", json=ending(heir))
    assert_refused(answer, "invalid_request", [("successors.0", why)])
    assert await events() == before


async def test_a_grant_does_not_widen_when_its_area_is_abolished(
    client_of: Client, county: None, clock: FrozenClock
) -> None:
    """A registrar of one village tried to make the county its successor: every grant there became county-wide."""
    far = (await register(client_of(*REGISTRAR), residence={"area": FAR}, registration={"area": FAR}))["id"]
    insider = client_of("county_registrar", VILLAGE)
    for heir in (COUNTY, TOWN, "45", FAR):
        assert (await insider.post(f"{AREAS}/{VILLAGE}/abolish", json=ending(heir))).status_code == 422
    clock.advance(seconds=11)  # a lineage is read every ten seconds
    assert_not_found(await insider.get(f"{PERSONS}/{far}"))


@pytest.mark.parametrize("heirs", [[COUNTY], [SISTER, TOWN], ["450481100202001"], [SISTER[:9], SISTER + "001"]])
async def test_the_table_itself_takes_no_successor_of_another_level(
    county: None, committed: Database, heirs: list[str]
) -> None:
    ending = update(Area).where(Area.code == VILLAGE).values(valid_to=TODAY, successors=heirs)
    async with committed.session() as session:
        with pytest.raises(IntegrityError, match="ck_areas_successors"):
            await session.execute(ending)


async def test_an_area_ends_after_what_lies_below_it(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    assert_refused(await client.post(f"{AREAS}/{OTHER_TOWN}/abolish", json=ending(TOWN)), "area_has_parts")
    for village in ("450481102201", "450481102202"):
        given(await client.post(f"{AREAS}/{village}/abolish", json=ending(SISTER)))
    given(await client.post(f"{AREAS}/{OTHER_TOWN}/abolish", json=ending(TOWN)))


@pytest.mark.parametrize("book", ["residence", "registration"])
async def test_a_populated_area_does_not_end_without_heirs(client_of: Client, county: None, book: str) -> None:
    client = client_of(*REGISTRAR)
    other = {"residence", "registration"} - {book}
    person = await register(client, **{book: {"area": FAR}, other.pop(): {"area": SISTER}})
    assert_refused(await client.post(f"{AREAS}/{FAR}/abolish", json=ending()), "area_populated")
    given(await move_out(client, person["id"], "2026-03-01"))
    given(await client.post(f"{AREAS}/{FAR}/abolish", json=ending()))


async def test_a_household_keeps_its_area_until_it_is_gone(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    await found(client)
    assert_refused(await client.post(f"{AREAS}/{VILLAGE}/abolish", json=ending()), "area_populated")
    given(await client.post(f"{AREAS}/{VILLAGE}/abolish", json=ending(SISTER)))


async def test_nobody_comes_to_belong_to_what_nobody_carries_on(client_of: Client, county: None) -> None:
    """Not even for the days before: who came late would be a resident of nothing."""
    client = client_of(*REGISTRAR)
    given(await client.post(f"{AREAS}/{FAR}/abolish", json=ending()))
    where = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    assert_refused(await client.post(PERSONS, json=a_person(occurred_on="2026-02-01", **where)), "unknown_area")


@pytest.mark.parametrize("code", ["45", "4504", COUNTY, TOWN])
async def test_an_import_renames_nothing_above_the_scope(
    client_of: Client, county: None, events: Events, code: str
) -> None:
    client, before = client_of("county_registrar", VILLAGE), await events()
    village = a_division(VILLAGE, "思孟新村委会")
    answer = await client.post(f"{AREAS}/import", json=rows(a_division(code, "别名"), village))
    assert_refused(answer, "invalid_request", [("rows.0.name", "outside_scope")])
    assert await events() == before
    above = [one for one in DIVISIONS if str(one["code"]).rstrip("0") == code.rstrip("0")]
    assert given(await client.post(f"{AREAS}/import", json=rows(*above, village)))["renamed"] == 1


async def test_an_import_names_every_line_that_lies_elsewhere(client_of: Client, county: None, events: Events) -> None:
    before = await events()
    elsewhere = (a_division(FAR, "善村新村委会"), a_division(OTHER_TOWN, "马路新镇"), a_division("431024", "嘉禾县"))
    answer = await client_of(*TOWN_REGISTRAR).post(f"{AREAS}/import", json=rows(NEW, *elsewhere))
    assert_refused(answer, "invalid_request", [(f"rows.{n}.code", "outside_scope") for n in (1, 2, 3)])
    assert await events() == before


async def test_a_county_is_opened_by_whoever_holds_it(client_of: Client, events: Events) -> None:
    """With its opening day, which a town has no say in; province and prefecture come along."""
    for below in (TOWN, VILLAGE):
        answer = await client_of("county_registrar", below).post(f"{AREAS}/import", json=rows(*DIVISIONS[:4], NEW))
        assert {one["code"] for one in answer.json()["errors"]} == {"outside_scope"}
    assert await events() == []
    given(await client_of(*REGISTRAR).post(f"{AREAS}/import", json=rows(*DIVISIONS)))


async def test_a_file_says_what_is_wrong_with_it(client_of: Client, county: None, events: Events) -> None:
    """And is never answered with 未找到, as if it were not there."""
    client, before = client_of(*REGISTRAR), await events()
    town, village = a_division("450481103", "南渡镇"), a_division("450481103201", "某村委会")
    off_by_one = {**a_division(COUNTY, "岑溪市"), "level": "2", "parent_code": "450000000000"}
    for wrong, errors in (
        ([town], [("rows.0.code", "no_villages")]),
        ([village], [("rows.0.parent_code", "parent_missing")]),
        ([town, village, town], [("rows.2.code", "duplicate")]),
        ([{**town, "parent_code": "450400000000"}, village], [("rows.0.parent_code", "parent")]),
        ([off_by_one, {**town, "level": "3"}, {**village, "level": "4"}], [("rows", "levels_shifted")]),
        ([town, {**village, "name": "\ue5e5河村"}], [("rows.1.name", "lost_character")]),
        ([a_division(VILLAGE, "?孟村委会")], [("rows.0.name", "lost_character")]),
    ):
        assert_refused(await client.post(f"{AREAS}/import", json=rows(*wrong)), "invalid_request", errors)
    assert await events() == before
    spaced = {**a_division(VILLAGE, "\u3000思孟村委会\u3000"), "code": f"\u3000{VILLAGE}"}
    assert given(await client.post(f"{AREAS}/import", json=rows(spaced)))["unchanged"] == 1
