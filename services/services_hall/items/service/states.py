"""What follows from an item (事项): by what it is found, and what others may know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.items.models import CatalogueItem, Item, ItemDraft
from services.services_hall.items.repository import ItemRepository
from services.services_hall.items.service.content import Change, changes, content_of
from shared.contracts.services_hall.items import ItemRestated, ItemState
from shared.reference.pinyin import title_readings


@dataclass(frozen=True)
class ShownDraft:
    """A draft with what it changes: against the newest version, or against nothing before the first."""

    item: Item
    draft: ItemDraft
    changes: Sequence[Change]


def shown_draft(found: CatalogueItem, draft: ItemDraft) -> ShownDraft:
    """A draft with its differences."""
    before: Mapping[str, Any] = {} if found.version is None else content_of(found.version)
    return ShownDraft(found.item, draft, [] if draft.content is None else changes(before, draft.content))


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
