"""Raw asyncpg connection under a session, for the few hot statements that SQLAlchemy would cost too much."""

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

_BEGIN = text("SELECT 1")


async def raw_in_transaction(session: AsyncSession) -> asyncpg.Connection:
    """The session's own connection, inside the session's transaction: it commits and rolls back with it.

    SQLAlchemy begins with its first statement and does not see ours; without one before, ours would commit alone.
    """
    connection = await session.connection()
    raw = (await connection.get_raw_connection()).driver_connection
    assert isinstance(raw, asyncpg.Connection)
    if not raw.is_in_transaction():
        await connection.execute(_BEGIN)
    return raw
