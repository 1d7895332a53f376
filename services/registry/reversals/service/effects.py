"""Effects of a reversal: person, ledger, households and tags are brought to the history without the life event."""

from collections.abc import Sequence
from datetime import date

from services.registry.areas.repository import AreaRepository
from services.registry.households.service.leavings import Leavings
from services.registry.life_events.domain import (
    EventHistory,
    LifeEvent,
    LifeEventKind,
    Place,
    RecordedEvent,
    carried_on,
    is_counted,
    remaining,
)
from services.registry.life_events.repository import LifeEventRepository
from services.registry.life_events.service import Arrival, Placement
from services.registry.persons.domain import NumberDisagrees, PersonChange, PersonRecord
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.correcting import PersonFollower
from services.registry.persons.service.disclosures import NUMBER
from services.registry.persons.service.histories import columns_of
from services.registry.postings.service import Postings
from services.registry.reversals.domain import SurvivorOfMerge, require_nothing_rests
from shared.auth.scope import Scope
from shared.clock import today
from shared.contracts.registry.persons import PersonEventRedated, PersonEventReversed, PersonState
from shared.contracts.registry.postings import Book
from shared.errors import VersionMismatch
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of
from shared.reference.documents import DocumentType, check_document


class ReversalEffects:
    """What follows from a reversal, for whoever holds the lock of the person's row. The callers ask for permission."""

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
        self._crypto = context.crypto
        self._persons = PersonRepository(context.session)
        self._events = LifeEventRepository(context.session)
        self._areas = AreaRepository(context.session)
        self._placement = Placement(context.session)
        self._postings = postings
        self._leavings = leavings
        self._followers = followers

    async def remaining(
        self, person: PersonRecord, recorded: Sequence[RecordedEvent], event: LifeEvent, replacement: LifeEvent | None
    ) -> EventHistory:
        """The history without the event, or with its replacement. Raises `EventRestedOn`, `SurvivorOfMerge`."""
        events = [one.event for one in recorded if one.stands and one.event.id != event.id]
        if replacement is not None:
            events.append(replacement)
            if replacement.kind is LifeEventKind.BIRTH:
                self._check_number(person, replacement.occurred_on)
            arrival = Arrival(
                replacement.residence,
                replacement.registration,
                replacement.occurred_on,
                residence_path="corrected_on",
                registration_path="corrected_on",
            )
            await self._placement.check([arrival], again=True)
        rest = remaining(
            events,
            books_opened_on=await self._areas.books_opened_on(person.area or ""),
            birth_date=person.birth_date
            if replacement is None or replacement.kind is not LifeEventKind.BIRTH
            else replacement.occurred_on,
            corrected=replacement.id if replacement else None,
        )
        if not rest.history.begun and await self._persons.stands_for_others(person.id):
            raise SurvivorOfMerge(event.id)
        changed = await self._leavings.changed_since(event.id) if replacement else ()
        require_nothing_rests(event.id, rest.resting, person.id, changed)
        return rest.history

    async def carry_out(
        self,
        scope: Scope,
        person: PersonRecord,
        recorded: Sequence[RecordedEvent],
        event: LifeEvent,
        replacement: LifeEvent | None,
        history: EventHistory,
    ) -> None:
        """Bring the person, the ledger, households and tags to the history. The reversal itself is written."""
        now = self._clock.now()
        columns = columns_of(history, person, now=now)
        if replacement is not None:
            self._events.add(person.id, replacement, number=len(recorded) + 1, now=now)
            if replacement.kind is LifeEventKind.BIRTH:
                columns |= {"birth_date": replacement.occurred_on, "compared_at": None}
        if person.merged_into is not None:  # nobody was compared with a merged person
            columns["compared_at"] = None
        await self._check_return(person, history)
        after = await self._persons.change(person, **columns)
        if after is None:
            raise VersionMismatch(person.id)
        state = PersonState.model_validate(after)
        if replacement is None:
            self._outbox.add(PersonEventReversed(state=state, event_id=event.id))
        else:
            self._outbox.add(PersonEventRedated(state=state, event_id=replacement.id))
        asked = carried_on([one.event for one in recorded if one.stands], scope.allows)
        await self._postings.settle(after.id, history.entries, scope, asked=asked)
        if replacement is not None:
            await self._leavings.redate(after, event.id, replacement.id, replacement.occurred_on)
        require_nothing_rests(event.id, (), person.id, await self._leavings.unsupported(person, after))
        if replacement is None:
            await self._leavings.come_back(after, event.id)
        change = PersonChange(person, after, by=replacement.id if replacement else None, without=event.id)
        for follower in self._followers:
            await follower.follow(change)

    async def _check_return(self, person: PersonRecord, history: EventHistory) -> None:
        """Whoever belongs to a village again finds it there still. Raises `UnknownArea`."""
        places: list[Place | None] = []
        for book, before, until in (
            (Book.RESIDENCE, person.residence_area, person.residence_until),
            (Book.REGISTRATION, person.registration_area, person.registration_until),
        ):
            span = history.open(book)
            returns = span is not None and is_counted(span.area) and (span.area != before or until is not None)
            places.append(Place(village_of(span.area), span.kind) if span and returns else None)
        day = today(self._clock)
        await self._placement.check([Arrival(places[0], places[1], day, "event_id", "event_id")])

    def _check_number(self, person: PersonRecord, birth_date: date) -> None:
        """A number says its own day of birth. Raises `NumberDisagrees`."""
        if person.number_sealed is None or person.document_type is None:
            return
        number = self._crypto.open(person.number_sealed, field=NUMBER, owner=str(person.id))
        read = check_document(DocumentType(person.document_type), number, on=today(self._clock)).birth_date
        if read is not None and read != birth_date:
            raise NumberDisagrees.at("corrected_on", subject=person.id)
