"""Recording of a life event (人口事项): in one transaction person, ledger, households and tags follow from it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.areas.repository import AreaRepository
from services.registry.households.domain import Succession
from services.registry.households.service.leavings import Leavings
from services.registry.life_events.domain import (
    LifeEvent,
    LifeEventKind,
    Place,
    RecordedEvent,
    carried_on,
    check_dates,
    record,
)
from services.registry.life_events.repository import LifeEventRepository
from services.registry.persons.domain import PersonChange, PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.correcting import PersonFollower
from services.registry.persons.service.histories import columns_of
from services.registry.postings.service import Postings
from shared.auth.scope import Scope
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.persons import PersonState, PersonStatus
from shared.contracts.registry.postings import Book
from shared.errors import VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to somebody, as it was told. `reported_on`: today if None."""

    kind: LifeEventKind
    occurred_on: date
    reported_on: date | None
    fact: type[Fact[PersonState]]
    residence: Place | None = None
    registration: Place | None = None
    leaves: frozenset[Book] = frozenset()
    maternal: bool = False


class LifeEventRecording:
    """Recording of life events, for whoever holds the lock of the person's row. The callers ask for permission."""

    def __init__(
        self,
        context: UseCaseContext,
        *,
        postings: Postings,
        leavings: Leavings,
        followers: Sequence[PersonFollower],
    ) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._areas = AreaRepository(context.session)
        self._postings = postings
        self._leavings = leavings
        self._followers = followers

    async def record(
        self,
        person: PersonRecord,
        told: Happening,
        *,
        scope: Scope,
        succession: Succession | None = None,
        asked: Collection[str] = (),
    ) -> tuple[PersonRecord, UUID]:
        """Record a life event: the person after it, and the event's id.

        `scope`: of whoever records it. `asked`: villages outside of it that have asked for it themselves.
        """
        day = today(self._clock)
        reported_on = told.reported_on or day
        check_dates(told.occurred_on, reported_on, day, birth_date=person.birth_date)
        recorded = await self._events.recorded(person.id)
        event = LifeEvent(
            id=new_id(),
            kind=told.kind,
            occurred_on=told.occurred_on,
            reported_on=reported_on,
            order=len(recorded) + 1,
            residence=told.residence,
            registration=told.registration,
            leaves=told.leaves,
            maternal=told.maternal,
        )
        carried = carried_on([one.event for one in recorded if one.stands], scope.allows)
        after = await self.enter(person, event, recorded, told.fact, scope=scope, asked={*asked, *carried})
        await self._leavings.follow(after, told.occurred_on, succession, event_id=event.id, scope=scope)
        for follower in self._followers:
            await follower.follow(PersonChange(person, after, by=event.id))
        return after, event.id

    async def enter(
        self,
        person: PersonRecord,
        event: LifeEvent,
        recorded: Sequence[RecordedEvent],
        fact: type[Fact[PersonState]],
        *,
        scope: Scope,
        asked: Collection[str] = (),
    ) -> PersonRecord:
        """Enter a life event into the history and the ledger: the person after it. What follows is the caller's."""
        now = self._clock.now()
        books_opened_on = await self._areas.books_opened_on(person.area or "")
        standing = [one.event for one in recorded if one.stands]
        history = record(standing, event, books_opened_on=books_opened_on, birth_date=person.birth_date)
        self._events.add(person.id, event, number=event.order, now=now)
        columns = columns_of(history, person, now=now)
        if person.status == PersonStatus.ANNULLED:  # nobody was compared with an entry that did not stand
            columns["compared_at"] = None
        after = await self._persons.change(person, **columns)
        if after is None:
            raise VersionMismatch(person.id)
        self._outbox.add(fact(state=PersonState.model_validate(after)))
        await self._postings.settle(after.id, history.entries, scope, asked=asked)
        return after
