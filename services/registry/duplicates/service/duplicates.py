"""Use cases of duplicates (疑似重复): point at two persons, decide, approve the merge, take it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.registry.duplicates.domain import (
    DECIDED,
    DuplicateDecision,
    DuplicateFourEyes,
    DuplicateOfAnotherPlace,
    DuplicateRecord,
    DuplicateSource,
    DuplicateStatus,
    DuplicateTransitionRefused,
    MergeRefusal,
    SamePersonTwice,
    SurvivorMissing,
    check_merge,
    require_transition,
)
from services.registry.duplicates.repository import DuplicateRepository
from services.registry.duplicates.service.merges import Merges
from services.registry.duplicates.service.search import DuplicateSearch
from services.registry.life_events.domain import RecordedEvent, ReversalReason
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

DECIDE, APPROVE = "duplicate.decide", "duplicate.approve"


@dataclass(frozen=True, slots=True, repr=False)
class Pair:
    """A pair as the caller may see it. `people`: those in the caller's scope, masked; `stayed`: after a separation,
    the life events that the survivor has had since the merge."""

    duplicate: DuplicateRecord
    people: Sequence[Disclosed]
    stayed: Sequence[RecordedEvent] = ()

    @property
    def elsewhere(self) -> bool:
        """Whether one of the two is outside the caller's scope: then nothing of that one is shown."""
        return len(self.people) < 2


class Duplicates:
    """Use cases of pairs. Both persons are locked, in the order of their ids, before anything is decided."""

    def __init__(self, context: UseCaseContext, search: DuplicateSearch, merges: Merges) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._duplicates = DuplicateRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._search = search
        self._merges = merges

    async def find(self, limit: int) -> bool:
        """Look for duplicates of the next persons; for trusted doors. True: there may be more of them."""
        return await self._search.find(limit)

    async def point(self, principal: Principal, first: UUID, second: UUID) -> Pair:
        """Point at two persons of the caller's scope who may be one: the pair, also if it was known.

        Raises `SamePersonTwice`, `NotFound`.
        """
        if first == second:
            raise SamePersonTwice.at("second_id")
        scope = principal.scope(DECIDE)
        people = await self._persons.all_locked({first, second})
        for path, person_id in (("first_id", first), ("second_id", second)):
            person = people.get(person_id)
            if person is None or not scope.allows_any(*person.areas):
                note_nothing(self._access, principal, "point_at_duplicate", person_id)
                raise NotFound.at(path, subject=person_id)
            note(self._access, principal, "point_at_duplicate", person, DECIDE, Detail.WRITE)
        pair = await self._search.add(people[first], people[second], DuplicateSource.POINTED)
        return self._shown(pair, [people[one] for one in pair.pair])

    async def read(self, principal: Principal, id: UUID) -> Pair:
        """A pair of which one at least is in the caller's scope. Raises `NotFound`."""
        found = await self._duplicates.get(id)
        seen = [] if found is None else await self._visible(principal, found, principal.scope(DECIDE), "read_duplicate")
        if found is None or not seen:
            raise NotFound(id)
        return self._shown(found, seen)

    async def page(
        self, principal: Principal, area: str, status: DuplicateStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[Pair]:
        """Pairs of which one at least belongs to the area, oldest first; those shown are noted as looked at.

        One more than `limit`, if there is one: it is not shown, and not noted.
        """
        within, scope = principal.scope(DECIDE, within=area), principal.scope(DECIDE)
        found = await self._duplicates.page(within, status, after=after, limit=limit + 1)
        pairs = [
            self._shown(one, await self._visible(principal, one, scope, "list_duplicates")) for one in found[:limit]
        ]
        return [*pairs, *(Pair(one, ()) for one in found[limit:])]

    async def count(self, principal: Principal, area: str, status: DuplicateStatus | None) -> int:
        """How many `page` gives in all."""
        return await self._duplicates.count(principal.scope(DECIDE, within=area), status)

    async def decide(
        self,
        principal: Principal,
        id: UUID,
        *,
        decision: DuplicateDecision,
        survivor_id: UUID | None,
        expected: Seen = None,
    ) -> Pair:
        """Say that two are the same (and who is kept; a second officer approves), different, or that nobody knows.

        Raises `DuplicateOfAnotherPlace`, `DuplicateTransitionRefused`, `SurvivorMissing`, and as `check_merge`.
        """
        found, people = await self._locked(principal, DECIDE, id, "decide_duplicate", expected)
        require_transition(found.status, DECIDED[decision])
        same = decision is DuplicateDecision.SAME
        if same != (survivor_id is not None) or (same and survivor_id not in found.pair):
            raise SurvivorMissing.at("survivor_id")
        if survivor_id is not None:
            check_merge(people[found.other(survivor_id)], people[survivor_id])
        moved = await self._move(principal, found, DECIDED[decision], survivor_id=survivor_id)
        return self._shown(moved, list(people.values()))

    async def reopen(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Pair:
        """Take `different` or `unsure` back."""
        found, people = await self._locked(principal, DECIDE, id, "reopen_duplicate", expected)
        if found.status not in (DuplicateStatus.DIFFERENT, DuplicateStatus.UNSURE):
            raise DuplicateTransitionRefused(id)
        return self._shown(await self._move(principal, found, DuplicateStatus.OPEN), list(people.values()))

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Pair:
        """Withdraw that two are the same, before it is approved."""
        found, people = await self._locked(principal, DECIDE, id, "withdraw_duplicate", expected)
        self._require_proposed(found)
        moved = await self._move(principal, found, DuplicateStatus.OPEN, survivor_id=None)
        return self._shown(moved, list(people.values()))

    async def refuse(self, principal: Principal, id: UUID, *, reason: MergeRefusal, expected: Seen = None) -> Pair:
        """Refuse a merge, as somebody else than who proposed it: the pair is open again and keeps the reason."""
        found, people = await self._locked(principal, APPROVE, id, "refuse_duplicate", expected)
        self._require_another(principal, found)
        moved = await self._move(principal, found, DuplicateStatus.OPEN, survivor_id=None, refusal=str(reason))
        return self._shown(moved, list(people.values()))

    async def approve(self, principal: Principal, id: UUID, *, expected: Seen = None) -> Pair:
        """Approve a merge, as somebody else than who proposed it: it is done now. Raises as `Merges.merge`."""
        found, people = await self._locked(principal, APPROVE, id, "approve_duplicate", expected)
        self._require_another(principal, found)
        assert found.survivor_id is not None, "a proposal names the survivor"
        merged, survivor = people[found.other(found.survivor_id)], people[found.survivor_id]
        merge_id = await self._merges.merge(principal, APPROVE, merged, survivor)
        moved = await self._move(principal, found, DuplicateStatus.SAME, merge_id=merge_id)
        return self._shown(moved, list((await self._persons.all_locked(found.pair)).values()))

    async def separate(self, principal: Principal, id: UUID, *, reason: ReversalReason, expected: Seen = None) -> Pair:
        """Take a merge back: both stand as two, and the pair is open. Raises as `Merges.separate`."""
        found, people = await self._locked(principal, APPROVE, id, "separate_duplicate", expected)
        if found.status != DuplicateStatus.SAME or found.survivor_id is None:
            raise DuplicateTransitionRefused(id)
        merged, survivor = people[found.other(found.survivor_id)], people[found.survivor_id]
        stayed = await self._merges.separate(principal, APPROVE, merged, survivor, reason)
        moved = await self._move(principal, found, DuplicateStatus.OPEN, survivor_id=None, merge_id=None)
        return self._shown(moved, list((await self._persons.all_locked(found.pair)).values()), stayed)

    async def _visible(
        self, principal: Principal, found: DuplicateRecord, scope: Scope, action: str
    ) -> Sequence[PersonRecord]:
        """Those of the two whom the caller may see, noted as looked at."""
        people = [await self._persons.get(one) for one in found.pair]
        seen = [person for person in people if person is not None and scope.allows_any(*person.areas)]
        for person in seen:
            note(self._access, principal, action, person, DECIDE, Detail.MASKED)
        return seen

    async def _locked(
        self, principal: Principal, permission: str, id: UUID, action: str, expected: Seen
    ) -> tuple[DuplicateRecord, dict[UUID, PersonRecord]]:
        """The pair as it is under the locks of both persons, who are both in the caller's scope."""
        found = await self._duplicates.get(id)
        if found is None:
            raise NotFound(id)
        people = dict(await self._persons.all_locked(found.pair))
        scope = principal.scope(permission)
        inside = [one for one in people.values() if scope.allows_any(*one.areas)]
        if not inside:
            raise NotFound(id)
        for person in inside:
            note(self._access, principal, action, person, permission, Detail.WRITE)
        if len(inside) < len(people):
            raise DuplicateOfAnotherPlace(id)
        found = await self._duplicates.get(id) or found
        require_version(found, expected)
        return found, people

    def _require_proposed(self, found: DuplicateRecord) -> None:
        if found.status != DuplicateStatus.PROPOSED:
            raise DuplicateTransitionRefused(found.id)

    def _require_another(self, principal: Principal, found: DuplicateRecord) -> None:
        self._require_proposed(found)
        if found.decided_by == principal.subject:
            raise DuplicateFourEyes(found.id)

    async def _move(
        self, principal: Principal, found: DuplicateRecord, to: DuplicateStatus, **changes: Any
    ) -> DuplicateRecord:
        changes = {"refusal": None, **changes, "decided_by": principal.subject, "decided_at": self._clock.now()}
        moved = await self._duplicates.move(found, to, **changes)
        if moved is None:
            raise DuplicateTransitionRefused(found.id)
        return moved

    def _shown(
        self, found: DuplicateRecord, people: Sequence[PersonRecord], stayed: Sequence[RecordedEvent] = ()
    ) -> Pair:
        return Pair(found, [disclose(one, self._crypto, full=False) for one in people], stayed)
