"""Use cases of benefits (待遇): lists, and what clerks decide on those that a list has no more, or a case brought."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

from services.registry.benefits.domain import (
    OF_HALL,
    BenefitRecord,
    BenefitStatus,
    BenefitTransitionRefused,
    KeepingReason,
    is_taken_back,
    require_end,
    require_transition,
)
from services.registry.benefits.repository import BenefitRepository
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from services.registry.tags.domain import Family
from services.registry.tags.repository import TagRepository
from services.registry.tags.service.listing import CASE, TagListing
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

MANAGE = "tag.manage"


@dataclass(frozen=True, slots=True, repr=False)
class ShownBenefit:
    """A benefit with its person as the caller may see it; None for one that is not shown."""

    benefit: BenefitRecord
    person: Disclosed | None


class BenefitFollower(Protocol):
    """Follower of benefits: whoever told that one was granted."""

    async def benefit_taken_back(self, id: UUID) -> None:
        """Called in the transaction in which a benefit that a granted case brought is taken back."""
        ...


class Benefits:
    """Use cases of benefits. A person's row is locked before a benefit is moved."""

    def __init__(self, context: UseCaseContext, followers: Sequence[BenefitFollower] = ()) -> None:
        self._followers = followers
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._benefits = BenefitRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._tags = TagRepository(context.session)
        self._listing = TagListing(context)

    async def read(self, principal: Principal, id: UUID) -> ShownBenefit:
        """A benefit of somebody in the caller's scope. Raises `NotFound`."""
        found = await self._benefits.get(id)
        person = None if found is None else await self._persons.get(found.person_id)
        if found is None or person is None or not principal.scope(MANAGE).allows_any(*person.areas):
            note_nothing(self._access, principal, "read_benefit", None)
            raise NotFound(id)
        note(self._access, principal, "read_benefit", person, MANAGE, Detail.MASKED)
        return self._shown(found, person)

    async def page(
        self,
        principal: Principal,
        area: str,
        kind: str | None,
        status: BenefitStatus | None,
        *,
        after: UUID | None,
        limit: int,
    ) -> Sequence[ShownBenefit]:
        """Benefits of persons of the area, oldest first; those shown are noted as looked at.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        scope = principal.scope(MANAGE, within=area)
        found = await self._benefits.page(scope, kind, status, after=after, limit=limit + 1)
        people = {one.id: one for one in await self._persons.visible({one.person_id for one in found[:limit]}, scope)}
        for one in found[:limit]:
            note(self._access, principal, "list_benefits", people[one.person_id], MANAGE, Detail.MASKED)
        shown = [self._shown(one, people[one.person_id]) for one in found[:limit]]
        return [*shown, *(ShownBenefit(one, None) for one in found[limit:])]

    async def count(self, principal: Principal, area: str, kind: str | None, status: BenefitStatus | None) -> int:
        """How many `page` gives in all."""
        return await self._benefits.count(principal.scope(MANAGE, within=area), kind, status)

    async def end(self, principal: Principal, id: UUID, *, ended_on: date, expected: Seen = None) -> ShownBenefit:
        """End a benefit that the list has no more, or a case brought, and the tag that followed, if that still holds.

        A tag that follows from another department's list as well goes on with that. What a case brought and ends on
        its first day is taken back: it never was, and a tag that stood before it goes on.
        Raises `BenefitTransitionRefused`, `BenefitEndWrong`.
        """
        found, person = await self._locked(principal, id, "end_benefit", expected)
        require_transition(found.status, BenefitStatus.ENDED, source=found.source)
        require_end(found.since, ended_on, today=today(self._clock))
        tag = await self._tags.get(found.tag_id, Family.CARE)
        saying = (BenefitStatus.HELD, BenefitStatus.KEPT)
        others = [one for one in await self._benefits.of_person(person.id) if one.id != id and one.status in saying]
        shared = any(one.tag_id == found.tag_id for one in others)
        decided = replace(
            found,
            status=str(BenefitStatus.ENDED),
            ended_on=ended_on,
            decided_by=principal.subject,
            decided_at=self._clock.now(),
        )
        stood_before = is_taken_back(decided) and tag is not None and tag.source != CASE
        holds = tag is not None and tag.ended_on is None and not shared and not stood_before
        if tag is not None and holds:
            await self._listing.end(person, tag, ended_on)
        moved = await self._move(found, replace(decided, tag_ended=holds))
        if is_taken_back(moved):
            for follower in self._followers:
                await follower.benefit_taken_back(id)
        return self._shown(moved, person)

    async def keep(
        self, principal: Principal, id: UUID, *, reason: KeepingReason, expected: Seen = None
    ) -> ShownBenefit:
        """Say that a benefit holds although the list has it no more. The next list of its source asks no more."""
        found, person = await self._locked(principal, id, "keep_benefit", expected)
        require_transition(found.status, BenefitStatus.KEPT, source=found.source)
        decided = replace(
            found,
            status=str(BenefitStatus.KEPT),
            reason=str(reason),
            decided_by=principal.subject,
            decided_at=self._clock.now(),
        )
        return self._shown(await self._move(found, decided), person)

    async def reopen(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownBenefit:
        """Take a decision back: the tag that ended with it holds again, and the benefit waits for a decision.

        What a case brought is held again, unless it was taken back: then the hall asks for it once more.

        Raises `BenefitTransitionRefused`, and for the tag `PersonDeceased`, `PersonNotActive`, `TagDoesNotFit`,
        by its constraint `TagAlreadyOpen`.
        """
        found, person = await self._locked(principal, id, "reopen_benefit", expected)
        if found.status not in (BenefitStatus.KEPT, BenefitStatus.ENDED) or is_taken_back(found):
            raise BenefitTransitionRefused(id)
        if found.tag_ended:
            tag = await self._tags.get(found.tag_id, Family.CARE)
            if tag is not None and tag.ended_on is not None:
                await self._listing.reopen(person, tag)
        undecided = replace(
            found,
            status=str(BenefitStatus.HELD if found.source == OF_HALL else BenefitStatus.MISSING),
            ended_on=None,
            tag_ended=False,
            reason=None,
            decided_by=None,
            decided_at=None,
        )
        return self._shown(await self._move(found, undecided), person)

    async def _locked(
        self, principal: Principal, id: UUID, action: str, expected: Seen
    ) -> tuple[BenefitRecord, PersonRecord]:
        """The benefit as it is under the lock of its person, who is in the caller's scope. Raises `NotFound`."""
        found = await self._benefits.get(id)
        person = None if found is None else await self._persons.locked(found.person_id)
        if found is None or person is None or not principal.scope(MANAGE).allows_any(*person.areas):
            note_nothing(self._access, principal, action, None)
            raise NotFound(id)
        note(self._access, principal, action, person, MANAGE, Detail.WRITE)
        found = await self._benefits.get(id) or found
        require_version(found, expected)
        return found, person

    async def _move(self, found: BenefitRecord, to: BenefitRecord) -> BenefitRecord:
        moved = await self._benefits.move(found, to)
        if moved is None:
            raise BenefitTransitionRefused(found.id)
        return moved

    def _shown(self, found: BenefitRecord, person: PersonRecord) -> ShownBenefit:
        return ShownBenefit(found, disclose(person, self._crypto, full=False))
