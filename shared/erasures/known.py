"""Who was erased (清除), as far as a service was told: nothing sealed is entered about them again."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.erasures.tables import ErasureTask


async def erased_persons(session: AsyncSession, ids: Collection[str]) -> Collection[str]:
    """Those of these persons; also while something of them has to be kept for now."""
    wanted = [UUID(one) for one in ids]
    found = await session.scalars(select(ErasureTask.persons).where(ErasureTask.persons.overlap(wanted)))
    return {str(one) for persons in found for one in persons} & set(ids)
