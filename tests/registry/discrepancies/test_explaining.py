"""Explanations of discrepancies: who gives and reads them, what is kept of them, and lists that agree with counts."""

import asyncio

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client
from tests.registry.discrepancies.posting import check, post, said
from tests.registry.steps import (
    CLERK,
    DISCREPANCIES,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    given,
    register,
)

OFFICER = ("town_officer", TOWN)
NOTE = {"note": "系统升级时重复记账"}


@pytest.fixture
def registrar(client_of: Client, county: None) -> AsyncClient:
    return client_of(*REGISTRAR)


@pytest.fixture
def officer(client_of: Client, county: None) -> AsyncClient:
    return client_of(*OFFICER, subject="officer")


@pytest.fixture
async def one(registrar: AsyncClient, committed: Database) -> Json:
    """A line too many in VILLAGE, that a check has found."""
    await post(committed, (await register(registrar))["id"], VILLAGE, 1)
    await check(registrar)
    (found,) = await all_pages(registrar, DISCREPANCIES, area=VILLAGE)
    return found


def path_of(one: Json) -> str:
    return f"{DISCREPANCIES}/{one['id']}"


async def test_it_is_found_with_numbers_and_explained_with_its_version(
    officer: AsyncClient, one: Json, clock: FrozenClock
) -> None:
    assert {name: one[name] for name in ("area", "book", "ledger", "stock", "month", "status", "version")} == {
        "area": VILLAGE,
        "book": "residence",
        "ledger": 2,
        "stock": 1,
        "month": None,
        "status": "open",
        "version": 1,
    }
    assert one["found_at"] == one["changed_at"]
    assert (one["explained_by"], one["note"]) == (None, None)
    seen = await officer.get(path_of(one))
    assert (seen.json(), seen.headers["etag"]) == (one, '"1"')
    stale = await officer.post(f"{path_of(one)}/explain", json=NOTE, headers={"if-match": '"2"'})
    assert_refused(stale, "version_mismatch")
    clock.advance(days=1)
    answer = await officer.post(f"{path_of(one)}/explain", json=NOTE, headers={"if-match": seen.headers["etag"]})
    told = given(answer)
    assert answer.headers["etag"] == '"2"'
    assert told == {**one, **NOTE, "version": 2, "status": "explained", "explained_by": "officer"} | {
        "changed_at": told["changed_at"]
    }
    assert told["changed_at"] > one["changed_at"]


async def test_an_explanation_is_sealed_and_shown_one_by_one(
    registrar: AsyncClient, officer: AsyncClient, one: Json, committed: Database
) -> None:
    given(await officer.post(f"{path_of(one)}/explain", json=NOTE))
    (listed,) = await all_pages(registrar, DISCREPANCIES, area=COUNTY)
    assert (listed["note"], listed["explained_by"]) == (None, "officer")
    assert given(await registrar.get(path_of(one)))["note"] == NOTE["note"]
    async with committed.session() as session:
        sealed = (await session.execute(text("SELECT note_sealed FROM discrepancies"))).scalar_one()
        others = (await session.execute(text("SELECT payload FROM outbox"))).scalars().all()
    assert "重复".encode() not in bytes(sealed)
    assert not any("重复" in str(payload) or "discrepancy" in str(payload) for payload in others)


async def test_an_explanation_of_other_numbers_is_forgotten(
    registrar: AsyncClient, officer: AsyncClient, one: Json, committed: Database, clock: FrozenClock
) -> None:
    given(await officer.post(f"{path_of(one)}/explain", json=NOTE))
    person = (await register(registrar))["id"]
    for _ in range(2):
        await post(committed, person, VILLAGE, 1)
    clock.advance(days=1)
    await check(registrar)
    again = given(await officer.get(path_of(one)))
    assert (again["status"], again["explained_by"], again["note"], again["version"]) == ("open", None, None, 3)
    assert (again["ledger"], again["stock"], again["found_at"]) == (5, 2, one["found_at"])
    assert again["changed_at"] > one["changed_at"]
    async with committed.session() as session:
        assert (await session.execute(text("SELECT note_sealed FROM discrepancies"))).scalar_one() is None
    assert given(await officer.post(f"{path_of(one)}/explain", json=NOTE))["status"] == "explained", "and told again"


async def test_of_two_who_explain_at_once_one_does(client_of: Client, one: Json) -> None:
    answers = await asyncio.gather(
        *(
            client_of(*OFFICER, subject=f"officer-{number}").post(
                f"{path_of(one)}/explain", json={"note": f"说明{number}"}
            )
            for number in range(3)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    (told,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert told["explained_by"] == f"officer-{told['note'][-1]}"
    assert given(await client_of(*OFFICER).get(path_of(one))) == told


@pytest.mark.parametrize(
    ("body", "path"),
    [({}, "note"), ({"note": ""}, "note"), ({"note": "长" * 2001}, "note"), ({**NOTE, "status": "gone"}, "body")],
)
async def test_an_explanation_says_something(officer: AsyncClient, one: Json, body: Json, path: str) -> None:
    answer = await officer.post(f"{path_of(one)}/explain", json=body)
    assert (answer.status_code, [each["path"] for each in answer.json()["errors"]]) == (422, [path])
    assert given(await officer.get(path_of(one))) == one


async def test_the_longest_explanation_is_kept_whole(officer: AsyncClient, one: Json) -> None:
    longest = {"note": "长" * 2000}
    assert given(await officer.post(f"{path_of(one)}/explain", json=longest))["note"] == longest["note"]


async def test_a_clerk_reads_and_does_not_explain_and_grid_workers_see_nothing(client_of: Client, one: Json) -> None:
    clerk = client_of(*CLERK)
    assert given(await clerk.get(path_of(one)))["id"] == one["id"]
    assert_refused(await clerk.post(f"{path_of(one)}/explain", json=NOTE), "forbidden")
    assert_refused(await clerk.post(f"{DISCREPANCIES}/check", json={"area": VILLAGE}), "forbidden")
    for role in ("grid_worker", "resident", "agent"):
        assert_refused(await client_of(role, VILLAGE).get(path_of(one)), "forbidden")
    assert_not_found(await client_of(*CLERK[:1], SISTER).get(path_of(one)))


async def test_a_check_is_of_a_county_a_town_or_a_village(registrar: AsyncClient) -> None:
    for area in (f"{VILLAGE}001", "4504811", ""):
        answer = await registrar.post(f"{DISCREPANCIES}/check", json={"area": area})
        assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (422, ["area"])
    answer = await registrar.get(DISCREPANCIES, params={"area": f"{VILLAGE}001"})
    assert answer.status_code == 422


async def test_a_village_in_which_nobody_lives_is_compared_too(registrar: AsyncClient, committed: Database) -> None:
    person = await register(registrar)
    await post(committed, person["id"], VILLAGE, -1)
    for _ in range(3):
        await post(committed, person["id"], FAR, 1, "registration")
    assert await check(registrar) == 2
    assert said(await all_pages(registrar, DISCREPANCIES, area=COUNTY)) == [
        (VILLAGE, "residence", 0, 1, "open"),
        (FAR, "registration", 3, 0, "open"),
    ]


async def test_every_list_is_as_long_as_its_count_says_for_roles_areas_and_statuses(
    client_of: Client, registrar: AsyncClient, committed: Database
) -> None:
    person = (await register(registrar))["id"]
    for area in (VILLAGE, SISTER, FAR):
        await post(committed, person, area, 1)
        await post(committed, person, area, -1, "registration")
    await check(registrar)
    found = await all_pages(registrar, DISCREPANCIES, area=COUNTY, limit=1)
    assert [one["id"] for one in found] == sorted(one["id"] for one in found), "oldest first"
    for one in found[:2]:
        given(await registrar.post(f"{path_of(one)}/explain", json=NOTE))
    await post(committed, person, found[2]["area"], -(found[2]["ledger"] - found[2]["stock"]), found[2]["book"])
    await check(registrar)
    now = [given(await registrar.get(path_of(one))) for one in found]
    assert [one["status"] for one in now] == ["explained"] * 2 + ["gone"] + ["open"] * 3
    for role, own in ((*REGISTRAR,), OFFICER, CLERK, ("town_officer", OTHER_TOWN), ("auditor", COUNTY)):
        for area in (COUNTY, TOWN, VILLAGE, SISTER, FAR):
            client = client_of(role, own)
            if not area.startswith(own) and not own.startswith(area):
                assert_not_found(await client.get(f"{DISCREPANCIES}/count", params={"area": area}))
                assert_not_found(await client.get(DISCREPANCIES, params={"area": area}))
                continue
            for status in (None, "open", "explained", "gone"):
                asked = {"area": area} | ({"status": status} if status else {})
                inside = [one for one in now if one["area"].startswith(area) and one["area"].startswith(own)]
                here = [one for one in inside if status in (None, one["status"])]
                count = given(await client.get(f"{DISCREPANCIES}/count", params=asked))["count"]
                rows = given(await client.get(DISCREPANCIES, params=asked))["items"]
                assert ([one["id"] for one in rows], count) == ([one["id"] for one in here], len(here)), (role, asked)
