"""What everybody is told of the items that are offered (事项公开): found by word or pinyin, read with its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.services_hall.catalogue.documents import guide_of
from services.services_hall.items.domain.codes import ItemStatus
from services.services_hall.items.domain.searching import ItemFilter
from services.services_hall.items.models import CatalogueItem
from services.services_hall.items.repository import ItemRepository
from shared.errors import NotFound
from shared.ledgers.application_forms import compiled
from shared.messaging.context import UseCaseContext
from shared.papers.typesetting import typeset_aside
from shared.reference.pinyin import typed


@dataclass(frozen=True)
class Found:
    """A page of the items that match, by code, one more than was asked for if there is one; how many match in all."""

    items: Sequence[CatalogueItem]
    total: int


class Catalogue:
    """Use cases of who is not known. Nothing that is told is of a person."""

    def __init__(self, context: UseCaseContext) -> None:
        self._items = ItemRepository(context.session)

    async def search(self, words: str, wanted: ItemFilter, *, after: str | None, limit: int) -> Found:
        """Items that are offered: their name, keywords or code hold the words, or are read as they are typed."""
        word = " ".join(words.split()).casefold()
        letters = typed(word) if word.isascii() else ""
        wanted = replace(wanted, word=word, typed=letters)
        rows = await self._items.found(wanted, after=after, limit=limit + 1)
        return Found(rows, await self._items.count(wanted))

    async def read(self, id: UUID) -> CatalogueItem:
        """An item that is offered. Raises `NotFound`, also for one that is not offered yet or no more."""
        found = await self._items.published(id)
        if found is None or found.version is None or found.item.status != ItemStatus.PUBLISHED:
            raise NotFound(id)
        return found

    async def guide(self, id: UUID, departments: Mapping[str, str], categories: Mapping[str, str]) -> bytes:
        """The guide of an item (办事指南) as PDF. Raises `NotFound`, `GlyphMissing`."""
        found = await self.read(id)
        assert found.version is not None, "what is offered has a version"
        return await typeset_aside("guide", guide_of(found, departments, categories), at=found.version.published_at)

    async def form_schema(self, id: UUID) -> Mapping[str, Any]:
        """JSON Schema of what is filled in for an item. Raises `NotFound`, also for one without a form."""
        version = (await self.read(id)).version
        if version is None or version.form is None:
            raise NotFound(id)
        return compiled(version.form).schema()
