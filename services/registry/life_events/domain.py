"""Life events (人口事项) of a person: what happened, in order, and what follows from it.

Spans, status and ledger entries are a pure function of the events. A back-dated event is put in its place and the whole
history is computed again: if no event contradicts another the new one is accepted, else it is out of order.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.contracts.envelope import Span
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book, PostingKind
from shared.errors import DomainError, ErrorKind
from shared.reference.areas import VILLAGE_DIGITS, village_of

REGISTERED_PLACE = "household"
"""Kind of a span in the registration book: the others are kinds of residence."""


class LifeEventKind(StrEnum):
    """Kind of a life event: entries (birth, enrolled), moves, death."""

    BIRTH = "birth"
    ENROLLED = "enrolled"
    MOVE_IN = "move_in"
    MOVE_OUT = "move_out"
    DEATH = "death"


ENTRIES = frozenset({LifeEventKind.BIRTH, LifeEventKind.ENROLLED, LifeEventKind.MOVE_IN})
"""The ways into the register."""


class ResidenceKind(StrEnum):
    """How somebody lives here: 户籍人口, 流动人口, 留守, 境外."""

    REGISTERED = "registered"
    FLOATING = "floating"
    LEFT_BEHIND = "left_behind"
    OVERSEAS = "overseas"


class EventOutOfOrder(DomainError):
    """A later life event of the same person contradicts it."""

    kind, code, title = ErrorKind.CONFLICT, "event_out_of_order", "与该人员之后已登记的事项矛盾"
    advice = "请核对发生日期，或先更正之后的事项"


class PersonAlreadyActive(DomainError):
    """The person lives, or is registered, in that place already."""

    kind, code, title = ErrorKind.CONFLICT, "person_already_active", "该人员已在此登记"
    advice = "无须重复登记；地址不对的请办理变更"


class PersonNotActive(DomainError):
    """The person does not belong there on that day, and cannot leave."""

    kind, code, title = ErrorKind.CONFLICT, "person_not_active", "该人员当日不在册"
    advice = "请核对日期和人员；已迁出的须先办理迁入"


class PersonDeceased(DomainError):
    """No life event happens after a death."""

    kind, code, title = ErrorKind.CONFLICT, "person_deceased", "该人员已登记死亡"
    advice = "请核对人员；登记有误的，请报上级更正"


class EventBeforeBirth(DomainError):
    """No life event happens before the birth."""

    kind, code, title = ErrorKind.INVALID, "event_before_birth", "事项日期早于出生日期"
    advice = "请核对发生日期和出生日期"


class EventInFuture(DomainError):
    """Only what has happened is recorded: occurred_on ≤ reported_on ≤ today."""

    kind, code, title = ErrorKind.INVALID, "event_in_future", "发生日期不得晚于申报日期，申报日期不得晚于今天"
    advice = "请核对两个日期"


@dataclass(frozen=True, slots=True)
class Place:
    """Place to which a life event brings a person. `kind`: a residence kind, or `household` for a registered place."""

    area: str
    kind: str


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """A life event of one person.

    `order`: place in the order of recording, decides within a day. `leaves`: the books that a move-out leaves.
    """

    id: UUID
    kind: LifeEventKind
    occurred_on: date
    reported_on: date
    order: int
    residence: Place | None = None
    registration: Place | None = None
    leaves: frozenset[Book] = frozenset()


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that the population ledger must have: ±1 in a book, for a village and day.

    `counterpart`: the other village of a transfer.
    """

    book: Book
    kind: PostingKind
    area: str
    amount: int
    occurred_on: date
    counterpart: str | None = None


def is_counted(area: str) -> bool:
    """Whether the code is a village or grid of this county: places elsewhere have a town's code at most."""
    return len(area) >= VILLAGE_DIGITS


@dataclass(slots=True)
class EventHistory:
    """History of one person: the spans, ledger entries and status that the life events add up to."""

    opening_day: date | None = None
    spans: dict[Book, list[Span]] = field(default_factory=lambda: {book: [] for book in Book})
    entries: list[Entry] = field(default_factory=list)
    died_on: date | None = None
    begun: bool = False

    @classmethod
    def of(cls, events: Iterable[LifeEvent], *, opening_day: date | None) -> "EventHistory":
        """Apply the events in order. Raises the refusal of the first one that contradicts those before it."""
        history = cls(opening_day)
        for event in in_order(events):
            history._apply(event)
        return history

    @property
    def status(self) -> PersonStatus:
        """Deceased; else active in one book at least, or moved out."""
        if self.died_on is not None:
            return PersonStatus.DECEASED
        belongs = any(is_counted(span.area) for book in Book if (span := self.open(book)))
        return PersonStatus.ACTIVE if belongs else PersonStatus.MOVED_OUT

    def open(self, book: Book) -> Span | None:
        """The open span of a book: the last one, if it has no end."""
        spans = self.spans[book]
        return spans[-1] if spans and spans[-1].end is None else None

    def _apply(self, event: LifeEvent) -> None:
        if self.died_on is not None:
            raise PersonDeceased(event.id)
        entered_twice = self.begun and event.kind in (LifeEventKind.BIRTH, LifeEventKind.ENROLLED)
        happened_before_entry = not self.begun and event.kind not in ENTRIES
        if entered_twice or happened_before_entry:
            raise EventOutOfOrder(event.id)
        self.begun = True
        match event.kind:
            case LifeEventKind.MOVE_OUT:
                self._leave(event)
            case LifeEventKind.DEATH:
                self._die(event)
            case _:
                self._arrive(event)

    def _arrive(self, event: LifeEvent) -> None:
        for book, place in ((Book.RESIDENCE, event.residence), (Book.REGISTRATION, event.registration)):
            if place is None:
                continue
            before = self._end(book, event.occurred_on)
            if before is not None and (before.area, before.kind) == (place.area, place.kind):
                raise PersonAlreadyActive(event.id)
            self.spans[book].append(Span(area=place.area, kind=place.kind, start=event.occurred_on))
            self._enter_arrival(book, before.area if before else None, place.area, event)

    def _enter_arrival(self, book: Book, before: str | None, after: str, event: LifeEvent) -> None:
        origin = village_of(before) if before and is_counted(before) else None
        target = village_of(after) if is_counted(after) else None
        if origin == target:
            return
        if origin and target:
            self._enter(book, PostingKind.TRANSFER_OUT, origin, -1, event, counterpart=target)
            self._enter(book, PostingKind.TRANSFER_IN, target, 1, event, counterpart=origin)
        elif target:
            self._enter(book, self._kind_of_entry(event), target, 1, event)
        elif origin:
            self._enter(book, PostingKind.OUT, origin, -1, event)

    def _kind_of_entry(self, event: LifeEvent) -> PostingKind:
        if event.kind is LifeEventKind.BIRTH:
            return PostingKind.BIRTH
        if event.kind is LifeEventKind.MOVE_IN:
            return PostingKind.IN
        belongs_to_opening = self.opening_day is not None and event.occurred_on <= self.opening_day
        return PostingKind.OPENING if belongs_to_opening else PostingKind.CORRECTION

    def _leave(self, event: LifeEvent) -> None:
        left = False
        for book in Book:
            if book in event.leaves and (span := self.open(book)) and is_counted(span.area):
                self._end(book, event.occurred_on)
                self._enter(book, PostingKind.OUT, village_of(span.area), -1, event)
                left = True
        if not left:
            raise PersonNotActive(event.id)

    def _die(self, event: LifeEvent) -> None:
        for book in Book:
            span = self._end(book, event.occurred_on)
            if span is not None and is_counted(span.area):
                self._enter(book, PostingKind.DEATH, village_of(span.area), -1, event)
        self.died_on = event.occurred_on

    def _end(self, book: Book, on: date) -> Span | None:
        """End the open span of a book; returns it as it was, None if there is none."""
        span = self.open(book)
        if span is not None:
            self.spans[book][-1] = span.model_copy(update={"end": on})
        return span

    def _enter(
        self, book: Book, kind: PostingKind, area: str, amount: int, event: LifeEvent, *, counterpart: str | None = None
    ) -> None:
        self.entries.append(Entry(book, kind, area, amount, event.occurred_on, counterpart))


def in_order(events: Iterable[LifeEvent]) -> Sequence[LifeEvent]:
    """Life events in the order in which they count: by the day on which they happened, within a day as recorded."""
    return sorted(events, key=lambda event: (event.occurred_on, event.order))


def record(events: Sequence[LifeEvent], event: LifeEvent, *, opening_day: date | None) -> EventHistory:
    """The history after one more event.

    Raises `EventOutOfOrder` if the event contradicts a later one, else the refusal of the event itself.
    """
    try:
        return EventHistory.of([*events, event], opening_day=opening_day)
    except DomainError as error:
        later = any(event.occurred_on < other.occurred_on for other in events)
        if later:
            raise EventOutOfOrder(event.id) from error
        raise


def check_dates(occurred_on: date, reported_on: date, today: date, *, birth_date: date | None) -> None:
    """Days of a life event: born ≤ occurred_on ≤ reported_on ≤ today. Raises `EventInFuture`, `EventBeforeBirth`."""
    if not occurred_on <= reported_on <= today:
        raise EventInFuture
    if birth_date is not None and occurred_on < birth_date:
        raise EventBeforeBirth
