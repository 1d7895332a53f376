"""Erasing of files (清除): without its key a content is noise at once; the sweep removes it, and the row, later."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.db.sealing import ERASED
from shared.files.tables import FileRow


async def erase_files(session: AsyncSession, clock: Clock, objects: Collection[UUID]) -> int:
    """Erase the files that belong to these objects. The number of files."""
    if not objects:
        return 0
    erased = await session.scalars(
        update(FileRow)
        .where(FileRow.object_id.in_(objects), func.length(FileRow.key) > 0)
        .values(key=ERASED, name=None, expires_at=clock.now())
        .returning(FileRow.id)
    )
    return len(erased.all())
