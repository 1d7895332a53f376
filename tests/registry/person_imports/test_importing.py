"""Lists of residents: exactly what is wrong is told, the rest is registered once, nothing is overwritten."""

import asyncio
from datetime import date

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import FAR, VILLAGE, a_person
from tests.registry.conftest import Client, Events
from tests.registry.person_imports.conftest import IMPORTS, Lists, figures
from tests.registry.person_imports.lists import Listing, a_household, a_list, a_row
from tests.registry.steps import BALANCES, FAR_CLERK, HOUSEHOLDS, PERSONS, given

MARCH = {"from": "2026-01-01", "to": "2026-03-31"}
ROWS, WRONG = 498, 19


async def stock(client: AsyncClient, area: str = VILLAGE) -> tuple[int, int]:
    """How many live in the area and how many households it has, by list and count alike."""
    people = given(await client.get(f"{PERSONS}/count", params={"area": area, "book": "residence"}))["count"]
    homes = given(await client.get(f"{HOUSEHOLDS}/count", params={"area": area}))["count"]
    return people, homes


async def rows_of(database: Database, table: str) -> int:
    async with database.session() as session:
        return await session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # names only


async def test_exactly_the_planted_rows_are_told_and_the_others_are_taken_in_once(
    lists: Lists, officer: AsyncClient, committed: Database, events: Events
) -> None:
    made = a_list(ROWS, wrong=WRONG)
    checked = await lists.checked(made.data())
    assert sorted(await lists.findings(checked)) == sorted(made.wrong)
    assert figures(checked) == ("checked", ROWS - WRONG, WRONG, 0, 0, 0)
    assert await rows_of(committed, "persons") == 0
    done = await lists.committed(checked)
    assert figures(done) == ("done", ROWS - WRONG, WRONG, ROWS - WRONG, 0, 0)
    assert await stock(officer) == (ROWS - WRONG, ROWS // 3)
    assert len(await events("registry.person.registered")) == ROWS - WRONG
    assert len(await events("registry.household.founded")) == ROWS // 3
    for book in ("residence", "registration"):
        balance = given(await officer.get(BALANCES, params={"area": VILLAGE, "book": book, **MARCH}))
        assert balance["closing"] == ROWS - WRONG
    again = await lists.checked(made.data())
    assert figures(again)[1:] == (0, WRONG, 0, ROWS - WRONG, 0)
    assert (await officer.post(f"{IMPORTS}/{again['id']}/commit")).json()["code"] == "nothing_to_import"
    assert await stock(officer) == (ROWS - WRONG, ROWS // 3)


async def test_a_changed_row_is_proposed_and_not_applied(lists: Lists, officer: AsyncClient) -> None:
    made = Listing(a_household(1, 900))
    await lists.taken(made.data())
    made.rows[1] |= {"phone": "13900000000", "address": "别处"}
    checked = await lists.checked(made.data())
    assert await lists.findings(checked) == [(3, "H", "differs_from_register"), (3, "I", "differs_from_register")]
    assert figures(checked)[1:3] == (0, 1)
    assert checked["unchanged"] == 2


async def test_newer_knowledge_stands_against_the_same_list_again(lists: Lists, officer: AsyncClient) -> None:
    made = Listing(a_household(1, 900))
    await lists.taken(made.data())
    [person, *_] = given(await officer.get(PERSONS, params={"area": VILLAGE}))["items"]
    path = f"{PERSONS}/{person['id']}"
    etag = (await officer.get(path)).headers["etag"]
    given(await officer.post(f"{path}/correct", json={"phone": "13911112222"}, headers={"If-Match": etag}))
    assert (await lists.checked(made.data()))["unchanged"] == 3
    assert given(await officer.get(path))["phone"] == "139****2222"


async def test_rows_without_a_number_never_collapse_and_are_confirmed_row_by_row(
    lists: Lists, officer: AsyncClient
) -> None:
    unknown = {"number": "", "no_document": "遗失", "due_on": "2026-09-01", "household": "", "relation": ""}
    row = a_household(1, 900)[0] | unknown | {"no_document": "证件遗失"}
    twins = Listing([dict(row), dict(row)])
    checked = await lists.checked(twins.data())
    assert await lists.findings(checked) == [(3, "C", "possible_duplicate")]
    confirm = f"{IMPORTS}/{checked['id']}/confirm"
    answer = await officer.post(confirm, json={"rows": [2]})
    assert (answer.status_code, answer.json()["code"]) == (409, "row_not_to_be_confirmed")
    confirmed = given(await officer.post(confirm, json={"rows": [3]}))
    assert (confirmed["right"], confirmed["wrong"], confirmed["findings"]) == (2, 0, 0)
    assert figures(await lists.committed(checked))[3:] == (2, 0, 0)
    assert (await stock(officer))[0] == 2
    assert figures(await lists.checked(twins.data()))[1:] == (0, 0, 0, 2, 0)
    third = await lists.checked(Listing([dict(row), dict(row), dict(row)]).data())
    assert await lists.findings(third) == [(4, "C", "possible_duplicate")] * 2
    assert (await stock(officer))[0] == 2


async def test_a_number_held_elsewhere_is_told_by_registering_alone_and_names_nothing(
    lists: Lists, client_of: Client, officer: AsyncClient
) -> None:
    made = Listing([*a_household(1, 900), *a_household(2, 930)])
    held = made.rows[2]
    body = a_person(
        name="莫大山",
        sex="1",
        birth_date=held["birth_date"],
        document={"number": held["number"]},
        residence={"area": FAR},
        registration={"area": FAR},
    )
    given(await client_of(*FAR_CLERK).post(PERSONS, json=body), 201)
    checked = await lists.checked(made.data())
    assert figures(checked)[1:3] == (6, 0), "a check asks nothing of other places"
    done = await lists.committed(checked)
    assert figures(done)[3:] == (5, 0, 1)
    assert await lists.findings(done) == [(4, "D", "not_registrable_here")]
    assert await stock(officer) == (5, 2)


async def test_members_join_the_household_of_a_head_who_is_there(lists: Lists, officer: AsyncClient) -> None:
    family = a_household(1, 900)
    await lists.taken(Listing(family[:1]).data())
    done = await lists.taken(Listing(family).data())
    assert figures(done)[3:] == (2, 1, 0)
    [home] = given(await officer.get(HOUSEHOLDS, params={"area": VILLAGE}))["items"]
    assert [one["relation"] for one in home["members"]] == ["02", "12", "20"]


async def test_a_head_whose_row_was_wrong_founds_the_household_with_the_others_later(
    lists: Lists, officer: AsyncClient
) -> None:
    family = a_household(1, 900)
    wrong = [{**family[0], "phone": "12"}, *family[1:]]
    assert figures(await lists.taken(Listing(wrong).data()))[3:] == (2, 0, 0)
    assert await stock(officer) == (2, 0)
    assert figures(await lists.taken(Listing(family).data()))[3:] == (1, 2, 0)
    [home] = given(await officer.get(HOUSEHOLDS, params={"area": VILLAGE}))["items"]
    assert sorted(one["relation"] for one in home["members"]) == ["02", "12", "20"]


async def test_a_household_in_two_places_of_the_list_is_told(lists: Lists) -> None:
    rows = [*a_household(1, 900)[:2], *a_household(2, 930), a_row(950, "子", "男", a_day(), 1)]
    checked = await lists.checked(Listing(rows).data())
    assert (7, "A", "household_scattered") in await lists.findings(checked)


def a_day() -> date:
    return date(1999, 5, 4)


async def test_who_may_not_import_there_imports_nothing(client_of: Client, lists: Lists) -> None:
    for who, code in ((("grid_worker", VILLAGE), 403), (FAR_CLERK, 404)):
        client = client_of(*who)
        file = (await client.post("/registry/v1/files", content=b"a,b\n")).json()["id"]
        assert (await client.post(IMPORTS, json={"file": file, "area": VILLAGE})).status_code == code
    made = await lists.checked(Listing(a_household(1, 900)).data())
    other = client_of("town_officer", VILLAGE[:9], subject="another")
    for method, path in (
        ("GET", ""),
        ("GET", "/findings"),
        ("GET", "/report"),
        ("POST", "/commit"),
        ("POST", "/cancel"),
    ):
        assert (await other.request(method, f"{IMPORTS}/{made['id']}{path}")).status_code == 404


async def test_a_file_of_somebody_else_is_not_imported(client_of: Client, officer: AsyncClient) -> None:
    other = client_of("town_officer", VILLAGE[:9], subject="another")
    file = (await other.post("/registry/v1/files", content=Listing(a_household(1, 900)).data())).json()["id"]
    assert (await officer.post(IMPORTS, json={"file": file, "area": VILLAGE})).status_code == 404


async def test_names_and_numbers_stand_nowhere_and_the_list_is_let_go(lists: Lists, committed: Database) -> None:
    made = a_list(30, wrong=5)
    await lists.taken(made.data())
    cancelled = await lists.checked(Listing(a_household(99, 990)).data())
    await lists.client.post(f"{IMPORTS}/{cancelled['id']}/cancel")
    secrets = [row[name] for row in made.rows[:9] for name in ("name", "number", "phone") if row[name]]
    async with committed.session() as session:
        for table in (
            "imports",
            "import_findings",
            "imported_rows",
            "imported_persons",
            "import_suspects",
            "jobs",
            "outbox",
        ):
            rows = (await session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))).scalars().all()
            assert not any(secret in row for secret in secrets for row in rows), table
        left = await session.execute(text("SELECT expires_at - uploaded_at FROM files ORDER BY 1"))
        assert [one.days for (one,) in left] == [0, 7]


async def delivered_twice_at_once(lists: Lists, officer: AsyncClient, committed: Database, rows: int) -> None:
    """Both were checked before either is taken in, by two workers at once: everybody is there once."""
    made = a_list(rows, wrong=rows * 3 // 100)
    right = rows - len(made.wrong)
    both = [await lists.checked(made.data()) for _ in range(2)]
    for one in both:
        assert (await officer.post(f"{IMPORTS}/{one['id']}/commit")).status_code == 200
    await asyncio.gather(lists.work(), lists.work())
    ended = [figures(await lists.worked(one)) for one in both]
    assert {status for status, *_ in ended} == {"done"}
    assert [taken + unchanged + refused for *_, taken, unchanged, refused in ended] == [right, right]
    assert await stock(officer) == (right, rows // 3)
    assert sum(taken for *_, taken, _, _ in ended) == right == await rows_of(committed, "persons")


async def test_a_list_that_is_delivered_twice_at_once_is_taken_in_once(
    lists: Lists, officer: AsyncClient, committed: Database
) -> None:
    await delivered_twice_at_once(lists, officer, committed, 150)


@pytest.mark.large
async def test_a_long_list_that_is_delivered_twice_at_once_is_taken_in_once(
    lists: Lists, officer: AsyncClient, committed: Database
) -> None:
    await delivered_twice_at_once(lists, officer, committed, 9_000)
