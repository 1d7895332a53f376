"""Raw asyncpg connection under a session, for the few hot statements that SQLAlchemy would cost too much."""

from collections.abc import Collection, Hashable, Mapping
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.gathering import Question
from shared.db.session import TurnSession, row_session

_BEGIN = text("SELECT 1")


async def raw_connection(session: AsyncSession) -> asyncpg.Connection:
    """The session's own connection. Before the session's first statement what is executed on it commits alone."""
    raw = (await (await session.connection()).get_raw_connection()).driver_connection
    assert isinstance(raw, asyncpg.Connection)
    return raw


async def raw_in_transaction(session: AsyncSession) -> asyncpg.Connection:
    """The session's own connection, inside the session's transaction: it commits and rolls back with it.

    SQLAlchemy begins with its first statement and does not see ours; without one before, ours would commit alone.
    """
    raw = await raw_connection(session)
    if not raw.is_in_transaction():
        await (await session.connection()).execute(_BEGIN)
    if len(row_session(session).rows):
        await session.flush()
    return raw


async def rows_by_key(
    session: AsyncSession, question: Question, keys: Collection[Hashable]
) -> Mapping[Any, asyncpg.Record]:
    """The rows of these keys, as far as they exist: inside the session's transaction, once it has begun.

    Until then together with what other requests ask, on another connection: a request that has nothing to lock and only
    adds rows needs no transaction of its own at all (`Database.commit`).
    """
    if isinstance(session, TurnSession) and not row_session(session).begun:
        return await session.reads.ask(question, keys)
    raw = await raw_in_transaction(session)
    return {row[question.key]: row for row in await raw.fetch(question.sql, list(keys))}
