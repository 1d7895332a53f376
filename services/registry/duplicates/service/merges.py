"""Merge (合并) of one person into another, and its taking back: persons, ledger, households and tags in one go."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.registry.duplicates.domain import SurvivorMergedSince, check_merge
from services.registry.households.service.leavings import Leavings
from services.registry.life_events.domain import LifeEvent, LifeEventKind, RecordedEvent, ReversalReason
from services.registry.life_events.repository import LifeEventRepository
from services.registry.movements.service.recording import LifeEventRecording
from services.registry.persons.domain import PersonChange, PersonRecord
from services.registry.persons.service.correcting import PersonFollower
from services.registry.reversals.service.reversals import Reversals
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.persons import PersonMerged, PersonStatus
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

ALIVE_HERE = (PersonStatus.ACTIVE, PersonStatus.MISSING)


class Heritage(Protocol):
    """A noun of which a merge hands something on to the survivor. Both persons are locked."""

    async def hand_over(self, merged: PersonRecord, survivor: PersonRecord, *, event_id: UUID) -> None:
        """Called after a merge, when everything has ended that ends with the merged person."""
        ...

    async def take_back(self, survivor: PersonRecord, *, event_id: UUID) -> None:
        """Called before a merge is taken back."""
        ...


class Merges:
    """Merges, for whoever holds the locks of both persons' rows and has asked for the permission."""

    def __init__(
        self,
        context: UseCaseContext,
        *,
        recording: LifeEventRecording,
        leavings: Leavings,
        heritage: Sequence[Heritage],
        reversals: Reversals,
        followers: Sequence[PersonFollower],
    ) -> None:
        self._clock = context.clock
        self._events = LifeEventRepository(context.session)
        self._recording = recording
        self._leavings = leavings
        self._heritage = heritage
        self._reversals = reversals
        self._followers = followers

    async def merge(self, principal: Principal, permission: str, merged: PersonRecord, survivor: PersonRecord) -> UUID:
        """Merge one into the other, today. Returns the id of the life event.

        Raises `NotMergeable`, `SurvivorWithoutNumber`, `BookOfAnotherPlace`, what a place in a household is refused
        for, and what a follower refuses.
        """
        check_merge(merged, survivor)
        day = today(self._clock)
        recorded = await self._events.recorded(merged.id)
        event = LifeEvent(
            id=new_id(),
            kind=LifeEventKind.MERGED,
            occurred_on=day,
            reported_on=day,
            order=len(recorded) + 1,
            merged_into=survivor.id,
        )
        scope = principal.scope(permission)
        after = await self._recording.enter(merged, event, recorded, PersonMerged, scope=scope)
        await self._leavings.hand_over(after, survivor, day, event_id=event.id)
        change = PersonChange(merged, after, by=event.id)
        for follower in self._followers:
            await follower.follow(change)
        if survivor.status in ALIVE_HERE:
            for one in self._heritage:
                await one.hand_over(after, survivor, event_id=event.id)
        return event.id

    async def separate(
        self,
        principal: Principal,
        permission: str,
        merged: PersonRecord,
        survivor: PersonRecord,
        reason: ReversalReason,
    ) -> Sequence[RecordedEvent]:
        """Take a merge back: the merged person stands again with all that ended with it.

        Returns the survivor's life events since: they stay there. Raises `SurvivorMergedSince`, `EventRestedOn`,
        `UnknownArea`, `UnknownGrid`, `NotYet`, `BookOfAnotherPlace`.
        """
        if survivor.merged_into is not None:
            raise SurvivorMergedSince(merged.id)
        recorded = await self._events.recorded(merged.id)
        merge = next(one for one in recorded if one.stands and one.event.kind is LifeEventKind.MERGED)
        for one in self._heritage:
            await one.take_back(survivor, event_id=merge.event.id)
        await self._reversals.take_back_merge(principal, permission, merged, recorded, merge.event, reason)
        theirs = await self._events.recorded(survivor.id)
        return [one for one in theirs if one.stands and one.event.id > merge.event.id]
