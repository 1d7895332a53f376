"""Every query on items, their versions and drafts."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, Text, cast, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.items.domain.codes import ItemStatus
from services.services_hall.items.domain.searching import ItemFilter
from services.services_hall.items.models import CatalogueItem, Item, ItemDraft, ItemVersion


class ItemRepository:
    """Items are few and public; no scope applies."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Item | ItemVersion) -> None:
        self._session.add(row)

    async def lock(self, id: UUID) -> None:
        """Lock an item until the transaction ends."""
        await self._session.execute(select(Item.id).where(Item.id == id).with_for_update())

    async def lock_all(self, codes: Collection[str]) -> None:
        """Lock the items of these codes that are there, by id, in which all who lock several do."""
        statement = select(Item.id).where(Item.code.in_(codes)).order_by(Item.id).with_for_update()
        await self._session.execute(statement)

    async def published(self, id: UUID) -> CatalogueItem | None:
        """The item with its newest published version."""
        row = (await self._session.execute(_with_version().where(Item.id == id))).one_or_none()
        return None if row is None else _catalogue_item(row)

    async def by_code(self, code: str) -> Item | None:
        """The item of a code."""
        return (await self._session.scalars(select(Item).where(Item.code == code))).one_or_none()

    async def by_codes(self, codes: Collection[str]) -> dict[str, CatalogueItem]:
        """The items of these codes, each with its newest published version."""
        rows = await self._session.execute(_with_version().where(Item.code.in_(codes)))
        return {row.Item.code: _catalogue_item(row) for row in rows}

    async def version(self, id: UUID, number: int) -> ItemVersion | None:
        """One published version, however old."""
        return await self._session.get(ItemVersion, (id, number))

    async def draft(self, id: UUID) -> ItemDraft | None:
        """What waits for a second person, as it is now."""
        return await self._session.get(ItemDraft, id, populate_existing=True)

    async def drafts(
        self, departments: Collection[str], *, after: UUID | None, limit: int
    ) -> Sequence[tuple[Item, ItemDraft]]:
        """Drafts of items of these departments, by id of the item."""
        statement = select(Item, ItemDraft).join(ItemDraft, ItemDraft.item_id == Item.id).order_by(Item.id).limit(limit)
        statement = statement.where(Item.department.in_(departments))
        if after is not None:
            statement = statement.where(Item.id > after)
        return [(row.Item, row.ItemDraft) for row in await self._session.execute(statement)]

    async def drafted(self, ids: Collection[UUID]) -> frozenset[UUID]:
        """Those of these items that have a draft."""
        return frozenset(await self._session.scalars(select(ItemDraft.item_id).where(ItemDraft.item_id.in_(ids))))

    async def next_draft(self, id: UUID) -> int:
        """The number of the next draft of an item; no draft of it ever had it. The item is locked."""
        statement = update(Item).where(Item.id == id).values(drafted=Item.drafted + 1).returning(Item.drafted)
        return int(await self._session.scalar(statement.execution_options(synchronize_session=False)) or 0)

    async def save(self, draft: ItemDraft) -> None:
        """The draft of its item from now on."""
        await self._session.merge(draft)
        await self._session.flush()

    async def discard(self, draft: ItemDraft) -> None:
        """It waits no more."""
        await self._session.delete(draft)
        await self._session.flush()

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[CatalogueItem]:
        """Items by id, each with its newest published version."""
        return [_catalogue_item(row) for row in await self._session.execute(_next(after, limit))]

    async def found(self, wanted: ItemFilter, *, after: str | None, limit: int) -> Sequence[CatalogueItem]:
        """Items that are offered and match, by code."""
        statement = _with_version().where(*_matches(wanted)).order_by(Item.code).limit(limit)
        if after is not None:
            statement = statement.where(Item.code > after)
        return [_catalogue_item(row) for row in await self._session.execute(statement)]

    async def count(self, wanted: ItemFilter) -> int:
        """How many `found` would list in all."""
        statement = _with_version().where(*_matches(wanted)).with_only_columns(func.count())
        return await self._session.scalar(statement) or 0

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


def _matches(wanted: ItemFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [Item.status == ItemStatus.PUBLISHED]
    if wanted.word:
        by_word = Item.words.contains(wanted.word, autoescape=True)
        found.append(or_(by_word, Item.pinyin.contains(wanted.typed, autoescape=True)) if wanted.typed else by_word)
    for column, value in (
        (Item.category, wanted.category),
        (Item.department, wanted.department),
        (Item.target, wanted.target),
        (ItemVersion.window, wanted.window),
        (ItemVersion.handling_mode, wanted.mode),
        (ItemVersion.duty, wanted.duty),
    ):
        if value is not None:
            found.append(column == value)
    if wanted.level is not None:
        found.append(ItemVersion.levels.contains([wanted.level]))
    if wanted.area is not None:
        above = [wanted.area[:digits] for digits in (6, 9, 12) if digits <= len(wanted.area)]
        inside = cast(ItemVersion.areas, Text).contains(f'"{wanted.area}')  # codes are digits: each begins at its quote
        found.append(or_(ItemVersion.areas == [], inside, *(ItemVersion.areas.contains([one]) for one in above)))
    return found


def _catalogue_item(row: Row[tuple[Item, ItemVersion]]) -> CatalogueItem:
    return CatalogueItem(item=row.Item, version=row.ItemVersion)
