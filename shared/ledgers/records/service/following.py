"""Following (随对象移动): a record lies where its subject lies, and goes with it when the subject moves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from shared.db.compare_and_set import compare_and_set
from shared.errors import FieldError
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.words import FieldType, Subject
from shared.ledgers.records.domain import FOLLOWING, SUBJECT_ACTOR, NewRecord, RecordSubjectElsewhere
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.repository.subjects import change_subjects, hold_subjects
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.writing import RecordWriter
from shared.ledgers.records.surroundings import Surroundings, is_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import GRID_DIGITS, VILLAGE_DIGITS


@dataclass(frozen=True)
class Placed:
    """Where a record lies by its subject: its own area, None if it stays, and the fields that say the same."""

    area: str | None = None
    fields: Mapping[str, str | None] = field(default_factory=dict)


class RecordFollowing:
    """Use cases without a caller. What follows is not judged: nobody did anything to the record.

    Who moves a subject changes the subject first and follows then; who opens a record about it holds the subject
    until its transaction ends. So of two at once either the mover finds the record, or the record is opened where
    the subject lies now.
    """

    def __init__(self, context: UseCaseContext, ledgers: Ledgers, surroundings: Surroundings) -> None:
        self._session = context.session
        self._clock = context.clock
        self._records = RecordRepository(context.session)
        self._writer = RecordWriter(context, surroundings)
        self._surroundings = surroundings
        self._ledgers = ledgers

    async def hold(self, subjects: Collection[str]) -> None:
        """Nobody moves or erases these until the transaction ends."""
        if subjects:
            await hold_subjects(self._session, subjects)

    async def opened(
        self, ledger: Ledger, several: Sequence[NewRecord]
    ) -> Sequence[tuple[NewRecord, Mapping[str, str | None]]]:
        """What is opened, each where its subject lies, and the fields that say so. Raises `RecordSubjectElsewhere`.

        The area that was sent holds the subject, and the caller of this does, too (`hold`); the record lies in the
        smallest of the ledger's areas that does.
        """
        subjects = {new.subject_id for new in several if new.subject_id is not None}
        if not ledger.follows or not subjects:
            return [(new, {}) for new in several]
        places = await self._places(ledger.definition.subject, subjects)
        found: list[tuple[NewRecord, Mapping[str, str | None]]] = []
        for new in several:
            placed = Placed() if new.subject_id is None else _placed(ledger, places.get(new.subject_id))
            if placed.area is None:
                found.append((new, placed.fields))
            elif placed.area.startswith(new.area):
                found.append((replace(new, area=placed.area), placed.fields))
            else:
                refusal = RecordSubjectElsewhere
                raise refusal(errors=[FieldError("area", refusal.code, refusal.title)])
        return found

    async def placed(self, ledger: Ledger, subject_id: str | None) -> Placed:
        """Where a record lies by its subject, as of now."""
        if not ledger.follows or subject_id is None:
            return Placed()
        places = await self._places(ledger.definition.subject, [subject_id])
        return _placed(ledger, places.get(subject_id))

    async def follow(self, subject: Subject, ids: Collection[str]) -> None:
        """These came to lie elsewhere: the live records about them follow, and those about such records in turn.

        A record that has ended stays where it ended, and so does one whose subject lies nowhere in the county now.
        """
        if not ids:
            return
        await change_subjects(self._session, ids)
        places = await self._places(subject, ids)
        moved: list[str] = []
        for record in await self._records.about(ids):
            ledger = await self._ledgers.of_record(record.ledger, record.ledger_version)
            if record.live and ledger.follows and ledger.definition.subject is subject:
                placed = _placed(ledger, places.get(str(record.subject_id)))
                if await self._taken_along(ledger, record, placed):
                    moved.append(str(record.id))
        await self.follow(Subject.RECORD, moved)

    async def catch_up(self, ledger: Ledger, record: LedgerRecord) -> LedgerRecord:
        """A record that lives again follows its subject; the row is locked. Answers the record as it is now."""
        placed = await self.placed(ledger, record.subject_id)
        if await self._taken_along(ledger, record, placed):
            await self.follow(Subject.RECORD, [str(record.id)])
        return record

    async def _taken_along(self, ledger: Ledger, record: LedgerRecord, placed: Placed) -> bool:
        """Whether the record came to lie in another area."""
        before, area = self._writer.opened(record), placed.area or record.area
        fields = [name for name, value in placed.fields.items() if value != before.get(name)]
        if not fields and area == record.area:
            return False
        whole = {**before, **placed.fields}
        whole |= ledger.computed(whole, record.status, today=self._writer.today())
        searched = [name for name in fields if name in ledger.search_fields]
        rows = [row for row in self._writer.index_rows(ledger, record.id, whole) if row["field"] in searched]
        await self._records.reindex(record.id, searched, rows)
        columns: dict[str, Any] = self._writer.value_columns(ledger, record.id, whole) if fields else {}
        here = record.area
        moved = await compare_and_set(
            self._session,
            record,
            ledger_version=ledger.version,
            changed_at=self._clock.now(),
            area=area,
            **columns,
        )
        assert moved is not None, "the row is locked"
        names = fields if area == here else [*fields, "area"]
        self._writer.add_line(moved, FOLLOWING, ledger, SUBJECT_ACTOR, names)
        # By the length of a position whoever moves a person would learn in how many ledgers the person stands.
        self._writer.announce(ledger, moved, "followed", aside=moved.restricted_topic)
        return area != here

    async def _places(self, subject: Subject, ids: Collection[str]) -> Mapping[str, str]:
        known = [one for one in ids if is_id(one)]
        if subject is Subject.RECORD:
            found = await self._records.areas_of([UUID(one) for one in known])
            return {str(one): area for one, area in found.items()}
        lies = self._surroundings.lies.get(subject)
        return {} if lies is None or not known else await lies(self._session, known)


def _placed(ledger: Ledger, place: str | None) -> Placed:
    if place is None:
        return Placed()
    fields = {name: _said(ledger.fields[name].type, place) for name in ledger.followed_fields}
    return Placed(ledger.area_at(place) if ledger.definition.follows_subject else None, fields)


def _said(kind: FieldType, place: str) -> str | None:
    """A place as a field says it: the grid if it is known so closely, or the village and what is larger."""
    if kind is FieldType.GRID:
        return place if len(place) == GRID_DIGITS else None
    return place[:VILLAGE_DIGITS]
