"""Residents of villages that change: their life events, spans and books follow, and go back if it is undone."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.area_changes.domain import Assignment, rested_on
from services.registry.area_changes.repository import AreaChangeRepository
from services.registry.areas.repository import AreaRepository
from services.registry.households.domain import HouseholdKind
from services.registry.life_events.domain import (
    Entry,
    EventHistory,
    LifeEvent,
    LifeEventKind,
    Place,
    RecordedEvent,
    in_order,
    is_counted,
    remaining,
)
from services.registry.life_events.repository import LifeEventRepository
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.histories import columns_of
from services.registry.persons.service.notes import note
from services.registry.postings.repository import PostingRepository
from services.registry.postings.service import Postings
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.persons import PersonBoundaryChanged, PersonState
from shared.contracts.registry.postings import Book
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import VILLAGE_DIGITS, village_of

PERMISSION = "area.manage"
KINDS = {Book.RESIDENCE: HouseholdKind.LIVING, Book.REGISTRATION: HouseholdKind.LEGAL}


@dataclass(frozen=True, slots=True)
class Followed:
    """Somebody with the columns and ledger entries that follow from the history."""

    person: PersonRecord
    columns: Mapping[str, Any]
    entries: Sequence[Entry]


class BoundaryResidents:
    """What a change of areas does to persons, for whoever holds the locks of the areas."""

    def __init__(self, context: UseCaseContext, postings: Postings) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._changes = AreaChangeRepository(context.session)
        self._areas = AreaRepository(context.session)
        self._lines = PostingRepository(context.session)
        self._postings = postings

    async def locked(self, villages: Collection[str], day: date) -> Mapping[UUID, PersonRecord]:
        """Who belongs to one of these villages now, or did after the day."""
        ids = {*await self._persons.belonging_to(villages), *await self._lines.counted_since(villages, day)}
        return await self._persons.all_locked(ids)

    async def anybody_in(self, areas: Collection[str]) -> bool:
        """Whether somebody belongs to one of these areas, in either book and without an end."""
        return bool(await self._persons.belonging_to([one for one in areas if len(one) == VILLAGE_DIGITS]))

    async def follow(
        self, principal: Principal, people: Mapping[UUID, PersonRecord], assignment: Assignment, change_id: UUID
    ) -> Sequence[PersonRecord]:
        """Each goes where the assignment says. Answers who went, as they are now."""
        opened = await self._opening_days(people.values())
        events: list[tuple[UUID, LifeEvent]] = []
        followed: list[Followed] = []
        recorded = await self._events.all_recorded(people)
        now = self._clock.now()
        for person in people.values():
            history, new = self._redrawn(person, recorded[person.id], assignment, opened.get(_county(person)))
            if new:
                events += [(person.id, event) for event in new]
                followed.append(Followed(person, columns_of(history, person, now=now), history.entries))
        self._events.add_all(events, now=now)
        self._changes.add_events(change_id, [(person, event.id) for person, event in events])
        return await self._write(principal, "change_areas", followed)

    async def go_back(self, principal: Principal, change_id: UUID) -> Sequence[PersonRecord]:
        """The change is undone: everybody is where they are without it. Answers who went, as they are now.

        Raises `AreaChangeRestedOn` with the life events that could not be without it.
        """
        events = await self._changes.events(change_id)
        people = await self._persons.all_locked({person for person, _ in events})
        opened = await self._opening_days(people.values())
        now = self._clock.now()
        recorded = await self._events.all_recorded(people)
        taken = {event for _, event in events}
        followed: list[Followed] = []
        resting: list[LifeEvent] = []
        for person in people.values():
            standing = [one.event for one in recorded[person.id] if one.stands and one.event.id not in taken]
            rest = remaining(standing, books_opened_on=opened.get(_county(person)), birth_date=person.birth_date)
            resting += rest.resting
            before = _home(person, [one.event for one in recorded[person.id] if one.event.id in taken])
            columns = columns_of(rest.history, before, now=now)
            followed.append(Followed(person, columns, rest.history.entries))
        if resting:
            raise rested_on(
                change_id, (("life_events", one.id, f"{one.occurred_on}{one.kind.label}") for one in resting)
            )
        await self._events.take_back(events, by=principal.subject, now=now)
        return await self._write(principal, "undo_area_change", followed)

    async def _write(self, principal: Principal, action: str, followed: Sequence[Followed]) -> Sequence[PersonRecord]:
        for one in followed:
            note(self._access, principal, action, one.person, PERMISSION, Detail.WRITE)
        after = await self._persons.change_all([(one.person, one.columns) for one in followed])
        for person in after:
            self._outbox.add(PersonBoundaryChanged(state=PersonState.model_validate(person)))
        await self._postings.settle_all({one.person.id: one.entries for one in followed}, principal.scope(PERMISSION))
        return after

    def _redrawn(
        self,
        person: PersonRecord,
        recorded: Sequence[RecordedEvent],
        assignment: Assignment,
        books_opened_on: date | None,
    ) -> tuple[EventHistory, Sequence[LifeEvent]]:
        """The history with the change in it, and the life events that it takes: one for each village that is left.

        Whoever came to the village after the day goes over on the day on which they came.
        """
        events = [one.event for one in recorded if one.stands]
        new: list[LifeEvent] = []
        while True:
            history = EventHistory.of([*events, *new], books_opened_on=books_opened_on, birth_date=person.birth_date)
            left = _first_left(person, history, assignment)
            if left is None:
                return history, new
            day, village, targets = left
            new.append(
                LifeEvent(
                    id=new_id(),
                    kind=LifeEventKind.BOUNDARY,
                    occurred_on=day,
                    reported_on=today(self._clock),
                    order=len(recorded) + len(new) + 1,
                    residence=_place(targets.get(Book.RESIDENCE)),
                    registration=_place(targets.get(Book.REGISTRATION)),
                    origin=village,
                )
            )

    async def _opening_days(self, people: Collection[PersonRecord]) -> Mapping[str, date | None]:
        counties = {_county(person) for person in people}
        return {county: await self._areas.books_opened_on(county) for county in counties}


def _first_left(
    person: PersonRecord, history: EventHistory, assignment: Assignment
) -> tuple[date, str, Mapping[Book, str]] | None:
    """The first day on which a village is left, the village, and where to by book; None if nobody is left in one."""
    villages, on = assignment.plan.villages, assignment.plan.effective_on
    found: dict[tuple[date, str], dict[Book, str]] = {}
    for book in Book:
        for span in history.spans[book]:
            village = village_of(span.area)
            if not is_counted(span.area) or village not in villages:
                continue
            day = max(on, span.start)
            if span.end is not None and span.end <= day:
                continue
            residence = span.area if book is Book.RESIDENCE else None
            target = assignment.person(person.id, KINDS[book], village, residence)
            if target is not None:
                found.setdefault((day, village), {})[book] = target
    if not found:
        return None
    day, village = min(found)
    return day, village, found[day, village]


def _home(person: PersonRecord, taken: Sequence[LifeEvent]) -> PersonRecord:
    """The person with the areas of before these events: whose entry was annulled is found by them."""
    residence, registration = person.residence_area, person.registration_area
    for event in reversed(in_order(taken)):
        if event.residence is not None and residence == event.residence.area:
            residence = event.origin
        if event.registration is not None and registration == event.registration.area:
            registration = event.origin
    return replace(person, residence_area=residence, registration_area=registration)


def _place(area: str | None) -> Place | None:
    return None if area is None else Place(area, None)


def _county(person: PersonRecord) -> str:
    return (person.area or "")[:6]
