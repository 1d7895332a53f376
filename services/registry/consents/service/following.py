"""Consents that follow their persons: they end with death, departure and merge, hold again without them, and count
where their persons live.
"""

from datetime import date
from uuid import UUID

from services.registry.consents.domain import (
    ANNULLED,
    ENDED,
    VALID,
    WITHDRAWN,
    ConsentKnown,
    ConsentStep,
    check_only,
    handed,
    last_day,
    villages,
    withdrawn_since,
)
from services.registry.consents.service.counting import ConsentCounting
from services.registry.consents.service.handling import BY_ITSELF, ConsentHandling
from services.registry.persons.domain import PersonChange, PersonRecord
from shared.clock import today
from shared.contracts.registry.consents import ConsentAnnulled, ConsentEnded, ConsentRestored, ConsentWithdrawn
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


class ConsentFollowing:
    """A follower of persons (`PersonFollower`), and an heir of merges (`Heritage`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._handling = ConsentHandling(context)
        self._consents = self._handling.consents
        self._counting = ConsentCounting(context)

    async def follow(self, change: PersonChange) -> None:
        """After a change of a person: what holds ends with them, and holds again if that is taken back.

        What the person has withdrawn stays withdrawn, whatever happens.
        """
        before, person = change.before, change.after
        same = (person.status, person.died_on, person.residence, person.residence_until, person.registration_until)
        was = (before.status, before.died_on, before.residence, before.residence_until, before.registration_until)
        if same == was:
            return
        day, elsewhere = today(self._clock), []
        for one in await self._consents.of(person.id):
            if one.status == ANNULLED:
                continue
            returned = one.ended_by is not None and one.ended_by == change.without
            ends = last_day(one, person, returned=returned, today=day)
            if ends == one.ended_on and not returned:
                if villages(one, before.residence) != villages(one, person.residence):
                    elsewhere.append(one)
                continue
            by = await self._ended_by(change) if ends else None
            step, fact = (ConsentStep.ENDED, ConsentEnded) if ends else (ConsentStep.RESTORED, ConsentRestored)
            changes = {"status": str(ENDED if ends else VALID), "ended_on": ends, "ended_by": by}
            await self._handling.move(one, person, step, fact, BY_ITSELF, None, **changes)
        await self._counting.tell(elsewhere, person, aside=True)

    async def hand_over(self, merged: PersonRecord, survivor: PersonRecord, *, event_id: UUID) -> None:
        """After a merge: what ended with it goes on at the survivor, unless that one has consented or has withdrawn.

        Nobody is the own guardian. Both persons are locked.
        """
        day = today(self._clock)
        theirs = list(await self._consents.of(survivor.id))
        for one in await self._consents.of(merged.id):
            over = one.until is not None and one.until <= day
            if one.status != ENDED or one.ended_by != event_id or over or one.guardian_id == survivor.id:
                continue
            if withdrawn_since(one, theirs):
                continue
            heir = handed(one, id=new_id(), survivor=survivor.id, event_id=event_id)
            try:
                check_only(heir, theirs)
            except ConsentKnown:
                continue
            theirs.append(heir)
            await self._handling.enter(heir, survivor, ConsentStep.HANDED_OVER, BY_ITSELF)

    async def take_back(self, survivor: PersonRecord, *, event_id: UUID) -> None:
        """Before a merge is taken back: what it handed over never was at the survivor.

        What was withdrawn meanwhile stays so for whom it was given: nobody knows which of the two it was. Both persons
        are locked.
        """
        for heir in await self._consents.started_by(event_id):
            if heir.status == ANNULLED:
                continue
            if heir.status == WITHDRAWN and heir.handed_from is not None:
                await self._withdraw(heir.handed_from, heir.ended_on)
            await self._handling.move(
                heir, survivor, ConsentStep.TAKEN_BACK, ConsentAnnulled, BY_ITSELF, None, status=str(ANNULLED)
            )

    async def _withdraw(self, id: UUID, on: date | None) -> None:
        origin = await self._consents.get(id)
        if origin is None or origin.status != ENDED:
            return
        person = await self._handling.persons.get(origin.person_id)
        if person is not None:
            changes = {"status": str(WITHDRAWN), "ended_on": on, "ended_by": None}
            await self._handling.move(
                origin, person, ConsentStep.WITHDRAWN, ConsentWithdrawn, BY_ITSELF, None, **changes
            )

    async def _ended_by(self, change: PersonChange) -> UUID | None:
        """The life event that ends it: of an undo, the one with which the person leaves now."""
        return change.by or await self._handling.left_by(change.after.id, without=change.without) or change.without
