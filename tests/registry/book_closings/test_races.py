"""Months are closed and reopened while clerks tell what happened in them: on committed connections."""

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.book_closings.test_api import booked, close, reopen
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, FAR, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client
from tests.registry.life_events.reference import an_event
from tests.registry.movements.test_books_agree import happen, ready, take_back
from tests.registry.steps import BOOK_CLOSINGS, DISCREPANCIES, REGISTRAR, Json, all_pages, given, move_out, register

AREAS = (VILLAGE, SISTER, FAR, TOWN, OTHER_TOWN, COUNTY)
MONTHS = ("2025-12", "2026-01", "2026-02")
PERIODS = {"2026-01": {"from": "2026-01-01", "to": "2026-01-31"}, "2026-02": {"from": "2026-02-01", "to": "2026-02-28"}}


async def assert_frozen(client: Any) -> int:
    """Every month that is closed says what it said when it was closed. Returns how many there are."""
    closings = [one for one in await all_pages(client, BOOK_CLOSINGS, area=COUNTY) if one["reopened_at"] is None]
    for one in closings:
        frozen = {
            row["book"]: (row["opening"], row["closing"])
            for row in given(await client.get(f"{BOOK_CLOSINGS}/{one['id']}"))["carried"]
        }
        for book in ("residence", "registration"):
            period = PERIODS.get(one["month"], {"from": "2025-12-01", "to": "2025-12-31"})
            told = await booked(client, one["area"], book, **period)
            assert told["closed"], one
            assert (told["opening"], told["closing"]) == frozen.get(book, (0, 0)), (one, book)
    return len(closings)


async def assert_whole(client: Any) -> None:
    """The county is its villages in every month; what has happened is what is there; the daily check finds nothing."""
    for book in ("residence", "registration"):
        for period in (*PERIODS.values(), {"from": "2026-03-01", "to": "2026-03-16"}):
            county = await booked(client, COUNTY, book, **period)
            villages = [await booked(client, area, book, **period) for area in (VILLAGE, SISTER, FAR)]
            assert county["closing"] == sum(one["closing"] for one in villages)
            transfers = Counter[str]()
            for flow in county["flows"]:
                if flow["kind"].startswith("transfer"):
                    transfers[book] += flow["amount"]
            assert not transfers[book], "both halves of a transfer count in one month"
        assert county["closing"] == county["stock"]
    assert given(await client.post(f"{DISCREPANCIES}/check", json={"area": COUNTY}))["count"] == 0


async def test_who_tells_of_a_month_while_it_is_closed_is_in_it_or_late(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    people = [(await register(client))["id"] for _ in range(12)]

    async def closing() -> Json:
        await asyncio.sleep(0.01)
        return given(await close(client_of(*REGISTRAR, subject="closer"), COUNTY, "2026-01"), 201)

    async def entering() -> None:
        for _ in range(3):
            await register(client, occurred_on="2026-01-09")

    async def leaving(person: str) -> None:
        given(await move_out(client, person, "2026-01-20", books=["residence"]))

    made, *_ = await asyncio.gather(closing(), entering(), *(leaving(one) for one in people))
    january = await booked(client, **PERIODS["2026-01"])
    assert made is not None
    (carried,) = [one for one in made["carried"] if one["book"] == "residence"]
    assert january["closing"] == carried["closing"]
    assert (await booked(client, **PERIODS["2026-02"]))["closing"] == 3
    await assert_frozen(client)
    await assert_whole(client)


async def test_who_closes_waits_for_who_holds_a_village_and_lets_the_others_go_meanwhile(
    client_of: Client, county: None, committed: Database
) -> None:
    """Somebody is about to enter a line and takes a second village: nobody waits in a circle."""
    held = text("SELECT code FROM areas WHERE code = :code FOR KEY SHARE")
    async with committed.session() as session:
        await session.execute(held, {"code": FAR})
        closing = asyncio.create_task(close(client_of(*REGISTRAR), COUNTY, "2026-01"))
        await asyncio.sleep(0.1)
        await session.execute(held, {"code": VILLAGE})
        await asyncio.sleep(0.3)
        assert not closing.done()
        await session.commit()
    given(await closing, 201)


async def close_or_reopen(clients: Any, dice: random.Random) -> str:
    """Somebody closes a month of any area, or somebody else reopens one."""
    client = dice.choice(clients)
    if dice.random() < 0.3:
        closings = [one for one in await all_pages(client, BOOK_CLOSINGS, area=COUNTY) if one["reopened_at"] is None]
        if not closings:
            return "nothing to reopen"
        answer = await reopen(client, dice.choice(closings))
    else:
        answer = await close(client, dice.choice(AREAS), dice.choice(MONTHS))
    assert answer.status_code in (200, 201, 403, 409, 503), answer.text
    return {200: "reopened", 201: "closed"}.get(answer.status_code) or str(answer.json()["code"])


async def told_at_once(client_of: Client, seed: int, clerks: int, steps: int) -> Counter[str]:
    """Random lives, told and taken back by several clerks at once, while months are closed and reopened."""
    registrar = client_of(*REGISTRAR)
    people = [(await register(registrar))["id"] for _ in range(6)]
    closers = [client_of(*REGISTRAR, subject=f"closer-{number}") for number in range(2)]
    done: Counter[str] = Counter()

    async def tell(number: int) -> None:
        dice = random.Random(seed * 100 + number)
        client, other = (client_of(*REGISTRAR, subject=f"{who}-{number}") for who in ("clerk", "other"))
        for _ in range(steps):
            if dice.random() < 0.3:
                done[await take_back(client, other, dice.choice(people), dice)] += 1
                continue
            event = an_event(dice)
            answer = await happen(client, dice.choice(people), event)
            assert answer.status_code in (200, 409), answer.text
            done[event.kind if answer.status_code == 200 else "refused"] += 1
            if dice.random() < 0.2:
                day = BOOKS_OPENED_ON + timedelta(days=dice.randrange(0, 60))
                people.append((await register(client, occurred_on=f"{day}"))["id"])

    async def shut() -> None:
        dice = random.Random(seed)
        for _ in range(steps // 2):
            done[await close_or_reopen(closers, dice)] += 1

    for _ in range(2):
        await asyncio.gather(shut(), *(tell(number) for number in range(clerks)))
        assert await assert_frozen(registrar)
    await assert_whole(registrar)
    return done


async def test_a_closed_month_never_changes_whatever_is_told_of_it(
    client_of: Client, county: None, committed: Database
) -> None:
    await ready(committed)
    done = await told_at_once(client_of, seed=3, clerks=3, steps=8)
    assert {"move_in", "closed"} <= done.keys(), done


@pytest.mark.large
@pytest.mark.parametrize("seed", range(10, 20))
async def test_closed_months_never_change_whatever_many_tell_of_them(
    client_of: Client, county: None, committed: Database, seed: int
) -> None:
    await ready(committed)
    done = await told_at_once(client_of, seed=seed, clerks=8, steps=40)
    assert {"move_in", "move_out", "closed", "reopened"} <= done.keys(), done
