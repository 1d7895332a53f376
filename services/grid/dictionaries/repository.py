"""Every query about the dictionary of incidents."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.dictionaries.models import Category, CategoryLimit, Dictionary


class DictionaryRepository:
    """Seen of the dictionary with their categories and limits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def in_force(self, day: date) -> Dictionary:
        """The newest version that has begun. There always is one: the first migration brings it."""
        statement = select(Dictionary).where(Dictionary.valid_from <= day).order_by(Dictionary.version.desc()).limit(1)
        return (await self._session.scalars(statement)).one()

    async def version(self, version: int) -> Dictionary:
        """A version, once published there for ever."""
        return await self._session.get_one(Dictionary, version)

    async def limit(self, version: int, category: str, severity: str) -> CategoryLimit | None:
        return await self._session.get(CategoryLimit, (version, category, severity))

    async def categories(self, version: int) -> Sequence[Category]:
        statement = select(Category).where(Category.version == version).order_by(Category.code)
        return (await self._session.scalars(statement)).all()

    async def limits(self, version: int) -> Sequence[CategoryLimit]:
        statement = (
            select(CategoryLimit)
            .where(CategoryLimit.version == version)
            .order_by(CategoryLimit.category, CategoryLimit.severity)
        )
        return (await self._session.scalars(statement)).all()
