"""Every query on items and their versions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Row, Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.items.models import CatalogueItem, Item, ItemVersion


class ItemRepository:
    """Items are few and public; no scope applies."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Item | ItemVersion) -> None:
        self._session.add(row)

    async def published(self, id: UUID) -> CatalogueItem | None:
        """The item with its newest published version."""
        row = (await self._session.execute(_with_version().where(Item.id == id))).one_or_none()
        return None if row is None else _catalogue_item(row)

    async def by_code(self, code: str) -> Item | None:
        """The item of a code."""
        return (await self._session.scalars(select(Item).where(Item.code == code))).one_or_none()

    async def version(self, id: UUID, number: int) -> ItemVersion | None:
        """One published version, however old."""
        return await self._session.get(ItemVersion, (id, number))

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[CatalogueItem]:
        """Items by id, each with its newest published version."""
        return [_catalogue_item(row) for row in await self._session.execute(_next(after, limit))]

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[CatalogueItem]:
        """The next items by id, their rows locked until the end of the transaction: for restatement."""
        statement = _next(after, limit).with_for_update(of=Item)
        return [_catalogue_item(row) for row in await self._session.execute(statement)]


def _with_version() -> Select[tuple[Item, ItemVersion]]:
    newest = (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.published_version)
    return select(Item, ItemVersion).outerjoin(ItemVersion, newest)


def _next(after: UUID | None, limit: int) -> Select[tuple[Item, ItemVersion]]:
    statement = _with_version().order_by(Item.id).limit(limit)
    return statement if after is None else statement.where(Item.id > after)


def _catalogue_item(row: Row[tuple[Item, ItemVersion]]) -> CatalogueItem:
    return CatalogueItem(item=row.Item, version=row.ItemVersion)
