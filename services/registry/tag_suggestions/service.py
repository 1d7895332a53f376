"""Use cases of suggestions of tags (标签提示): the daily search, and what a clerk makes of what it found."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from services.registry.tag_suggestions.domain import (
    GROWN,
    OLD,
    DismissalReason,
    SuggestionRecord,
    SuggestionStatus,
    SuggestionTransitionRefused,
    followed,
    last_birthday,
    reopened,
    require_transition,
    suggested,
)
from services.registry.tag_suggestions.repository import TagSuggestionRepository
from services.registry.tags.domain import Family
from services.registry.tags.service.tags import Tags
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

MANAGE = "tag.manage"
VILLAGES = 10
"""Villages that are searched in one transaction."""
SOURCE = "register"
"""Source of a tag that was suggested and confirmed: the register itself."""


@dataclass(frozen=True, slots=True, repr=False)
class Suggestion:
    """A suggestion with its person as the caller may see it; None for one that is not shown."""

    suggestion: SuggestionRecord
    person: Disclosed | None


class TagSuggestions:
    """Use cases of suggestions. A person's row is locked before a suggestion is moved."""

    def __init__(self, context: UseCaseContext, tags: Tags) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._suggestions = TagSuggestionRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._tags = tags

    async def search(self) -> bool:
        """Search the next villages that were not searched today; for trusted doors. False: there were none."""
        day = today(self._clock)
        villages = await self._suggestions.next_villages(day, VILLAGES)
        if villages:
            await self._search(villages, day)
            await self._suggestions.searched(villages, day)
        return bool(villages)

    async def read(self, principal: Principal, id: UUID) -> Suggestion:
        """A suggestion for somebody in the caller's scope. Raises `NotFound`."""
        found = await self._suggestions.get(id)
        person = None if found is None else await self._persons.get(found.person_id)
        if found is None or person is None or not principal.scope(MANAGE).allows_any(*person.areas):
            note_nothing(self._access, principal, "read_tag_suggestion", None)
            raise NotFound(id)
        return self._shown(principal, found, person, "read_tag_suggestion", Detail.MASKED)

    async def page(
        self,
        principal: Principal,
        area: str,
        code: str | None,
        status: SuggestionStatus | None,
        *,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Suggestion]:
        """Suggestions for persons of the area, oldest first; those shown are noted as looked at.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        scope = principal.scope(MANAGE, within=area)
        found = await self._suggestions.page(scope, code, status, after=after, limit=limit + 1)
        people = {one.id: one for one in await self._persons.visible({one.person_id for one in found[:limit]}, scope)}
        shown = [
            self._shown(principal, one, people[one.person_id], "list_tag_suggestions", Detail.MASKED)
            for one in found[:limit]
        ]
        return [*shown, *(Suggestion(one, None) for one in found[limit:])]

    async def count(self, principal: Principal, area: str, code: str | None, status: SuggestionStatus | None) -> int:
        """How many `page` gives in all."""
        return await self._suggestions.count(principal.scope(MANAGE, within=area), code, status)

    async def confirm(
        self, principal: Principal, id: UUID, *, started_on: date, level: str | None, expected: Seen = None
    ) -> Suggestion:
        """Start the tag that is suggested, as seen for oneself. It is taken back by ending the tag.

        Raises `SuggestionTransitionRefused`, and as `Tags.start`.
        """
        found, person = await self._locked(principal, id, "confirm_tag_suggestion", expected)
        require_transition(found.status, SuggestionStatus.CONFIRMED)
        tag = await self._tags.start(
            principal,
            person.id,
            Family.CARE,
            code=found.code,
            level=level,
            source=SOURCE,
            started_on=started_on,
        )
        return await self._decide(principal, found, person, SuggestionStatus.CONFIRMED, tag_id=tag.id)

    async def dismiss(
        self, principal: Principal, id: UUID, *, reason: DismissalReason, expected: Seen = None
    ) -> Suggestion:
        """Say that the tag is not to be started. It is not suggested again while it rests on the same persons."""
        found, person = await self._locked(principal, id, "dismiss_tag_suggestion", expected)
        require_transition(found.status, SuggestionStatus.DISMISSED)
        return await self._decide(principal, found, person, SuggestionStatus.DISMISSED, reason=str(reason))

    async def reopen(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Suggestion:
        """Take a dismissal back."""
        found, person = await self._locked(principal, id, "reopen_tag_suggestion", expected)
        if found.status != SuggestionStatus.DISMISSED:
            raise SuggestionTransitionRefused(id)
        return self._plain(await self._move(found, reopened(found)), person)

    async def _search(self, villages: Sequence[str], day: date) -> None:
        """Open what the rules say, end what they no longer say. Persons are locked before their suggestions are read
        again: in between only decisions of clerks can have come, and those are kept.
        """
        of = await self._suggestions.circumstances(
            villages, born_by=last_birthday(day, OLD), born_after=last_birthday(day, GROWN)
        )
        held = await self._suggestions.open_tags(of)
        wanted = {
            (person, code): rests_on
            for person, circumstances in of.items()
            for code, rests_on in suggested(circumstances, today=day).items()
            if (person, code) not in held
        }
        now = self._clock.now()
        known = {one.key: one for one in await self._suggestions.of_villages(villages)}
        touched = {one.person_id for one in known.values() if followed(one, wanted.get(one.key), now=now)}
        touched |= {person for person, code in wanted if (person, code) not in known}
        await self._persons.all_locked(touched)
        known = {one.key: one for one in await self._suggestions.of_persons(touched)}
        for one in known.values():
            after = followed(one, wanted.get(one.key), now=now)
            if after is not None:
                await self._move(one, after)
        await self._suggestions.add(
            [
                SuggestionRecord(
                    id=new_id(),
                    version=1,
                    person_id=person,
                    code=code,
                    status=str(SuggestionStatus.OPEN),
                    rests_on=[str(one) for one in rests_on],
                    found_at=now,
                    decided_by=None,
                    decided_at=None,
                    reason=None,
                    tag_id=None,
                )
                for (person, code), rests_on in wanted.items()
                if person in touched and (person, code) not in known
            ]
        )

    async def _locked(
        self, principal: Principal, id: UUID, action: str, expected: Seen
    ) -> tuple[SuggestionRecord, PersonRecord]:
        """The suggestion as it is under the lock of its person, who is in the caller's scope. Raises `NotFound`."""
        found = await self._suggestions.get(id)
        person = None if found is None else await self._persons.locked(found.person_id)
        if found is None or person is None or not principal.scope(MANAGE).allows_any(*person.areas):
            note_nothing(self._access, principal, action, None)
            raise NotFound(id)
        note(self._access, principal, action, person, MANAGE, Detail.WRITE)
        found = await self._suggestions.get(id) or found
        require_version(found, expected)
        return found, person

    async def _decide(
        self,
        principal: Principal,
        found: SuggestionRecord,
        person: PersonRecord,
        to: SuggestionStatus,
        *,
        reason: str | None = None,
        tag_id: UUID | None = None,
    ) -> Suggestion:
        decided = replace(
            found,
            status=str(to),
            reason=reason,
            tag_id=tag_id,
            decided_by=principal.subject,
            decided_at=self._clock.now(),
        )
        return self._plain(await self._move(found, decided), person)

    async def _move(self, found: SuggestionRecord, to: SuggestionRecord) -> SuggestionRecord:
        moved = await self._suggestions.move(found, to)
        if moved is None:
            raise SuggestionTransitionRefused(found.id)
        return moved

    def _shown(
        self, principal: Principal, found: SuggestionRecord, person: PersonRecord, action: str, detail: Detail
    ) -> Suggestion:
        note(self._access, principal, action, person, MANAGE, detail)
        return self._plain(found, person)

    def _plain(self, found: SuggestionRecord, person: PersonRecord) -> Suggestion:
        return Suggestion(found, disclose(person, self._crypto, full=False))
