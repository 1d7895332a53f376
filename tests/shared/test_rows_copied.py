"""Many new rows of a transaction are copied, a table after the other: same rows, same refusals, same news."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy import ARRAY, Column, Date, DateTime, ForeignKey, LargeBinary, Table, Text, Uuid, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError

from shared.db.base import metadata
from shared.db.engine import Database
from shared.db.faults import driver_error, sqlstate_of
from shared.db.rows import BULK, WAKES, Rows
from shared.db.session import row_session, rows_of
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase

TABLES = metadata()
OWNERS = Table(
    "copied_owners",
    TABLES,
    Column("id", Uuid(), primary_key=True),
    Column("name", Text(), unique=True),
    Column("codes", ARRAY(Text())),
    Column("facts", JSONB()),
    Column("sealed", LargeBinary()),
    Column("day", Date()),
    Column("at", DateTime(timezone=True)),
    info={WAKES: "copied_owners"},
)
THINGS = Table(
    "copied_things",
    TABLES,
    Column("id", Uuid(), primary_key=True),
    Column("owner_id", Uuid(), ForeignKey("copied_owners.id")),
)
DDL = """
    CREATE TABLE copied_owners (id uuid PRIMARY KEY, name text CONSTRAINT uq_copied_owners_name UNIQUE, codes text[],
      facts jsonb, sealed bytea, day date, at timestamptz);
    CREATE TABLE copied_things (id uuid PRIMARY KEY, owner_id uuid NOT NULL REFERENCES copied_owners);
    GRANT ALL ON copied_owners, copied_things TO PUBLIC
"""
NOW = FrozenClock().now()


@pytest.fixture
async def database(service_database: ServiceDatabase) -> AsyncIterator[Database]:
    owner = await service_database.as_owner()
    await owner.execute(DDL)
    one = Database(service_database.service_url, pool=2, application="copied")
    yield one
    await one.close()
    await owner.execute("DROP TABLE copied_things, copied_owners")
    await owner.close()


def an_owner(n: int, **what: Any) -> dict[str, Any]:
    full: dict[str, Any] = {
        "id": new_id(), "name": f"名{n}", "codes": ["a", 'b"\\'], "facts": {"n": n, "s": "引号\""},
        "sealed": bytes([0, n % 256]), "day": NOW.date(), "at": NOW,
    }  # fmt: skip
    return full | what


def many(count: int = BULK) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Owners, one of them of nothing but nulls, and a thing of each."""
    owners = [an_owner(n) for n in range(count)]
    owners[0] |= dict.fromkeys(("codes", "facts", "sealed", "day", "at"))
    return owners, [{"id": new_id(), "owner_id": one["id"]} for one in owners]


async def copies_of(database: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the tables that are copied to from now on."""
    found: list[str] = []
    copy = asyncpg.Connection.copy_records_to_table

    async def noted(self: asyncpg.Connection, table: str, **how: Any) -> Any:
        found.append(table)
        return await copy(self, table, **how)

    monkeypatch.setattr(asyncpg.Connection, "copy_records_to_table", noted)
    return found


async def test_many_rows_come_out_as_they_were_given_whatever_their_order(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = await copies_of(database, monkeypatch)
    owners, things = many()
    async with database.session() as session:
        await session.execute(select(1))
        rows_of(session).add(THINGS, things)  # before those to which they refer
        rows_of(session).add(OWNERS, owners)
        await session.commit()
    assert copied == ["copied_owners", "copied_things"]
    async with database.session() as session:
        found = (await session.execute(select(OWNERS).order_by(OWNERS.c.id))).all()
        assert [row._asdict() for row in found] == sorted(owners, key=lambda one: UUID(str(one["id"])))
        assert await session.scalar(text("SELECT count(*) FROM copied_owners WHERE facts IS NULL")) == 1
        assert await session.scalar(select(func.count()).select_from(THINGS)) == len(things)


async def test_few_rows_and_rows_of_a_transaction_that_has_said_nothing_are_one_statement(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied = await copies_of(database, monkeypatch)
    for begun, count in ((True, BULK - 1), (False, BULK)):
        owners, _ = many(count)
        async with database.session() as session:
            if begun:
                await session.execute(select(1))
            rows_of(session).add(OWNERS, [one | {"name": f"{begun}{one['name']}"} for one in owners])
            await session.commit()
    assert copied == []
    async with database.session() as session:
        assert await session.scalar(select(func.count()).select_from(OWNERS)) == 2 * BULK - 1


async def test_a_refusal_names_its_constraint_and_leaves_nothing(database: Database) -> None:
    owners, things = many()
    for wrong, state, constraint in (
        ([*owners, an_owner(1)], "23505", "uq_copied_owners_name"),
        (owners[1:], "23503", "copied_things_owner_id_fkey"),
    ):
        async with database.session() as session:
            await session.execute(select(1))
            rows_of(session).add(OWNERS, wrong)
            rows_of(session).add(THINGS, things)
            with pytest.raises(DBAPIError) as refused:
                await session.commit()
        assert sqlstate_of(refused.value) == state
        assert getattr(driver_error(refused.value), "constraint_name", None) == constraint
        async with database.session() as session:
            assert await session.scalar(select(func.count()).select_from(OWNERS)) == 0


async def test_rows_that_are_rolled_back_were_never_there_and_whoever_waits_hears_of_the_others(
    database: Database,
) -> None:
    owners, _ = many()
    heard: list[frozenset[str]] = []
    for end in ("rollback", "commit"):
        async with database.session() as session:
            row_session(session).told = heard.append
            await session.execute(select(1))
            rows_of(session).add(OWNERS, owners)
            await session.flush()
            await getattr(session, end)()
    assert heard == [frozenset({"copied_owners"})]
    async with database.session() as session:
        assert await session.scalar(select(func.count()).select_from(OWNERS)) == len(owners)


async def test_two_transactions_that_copy_at_once_keep_out_of_each_others_way(database: Database) -> None:
    async def one(prefix: str) -> None:
        owners, _ = many()
        async with database.session() as session:
            await session.execute(select(1))
            rows_of(session).add(OWNERS, [row | {"name": prefix + row["name"]} for row in owners])
            await session.commit()

    await asyncio.gather(one("a"), one("b"))
    async with database.session() as session:
        assert await session.scalar(select(func.count()).select_from(OWNERS)) == 2 * BULK


def test_rows_that_rest_on_others_are_not_copied() -> None:
    rows = Rows()
    rows.add(OWNERS, many()[0])
    assert rows.are_many
    rows.expect(OWNERS, {new_id(): 1})
    assert not rows.are_many
