"""Restatement of the population ledger's lines."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.postings.repository import PostingRepository
from shared.contracts.registry.postings import PostingRestated


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[PostingRestated]:
    """Restated facts of the next postings."""
    lines = await PostingRepository(session).after(UUID(after) if after else None, limit)
    return [PostingRestated(state=line) for line in lines]
