"""Accounts under test, over grid's HTTP with the ledgers of hours and of relief that ship."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, text

from shared.auth.principal import Principal
from shared.contracts.envelope import FACTS, Fact
from shared.db.engine import Database
from shared.messaging.outbox.tables import OutboxMessage
from shared.testing.doors import a_principal
from tests.grid.builders import TOWN, TOWN_OFFICER, VILLAGE, WAITING
from tests.shared.ledgers.records.conftest import (  # noqa: F401  (fixtures)
    Published,
    Send,
    arrivals,
    door,
    parts,
    published,
    send,
    service_name,
    villages,
)

FUND, HOURS = "/ledgers/relief_fund", "/ledgers/volunteer_hours"
SHIPPED = Path(__file__).parents[4] / "services/grid/ledgers"
CHECKER = a_principal("town_officer", TOWN, subject="second-officer")

Held = Callable[..., Awaitable[str]]
Post = Callable[..., Awaitable[httpx.Response]]
Posted = Callable[[], Awaitable[Sequence[Fact[Any]]]]
Balances = Callable[..., Awaitable[dict[str, int]]]


@pytest.fixture
async def books(published: Published, villages: None) -> None:  # noqa: F811
    """Both ledgers are published."""
    for name in ("relief_fund", "volunteer_hours"):
        await published.publish((SHIPPED / f"{name}.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def family(send: Send, books: None) -> Held:  # noqa: F811
    """Opens a record of the relief fund: `await family("BF-1")`."""

    async def make(number: str = "BF-1", *, area: str = VILLAGE, who: Principal = TOWN_OFFICER) -> str:
        values = {"number": number, "family": "欧阳植入", "hardship": "illness", "paired_on": "2026-01-15"}
        answer = await send(who, "post", f"{FUND}/records", {"area": area, "values": values})
        assert answer.status_code == 201, answer.text
        record: str = answer.json()["id"]
        return record

    return make


@pytest.fixture
def volunteer(send: Send, books: None) -> Held:  # noqa: F811
    """Opens a record of the hours: `await volunteer("SJ-1")`."""

    async def make(card: str = "SJ-1", *, area: str = VILLAGE, who: Principal = TOWN_OFFICER) -> str:
        values = {"card": card, "name": "欧阳植入", "team": "youth", "joined_on": "2026-01-05"}
        answer = await send(who, "post", f"{HOURS}/records", {"area": area, "values": values})
        assert answer.status_code == 201, answer.text
        record: str = answer.json()["id"]
        return record

    return make


@pytest.fixture
def post(send: Send, books: None) -> Post:  # noqa: F811
    """A posting: `await post(CLERK, a_donation(500))`; done if nothing else is said."""

    async def make(who: Principal, body: dict[str, Any], *, ledger: str = FUND, status: int = 201) -> httpx.Response:
        answer = await send(who, "post", f"{ledger}/postings", body)
        assert answer.status_code == status, answer.text
        return answer

    return make


@pytest.fixture
def balances(send: Send) -> Balances:  # noqa: F811
    """Balances by kind and holder, as a list tells: `await balances(FUND, on=…)`."""

    async def read(ledger: str = FUND, who: Principal = TOWN_OFFICER, **wanted: Any) -> dict[str, int]:
        found: dict[str, int] = {}
        cursor: dict[str, str] = {}
        while True:
            answer = await send(who, "get", f"{ledger}/accounts", params={"limit": 200, **wanted, **cursor})
            assert answer.status_code == 200, answer.text
            for one in answer.json()["items"]:
                found[f"{one['kind']}:{one['record_id'] or one['area']}"] = one["balance"]
            if answer.json()["next_cursor"] is None:
                return found
            cursor = {"cursor": answer.json()["next_cursor"]}

    return read


@pytest.fixture
def posted(committed: Database) -> Posted:
    """What was announced of postings so far, in order."""

    async def read() -> Sequence[Fact[Any]]:
        statement = select(OutboxMessage).where(OutboxMessage.noun.contains("ledger_posting"))
        async with committed.session() as session:
            rows = (await session.scalars(statement.order_by(OutboxMessage.id))).all()
        return [FACTS[(row.type, row.schema_version)].model_validate_json(row.payload) for row in rows]

    return read


def a_side(account: str, holder: str, amount: int, **more: Any) -> dict[str, Any]:
    """A side: a holder with hyphens is a record, else an area."""
    return {"account": account, "record_id" if "-" in holder else "area": holder, "amount": amount, **more}


def a_donation(amount: int, *, day: str = "2026-03-02", area: str = VILLAGE, **more: Any) -> dict[str, Any]:
    """Money that came into the fund of an area."""
    sides = [a_side("fund", area, amount), a_side("donors", area, amount)]
    return {"kind": "donate", "day": day, "sides": sides, **more}


def a_relief(record: str, amount: int, *, day: str = "2026-03-03", area: str = VILLAGE, **more: Any) -> dict[str, Any]:
    """Money that went from the fund of an area to a family."""
    sides = [a_side("family", record, amount), a_side("fund", area, amount)]
    return {"kind": "relieve", "day": day, "sides": sides, **more}


def an_hour(record: str, minutes: int, *, kind: str = "serve", day: str = "2026-03-03", area: str = VILLAGE) -> Any:
    """Minutes that a volunteer saved, or had somebody serve."""
    return {
        "kind": kind,
        "day": day,
        "sides": [a_side("volunteer", record, minutes), a_side("community", area, minutes)],
    }


def a_day(number: int) -> str:
    return date(2026, 3, number).isoformat()


async def until_waiting(database: Database, count: int) -> None:
    """Returns once so many transactions stand before a lock; fails after 20 seconds."""
    async with asyncio.timeout(20), database.session() as session:
        while (await session.execute(text(WAITING))).scalar_one() < count:
            await asyncio.sleep(0.01)
