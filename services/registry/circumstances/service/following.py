"""Circumstances that follow their persons: they end with death, departure and merge, and hold again without them."""

from uuid import UUID

from services.registry.circumstances.domain.kinds import KINDS
from services.registry.circumstances.domain.rules import (
    ENDED,
    VALID,
    WITHDRAWN,
    CircumstanceOverlaps,
    CircumstanceTransitionError,
    check_alone,
    handed,
    last_day,
)
from services.registry.circumstances.repository import CircumstanceRepository
from services.registry.circumstances.service.circumstances import told
from services.registry.life_events.domain import LifeEventKind
from services.registry.life_events.repository import LifeEventRepository
from services.registry.persons.domain import PersonChange, PersonRecord
from services.registry.tags.domain import unfit
from shared.clock import today
from shared.contracts.registry.circumstances import CircumstanceEnded, CircumstanceRecorded, CircumstanceRestored
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

LEAVING = frozenset({LifeEventKind.DEATH, LifeEventKind.MOVE_OUT, LifeEventKind.MERGED})
"""Life events with which somebody is no more in the register."""


class CircumstanceFollowing:
    """A follower of persons (`PersonFollower`), and an heir of merges."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._entries = CircumstanceRepository(context.session)
        self._events = LifeEventRepository(context.session)

    async def follow(self, change: PersonChange) -> None:
        """After a change of a person: what has no end by itself ends with them, and holds again if that is undone."""
        before, person = change.before, change.after
        same = (person.status, person.died_on, person.residence_until, person.registration_until)
        if same == (before.status, before.died_on, before.residence_until, before.registration_until):
            return
        day = today(self._clock)
        for entry in await self._entries.of(person.id):
            returned = entry.ended_by is not None and entry.ended_by == change.without
            ends = last_day(entry, person, returned=returned, today=day)
            if ends == entry.ended_on and not returned:
                continue
            by = await self._ended_by(change) if ends else None
            status = entry.status if entry.status == WITHDRAWN else str(ENDED if ends else VALID)
            changed = await self._entries.change(entry, status=status, ended_on=ends, ended_by=by)
            if changed is None:
                raise CircumstanceTransitionError(entry.id)
            for fact in told(changed, CircumstanceEnded if ends else CircumstanceRestored):
                self._outbox.add(fact)

    async def _ended_by(self, change: PersonChange) -> UUID | None:
        """The life event that ends it: of an undo, the one with which the person leaves now."""
        if change.by is not None:
            return change.by
        events = await self._events.of(change.after.id)
        left = [one.id for one in events if one.kind in LEAVING and one.id != change.without]
        return left[-1] if left else change.without

    async def hand_over(self, merged: PersonRecord, survivor: PersonRecord, *, event_id: UUID) -> None:
        """After a merge: what ended with it goes on at the survivor from that day, if that has none such and it fits.

        Both persons are locked.
        """
        day = today(self._clock)
        theirs = list(await self._entries.of(survivor.id))
        for entry in await self._entries.of(merged.id):
            if entry.ended_by != event_id or entry.status == WITHDRAWN:
                continue
            heir = handed(entry, id=new_id(), survivor=survivor.id, event_id=event_id, day=day)
            if unfit(KINDS[entry.kind].condition, survivor, day, today=day, path="kind"):
                continue
            try:
                check_alone(heir, theirs)
            except CircumstanceOverlaps:
                continue
            theirs.append(heir)
            await self._entries.add([heir])
            for fact in told(heir, CircumstanceRecorded):
                self._outbox.add(fact)

    async def take_back(self, survivor: PersonRecord, *, event_id: UUID) -> None:
        """After a merge was taken back: what it handed to the survivor ends. The survivor is locked.

        What has ended with a life event since does not hold again if that is taken back as well.
        """
        for entry in await self._entries.started_by(event_id):
            if entry.ended_on is not None and entry.ended_by is None:
                continue
            day = entry.ended_on or max(today(self._clock), entry.began_on)
            status = entry.status if entry.status == WITHDRAWN else str(ENDED)
            ended = await self._entries.change(entry, status=status, ended_on=day, ended_by=None)
            if ended is None:
                raise CircumstanceTransitionError(entry.id)
            for fact in told(ended, CircumstanceEnded):
                self._outbox.add(fact)
