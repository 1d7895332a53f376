"""Use cases of moves and deaths (人口变动): one transaction changes person, ledger, households and tags."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.areas.repository import AreaRepository
from services.registry.households.domain import Succession
from services.registry.households.service.households import Households
from services.registry.life_events.domain import (
    EventHistory,
    LifeEvent,
    LifeEventKind,
    Place,
    check_dates,
    record,
)
from services.registry.life_events.repository import LifeEventRepository
from services.registry.life_events.service import Arrival, Placement, require_places
from services.registry.persons.domain import PersonChange, PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from services.registry.persons.service.persons import PersonFollower
from services.registry.postings.service import Postings
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.persons import PersonDied, PersonMovedIn, PersonMovedOut, PersonState
from shared.contracts.registry.postings import Book
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound, VersionMismatch
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

PERMISSION = "life_event.record"


class Movements:
    """Use cases of movements: moves in and out, and deaths. A birth is a registration with the entry `birth`.

    Each takes `expected`, the version of the person that the caller saw (None: any).
    """

    def __init__(
        self,
        context: UseCaseContext,
        *,
        postings: Postings,
        households: Households,
        followers: Sequence[PersonFollower],
    ) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._areas = AreaRepository(context.session)
        self._placement = Placement(context.session)
        self._postings = postings
        self._households = households
        self._followers = followers

    async def move_in(
        self,
        principal: Principal,
        id: UUID,
        *,
        occurred_on: date,
        reported_on: date | None,
        residence: Place | None,
        registration: Place | None,
        succession: Succession | None,
        expected: Seen = None,
    ) -> Disclosed:
        """Move in (迁入): to a village of the county, from elsewhere or, as a transfer, from another village."""
        person = await self._locked(principal, id, expected)
        require_places(principal.scope(PERMISSION), residence, registration)
        await self._placement.check([Arrival(residence, registration, occurred_on)])
        return await self._happen(
            principal,
            person,
            LifeEventKind.MOVE_IN,
            occurred_on,
            reported_on,
            PersonMovedIn,
            residence=residence,
            registration=registration,
            succession=succession,
        )

    async def move_out(
        self,
        principal: Principal,
        id: UUID,
        *,
        occurred_on: date,
        reported_on: date | None,
        books: frozenset[Book],
        succession: Succession | None,
        expected: Seen = None,
    ) -> Disclosed:
        """Move out of the county (迁出), in those of the named books in which the person has an open span."""
        person = await self._locked(principal, id, expected)
        return await self._happen(
            principal,
            person,
            LifeEventKind.MOVE_OUT,
            occurred_on,
            reported_on,
            PersonMovedOut,
            leaves=books,
            succession=succession,
        )

    async def die(
        self,
        principal: Principal,
        id: UUID,
        *,
        occurred_on: date,
        reported_on: date | None,
        succession: Succession | None,
        expected: Seen = None,
    ) -> Disclosed:
        """Record a death: it ends spans, memberships and tags."""
        person = await self._locked(principal, id, expected)
        return await self._happen(
            principal,
            person,
            LifeEventKind.DEATH,
            occurred_on,
            reported_on,
            PersonDied,
            succession=succession,
        )

    async def _locked(self, principal: Principal, id: UUID, expected: Seen) -> PersonRecord:
        person = await self._persons.locked(id)
        if person is None or not principal.scope(PERMISSION).allows_any(*person.areas):
            note_nothing(self._access, principal, "move", id)
            raise NotFound(id)
        require_version(person, expected)
        return person

    async def _happen(
        self,
        principal: Principal,
        person: PersonRecord,
        kind: LifeEventKind,
        occurred_on: date,
        reported_on: date | None,
        fact: type[Fact[PersonState]],
        *,
        residence: Place | None = None,
        registration: Place | None = None,
        leaves: frozenset[Book] = frozenset(),
        succession: Succession | None,
    ) -> Disclosed:
        note(self._access, principal, str(kind), person, PERMISSION, Detail.WRITE)
        day = today(self._clock)
        check_dates(occurred_on, reported_on or day, day, birth_date=person.birth_date)
        events = await self._events.of(person.id)
        event = LifeEvent(
            id=new_id(),
            kind=kind,
            occurred_on=occurred_on,
            reported_on=reported_on or day,
            order=len(events) + 1,
            residence=residence,
            registration=registration,
            leaves=leaves,
        )
        books_opened_on = await self._areas.books_opened_on(person.area or "")
        history = record(events, event, books_opened_on=books_opened_on)
        self._events.add(person.id, event, now=self._clock.now())
        after = await self._persons.change(person, **self._columns(history))
        if after is None:
            raise VersionMismatch(person.id)
        self._outbox.add(fact(state=PersonState.model_validate(after)))
        await self._postings.settle(after.id, history.entries, principal.scope(PERMISSION))
        await self._households.follow(after, occurred_on, succession)
        for follower in self._followers:
            await follower.follow(PersonChange(person, after))
        return disclose(after, self._crypto, full=False)

    def _columns(self, history: EventHistory) -> dict[str, Any]:
        """The person's columns that follow from the history."""
        residence, registration = history.place(Book.RESIDENCE), history.place(Book.REGISTRATION)
        return {
            "status": str(history.status),
            "died_on": history.died_on,
            "residence": [span.model_dump(mode="json") for span in history.spans[Book.RESIDENCE]],
            "registration": [span.model_dump(mode="json") for span in history.spans[Book.REGISTRATION]],
            "residence_area": residence.area if residence else None,
            "residence_until": residence.end if residence else None,
            "registration_area": registration.area if registration else None,
            "registration_until": registration.end if registration else None,
            "changed_at": self._clock.now(),
        }
