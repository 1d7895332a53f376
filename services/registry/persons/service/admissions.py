"""Admission (入册) of new persons, one or thousands: checks, sealing, rows for one statement, one fact a row."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from services.registry.areas.repository import Village
from services.registry.life_events.domain import Entry, EventHistory, LifeEvent, check_dates, is_counted
from services.registry.life_events.service import Arrival, Placement
from services.registry.persons.domain import NewPerson, NumbersHeld, PersonRecord, check_new, tidied
from services.registry.persons.repository.admissions import AdmissionRepository
from services.registry.persons.repository.persons import Digest, PersonRepository
from services.registry.persons.service.disclosures import ADDRESS, MASKED, NAME, NUMBER, PHONE, masked
from services.registry.persons.service.names import tokens_of
from services.registry.persons.service.questions import NumberQuestions
from services.registry.postings.domain import NewLine, late_on
from services.registry.postings.service import new_posting
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.persons import PersonRegistered, PersonState, PersonStatus
from shared.contracts.registry.postings import Book, PostingEntered
from shared.errors import FieldError, Invalid
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of


class _Beginning(NamedTuple):
    """What the first life event comes to: of all who arrive alike it is the same.

    `lines`: entries of the books, each with the month in whose books it counts if its own is closed.
    """

    history: EventHistory
    residence: list[dict[str, Any]]
    registration: list[dict[str, Any]]
    lines: Sequence[tuple[Entry, date | None]]


class Admissions:
    """Admission of new persons. Permission and scope are asked by the use cases that call it."""

    def __init__(self, context: UseCaseContext) -> None:
        self._outbox = context.outbox
        self._clock = context.clock
        self._crypto = context.crypto
        self._rows = AdmissionRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._questions = NumberQuestions(context.access)
        self._placement = Placement(context.session)

    async def admit(
        self, people: Sequence[NewPerson], *, paths: Sequence[str] = (), judged: Sequence[str | None] | None = None
    ) -> Sequence[PersonRecord]:
        """All or none. `paths`: where each of them stands in the body, to name a wrong field; the body itself if empty.

        `judged`: the canonical numbers of people who were tidied and found right by these rules on this day, as the
        rows of a list are; None: they are judged here.

        Raises `Invalid`, `NumberDisagrees`, `UnknownArea`, `UnknownGrid`, the errors of dates, and `NumbersHeld`.
        """
        day = today(self._clock)
        paths = paths or [""] * len(people)
        numbers = judged
        if numbers is None:
            people, numbers = _judged(people, paths, day)
        self._check_twice(people, numbers, paths)
        villages = await self._placement.check(_arrivals(people, paths))
        records: list[PersonRecord] = []
        digests: list[Digest] = []
        facts: list[Fact[Any]] = []
        beginnings: dict[tuple[Any, ...], _Beginning] = {}
        now = self._clock.now()
        for one, number in zip(people, numbers, strict=True):
            event = LifeEvent(
                id=new_id(),
                kind=one.entry,
                occurred_on=one.occurred_on,
                reported_on=one.reported_on or day,
                order=1,
                residence=one.residence,
                registration=one.registration,
                delivery=one.delivery,
            )
            counted = next(
                place.area for place in (one.residence, one.registration) if place and is_counted(place.area)
            )
            village = villages[village_of(counted)]
            alike = (one.entry, one.occurred_on, one.residence, one.registration, one.delivery, village.books_opened_on)
            begun = beginnings.get(alike)
            if begun is None:
                begun = beginnings[alike] = _beginning(event, village, villages)
            record = self._record(one, number, begun, village.names)
            lines = [new_posting(record.id, entry, posted_on=day, late_on=late) for entry, late in begun.lines]
            self._rows.add(record, tokens_of(self._crypto, one.name), event, lines, now=now)
            if one.document is not None and number is not None:
                kind = str(one.document.type)
                digests += [Digest(record.id, kind, key) for key in self._crypto.blind(kind, number)]
            facts.append(PersonRegistered(state=_state(record, begun.history)))
            facts += [PostingEntered(state=line) for line in lines]
            records.append(record)
        self._outbox.add_all(facts)
        self._questions.ask(sum(number is not None for number in numbers))
        if digests and not await self._rows.take(digests):
            holders = await self._persons.holders(digests)
            raise NumbersHeld({index: holders[one.id] for index, one in enumerate(records) if one.id in holders})
        return records

    def _record(
        self, one: NewPerson, number: str | None, begun: _Beginning, village_names: Sequence[str]
    ) -> PersonRecord:
        """The row of a new person, personal fields sealed."""
        person_id = new_id()
        residence, registration = begun.residence, begun.registration
        document_type = str(one.document.type) if one.document else None
        shown = masked(one.name, number, one.phone, document_type)
        given = {NAME: one.name, NUMBER: number, PHONE: one.phone, ADDRESS: one.address, MASKED: shown}
        sealed = self._crypto.seal_all({field: text for field, text in given.items() if text is not None}, person_id)
        return PersonRecord(
            id=person_id,
            version=1,
            status=PersonStatus.ACTIVE,
            sex=one.sex,
            birth_date=one.birth_date,
            ethnic_group=one.ethnic_group,
            died_on=None,
            document_type=document_type,
            name_sealed=sealed[NAME],
            number_sealed=sealed.get(NUMBER),
            phone_sealed=sealed.get(PHONE),
            address_sealed=sealed.get(ADDRESS),
            masked_sealed=sealed[MASKED],
            residence=residence,
            registration=registration,
            residence_area=residence[-1]["area"] if residence else None,
            residence_until=None,
            registration_area=registration[-1]["area"] if registration else None,
            registration_until=None,
            undocumented_reason=str(one.undocumented.reason) if one.undocumented else None,
            undocumented_due_on=one.undocumented.due_on if one.undocumented else None,
            village_names=list(village_names),
            masked=shown,
        )

    @staticmethod
    def _check_twice(people: Sequence[NewPerson], numbers: Sequence[str | None], paths: Sequence[str]) -> None:
        seen: set[tuple[str, str]] = set()
        for one, number, path in zip(people, numbers, paths, strict=True):
            if one.document is None or number is None:
                continue
            key = (one.document.type, number)
            if key in seen:
                wrong = FieldError(f"{path}document.number", "duplicate", "证件号码重复")
                raise Invalid(errors=[wrong])
            seen.add(key)


def _judged(
    people: Sequence[NewPerson], paths: Sequence[str], day: date
) -> tuple[Sequence[NewPerson], Sequence[str | None]]:
    """The people as they are stored, and their canonical numbers. Raises what is wrong with one of them."""
    people = [tidied(one) for one in people]
    numbers = [check_new(one, today=day, path=path) for one, path in zip(people, paths, strict=True)]
    for one, path in zip(people, paths, strict=True):
        check_dates(one.occurred_on, one.reported_on or day, day, birth_date=one.birth_date, path=path)
    return people, numbers


def _arrivals(people: Sequence[NewPerson], paths: Sequence[str]) -> Sequence[Arrival]:
    return [
        Arrival(one.residence, one.registration, one.occurred_on, f"{path}residence.area", f"{path}registration.area")
        for one, path in zip(people, paths, strict=True)
    ]


def _beginning(event: LifeEvent, village: Village, villages: Mapping[str, Village]) -> _Beginning:
    """The history of whoever arrives so, with its spans as they are stored."""
    history = EventHistory.of([event], books_opened_on=village.books_opened_on)
    residence, registration = (
        [span.model_dump(mode="json") for span in history.spans[book]] for book in (Book.RESIDENCE, Book.REGISTRATION)
    )
    lines = [(entry, late_on(NewLine(entry), [villages[entry.area].closed_until])) for entry in history.entries]
    return _Beginning(history, residence, registration, lines)


def _state(record: PersonRecord, history: EventHistory) -> PersonState:
    """The state of a person who has just been entered, with the spans of the history that the record holds as JSON."""
    return PersonState(
        id=record.id,
        version=record.version,
        status=PersonStatus(record.status),
        sex=record.sex,
        birth_month=record.birth_month,
        ethnic_group=record.ethnic_group,
        residence=tuple(history.spans[Book.RESIDENCE]),
        registration=tuple(history.spans[Book.REGISTRATION]),
    )
