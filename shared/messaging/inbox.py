"""Claimed event ids, for effects that are not state: commands from county systems, notifications."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from shared.clock import Clock
from shared.db.base import KitBase


class InboxEntry(KitBase):
    """An event that had its effect."""

    __tablename__ = "inbox"
    # nothing is told again after so long: outboxes keep their rows for three days, inbound topics theirs for seven
    __table_args__: Any = (Index(None, "claimed_at"), {"info": {"keep_by": "claimed_at", "keep_days": 31}})

    effect: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    claimed_at: Mapped[datetime]


async def claim(session: AsyncSession, clock: Clock, effect: str, event_id: UUID) -> bool:
    """True for exactly one transaction that commits: the caller then does `effect` in it. False: it was done."""
    statement = insert(InboxEntry).values(effect=effect, event_id=event_id, claimed_at=clock.now())
    claimed = await session.execute(statement.on_conflict_do_nothing().returning(InboxEntry.event_id))
    return claimed.first() is not None
