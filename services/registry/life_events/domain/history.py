"""History of a person: spans, status and ledger entries, a pure function of the life events.

A back-dated event is put in its place and the whole history is computed again: if no event contradicts another the new
one is accepted, else it is out of order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.registry.life_events.domain.events import (
    ENTRIES,
    Entry,
    EventOutOfOrder,
    LifeEvent,
    LifeEventKind,
    PersonAlreadyActive,
    PersonDeceased,
    PersonMerged,
    PersonMissing,
    PersonNotActive,
    PersonNotMissing,
    first_birthday,
)
from services.registry.life_events.domain.places import (
    ELSEWHERE,
    REGISTERED_PLACE,
    Place,
    check_kind,
    is_counted,
    is_within,
    residence_kind,
)
from shared.contracts.envelope import Span
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book, PostingKind, PostingMark
from shared.errors import Invalid
from shared.reference.areas import village_of

_OF_MISSING = frozenset({LifeEventKind.FOUND, LifeEventKind.DEATH, LifeEventKind.MERGED})
"""What may happen next to somebody who is missing."""


@dataclass(slots=True)
class EventHistory:
    """History of one person: the spans, ledger entries and status that the life events add up to.

    `registered`: the area of the registered place, `ELSEWHERE`, or None if it was never said.
    `derived`: whether the kind of the open residence follows from it. `redrawn`: the order of the change of areas that
    brought the person to the open span of a book. `gone_over`: where a change of areas would have brought somebody of
    whom it is known by now that they had left, or died, before it.
    """

    books_opened_on: date | None = None
    birth_date: date | None = None
    registered: str | None = None
    derived: bool = False
    spans: dict[Book, list[Span]] = field(default_factory=lambda: {book: [] for book in Book})
    entries: list[Entry] = field(default_factory=list)
    died_on: date | None = None
    missing: bool = False
    merged_into: UUID | None = None
    begun: bool = False
    redrawn: dict[Book, int] = field(default_factory=dict)
    gone_over: dict[Book, str] = field(default_factory=dict)

    @classmethod
    def of(
        cls, events: Iterable[LifeEvent], *, books_opened_on: date | None, birth_date: date | None = None
    ) -> "EventHistory":
        """Apply the events in order. Raises the refusal of the first one that contradicts those before it.

        `birth_date`: by which a death is that of an infant.
        """
        history = cls(books_opened_on, birth_date)
        for event in in_order(events):
            history._apply(event)
        return history

    @property
    def status(self) -> PersonStatus:
        """Annulled if no event stands; merged or deceased; else active in a book at least, missing, or moved out."""
        if not self.begun:
            return PersonStatus.ANNULLED
        if self.merged_into is not None:
            return PersonStatus.MERGED
        if self.died_on is not None:
            return PersonStatus.DECEASED
        if not self._belongs:
            return PersonStatus.MOVED_OUT
        return PersonStatus.MISSING if self.missing else PersonStatus.ACTIVE

    @property
    def _belongs(self) -> bool:
        return any(is_counted(span.area) for book in Book if (span := self.open(book)))

    def open(self, book: Book) -> Span | None:
        """The open span of a book: the last one, if it has no end."""
        spans = self.spans[book]
        return spans[-1] if spans and spans[-1].end is None else None

    def place(self, book: Book) -> Span | None:
        """The span by which the person is in a scope: the last one in the county, or else the last one elsewhere.

        It is open exactly if the person stands in that book now. Who left a village before it went over, and was told
        of after that, is found where it went: there they were looked after until then.
        """
        spans = self.spans[book]
        here = (span for span in reversed(spans) if is_counted(span.area))
        span = next(here, spans[-1] if spans else None)
        over = self.gone_over.get(book)
        return span if span is None or over is None else span.model_copy(update={"area": over})

    def _apply(self, event: LifeEvent) -> None:
        if event.kind is LifeEventKind.BOUNDARY:
            self._redraw(event)
            return
        if self.died_on is not None:
            raise PersonDeceased(event.id)
        if self.merged_into is not None:
            raise PersonMerged(event.id)
        entered_twice = self.begun and event.kind in (LifeEventKind.BIRTH, LifeEventKind.ENROLLED)
        happened_before_entry = not self.begun and event.kind not in ENTRIES
        if entered_twice or happened_before_entry:
            raise EventOutOfOrder(event.id)
        self.begun = True
        if self.missing and event.kind not in _OF_MISSING:
            raise PersonMissing(event.id)
        match event.kind:
            case LifeEventKind.MISSING:
                self._miss(event)
            case LifeEventKind.FOUND:
                self._find(event)
            case LifeEventKind.MOVE_OUT:
                self._leave(event)
            case LifeEventKind.DEATH:
                self._die(event)
            case LifeEventKind.MERGED:
                self._merge(event)
            case _:
                self._arrive(event)

    def _miss(self, event: LifeEvent) -> None:
        if not self._belongs:
            raise PersonNotActive(event.id)
        self.missing = True

    def _find(self, event: LifeEvent) -> None:
        if not self.missing:
            raise PersonNotMissing(event.id)
        self.missing = False

    def _arrive(self, event: LifeEvent) -> None:
        if event.registration is not None:
            self.registered = event.registration.area
        for book, place in ((Book.RESIDENCE, event.residence), (Book.REGISTRATION, event.registration)):
            if place is None:
                continue
            before, kind = self.open(book), self._kind(place, event)
            if before is not None and (before.area, before.kind) == (place.area, kind):
                if event.order < self.redrawn.get(book, 0):
                    continue  # a change of areas that was recorded later had brought them there by that day
                raise PersonAlreadyActive(event.id)
            self._end(book, event.occurred_on)
            self.redrawn.pop(book, None)
            self.gone_over.pop(book, None)
            self.spans[book].append(Span(area=place.area, kind=kind, start=event.occurred_on))
            self._enter_arrival(book, before.area if before else None, place.area, event)
        if event.residence is not None:
            self.derived = event.residence.kind is None
        self._follow_registration(event.occurred_on)

    def _redraw(self, event: LifeEvent) -> None:
        """In each book in which the person belongs to the origin now, the other village takes its place.

        It contradicts nothing, and nothing is done to whoever belongs elsewhere on that day.
        """
        for book, target in ((Book.RESIDENCE, event.residence), (Book.REGISTRATION, event.registration)):
            last = self.place(book)
            if target is not None and last is not None and last.end is not None and is_within(last.area, event.origin):
                self.gone_over[book] = target.area
        registered, residence = self.open(Book.REGISTRATION), self.open(Book.RESIDENCE)
        if event.registration is not None and registered is not None and is_within(registered.area, event.origin):
            self.registered = event.registration.area
            self._carry_on(Book.REGISTRATION, registered, event.registration.area, registered.kind, event)
        if event.residence is not None and residence is not None and is_within(residence.area, event.origin):
            derived = residence_kind(event.residence.area, self.registered) if self.derived else None
            self._carry_on(Book.RESIDENCE, residence, event.residence.area, derived or residence.kind, event)
        self._follow_registration(event.occurred_on)

    def _carry_on(self, book: Book, before: Span, area: str, kind: str, event: LifeEvent) -> None:
        self._end(book, event.occurred_on)
        self.redrawn[book] = event.order
        self.spans[book].append(Span(area=area, kind=kind, start=event.occurred_on))
        origin, target = village_of(before.area), village_of(area)
        if origin != target:  # else from grid to grid
            self._enter(book, PostingKind.BOUNDARY_OUT, origin, -1, event, counterpart=target)
            self._enter(book, PostingKind.BOUNDARY_IN, target, 1, event, counterpart=origin)

    def _kind(self, place: Place, event: LifeEvent) -> str:
        if place.kind is not None:
            return place.kind
        kind = residence_kind(place.area, self.registered)
        if kind is None:
            registered = Place(self.registered, REGISTERED_PLACE) if self.registered else None
            raise Invalid(event.id, errors=check_kind(place, registered))
        return kind

    def _follow_registration(self, on: date) -> None:
        """Whose registered place changed may be registered now where they live, or floating."""
        span = self.open(Book.RESIDENCE)
        if span is None or not self.derived:
            return
        kind = residence_kind(span.area, self.registered)
        if kind is not None and kind != span.kind:
            self._end(Book.RESIDENCE, on)
            self.spans[Book.RESIDENCE].append(Span(area=span.area, kind=kind, start=on))

    def _enter_arrival(self, book: Book, before: str | None, after: str, event: LifeEvent) -> None:
        origin = village_of(before) if before and is_counted(before) else None
        target = village_of(after) if is_counted(after) else None
        if origin == target:
            return
        if origin and target:
            self._enter(book, PostingKind.TRANSFER_OUT, origin, -1, event, counterpart=target)
            self._enter(book, PostingKind.TRANSFER_IN, target, 1, event, counterpart=origin)
        elif target:
            marks = event.delivery.marks if event.delivery else ()
            self._enter(book, self._kind_of_entry(event), target, 1, event, marks=marks)
        elif origin:
            self._enter(book, PostingKind.OUT, origin, -1, event)

    def _kind_of_entry(self, event: LifeEvent) -> PostingKind:
        if event.kind is LifeEventKind.BIRTH:
            return PostingKind.BIRTH
        if event.kind is LifeEventKind.MOVE_IN:
            return PostingKind.IN
        belongs_to_opening = self.books_opened_on is not None and event.occurred_on <= self.books_opened_on
        return PostingKind.OPENING if belongs_to_opening else PostingKind.CORRECTION

    def _leave(self, event: LifeEvent) -> None:
        left = False
        for book in Book:
            if book in event.leaves and (span := self.open(book)) and is_counted(span.area):
                self._end(book, event.occurred_on)
                self._enter(book, PostingKind.OUT, village_of(span.area), -1, event)
                left = True
                if book is Book.REGISTRATION:
                    self.registered = ELSEWHERE
        if not left:
            raise PersonNotActive(event.id)
        self._follow_registration(event.occurred_on)

    def _die(self, event: LifeEvent) -> None:
        for book in Book:
            span = self._end(book, event.occurred_on)
            if span is not None and is_counted(span.area):
                marks = self._marks_of_death(event)
                self._enter(book, PostingKind.DEATH, village_of(span.area), -1, event, marks=marks)
        self.died_on = event.occurred_on

    def _merge(self, event: LifeEvent) -> None:
        """Leave every book: the person stands there under another id, if at all."""
        for book in Book:
            span = self._end(book, event.occurred_on)
            if span is not None and is_counted(span.area):
                self._enter(book, PostingKind.MERGED, village_of(span.area), -1, event)
        self.merged_into = event.merged_into

    def _end(self, book: Book, on: date) -> Span | None:
        """End the open span of a book; returns it as it was, None if there is none."""
        span = self.open(book)
        if span is not None:
            self.spans[book][-1] = span.model_copy(update={"end": on})
        return span

    def _marks_of_death(self, event: LifeEvent) -> tuple[PostingMark, ...]:
        """An infant has not lived to the first birthday (婴儿死亡)."""
        infant = self.birth_date is not None and event.occurred_on < first_birthday(self.birth_date)
        marks = (PostingMark.INFANT, infant), (PostingMark.MATERNAL, event.maternal)
        return tuple(mark for mark, holds in marks if holds)

    def _enter(
        self,
        book: Book,
        kind: PostingKind,
        area: str,
        amount: int,
        event: LifeEvent,
        *,
        counterpart: str | None = None,
        marks: tuple[PostingMark, ...] = (),
    ) -> None:
        self.entries.append(Entry(book, kind, area, amount, event.occurred_on, counterpart, marks))


def in_order(events: Iterable[LifeEvent]) -> Sequence[LifeEvent]:
    """Life events in the order in which they count: by the day on which they happened, within a day as recorded."""
    return sorted(events, key=lambda event: (event.occurred_on, event.order))
