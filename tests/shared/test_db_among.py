"""Rows are found by keys of several columns: whole keys, of every type, none for no key."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import LargeBinary, Text, column, select, values
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.among import among

HELD = [("passport", "new", b"\x01"), ("passport", "old", b"\x02"), ("permit", "new", b"\x02")]


async def found(session: AsyncSession, keys: Collection[tuple[str, str, bytes]]) -> list[tuple[Any, ...]]:
    names = (column("kind", Text), column("key_id", Text), column("digest", LargeBinary))
    rows = values(*names, name="held").data(HELD)
    statement = select(rows).where(among(tuple(rows.c), keys))
    assert str(statement).count("unnest") == 1
    return sorted(map(tuple, await session.execute(statement)))


async def test_a_row_is_found_by_its_whole_key(session: AsyncSession) -> None:
    assert await found(session, HELD) == HELD
    assert await found(session, [("passport", "old", b"\x01"), ("permit", "new", b"\x02")]) == HELD[2:]
    assert await found(session, [HELD[0], HELD[0]]) == HELD[:1]
    assert await found(session, []) == []


async def test_keys_beyond_the_parameters_of_a_statement_are_looked_for_at_once(session: AsyncSession) -> None:
    many = [("passport", "new", number.to_bytes(4)) for number in range(40_000)]
    assert await found(session, [*many, HELD[1]]) == HELD[1:2]
