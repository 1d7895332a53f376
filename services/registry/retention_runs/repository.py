"""Queries over entries of which the years are over, and over the runs that erase them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Text, and_, case, cast, exists, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.corrections.models import CorrectionRequest
from services.registry.erasures.domain import Rules
from services.registry.erasures.models import Erasure
from services.registry.life_events.models import Reversal
from services.registry.persons.models import Person
from services.registry.persons.repository.conditions import in_scope
from services.registry.persons.repository.merged import merged_ids
from services.registry.retention_runs.domain import (
    DueCount,
    DueEntry,
    OpenMatter,
    RowOutcome,
    RunRecord,
    RunRow,
    RunStatus,
)
from services.registry.retention_runs.models import RetentionRun, RetentionRunRow
from services.registry.retentions.domain import RetentionKind
from shared.auth.scope import Scope
from shared.contracts.registry.corrections import CorrectionStatus
from shared.contracts.registry.erasures import ErasureStatus
from shared.db.compare_and_set import guarded_update
from shared.ledgers.records.models import LedgerRecord
from shared.reference.areas import VILLAGE_DIGITS
from shared.retentions.rules import ended_by, later

RUN = Base.metadata.tables[RetentionRun.__tablename__]
ROW = Base.metadata.tables[RetentionRunRow.__tablename__]
ENDED_ON: ColumnElement[date] = func.coalesce(
    Person.died_on,
    case(
        (
            Person.status == str(RetentionKind.MOVED_OUT),
            func.greatest(Person.residence_until, Person.registration_until),
        )
    ),
    cast(func.timezone("Asia/Shanghai", Person.changed_at), Date),
).label("ended_on")
"""When an entry ended: what `kept_until` counts the years from."""
AREA = func.coalesce(Person.residence_area, Person.registration_area)
WAITING = (str(ErasureStatus.REQUESTED), str(ErasureStatus.ORDERED))


def _open(matter: OpenMatter) -> ColumnElement[bool]:
    """Whether it is open of somebody, under the own id or that of an entry that was merged into it."""
    match matter:
        case OpenMatter.ERASURE:
            return _stands(Erasure.person_id, Erasure.status.in_(WAITING))
        case OpenMatter.CORRECTION:
            return _stands(CorrectionRequest.person_id, CorrectionRequest.status == str(CorrectionStatus.REQUESTED))
        case OpenMatter.REVERSAL:
            return _stands(Reversal.person_id, Reversal.status == "requested")
        case OpenMatter.RECORD:
            return _stands(LedgerRecord.subject_id, LedgerRecord.live, as_text=True)


def _stands(of: Any, *which: Any, as_text: bool = False) -> ColumnElement[bool]:
    def id_of(column: Any) -> ColumnElement[Any]:
        found: ColumnElement[Any] = cast(column, Text) if as_text else column
        return found

    theirs = select(MERGED.c.asked).join(of.class_, of == id_of(MERGED.c.id)).where(*which)
    return or_(exists().where(of == id_of(Person.id), *which), Person.id.in_(theirs))


MERGED = merged_ids()
HELD_BY = case(*((_open(one), str(one)) for one in OpenMatter)).label("held_by")


class RetentionRunRepository:
    """Due entries by the rules of a day, and runs. Nothing is erased here."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def due(
        self,
        scope: Scope,
        within: Scope,
        rules: Rules,
        kind: RetentionKind | None,
        day: date,
        *,
        after: UUID | None,
        limit: int,
    ) -> Sequence[DueEntry]:
        """Entries of which the years are over on a day, by id, with what is open of each."""
        statement = select(Person.id, Person.status, AREA.label("area"), ENDED_ON, HELD_BY)
        statement = statement.where(_due(scope, within, rules, kind, day)).order_by(Person.id).limit(limit)
        if after is not None:
            statement = statement.where(Person.id > after)
        return [
            DueEntry(
                row.id,
                row.status,
                row.area,
                row.ended_on,
                later(row.ended_on, rules[RetentionKind(row.status)].years),
                None if row.held_by is None else OpenMatter(row.held_by),
            )
            for row in await self._session.execute(statement)
        ]

    async def count(
        self, scope: Scope, within: Scope, rules: Rules, kind: RetentionKind | None, day: date
    ) -> Sequence[DueCount]:
        """How many `due` lists, by village and kind, and how many of them are held."""
        village = func.left(AREA, VILLAGE_DIGITS).label("village")
        entries = select(village, Person.status, HELD_BY).where(_due(scope, within, rules, kind, day)).subquery()
        held = func.count(entries.c.held_by)
        statement = select(entries.c.village, entries.c.status, func.count().label("due"), held.label("held"))
        statement = statement.group_by(entries.c.village, entries.c.status).order_by(
            entries.c.village, entries.c.status
        )
        return [
            DueCount(row.village, row.status, rules[RetentionKind(row.status)].years, row.due, row.held)
            for row in await self._session.execute(statement)
        ]

    async def held_by(self, person_id: UUID) -> OpenMatter | None:
        """What is open of somebody; None: nothing."""
        found = await self._session.scalar(select(HELD_BY).where(Person.id == person_id))
        return None if found is None else OpenMatter(found)

    async def add(self, run: RunRecord, entries: Sequence[DueEntry]) -> None:
        """A new run with its entries."""
        await self._session.execute(insert(RUN).values(asdict(run)))
        rows = [asdict(RunRow(run.id, one.person_id, one.kind, one.kept_until)) for one in entries]
        await self._session.execute(insert(ROW), rows)

    async def get(self, id: UUID) -> RunRecord | None:
        """One by id. The caller asks the scope of its area."""
        row = (await self._session.execute(select(RUN).where(RUN.c.id == id))).one_or_none()
        return None if row is None else RunRecord(**row._mapping)

    async def locked(self, id: UUID) -> RunRecord | None:
        """The same, locked until the transaction ends."""
        row = (await self._session.execute(select(RUN).where(RUN.c.id == id).with_for_update())).one_or_none()
        return None if row is None else RunRecord(**row._mapping)

    async def move(self, seen: RunRecord, to: RunStatus, **changes: Any) -> RunRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(RetentionRun, seen, status=str(to), **changes).returning(RUN)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else RunRecord(**row._mapping)

    async def page(self, scope: Scope, *, after: UUID | None, limit: int) -> Sequence[RunRecord]:
        """Runs of areas in scope, the newest first."""
        statement = select(RUN).where(scope.where(RUN.c.area)).order_by(RUN.c.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(RUN.c.id < after)
        return [RunRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def rows(self, run_id: UUID, *, after: UUID | None, limit: int) -> Sequence[RunRow]:
        """Entries of a run, by id."""
        statement = select(ROW).where(ROW.c.run_id == run_id).order_by(ROW.c.person_id).limit(limit)
        if after is not None:
            statement = statement.where(ROW.c.person_id > after)
        return [RunRow(**row._mapping) for row in await self._session.execute(statement)]

    async def next_row(self, run_id: UUID) -> RunRow | None:
        """The next entry of which nothing was done yet."""
        waits = (ROW.c.run_id == run_id, ROW.c.outcome.is_(None))
        row = (await self._session.execute(select(ROW).where(*waits).order_by(ROW.c.person_id).limit(1))).one_or_none()
        return None if row is None else RunRow(**row._mapping)

    async def tell(self, row: RunRow, outcome: RowOutcome, erasure_id: UUID | None, now: datetime) -> None:
        """What became of an entry."""
        mine = (ROW.c.run_id == row.run_id, ROW.c.person_id == row.person_id)
        said = {"outcome": str(outcome), "erasure_id": erasure_id, "done_at": now}
        await self._session.execute(update(ROW).where(*mine).values(said))

    async def outcomes(self, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, int]]:
        """How many entries of each run became what; `waiting`: of which nothing was done yet."""
        said = func.coalesce(ROW.c.outcome, "waiting").label("outcome")
        statement = select(ROW.c.run_id, said, func.count().label("many")).where(ROW.c.run_id.in_(ids))
        found: dict[UUID, dict[str, int]] = {one: {} for one in ids}
        for row in await self._session.execute(statement.group_by(ROW.c.run_id, said).order_by(said)):
            found[row.run_id][row.outcome] = row.many
        return found


def _due(scope: Scope, within: Scope, rules: Rules, kind: RetentionKind | None, day: date) -> ColumnElement[bool]:
    """The one predicate of list, counts, table and runs."""
    kinds = [one for one in RetentionKind if kind in (None, one)]
    over = [and_(Person.status == str(one), ENDED_ON.element <= ended_by(day, rules[one].years)) for one in kinds]
    here = within.where(Person.residence_area, Person.registration_area)
    return and_(in_scope(scope), here, Person.erased_at.is_(None), or_(*over))
