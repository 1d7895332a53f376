"""Use cases of items (事项): what can be applied for, in versions that never change."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.items.domain import HandlingMode, ItemStatus, check_item_code, check_limits, check_steps
from services.services_hall.items.models import CatalogueItem, Item, ItemVersion
from services.services_hall.items.repository import ItemRepository
from shared.auth.principal import Principal
from shared.contracts.services_hall.items import ItemDrafted, ItemPublished, ItemRestated, ItemState
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import CodeUnlisted, Forbidden, NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class NewItem:
    """What a draft says."""

    code: str
    department: str
    category: str
    target: str


@dataclass(frozen=True)
class NewVersion:
    """The content of a version that is to be published. Days are working days, the fee is in fen."""

    name: str
    handling_mode: HandlingMode
    statutory_days: int
    promised_days: int
    levels: tuple[int, ...]
    fee_fen: int = 0
    complaint_phone: str | None = None
    conditions: tuple[str, ...] = ()
    materials: tuple[dict[str, Any], ...] = field(default_factory=tuple)
    steps: tuple[dict[str, Any], ...] = field(default_factory=tuple)
    effect: dict[str, Any] | None = None


class Items:
    """Use cases of items: drafted, published in versions, read."""

    def __init__(self, context: UseCaseContext, *, departments: Collection[str], categories: Collection[str]) -> None:
        self._listed = {"department": departments, "category": categories}
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._items = ItemRepository(context.session)

    async def draft(self, principal: Principal, new: NewItem) -> Item:
        """A new item without a version.

        Raises `Forbidden` for another department's, `Invalid` for a national code with a wrong credit code,
        `CodeUnlisted` for a department or a category that the county does not have.
        """
        _require_own(principal, new.department)
        unlisted = [name for name, codes in self._listed.items() if getattr(new, name) not in codes]
        if unlisted:
            raise CodeUnlisted.at(*unlisted)
        check_item_code(new.code)
        item = Item(
            id=new_id(),
            version=1,
            code=new.code,
            department=new.department,
            category=new.category,
            target=new.target,
            status=ItemStatus.DRAFT,
            published_version=None,
        )
        self._items.add(item)
        await self._session.flush()
        self._outbox.add(ItemDrafted(state=state_of(CatalogueItem(item, None))))
        return item

    async def publish(self, principal: Principal, id: UUID, expected: Seen, new: NewVersion) -> CatalogueItem:
        """Publish the next version of an item. Cases that pinned an older one keep it.

        Raises `NotFound`, `Forbidden` for another department's, `Invalid`, `CodeUnlisted`, `VersionMismatch` if the
        item is not the version that the caller saw.
        """
        check_limits(new.handling_mode, new.statutory_days, new.promised_days)
        check_steps(new.promised_days, [step["days"] for step in new.steps])
        named = [(n, step["department"]) for n, step in enumerate(new.steps) if step["department"] is not None]
        unlisted = [f"steps.{n}.department" for n, department in named if department not in self._listed["department"]]
        if unlisted:
            raise CodeUnlisted.at(*unlisted)
        seen = await self._items.published(id)
        if seen is None:
            raise NotFound(id)
        _require_own(principal, seen.item.department)
        require_version(seen.item, expected)
        number = (seen.item.published_version or 0) + 1
        version = ItemVersion(
            item_id=id,
            number=number,
            name=new.name,
            handling_mode=new.handling_mode,
            statutory_days=new.statutory_days,
            promised_days=new.promised_days,
            levels=list(new.levels),
            conditions=list(new.conditions),
            materials=list(new.materials),
            steps=list(new.steps),
            effect=new.effect,
            fee_fen=new.fee_fen,
            complaint_phone=new.complaint_phone,
            published_at=self._clock.now(),
            published_by=principal.subject,
        )
        item = await compare_and_set(self._session, seen.item, status=ItemStatus.PUBLISHED, published_version=number)
        if item is None:
            raise VersionMismatch(id)
        self._items.add(version)
        await self._session.flush()
        published = CatalogueItem(item, version)
        self._outbox.add(ItemPublished(state=state_of(published), published=number))
        return published

    async def read(self, id: UUID) -> CatalogueItem:
        """An item with its newest version. Raises `NotFound`."""
        found = await self._items.published(id)
        if found is None:
            raise NotFound(id)
        return found

    async def version(self, id: UUID, number: int) -> ItemVersion:
        """One published version, however old. Raises `NotFound`."""
        version = await self._items.version(id, number)
        if version is None:
            raise NotFound(id)
        return version

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[CatalogueItem]:
        """The next items by id."""
        return await self._items.page(after=after, limit=limit)


def _require_own(principal: Principal, department: str) -> None:
    """Items are the county's, and each is its department's: everybody reads them, who acts for another changes none."""
    if not principal.department_scope("item.manage").allows_county(department):
        raise Forbidden


def state_of(found: CatalogueItem) -> ItemState:
    """What others may know of an item: its own row, and of its newest version what a case is held to."""
    item, version = found.item, found.version
    return ItemState(
        id=item.id,
        version=item.version,
        code=item.code,
        department=item.department,
        category=item.category,
        target=item.target,
        levels=tuple(version.levels) if version else (),
        published_version=item.published_version,
        statutory_days=version.statutory_days if version else None,
        promised_days=version.promised_days if version else None,
        status=item.status,
    )


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[ItemRestated]:
    """Restated facts of the next items, their rows locked."""
    rows = await ItemRepository(session).locked_after(UUID(after) if after else None, limit)
    return [ItemRestated(state=state_of(found)) for found in rows]
