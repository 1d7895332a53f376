"""Every query about drafts of the dictionary of incidents."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.dictionary_drafts.domain import DraftStatus
from services.grid.dictionary_drafts.models import DictionaryDraft


class DictionaryDraftRepository:
    """Drafts by id."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, draft: DictionaryDraft) -> None:
        self._session.add(draft)

    async def flush(self) -> None:
        """Write what was changed, so that the database refuses it now if it does."""
        await self._session.flush()

    async def get(self, id: UUID) -> DictionaryDraft | None:
        return await self._session.get(DictionaryDraft, id)

    async def locked(self, id: UUID) -> DictionaryDraft | None:
        return await self._session.get(DictionaryDraft, id, with_for_update=True, populate_existing=True)

    async def open_locked(self) -> DictionaryDraft | None:
        """The draft that is open, locked."""
        statement = select(DictionaryDraft).where(DictionaryDraft.status == DraftStatus.DRAFT).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()

    async def open(self) -> DictionaryDraft | None:
        """The draft that is open."""
        statement = select(DictionaryDraft).where(DictionaryDraft.status == DraftStatus.DRAFT)
        return (await self._session.scalars(statement)).one_or_none()

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[DictionaryDraft]:
        """Drafts, the newest first."""
        statement = select(DictionaryDraft).order_by(DictionaryDraft.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(DictionaryDraft.id < after)
        return (await self._session.scalars(statement)).all()

    async def count(self) -> int:
        """How many `page` gives in all."""
        return (await self._session.scalar(select(func.count()).select_from(DictionaryDraft))) or 0
