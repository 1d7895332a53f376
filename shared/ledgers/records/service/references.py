"""What a record refers to: the area that it lies in, what it is about, and ids and codes in its fields."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.principal import Principal
from shared.clock import Clock, today
from shared.errors import CodeUnlisted, FieldError, NotYet
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.fields import FieldDefinition
from shared.ledgers.grammar.words import FieldType, Subject
from shared.ledgers.records.domain import (
    RecordAreaLevel,
    RecordAreaUnknown,
    RecordReferenceUnknown,
    RecordSubjectErased,
    RecordSubjectMissing,
    RecordSubjectNotAsked,
    RecordSubjectNotKept,
)
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.surroundings import Surroundings, is_id
from shared.reference.areas import GRID_DIGITS, VILLAGE_DIGITS

SUBJECT_OF = {
    FieldType.PERSON: Subject.PERSON,
    FieldType.HOUSEHOLD: Subject.HOUSEHOLD,
    FieldType.DWELLING: Subject.DWELLING,
    FieldType.ORGANISATION: Subject.ORGANISATION,
}
"""What of registry a field of a type names by id."""

_REFERRING = {FieldType.AREA, FieldType.GRID, FieldType.RECORD, FieldType.DEPARTMENT, *SUBJECT_OF}
"""Types whose values name something."""

NOT_ARRIVED = "尚未收到所引用的信息：若刚刚登记，请稍后重试；否则请核对。"


class References:
    """Checks of what a record refers to. The caller's scope was asked before."""

    def __init__(self, session: AsyncSession, clock: Clock, surroundings: Surroundings) -> None:
        self._session = session
        self._clock = clock
        self._surroundings = surroundings
        self._records = RecordRepository(session)

    async def check_area(self, ledger: Ledger, area: str) -> None:
        """Raises `RecordAreaLevel`, `RecordAreaUnknown`, `NotYet`."""
        await self.check_areas(ledger, {area: "area"})

    async def check_areas(self, ledger: Ledger, areas: Mapping[str, str]) -> None:
        """The same for areas by code with the path of each in the body."""
        levels = {level.digits for level in ledger.definition.levels}
        wrong = [path for area, path in areas.items() if len(area) not in levels]
        if wrong:
            raise RecordAreaLevel(errors=[_at(path, RecordAreaLevel) for path in wrong])
        await self.check_places(areas)

    async def check_subjects(self, ledger: Ledger, subjects: Collection[str | None], principal: Principal) -> None:
        """What records are about. Raises `RecordSubjectMissing`, `RecordSubjectNotAsked`, `RecordSubjectNotKept`,
        `RecordSubjectErased`, `NotYet` and the like.
        """
        subject = ledger.definition.subject
        ids = {one: "subject_id" for one in subjects if one is not None}
        if subject is Subject.NOTHING:
            if ids:
                raise RecordSubjectNotAsked(errors=[_at("subject_id", RecordSubjectNotAsked)])
            return
        if None in subjects and ledger.definition.subject_required:
            raise RecordSubjectMissing(errors=[_at("subject_id", RecordSubjectMissing)])
        if not ids:
            return
        if subject is Subject.AREA:
            await self.check_places(ids)
        elif subject is Subject.RECORD:
            await self._check_records(principal, str(ledger.definition.subject_ledger), ids)
        else:
            await self._check_known(subject, ids)
            await self.check_kept(subject, ids, "subject_id")

    async def check_kept(self, subject: Subject, ids: Collection[str], path: str) -> None:
        """Raises `RecordSubjectErased` for persons whose values were erased."""
        if subject is Subject.PERSON and await self._surroundings.erased(self._session, ids):
            raise RecordSubjectErased(errors=[_at(path, RecordSubjectErased)])

    async def check_values(self, ledger: Ledger, several: Iterable[Mapping[str, Any]], principal: Principal) -> None:
        """Of the values of records. Raises what the field's kind of reference raises, by its place in its record."""
        places: dict[str, str] = {}
        records: dict[str, dict[str, str]] = {}
        known: dict[Subject, dict[str, str]] = {}
        for values in several:
            unlisted = unlisted_departments(ledger, values, self._surroundings.departments)
            if unlisted:
                raise CodeUnlisted(errors=unlisted)
            for path, field, value in _values(ledger, values):
                if field.type in (FieldType.AREA, FieldType.GRID):
                    places[value] = path
                elif field.type is FieldType.RECORD:
                    records.setdefault(str(field.ledger), {})[value] = path
                elif field.type in SUBJECT_OF:
                    known.setdefault(SUBJECT_OF[field.type], {})[value] = path
        await self.check_places(places)
        for other, ids in records.items():
            await self._check_records(principal, other, ids)
        for subject, ids in known.items():
            await self._check_known(subject, ids)

    async def check_places(self, places: Mapping[str, str]) -> None:
        """Areas and grids, by code with the path of each in the body."""
        if not places:
            return
        day = today(self._clock)
        grids = {code for code in places if len(code) == GRID_DIGITS}
        if grids and self._surroundings.grids is not None:
            closed = grids - set(await self._surroundings.grids(self._session, grids))
            if closed:
                raise RecordAreaUnknown(errors=[_at(places[code], RecordAreaUnknown) for code in sorted(closed)])
        codes = {code[:VILLAGE_DIGITS] for code in places}
        areas = await self._surroundings.areas(self._session, codes)
        missing = codes - areas.keys()
        if missing and not self._surroundings.authoritative:
            paths = [path for code, path in places.items() if code[:VILLAGE_DIGITS] in missing]
            raise NotYet.at(*paths, detail="尚未收到该区域的信息：若刚刚设立，请稍后重试；否则请核对代码。")
        valid = {code for code, area in areas.items() if area.is_valid_on(day)}
        gone = [code for code in places if code[:VILLAGE_DIGITS] not in valid]
        if gone:
            raise RecordAreaUnknown(errors=[_at(places[code], RecordAreaUnknown) for code in sorted(gone)])

    async def _check_known(self, subject: Subject, ids: Mapping[str, str]) -> None:
        knows = self._surroundings.known.get(subject)
        if knows is None:
            raise RecordSubjectNotKept(errors=[_at(path, RecordSubjectNotKept) for path in ids.values()])
        strange = [path for one, path in ids.items() if not is_id(one)]
        if strange:
            raise RecordReferenceUnknown(errors=[_at(path, RecordReferenceUnknown) for path in strange])
        known = await knows(self._session, ids.keys())
        missing = ids.keys() - known.keys()
        gone = {one for one, stands in known.items() if not stands}
        if refused := (gone | missing if self._surroundings.authoritative else gone):
            raise RecordReferenceUnknown(errors=[_at(ids[one], RecordReferenceUnknown) for one in sorted(refused)])
        if missing:
            raise NotYet.at(*(path for one, path in ids.items() if one in missing), detail=NOT_ARRIVED)

    async def _check_records(self, principal: Principal, ledger: str, ids: Mapping[str, str]) -> None:
        scope = principal.department_scope("record.read")
        wanted = {UUID(one): path for one, path in ids.items() if is_id(one)}
        visible = scope.where(LedgerRecord.area, LedgerRecord.department)
        found = await self._records.areas_of(wanted.keys(), LedgerRecord.ledger == ledger, visible)
        missing = [path for one, path in ids.items() if not is_id(one) or UUID(one) not in found]
        if missing:
            raise RecordReferenceUnknown(errors=[_at(path, RecordReferenceUnknown) for path in missing])


def unlisted_departments(ledger: Ledger, values: Mapping[str, Any], departments: Collection[str]) -> list[FieldError]:
    """Departments that the county does not have: a record in the name of one would be nobody's."""
    return [
        _at(path, CodeUnlisted)
        for path, field, value in _values(ledger, values)
        if field.type is FieldType.DEPARTMENT and value not in departments
    ]


def _values(ledger: Ledger, values: Mapping[str, Any]) -> Iterator[tuple[str, FieldDefinition, str]]:
    """Path, field and value of everything that may be a reference."""
    fields, tables = _referring(ledger)
    for field in fields:
        if isinstance(value := values.get(field.name), str):
            yield f"values.{field.name}", field, value
    for name, columns in tables:
        for place, row in enumerate(values.get(name) or ()):
            for column in columns:
                if isinstance(one := row.get(column.name), str):
                    yield f"values.{name}.{place}.{column.name}", column, one


Fields = Sequence[FieldDefinition]


@lru_cache(maxsize=64)
def _referring(ledger: Ledger) -> tuple[Fields, Sequence[tuple[str, Fields]]]:
    """The fields of a compiled ledger that may refer to something, and the columns of its small tables that may."""
    tables = [(name, [one for one in rows.fields if one.type in _REFERRING]) for name, rows in ledger.rows.items()]
    return (
        [field for field in ledger.fields.values() if field.type in _REFERRING],
        [(name, columns) for name, columns in tables if columns],
    )


def _at(path: str, refusal: type[RecordAreaUnknown] | Any) -> FieldError:
    return FieldError(path, refusal.code, refusal.title)
