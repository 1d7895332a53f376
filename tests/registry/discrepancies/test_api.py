"""Ledger and persons are compared every day: what differs is opened, explained by somebody, and gone when it agrees."""

import asyncio

from services.registry.discrepancies.schedules import COMPARE_BOOKS, compare_books
from services.registry.features import FEATURES
from shared.db.engine import Database
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Work
from tests.registry.discrepancies.posting import check, post, said
from tests.registry.steps import (
    CLERK,
    DISCREPANCIES,
    FAR_CLERK,
    NOBODY,
    REGISTRAR,
    all_pages,
    assert_not_found,
    assert_refused,
    die,
    given,
    go_missing,
    move_in,
    move_out,
    register,
)

OFFICER = ("town_officer", TOWN)


async def test_nothing_differs_whatever_has_happened(client_of: Client, county: None, work: Work) -> None:
    client = client_of(*REGISTRAR)
    people = [(await register(client))["id"] for _ in range(5)]
    given(await move_out(client, people[0], "2026-03-01", books=["residence"]))
    given(await move_in(client, people[1], "2026-03-01", residence=FAR, registration="431024"))
    given(await die(client, people[2], "2026-03-01"))
    given(await go_missing(client, people[3], "2026-03-01"))
    assert await check(client) == 0
    await work(lambda registry: registry.discrepancies.compare())
    assert await all_pages(client, DISCREPANCIES, area=COUNTY) == []


async def test_what_differs_is_opened_explained_and_gone_when_it_agrees(
    client_of: Client, county: None, committed: Database, work: Work
) -> None:
    client, officer = client_of(*REGISTRAR), client_of(*OFFICER, subject="officer")
    person = (await register(client))["id"]
    await post(committed, person, VILLAGE, 1)
    await post(committed, person, FAR, -1, "registration")
    await work(lambda registry: registry.discrepancies.compare())
    wanted = [(VILLAGE, "residence", 2, 1, "open"), (FAR, "registration", -1, 0, "open")]
    assert said(await all_pages(client, DISCREPANCIES, area=COUNTY)) == wanted
    (one,) = await all_pages(officer, DISCREPANCIES, area=TOWN)
    assert await check(client) == 2, "the same two, not two more"
    explained = given(await officer.post(f"{DISCREPANCIES}/{one['id']}/explain", json={"note": "系统升级时重复记账"}))
    assert (explained["status"], explained["explained_by"]) == ("explained", "officer")
    assert given(await officer.get(f"{DISCREPANCIES}/{one['id']}"))["note"] == "系统升级时重复记账"
    again = await officer.post(f"{DISCREPANCIES}/{one['id']}/explain", json={"note": "同上"})
    assert_refused(again, "discrepancy_not_open")
    assert await check(client, VILLAGE) == 1
    (same,) = await all_pages(officer, DISCREPANCIES, area=TOWN)
    assert (same["status"], same["version"]) == ("explained", 2)
    await register(client)  # people come and go: both numbers change, the difference does not
    assert await check(client, VILLAGE) == 1
    assert given(await officer.get(f"{DISCREPANCIES}/{one['id']}"))["status"] == "explained"
    await post(committed, person, VILLAGE, 1)
    assert await check(client, VILLAGE) == 1
    shown = given(await officer.get(f"{DISCREPANCIES}/{one['id']}"))
    assert (shown["status"], shown["ledger"], shown["stock"], shown["note"]) == ("open", 4, 2, None), (
        "other numbers, another explanation"
    )
    await post(committed, person, VILLAGE, -1)
    await post(committed, person, VILLAGE, -1)
    assert await check(client, VILLAGE) == 0
    assert given(await officer.get(f"{DISCREPANCIES}/{one['id']}"))["status"] == "gone"
    refused = await officer.post(f"{DISCREPANCIES}/{one['id']}/explain", json={"note": "同上"})
    assert_refused(refused, "discrepancy_not_open")
    await post(committed, person, VILLAGE, 1)
    assert await check(client) == 2
    rows = await all_pages(client, DISCREPANCIES, area=VILLAGE)
    assert sorted(row["status"] for row in rows) == ["gone", "open"]
    for status, number in ((None, 2), ("open", 1), ("explained", 0)):
        params = {"area": VILLAGE, **({"status": status} if status else {})}
        assert given(await client.get(f"{DISCREPANCIES}/count", params=params))["count"] == number


async def test_a_check_of_one_area_leaves_the_others_alone(
    client_of: Client, county: None, committed: Database
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    for area in (VILLAGE, SISTER, FAR):
        await post(committed, person, area, 1)
    assert await check(client, SISTER) == 1
    assert said(await all_pages(client, DISCREPANCIES, area=COUNTY)) == [(SISTER, "residence", 1, 0, "open")]
    assert await check(client, TOWN) == 2
    await post(committed, person, SISTER, -1)
    assert await check(client, VILLAGE) == 1
    assert [row[4] for row in said(await all_pages(client, DISCREPANCIES, area=COUNTY))] == ["open", "open"]


async def test_checks_at_once_open_it_once_and_moves_meanwhile_open_nothing(
    client_of: Client, county: None, committed: Database
) -> None:
    client = client_of(*REGISTRAR)
    people = [(await register(client))["id"] for _ in range(6)]
    await post(committed, people[0], VILLAGE, 1)
    moves = (move_in(client, person, "2026-03-01", residence=FAR) for person in people[1:])
    answers = await asyncio.gather(*(check(client) for _ in range(4)), *moves)
    assert answers[:4] == [1, 1, 1, 1]
    (one,) = await all_pages(client, DISCREPANCIES, area=COUNTY)
    assert (one["area"], one["ledger"] - one["stock"]) == (VILLAGE, 1)


async def test_nobody_elsewhere_reads_explains_or_checks(client_of: Client, county: None, committed: Database) -> None:
    client = client_of(*REGISTRAR)
    await post(committed, (await register(client))["id"], VILLAGE, 1)
    await check(client)
    (one,) = await all_pages(client_of(*CLERK), DISCREPANCIES, area=VILLAGE)
    far, officer = client_of(*FAR_CLERK), client_of("town_officer", FAR[:9])
    for asked in (one["id"], NOBODY):
        assert_not_found(await far.get(f"{DISCREPANCIES}/{asked}"))
        assert_not_found(await officer.post(f"{DISCREPANCIES}/{asked}/explain", json={"note": "不详"}))
    assert_not_found(await far.get(DISCREPANCIES, params={"area": VILLAGE}))
    assert await all_pages(far, DISCREPANCIES, area=FAR) == []
    registrar = client_of("county_registrar", FAR)
    assert_not_found(await registrar.post(f"{DISCREPANCIES}/check", json={"area": VILLAGE}))
    assert_refused(await officer.post(f"{DISCREPANCIES}/check", json={"area": FAR}), "forbidden")


def test_the_check_is_a_duty_of_every_day() -> None:
    duties = [duty for feature in FEATURES for duty in feature.schedules]
    assert COMPARE_BOOKS in duties
    assert (COMPARE_BOOKS.every.days, COMPARE_BOOKS.run) == (1, compare_books)
