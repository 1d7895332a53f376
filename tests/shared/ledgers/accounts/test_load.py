"""Random postings of many clients at once: the books balance at every step, and no account is ever below zero."""

import asyncio
from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.testing.doors import Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, OTHER_VILLAGE, TOWN, TOWN_OFFICER, VILLAGE
from tests.shared.ledgers.accounts.conftest import CHECKER, FUND, Held, a_donation, a_relief

CLIENTS = 16
REFUSALS = {"account_below_zero", "posting_reversed", "posting_four_eyes", "month_closed", "closing_reopened"}
REFUSALS |= {"month_closed_already", "later_month_closed"}

BROKEN = {
    "sum": "SELECT coalesce(sum(balance), 0) FROM ledger_accounts",
    "postings that do not sum to zero": """
        SELECT count(*) FROM (SELECT 1 FROM ledger_entries GROUP BY posting_id HAVING sum(amount) <> 0) AS odd
    """,
    "accounts that are not the sum of their postings": """
        SELECT count(*) FROM ledger_accounts a
        WHERE balance <> (SELECT coalesce(sum(amount), 0) FROM ledger_entries WHERE account_id = a.id)
        OR balance <> (SELECT coalesce(sum(grown - shrunk), 0) FROM ledger_account_days WHERE account_id = a.id)
        OR version <> (SELECT count(*) FROM ledger_entries WHERE account_id = a.id)
    """,
    "days below zero": """
        SELECT count(*) FROM (
            SELECT sum(sum(amount)) OVER (PARTITION BY account_id ORDER BY e.day) AS balance
            FROM ledger_entries e JOIN ledger_accounts a ON a.id = account_id
            WHERE a.kind <> 'donors' GROUP BY account_id, e.day
        ) AS days WHERE balance < 0
    """,
    "carried balances that the month does not have": """
        SELECT count(*) FROM ledger_carried c JOIN ledger_closings m ON m.id = closing_id
        WHERE reopened_at IS NULL AND balance <> (
            SELECT coalesce(sum(amount), 0) FROM ledger_entries
            WHERE account_id = c.account_id AND to_char(day, 'YYYY-MM') <= m.month
        )
    """,
}
"""Each a number that is zero if the books are in order."""


async def broken(database: Database) -> dict[str, int]:
    """What is wrong with the books in one snapshot."""
    one = "SELECT " + ", ".join(f"({query})" for query in BROKEN.values())
    async with database.session() as session:
        row = (await session.execute(text(one))).one()
    return {name: int(number) for name, number in zip(BROKEN, row, strict=True) if number}


async def keep_posting(door: Door, records: list[str], count: int, random: Random, made: list[str]) -> Counter[str]:
    """One client: donations, reliefs in any village and of any day, reversals, at times a month closed or opened."""
    outcomes: Counter[str] = Counter()
    closings: list[str] = []
    async with door.client(random.choice([TOWN_OFFICER, CHECKER])) as client:
        for _ in range(count):
            day = (date(2026, 1, 1) + timedelta(days=random.randrange(75))).isoformat()
            area = random.choice([VILLAGE, OTHER_VILLAGE])
            dice = random.random()
            path, body = "/postings", a_donation(random.randrange(1, 500), day=day, area=area)
            if dice < 0.5:
                body = a_relief(random.choice(records), random.randrange(1, 300), day=day, area=area)
            elif dice < 0.6 and made:
                path, body = f"/postings/{random.choice(made)}/reverse", {"reason": "录错"}
            elif dice < 0.61 and closings:
                path, body = f"/closings/{closings.pop()}/reopen", {"reason": "补记"}
            elif dice < 0.62:
                path, body = "/closings", {"area": area, "month": random.choice(["2025-12", "2026-01"])}
            answer = await client.post(f"{FUND}{path}", json=body)
            if answer.status_code in (200, 201):
                outcomes["done"] += 1
                if path == "/postings":
                    made.append(answer.json()["id"])
                elif path == "/closings":
                    closings.append(answer.json()["id"])
                continue
            code = answer.json()["code"]
            if answer.status_code == 503:  # a busy machine: a client sends it again, this one something else
                assert "retry-after" in answer.headers
                continue
            assert code in REFUSALS, (path, body, answer.text)
            outcomes[code] += 1
    return outcomes


async def run(door: Door, database: Database, records: list[str], postings: int) -> Counter[str]:
    """The clients at once, the books looked at meanwhile."""
    made: list[str] = []
    clients = [
        asyncio.create_task(keep_posting(door, records, postings // CLIENTS, Random(number), made))
        for number in range(CLIENTS)
    ]
    looks = 0
    while not all(client.done() for client in clients):
        assert await broken(database) == {}
        await trial_is_zero(door)
        looks += 1
        await asyncio.sleep(0.1)
    assert looks >= 3
    return sum((client.result() for client in clients), Counter())


async def trial_is_zero(door: Door) -> None:
    for area, who in ((TOWN, COUNTY_OFFICER), (VILLAGE, CLERK), (OTHER_VILLAGE, TOWN_OFFICER)):
        async with door.client(who) as client:
            answer = await client.get(f"{FUND}/trial-balance", params={"area": area})
        assert answer.json()["difference"] == 0, answer.text


async def hold(door: Door, database: Database, family: Held, postings: int) -> Counter[str]:
    records = [await family(f"BF-{number}", area=[VILLAGE, OTHER_VILLAGE][number % 2]) for number in range(6)]
    outcomes = await run(door, database, records, postings)
    assert await broken(database) == {}
    await trial_is_zero(door)
    assert sum(outcomes.values()) == postings // CLIENTS * CLIENTS
    assert outcomes["done"] > postings // 4
    assert outcomes["account_below_zero"] > 0
    return outcomes


async def test_the_books_of_sixteen_clients_balance_at_every_step(
    door: Door, committed: Database, family: Held
) -> None:
    await hold(door, committed, family, 320)


@pytest.mark.large
async def test_five_thousand_postings_of_sixteen_clients_balance_at_every_step(
    door: Door, committed: Database, family: Held, record_property: Any
) -> None:
    outcomes = await hold(door, committed, family, 5_008)
    record_property("outcomes", dict(outcomes))
