"""Back-pressure of the outbox, for those who write in bulk."""

from collections.abc import Awaitable, Callable

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.db.engine import Database
from shared.messaging.outbox.tables import OutboxMessage

MOST = 20_000
"""Unpublished rows above which a bulk writer pauses."""
PAUSE = 0.5


async def backlog(session: AsyncSession, *, most: int = MOST) -> int:
    """Number of unpublished rows, counted no further than `most + 1`."""
    waiting = select(OutboxMessage.id).where(OutboxMessage.published_at.is_(None)).limit(most + 1).subquery()
    return await session.scalar(select(func.count()).select_from(waiting)) or 0


async def until_relayed(database: Database, pause: Callable[[float], Awaitable[None]], *, most: int = MOST) -> None:
    """Wait until at most `most` rows are unpublished. `pause(seconds)` may raise to end the waiting."""
    while True:
        async with database.session() as session:
            if await backlog(session, most=most) <= most:
                return
        await pause(PAUSE)
