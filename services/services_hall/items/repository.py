"""Every query on items and their versions."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.items.models import Item, ItemVersion

Published = tuple[Item, ItemVersion | None]


class ItemRepository:
    """Items are few and public; no scope applies."""

    def __init__(self, session: AsyncSession) -> None:
        self.session = session

    def add(self, row: Item | ItemVersion) -> None:
        self.session.add(row)

    async def get(self, id: UUID, *, lock: bool = False) -> Item | None:
        statement = select(Item).where(Item.id == id)
        return (await self.session.scalars(statement.with_for_update() if lock else statement)).one_or_none()

    async def version(self, id: UUID, number: int) -> ItemVersion | None:
        return await self.session.get(ItemVersion, (id, number))

    async def page(self, after: UUID | None, limit: int, *, lock: bool = False) -> Sequence[Published]:
        """Items by id, each with its newest published version."""
        statement = (
            select(Item, ItemVersion)
            .outerjoin(ItemVersion, (ItemVersion.item_id == Item.id) & (ItemVersion.number == Item.published_version))
            .order_by(Item.id)
            .limit(limit)
        )
        if after is not None:
            statement = statement.where(Item.id > after)
        if lock:
            statement = statement.with_for_update(of=Item)
        return [(item, version) for item, version in await self.session.execute(statement)]
