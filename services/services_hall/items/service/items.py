"""Use cases of items (事项): drafted by one person, published and retired by another, in versions that never change."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.items.domain.codes import DraftKind, ItemStatus, RetirementReason
from services.services_hall.items.domain.refusals import (
    ItemDraftMissing,
    ItemDraftOther,
    ItemSamePerson,
    ItemTransitionError,
    ItemUnchanged,
)
from services.services_hall.items.domain.rules import TRANSITIONS, check_item_code
from services.services_hall.items.models import CatalogueItem, Item, ItemDraft, ItemVersion
from services.services_hall.items.repository import ItemRepository
from services.services_hall.items.service.content import (
    Change,
    NewItem,
    NewVersion,
    changes,
    content_of,
    read_content,
)
from shared.auth.principal import Principal
from shared.contracts.services_hall.items import (
    ItemDrafted,
    ItemPublished,
    ItemReopened,
    ItemRestated,
    ItemRetired,
    ItemState,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import CodeUnlisted, Forbidden, NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.pinyin import title_readings

MANAGE = "item.manage"


@dataclass(frozen=True)
class ShownDraft:
    """A draft with what it changes: against the newest version, or against nothing before the first."""

    item: Item
    draft: ItemDraft
    changes: Sequence[Change]


class Items:
    """Use cases of items. `departments` and `categories` are the county's lists."""

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
        require_own(principal, new.department)
        self._check_item(new)
        item = Item(
            id=new_id(),
            version=1,
            code=new.code,
            department=new.department,
            category=new.category,
            target=new.target,
            status=ItemStatus.DRAFT,
            published_version=None,
            drafted=0,
        )
        self._items.add(item)
        await self._session.flush()
        self._outbox.add(ItemDrafted(state=state_of(CatalogueItem(item, None))))
        return item

    async def draft_version(self, principal: Principal, id: UUID, new: NewVersion, expected: Seen = None) -> ShownDraft:
        """Draft the next version, or change its draft. Nobody who did publishes it.

        Raises `NotFound`, `Forbidden` for another department's, `Invalid`, `CodeUnlisted`, `ItemDraftOther`,
        `ItemUnchanged`, `VersionMismatch` if the draft is not the one that the caller saw.
        """
        found = await self._own(principal, id)
        self._check(new)
        content = new.stored()
        if found.version is not None and not changes(content_of(found.version), content):
            raise ItemUnchanged(id)
        draft = await self._saved(principal, found.item, DraftKind.VERSION, expected, content=content)
        return self._shown(found, draft)

    async def propose_retirement(self, principal: Principal, id: UUID, reason: RetirementReason) -> ShownDraft:
        """Propose that an item is offered no more. Raises as `draft_version`, `ItemTransitionError`."""
        found = await self._own(principal, id)
        _require_move(found.item, ItemStatus.RETIRED)
        draft = await self._saved(principal, found.item, DraftKind.RETIREMENT, None, reason=str(reason))
        return self._shown(found, draft)

    async def discard(self, principal: Principal, id: UUID, expected: Seen) -> Item:
        """Throw a draft away. Raises `NotFound`, `Forbidden`, `ItemDraftMissing`, `VersionMismatch`."""
        found = await self._own(principal, id)
        await self._items.discard(await self._seen(id, expected))
        return found.item

    async def publish(self, principal: Principal, id: UUID, expected: Seen) -> CatalogueItem:
        """Publish the draft as the next version. Cases that pinned an older one keep it.

        Raises `NotFound`, `Forbidden` for another department's, `ItemDraftMissing`, `ItemDraftOther`, `ItemSamePerson`,
        `VersionMismatch` if the draft is not the one that the caller saw; `Invalid`, `CodeUnlisted` for one that does
        not hold any more.
        """
        found = await self._own(principal, id)
        draft = await self._decided(principal, id, DraftKind.VERSION, expected)
        new = read_content(draft.content or {})
        self._check(new)
        await self._items.discard(draft)
        return await self._published(found.item, new, draft.drafted_by, principal)

    async def publish_shipped(self, principal: Principal, id: UUID, new: NewVersion) -> CatalogueItem:
        """Publish what ships with the product: it was drafted elsewhere, so that one person is a second one.

        Raises `NotFound`, `Forbidden`, `Invalid`, `CodeUnlisted`.
        """
        found = await self._own(principal, id)
        self._check(new)
        return await self._published(found.item, new, "system:shipped", principal)

    async def retire(self, principal: Principal, id: UUID, expected: Seen) -> CatalogueItem:
        """Offer it no more, as somebody else proposed; open cases go on. Raises as `publish`, `ItemTransitionError`."""
        found = await self._own(principal, id)
        draft = await self._decided(principal, id, DraftKind.RETIREMENT, expected)
        await self._items.discard(draft)
        item = await self._moved(found.item, ItemStatus.RETIRED)
        retired = CatalogueItem(item, found.version)
        self._outbox.add(ItemRetired(state=state_of(retired), reason=draft.reason or ""))
        return retired

    async def reopen(self, principal: Principal, id: UUID, expected: Seen) -> CatalogueItem:
        """Offer a retired item again, with the version that it had. Raises `ItemTransitionError`, `VersionMismatch`."""
        found = await self._own(principal, id)
        require_version(found.item, expected)
        if found.item.status != ItemStatus.RETIRED:
            raise ItemTransitionError(id)
        reopened = CatalogueItem(await self._moved(found.item, ItemStatus.PUBLISHED), found.version)
        self._outbox.add(ItemReopened(state=state_of(reopened)))
        return reopened

    async def read(self, id: UUID) -> CatalogueItem:
        """An item with its newest version. Raises `NotFound`."""
        found = await self._items.published(id)
        if found is None:
            raise NotFound(id)
        return found

    async def read_draft(self, principal: Principal, id: UUID) -> ShownDraft:
        """What waits for a second person, and what it changes. Raises `NotFound`, `Forbidden`, `ItemDraftMissing`."""
        found = await self._own(principal, id)
        draft = await self._items.draft(id)
        if draft is None:
            raise ItemDraftMissing(id)
        return self._shown(found, draft)

    async def drafts(self, principal: Principal, *, after: UUID | None, limit: int) -> Sequence[tuple[Item, ItemDraft]]:
        """Drafts of the items that the caller manages, by id of the item."""
        scope = principal.department_scope(MANAGE)
        departments = [one for one in self._listed["department"] if scope.allows_county(one)]
        return await self._items.drafts(departments, after=after, limit=limit)

    async def version(self, id: UUID, number: int) -> ItemVersion:
        """One published version, however old. Raises `NotFound`."""
        version = await self._items.version(id, number)
        if version is None:
            raise NotFound(id)
        return version

    async def compare(self, id: UUID, old: int, new: int) -> list[Change]:
        """What differs between two published versions. Raises `NotFound`."""
        before, after = await self.version(id, old), await self.version(id, new)
        return changes(content_of(before), content_of(after))

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[CatalogueItem]:
        """The next items by id."""
        return await self._items.page(after=after, limit=limit)

    async def _own(self, principal: Principal, id: UUID) -> CatalogueItem:
        found = await self._items.published(id)
        if found is None:
            raise NotFound(id)
        require_own(principal, found.item.department)
        return found

    def check(self, item: NewItem, version: NewVersion) -> None:
        """Raises what `draft` and `draft_version` would raise for what they are told."""
        self._check_item(item)
        self._check(version)

    def _check_item(self, new: NewItem) -> None:
        unlisted = [name for name, codes in self._listed.items() if getattr(new, name) not in codes]
        if unlisted:
            raise CodeUnlisted.at(*unlisted)
        check_item_code(new.code)

    def _check(self, new: NewVersion) -> None:
        new.check()
        departments = self._listed["department"]
        unlisted = [n for n, step in enumerate(new.steps) if step["department"] not in (None, *departments)]
        if unlisted:
            raise CodeUnlisted.at(*(f"steps.{n}.department" for n in unlisted))

    async def _saved(self, principal: Principal, item: Item, kind: DraftKind, expected: Seen, **what: Any) -> ItemDraft:
        number = await self._items.next_draft(item.id)  # locks the item: of two who draft, the second sees the first's
        seen = await self._items.draft(item.id)
        if seen is not None and seen.kind != kind:
            raise ItemDraftOther(item.id)
        if seen is None and expected is not None:
            raise VersionMismatch(item.id)
        if seen is not None:
            require_version(seen, expected)
        before = [] if seen is None else seen.drafters
        drafters = list(dict.fromkeys((*before, principal.subject)))
        draft = ItemDraft(
            item_id=item.id,
            version=number,
            kind=kind,
            content=what.get("content"),
            reason=what.get("reason"),
            drafters=drafters,
            drafted_by=principal.subject,
            drafted_at=self._clock.now(),
        )
        await self._items.save(draft)
        return draft

    async def _seen(self, id: UUID, expected: Seen) -> ItemDraft:
        await self._items.lock(id)
        draft = await self._items.draft(id)
        if draft is None:
            raise ItemDraftMissing(id)
        require_version(draft, expected)
        return draft

    async def _decided(self, principal: Principal, id: UUID, kind: DraftKind, expected: Seen) -> ItemDraft:
        draft = await self._seen(id, expected)
        if draft.kind != kind:
            raise ItemDraftOther(id)
        if principal.subject in draft.drafters:
            raise ItemSamePerson(id)
        return draft

    async def _published(self, seen: Item, new: NewVersion, drafter: str, principal: Principal) -> CatalogueItem:
        number = (seen.published_version or 0) + 1
        version = ItemVersion(
            item_id=seen.id,
            number=number,
            **new.stored(),
            drafted_by=drafter,
            published_at=self._clock.now(),
            published_by=principal.subject,
        )
        found = {"published_version": number, **search_words(seen.code, version.name, version.keywords)}
        item = await self._moved(seen, ItemStatus.PUBLISHED, **found)
        self._items.add(version)
        await self._session.flush()
        published = CatalogueItem(item, version)
        self._outbox.add(ItemPublished(state=state_of(published), published=number))
        return published

    async def _moved(self, seen: Item, to: ItemStatus, **changed: Any) -> Item:
        _require_move(seen, to)
        item = await compare_and_set(self._session, seen, status=to, **changed)
        if item is None:
            raise VersionMismatch(seen.id)
        return item

    @staticmethod
    def _shown(found: CatalogueItem, draft: ItemDraft) -> ShownDraft:
        before: Mapping[str, Any] = {} if found.version is None else content_of(found.version)
        return ShownDraft(found.item, draft, [] if draft.content is None else changes(before, draft.content))


def _require_move(item: Item, to: ItemStatus) -> None:
    if to not in TRANSITIONS[ItemStatus(item.status)]:
        raise ItemTransitionError(item.id)


def require_own(principal: Principal, department: str) -> None:
    """Items are the county's, and each is its department's: everybody reads them, who acts for another changes none."""
    if not principal.department_scope(MANAGE).allows_county(department):
        raise Forbidden


def search_words(code: str, name: str, keywords: Sequence[str]) -> dict[str, str]:
    """By what an item is found: words of its name, code and keywords, and their pinyin."""
    titles = (name, *keywords)
    read = sorted({one for title in titles for one in title_readings(title)})
    return {"words": "\n".join((*titles, code)).casefold(), "pinyin": "\n".join(read)}


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
        duty=version.duty if version else None,
        window=version.window if version else None,
        status=item.status,
    )


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[ItemRestated]:
    """Restated facts of the next items, their rows locked."""
    rows = await ItemRepository(session).locked_after(UUID(after) if after else None, limit)
    return [ItemRestated(state=state_of(found)) for found in rows]
