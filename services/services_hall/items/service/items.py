"""Use cases of items (事项): drafted by one person, published and retired by another, in versions that never change."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from services.services_hall.items.domain.codes import DraftKind, ItemStatus, RetirementReason
from services.services_hall.items.domain.refusals import (
    ItemDraftMissing,
    ItemDraftOther,
    ItemDraftStale,
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
from services.services_hall.items.service.states import ShownDraft, search_words, shown_draft, state_of
from shared.auth.principal import Principal
from shared.contracts.services_hall.items import (
    ItemDrafted,
    ItemPublished,
    ItemReopened,
    ItemRetired,
)
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import CodeUnlisted, Forbidden, NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

MANAGE = "item.manage"


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
        return shown_draft(found, draft)

    async def propose_retirement(self, principal: Principal, id: UUID, reason: RetirementReason) -> ShownDraft:
        """Propose that an item is offered no more. Raises as `draft_version`, `ItemTransitionError`."""
        found = await self._own(principal, id)
        _require_move(found.item, ItemStatus.RETIRED)
        draft = await self._saved(principal, found.item, DraftKind.RETIREMENT, None, reason=str(reason))
        return shown_draft(found, draft)

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

    async def publish_all(self, principal: Principal, named: Sequence[tuple[UUID, int]]) -> list[CatalogueItem]:
        """Publish several drafts, each as it was seen, all or none: by id, in which all who publish lock them.

        Raises as `publish`, and `ItemDraftStale` at those that are no longer what was seen.
        """
        found = []
        for place, (item, version) in sorted(enumerate(named), key=lambda one: one[1]):
            try:
                found.append(await self.publish(principal, item, frozenset({version})))
            except VersionMismatch:
                raise ItemDraftStale.at(f"drafts.{place}.version", subject=item) from None
        return found

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
        self._outbox.add(ItemRetired(state=state_of(retired)))
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
        return shown_draft(found, draft)

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
        """What differs between two published versions; 0 is before the first. Raises `NotFound`."""
        after = content_of(await self.version(id, new))
        return changes(content_of(await self.version(id, old)) if old else {}, after)

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


def _require_move(item: Item, to: ItemStatus) -> None:
    if to not in TRANSITIONS[ItemStatus(item.status)]:
        raise ItemTransitionError(item.id)


def require_own(principal: Principal, department: str) -> None:
    """Items are the county's, and each is its department's: everybody reads them, who acts for another changes none."""
    if not principal.department_scope(MANAGE).allows_county(department):
        raise Forbidden
