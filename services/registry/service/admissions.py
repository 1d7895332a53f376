"""How people enter the register, one or thousands: same checks, one statement, one fact for each row."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.domain.life_lines import LifeEvent, LifeLine, check_dates, is_counted, village_of
from services.registry.domain.persons import NewPerson, PersonRecord, check_new, tidy
from services.registry.repository.persons import Persons, json_of
from services.registry.service.disclosures import ADDRESS, MASKED, NAME, NUMBER, PHONE, masked
from services.registry.service.placement import Placement
from shared.clock import Clock, today
from shared.contracts.envelope import Span
from shared.contracts.registry import (
    Book,
    PersonRegistered,
    PersonState,
    PersonStatus,
    PostingEntered,
    PostingState,
)
from shared.crypto.service import Crypto
from shared.errors import FieldError, Invalid
from shared.ids import new_id
from shared.messaging.outbox import Outbox


class Admissions:
    """Puts new people into the tables. Whose business it is, the use cases ask before."""

    def __init__(self, session: AsyncSession, outbox: Outbox, clock: Clock, crypto: Crypto) -> None:
        self._persons = Persons(session)
        self._placement = Placement(session)
        self._outbox = outbox
        self._clock = clock
        self._crypto = crypto

    async def admit(self, people: Sequence[NewPerson], *, path: str = "") -> Sequence[PersonRecord]:
        """All or none. `path` is where a person stands in the body, with `{}` for the index, to name a wrong field.

        Raises `Invalid`, `NumberDisagrees`, `UnknownArea`, `UnknownGrid`, the errors of dates, and by its constraint
        `PersonAlreadyRegistered`.
        """
        day = today(self._clock)
        people = [replace(one, name=tidy(one.name) or "", address=tidy(one.address)) for one in people]
        numbers = [check_new(one, today=day, path=path.format(index)) for index, one in enumerate(people)]
        self._check_twice(people, numbers, path)
        for one in people:
            check_dates(one.occurred_on, one.reported_on or day, day, birth_date=one.birth_date)
        opening = await self._placement.check([(one.residence, one.registration, one.occurred_on) for one in people])
        batch = _Batch(self._crypto)
        records: list[PersonRecord] = []
        facts: list[PersonRegistered | PostingEntered] = []
        for one, number in zip(people, numbers, strict=True):
            event = LifeEvent(
                id=new_id(),
                kind=one.entry,
                occurred_on=one.occurred_on,
                reported_on=one.reported_on or day,
                order=1,
                residence=one.residence,
                registration=one.registration,
            )
            counted = next(
                place.area for place in (one.residence, one.registration) if place and is_counted(place.area)
            )
            line = LifeLine.of([event], opening_day=opening[village_of(counted)])
            record = batch.person(one, number, event, line)
            records.append(record)
            facts.append(PersonRegistered(state=_state(record, line)))
            for entry in line.entries:
                posting = PostingState(
                    id=new_id(),
                    version=1,
                    person_id=record.id,
                    book=entry.book,
                    kind=entry.kind,
                    area=entry.area,
                    amount=entry.amount,
                    occurred_on=entry.occurred_on,
                    posted_on=day,
                )
                batch.posting(posting)
                facts.append(PostingEntered(state=posting))
        if records:
            await self._persons.add(batch.columns, now=self._clock.now(), posted_on=day)
        for fact in facts:
            self._outbox.add(fact)
        return records

    @staticmethod
    def _check_twice(people: Sequence[NewPerson], numbers: Sequence[str | None], path: str) -> None:
        seen: set[tuple[str, str]] = set()
        for index, (one, number) in enumerate(zip(people, numbers, strict=True)):
            if one.document is None or number is None:
                continue
            key = (one.document.type, number)
            if key in seen:
                wrong = FieldError(f"{path.format(index)}document.number", "duplicate", "证件号码重复")
                raise Invalid(errors=[wrong])
            seen.add(key)


def _state(record: PersonRecord, line: LifeLine) -> PersonState:
    return PersonState(
        id=record.id,
        version=1,
        status=PersonStatus.ACTIVE,
        sex=record.sex,
        birth_month=f"{record.birth_date:%Y-%m}",
        ethnic_group=record.ethnic_group,
        residence=tuple(line.spans[Book.RESIDENCE]),
        registration=tuple(line.spans[Book.REGISTRATION]),
    )


class _Batch:
    """The arrays of the one insert statement, and the sealing of what goes into them."""

    def __init__(self, crypto: Crypto) -> None:
        self._crypto = crypto
        self.columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}

    def _add(self, **values: Any) -> None:
        for name, value in values.items():
            self.columns[name].append(value)

    def _seal(self, text: str | None, field: str, owner: UUID) -> bytes | None:
        return None if text is None else self._crypto.seal(text, field=field, owner=owner)

    def person(self, one: NewPerson, number: str | None, event: LifeEvent, line: LifeLine) -> PersonRecord:
        """Append a person with digests and entry; returns it as it will stand."""
        owner = new_id()
        residence, registration = line.spans[Book.RESIDENCE], line.spans[Book.REGISTRATION]
        record = PersonRecord(
            id=owner,
            version=1,
            status=PersonStatus.ACTIVE,
            sex=one.sex,
            birth_date=one.birth_date,
            ethnic_group=one.ethnic_group,
            died_on=None,
            document_type=str(one.document.type) if one.document else None,
            name_sealed=self._crypto.seal(one.name, field=NAME, owner=owner),
            number_sealed=self._seal(number, NUMBER, owner),
            phone_sealed=self._seal(one.phone, PHONE, owner),
            address_sealed=self._seal(one.address, ADDRESS, owner),
            masked_sealed=self._crypto.seal(
                masked(one.name, number, one.phone, one.document.type if one.document else None),
                field=MASKED,
                owner=owner,
            ),
            residence=_as_json(residence),
            registration=_as_json(registration),
            residence_area=residence[-1].area if residence else None,
            residence_until=None,
            registration_area=registration[-1].area if registration else None,
            registration_until=None,
        )
        self._add(
            ids=owner,
            sexes=record.sex,
            births=record.birth_date,
            groups=record.ethnic_group,
            types=record.document_type,
            names=record.name_sealed,
            numbers=record.number_sealed,
            phones=record.phone_sealed,
            addresses=record.address_sealed,
            masked=record.masked_sealed,
            residences=json_of(residence),
            registrations=json_of(registration),
            residence_areas=record.residence_area,
            registration_areas=record.registration_area,
            event_ids=event.id,
            event_kinds=str(event.kind),
            occurred=event.occurred_on,
            reported=event.reported_on,
            residence_kinds=event.residence.kind if event.residence else None,
        )
        if one.document is not None and number is not None:
            for key in self._crypto.blind(one.document.type, number):
                self._add(
                    digest_kinds=str(one.document.type),
                    digest_keys=key.key_id,
                    digests=key.digest,
                    digest_persons=owner,
                )
        return record

    def posting(self, line: PostingState) -> None:
        """Append a line of the ledger."""
        self._add(
            posting_ids=line.id,
            posting_persons=line.person_id,
            posting_books=str(line.book),
            posting_kinds=str(line.kind),
            posting_areas=line.area,
            posting_days=line.occurred_on,
        )


def _as_json(spans: Sequence[Span]) -> list[dict[str, Any]]:
    return [span.model_dump(mode="json") for span in spans]


_COLUMNS = (
    *("ids", "sexes", "births", "groups", "types", "names", "numbers", "phones", "addresses", "masked", "residences"),
    *("registrations", "residence_areas", "registration_areas", "event_ids", "event_kinds", "occurred", "reported"),
    *("residence_kinds", "digest_kinds", "digest_keys", "digests", "digest_persons", "posting_ids"),
    *("posting_persons", "posting_books", "posting_kinds", "posting_areas", "posting_days"),
)
