"""Lists, counts and the ledger's stock: one predicate for every role, area and book; pages while others write."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest_asyncio

from services.registry.life_events.domain import Place
from tests.registry.builders import (
    COUNTY,
    FAR,
    FARTHER,
    SISTER,
    TOWN,
    VILLAGE,
    a_new_person,
    a_number,
)
from tests.registry.conftest import Client, Work
from tests.registry.steps import (
    BALANCES,
    CLERK,
    OFFICER,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    die,
    given,
    move_in,
    move_out,
    register,
)

VILLAGES = (VILLAGE, SISTER, FAR, FARTHER)
READERS = ("resident", "agent", "grid_worker", "grid_head", "village_clerk", "town_officer")
"""Roles of a village or town with `person.read`; a resident's reaches the own data only."""


@pytest_asyncio.fixture(loop_scope="session")
async def people(county: None, work: Work) -> AsyncIterator[list[Any]]:
    """Forty people, living and registered anywhere, some elsewhere in the country."""
    dice = random.Random(7)
    new = []
    for _ in range(40):
        residence = dice.choice([*VILLAGES, None])
        registration = dice.choice(VILLAGES if residence is None else [*VILLAGES, "431024", None])
        new.append(
            a_new_person(
                residence=Place(residence, "registered") if residence else None,
                registration=Place(registration, "household") if registration else None,
            )
        )
    yield list(await work(lambda registry: registry.admissions.admit(new)))


async def count(client: Any, **params: str) -> int:
    return int(given(await client.get(f"{PERSONS}/count", params=params))["count"])


async def test_list_count_and_stock_are_one_number_for_every_role_area_and_book(
    client_of: Client, people: list[Any]
) -> None:
    seen = set[tuple[str, str]]()
    for role in (*READERS, "county_officer", "county_registrar"):
        for own in (VILLAGE, TOWN, COUNTY):
            client = client_of(role, own)
            if role == "resident":
                assert_refused(await client.get(PERSONS, params={"area": own}), "forbidden")
                assert_refused(await client.get(f"{PERSONS}/count", params={"area": own}), "forbidden")
                continue
            for book in ("residence", "registration"):
                for asked in (VILLAGE, FAR, TOWN, COUNTY):
                    if not (asked.startswith(own) or own.startswith(asked)):
                        assert_not_found(await client.get(PERSONS, params={"area": asked, "book": book}))
                        assert_not_found(await client.get(f"{PERSONS}/count", params={"area": asked, "book": book}))
                        continue
                    expected = [
                        str(one.id)
                        for one in people
                        for area in [one.residence_area if book == "residence" else one.registration_area]
                        if area and area.startswith(asked)
                        if any(place and place.startswith(own) for place in one.areas)
                    ]
                    told = await count(client, area=asked, book=book)
                    rows = await all_pages(client, PERSONS, area=asked, book=book, limit=17)
                    assert sorted(one["id"] for one in rows) == sorted(expected), (role, own, asked, book)
                    assert told == len(expected)
                    if role in ("village_clerk", "county_registrar") and asked.startswith(own):
                        params = {"area": asked, "book": book, "from": "2026-01-01", "to": "2026-03-16"}
                        stated = given(await client.get(BALANCES, params=params))
                        assert (stated["stock"], stated["closing"]) == (told, told), (own, asked, book)
                        seen.add((asked, book))
    assert len(seen) == 8


async def test_a_list_is_in_the_order_of_area_and_id_and_shows_what_a_look_shows(
    client_of: Client, people: list[Any]
) -> None:
    client = client_of(*OFFICER)
    rows = await all_pages(client, PERSONS, area=COUNTY, book="registration", limit=3)
    order = [(one["registration"][-1]["area"], one["id"]) for one in rows]
    assert order == sorted(set(order))
    for one in rows[:5]:
        assert given(await client.get(f"{PERSONS}/{one['id']}")) == one


async def test_the_status_decides_who_is_listed_and_counted(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    stays, leaves, dies = [(await register(client))["id"] for _ in range(3)]
    given(await move_out(client, leaves, "2026-03-01"))
    given(await die(client, dies, "2026-03-01"))
    for status, expected in (
        ({}, [stays]),
        ({"status": "active"}, [stays]),
        ({"status": "moved_out"}, [leaves]),
        ({"status": "deceased"}, [dies]),
        ({"status": "missing"}, []),
    ):
        rows = await all_pages(client, PERSONS, area=VILLAGE, **status)
        assert [one["id"] for one in rows] == expected
        assert await count(client, area=VILLAGE, **status) == len(expected)


async def test_pages_lose_nobody_while_people_come_and_go(client_of: Client, people: list[Any]) -> None:
    """Who stands in the list from the first page to the last is shown once; nobody is shown twice."""
    client = client_of(*REGISTRAR)
    here = [one for one in people if one.residence_area]
    leaving, moving, staying = here[:3], here[3:6], here[6:]

    async def write() -> None:
        for goes, moves in zip(leaving, moving, strict=True):
            await register(client, residence={"area": SISTER}, registration=None)
            given(await die(client, str(goes.id), "2026-03-01"))
            target = FARTHER if moves.residence_area != FARTHER else VILLAGE
            given(await move_in(client, str(moves.id), "2026-03-01", residence=target))

    rows, _ = await asyncio.gather(all_pages(client, PERSONS, area=COUNTY, limit=2), write())
    shown = [one["id"] for one in rows]
    assert {str(one.id) for one in staying} <= set(shown)
    assert [one for one in {str(one.id) for one in staying} if shown.count(one) > 1] == []
    assert await count(client, area=COUNTY) == len(await all_pages(client, PERSONS, area=COUNTY, limit=200))


WRONG: list[tuple[str, dict[str, str], list[tuple[str, str]]]] = [
    (PERSONS, {}, [("query.area", "missing")]),
    (f"{PERSONS}/count", {}, [("query.area", "missing")]),
    (
        PERSONS,
        {"area": "岑溪", "book": "both", "status": "alive", "limit": "many"},
        [
            ("query.area", "string_pattern_mismatch"),
            ("query.book", "enum"),
            ("query.status", "enum"),
            ("query.limit", "int_parsing"),
        ],
    ),
    (f"{PERSONS}/count", {"area": COUNTY, "status": "x"}, [("query.status", "enum")]),
]


async def test_a_wrong_question_is_told_every_wrong_field(client_of: Client, county: None) -> None:
    for path, params, errors in WRONG:
        assert_refused(await client_of(*CLERK).get(path, params=params), "invalid_request", errors)


async def test_a_look_up_shows_whom_the_caller_may_see_and_is_silent_on_the_others(
    client_of: Client, people: list[Any]
) -> None:
    ids = [str(one.id) for one in people]
    body = {"ids": [*ids, "019d0000-0000-7000-8000-000000000000"], "purpose": "visit"}
    for role, own in (("grid_worker", VILLAGE), ("village_clerk", FAR), ("department_officer", COUNTY)):
        found = given(await client_of(role, own).post(f"{PERSONS}/lookup", json=body))["items"]
        expected = {str(one.id) for one in people if any(area and area.startswith(own) for area in one.areas)}
        assert {one["id"] for one in found} == expected
        assert {tuple(sorted(one)) for one in found} == {
            ("birth_month", "id", "name", "residence_area", "sex", "status")
        }
        assert {one["name"] for one in found} == {"覃*英"}


WRONG_BODIES: list[tuple[str, Json, list[tuple[str, str]]]] = [
    ("lookup", {"ids": [], "purpose": "visit"}, [("ids", "too_short")]),
    ("lookup", {"ids": ["x"], "purpose": "y"}, [("ids.0", "uuid_parsing"), ("purpose", "enum")]),
    ("search", {}, [("document_number", "missing"), ("purpose", "missing")]),
    (
        "search",
        {"document_number": "", "document_type": "card", "purpose": "visit"},
        [("document_number", "string_too_short"), ("document_type", "enum")],
    ),
]


async def test_a_wrong_look_up_or_search_is_told_what_is_wrong(client_of: Client, county: None) -> None:
    for path, body, errors in WRONG_BODIES:
        assert_refused(await client_of(*CLERK).post(f"{PERSONS}/{path}", json=body), "invalid_request", errors)


async def test_a_number_is_found_by_its_own_document_type_only(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    person = await register(client, document={"type": "passport", "number": "e1234 5678"})
    for type_, number, found in (
        ("passport", "E12345678", [person["id"]]),
        ("passport", " e12345678", [person["id"]]),
        ("passport", "E12345679", []),
        ("citizen_id", a_number(serial=40003), []),
    ):
        body = {"document_type": type_, "document_number": number, "purpose": "case_handling"}
        items = given(await client.post(f"{PERSONS}/search", json=body))["items"]
        assert [one["id"] for one in items] == found, (type_, number)
