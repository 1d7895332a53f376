"""Reading of contacts of tags: one, its versions, those of a tag, and what has to be looked after."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registry.persons.service.notes import note_nothing, note_shown
from services.registry.tag_contacts.domain import ContactStep, DueContact
from services.registry.tag_contacts.repository import Seen
from services.registry.tag_contacts.service.handling import (
    LOOKING,
    READ,
    RESTRICTED,
    ShownContact,
    TagContactHandling,
)
from services.registry.tags.domain import Family
from services.registry.tags.service.tags import Tags
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True, repr=False)
class ShownContactVersion:
    """What a contact was from a step on, as this caller may see it. The repr shows nothing."""

    step: ContactStep
    done_by: str | None
    done_at: datetime
    contact: ShownContact


class TagContactReads:
    """Reading of contacts; every look is noted in the access log of the tag's person."""

    def __init__(self, context: UseCaseContext, tags: Tags) -> None:
        self._access = context.access
        self._handling = TagContactHandling(context, tags)
        self._contacts = self._handling.contacts

    async def of_tag(self, principal: Principal, tag_id: UUID) -> Sequence[ShownContact]:
        """A tag's contacts, oldest first, ended ones too. Raises `NotFound`."""
        tag, person = await self._handling.tag(principal, tag_id)
        return await self._handling.shown(principal, tag, person, await self._contacts.of(tag_id))

    async def read(self, principal: Principal, id: UUID) -> ShownContact:
        """One of a tag in scope. Raises `NotFound`."""
        contact = await self._contacts.get(id)
        if contact is None:
            note_nothing(self._access, principal, LOOKING[Family.CARE], None)
            raise NotFound(id)
        tag, person = await self._handling.tag(principal, contact.tag_id)
        (shown,) = await self._handling.shown(principal, tag, person, [contact])
        return shown

    async def history(self, principal: Principal, id: UUID, *, after: int, limit: int) -> Sequence[ShownContactVersion]:
        """What was done to one in scope, the first step first. Raises `NotFound`."""
        contact = await self._contacts.get(id)
        if contact is None:
            note_nothing(self._access, principal, LOOKING[Family.CARE], None)
            raise NotFound(id)
        tag, person = await self._handling.tag(principal, contact.tag_id)
        rows = await self._contacts.history.page(id, after=after, limit=limit + 1)
        shown = await self._handling.shown_versions(principal, tag, person, rows)
        return [
            ShownContactVersion(ContactStep(row.step), row.done_by, row.done_at, one)
            for row, one in zip(rows, shown, strict=True)
        ]

    async def due(self, principal: Principal, area: str, *, after: UUID | None, limit: int) -> Sequence[DueContact]:
        """What a clerk has to look after in an area, by id; each person is noted.

        One more than `limit`, if there is one, unnoted. Raises `NotFound` for an area outside the scope.
        """
        found = await self._contacts.due(*self._seen(principal, area), after=after, limit=limit + 1)
        for one in found[:limit]:
            note_shown(self._access, principal, LOOKING[Family(one.family)], one.person_id, READ, area=area)
        return found

    async def count_due(self, principal: Principal, area: str) -> int:
        """How many the list has in all: the same predicate."""
        return await self._contacts.count_due(*self._seen(principal, area))

    @staticmethod
    def _seen(principal: Principal, area: str) -> tuple[Seen, Scope]:
        care, sensitive = principal.scope(READ, within=area), Scope(())
        with suppress(NotFound):
            sensitive = principal.scope(READ, RESTRICTED, within=area)
        return Seen(care, sensitive), principal.through_the_tree(area)
