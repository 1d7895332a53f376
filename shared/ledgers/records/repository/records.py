"""Records with their history and what they are found by."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, delete, exists, func, not_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from shared.clock import begin_of
from shared.db.session import rows_of
from shared.ledgers.records.domain import IMPORT, OPENING, Criterion, RecordFilter
from shared.ledgers.records.models import (
    INDEX,
    RECORD,
    STEP,
    LedgerFill,
    LedgerIndex,
    LedgerRecord,
    LedgerRecordStep,
)


class RecordRepository:
    """Records, their history, and what they are found by."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, record: Mapping[str, Any], step: Mapping[str, Any], index: Sequence[Mapping[str, Any]]) -> None:
        """A new record: its rows are inserted with the transaction's last statement."""
        rows = rows_of(self._session)
        rows.add(RECORD, [record])
        rows.add(STEP, [step])
        rows.add(INDEX, index)

    def add_step(self, step: Mapping[str, Any]) -> None:
        """A line of history."""
        rows_of(self._session).add(STEP, [step])

    async def one(self, ledger: str, record_id: UUID) -> LedgerRecord | None:
        """A record of a ledger. The caller asks the scope."""
        statement = select(LedgerRecord).where(LedgerRecord.id == record_id, LedgerRecord.ledger == ledger)
        return (await self._session.scalars(statement)).one_or_none()

    async def locked(
        self, ledger: str, ids: Collection[UUID], scope: ColumnElement[bool]
    ) -> Mapping[UUID, LedgerRecord]:
        """Records in scope, locked in the order of their ids: as their last mover left them."""
        statement = (
            select(LedgerRecord)
            .where(LedgerRecord.id.in_(ids), LedgerRecord.ledger == ledger, scope)
            .order_by(LedgerRecord.id)
            .with_for_update()
        )
        found = await self._session.scalars(statement, execution_options={"populate_existing": True})
        return {one.id: one for one in found}

    async def about(self, subjects: Collection[str]) -> Sequence[LedgerRecord]:
        """Every record about one of these, locked in the order of their ids: as their last mover left them."""
        statement = select(LedgerRecord).where(LedgerRecord.subject_id.in_(subjects)).order_by(LedgerRecord.id)
        found = await self._session.scalars(statement.with_for_update(), execution_options={"populate_existing": True})
        return found.all()

    async def areas_of(self, ids: Collection[UUID], *within: ColumnElement[bool]) -> Mapping[UUID, str]:
        """Where these records lie, by id, as far as they are there."""
        statement = select(LedgerRecord.id, LedgerRecord.area).where(LedgerRecord.id.in_(ids), *within)
        return {row.id: row.area for row in await self._session.execute(statement)}

    async def reindex(self, record_id: UUID, fields: Collection[str], rows: Sequence[Mapping[str, Any]]) -> None:
        """What a record is found by in these fields, anew."""
        if fields:
            ours = and_(LedgerIndex.record_id == record_id, LedgerIndex.field.in_(fields))
            await self._session.execute(delete(LedgerIndex).where(ours))
            rows_of(self._session).add(INDEX, rows)

    def add_index(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """What a record is found by."""
        rows_of(self._session).add(INDEX, rows)

    async def forget(self, records: Collection[UUID], field: str | None = None) -> None:
        """Nothing that these records are found by stays, in one field or in all."""
        statement = delete(LedgerIndex).where(LedgerIndex.record_id.in_(records))
        await self._session.execute(statement if field is None else statement.where(LedgerIndex.field == field))

    async def all_after(self, after: UUID | None, limit: int) -> Sequence[LedgerRecord]:
        """The next records of all ledgers by id, locked."""
        statement = select(LedgerRecord).order_by(LedgerRecord.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(LedgerRecord.id > after)
        return (await self._session.scalars(statement)).all()

    async def forget_digests(self, records: Collection[UUID]) -> None:
        """Nothing sealed that these records are found by stays."""
        digests = and_(LedgerIndex.record_id.in_(records), LedgerIndex.digest.is_not(None))
        await self._session.execute(delete(LedgerIndex).where(digests))

    async def ask_to_fill(self, ledger: str, fields: Collection[str], begins_at: datetime | None) -> None:
        """Have the index of fields filled, from the beginning; None: not before the records were moved."""
        for name in fields:
            statement = insert(LedgerFill).values(ledger=ledger, field=name, begins_at=begins_at, after=None)
            waits = case((LedgerFill.begins_at.is_(None), None), else_=statement.excluded.begins_at)
            again = {"begins_at": waits, "after": None}
            keys = [LedgerFill.ledger, LedgerFill.field]
            await self._session.execute(statement.on_conflict_do_update(index_elements=keys, set_=again))

    async def fill_due(self, now: datetime) -> LedgerFill | None:
        """A search field whose index is to be filled, locked."""
        statement = select(LedgerFill).where(LedgerFill.begins_at <= now)
        order = (LedgerFill.begins_at, LedgerFill.ledger, LedgerFill.field)
        return (await self._session.scalars(statement.order_by(*order).limit(1).with_for_update())).one_or_none()

    async def is_filled(self, ledger: str, fields: Collection[str]) -> bool:
        """Whether the index of these fields holds every record."""
        waiting = exists().where(LedgerFill.ledger == ledger, LedgerFill.field.in_(fields))
        return not await self._session.scalar(select(waiting))

    async def were_moved(self, ledger: str) -> None:
        """The records were moved, and with them what they are found by."""
        waiting = and_(LedgerFill.ledger == ledger, LedgerFill.begins_at.is_(None))
        await self._session.execute(delete(LedgerFill).where(waiting))

    async def locked_of(self, ledger: str, after: UUID | None, limit: int) -> Sequence[LedgerRecord]:
        """The next records of a ledger by id, locked: as their last mover left them."""
        statement = select(LedgerRecord).where(LedgerRecord.ledger == ledger)
        if after is not None:
            statement = statement.where(LedgerRecord.id > after)
        statement = statement.order_by(LedgerRecord.id).limit(limit).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def older(
        self, ledger: str, version: int, *, after: UUID | None, limit: int, lock: bool = False
    ) -> Sequence[LedgerRecord]:
        """The next live records by id that were taken under a version before this one."""
        statement = select(LedgerRecord).where(
            LedgerRecord.ledger == ledger, LedgerRecord.live, LedgerRecord.ledger_version < version
        )
        if after is not None:
            statement = statement.where(LedgerRecord.id > after)
        statement = statement.order_by(LedgerRecord.id).limit(limit)
        statement = statement.with_for_update() if lock else statement
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def count_older(self, ledger: str, version: int) -> int:
        """How many there are."""
        older = and_(LedgerRecord.ledger == ledger, LedgerRecord.live, LedgerRecord.ledger_version < version)
        return await self._session.scalar(select(func.count()).where(older)) or 0

    async def steps(self, record_id: UUID) -> Sequence[LedgerRecordStep]:
        """The history of a record, oldest line first."""
        statement = select(LedgerRecordStep).where(LedgerRecordStep.record_id == record_id)
        return (await self._session.scalars(statement.order_by(LedgerRecordStep.version))).all()

    async def has_done(self, record_id: UUID, subject: str, steps: Collection[str], *, initial: str) -> bool:
        """Whether a subject took one of these steps on the record; who imported it took all that led to its status."""
        imported = LedgerRecordStep.step == IMPORT
        done = exists().where(
            LedgerRecordStep.record_id == record_id,
            LedgerRecordStep.actor == subject,
            or_(
                LedgerRecordStep.step.in_(steps),
                imported if OPENING in steps else and_(imported, LedgerRecordStep.status != initial),
            ),
        )
        return bool(await self._session.scalar(select(done)))

    async def page(
        self,
        ledger: str,
        scope: ColumnElement[bool],
        wanted: RecordFilter,
        *,
        now: datetime,
        after: UUID | None,
        limit: int,
    ) -> Sequence[LedgerRecord]:
        """Records, newest first."""
        found = _listed(select(LedgerRecord.id), ledger, scope, wanted, now)
        if after is not None:
            found = found.where(LedgerRecord.id < after)
        # by ids first: a village's are sorted out of an index, where whole rows would be sought through the county's
        ids = found.order_by(LedgerRecord.id.desc()).limit(limit).subquery()
        statement = select(LedgerRecord).join(ids, ids.c.id == LedgerRecord.id).order_by(LedgerRecord.id.desc())
        return (await self._session.scalars(statement)).all()

    async def counts(
        self, ledger: str, scope: ColumnElement[bool], wanted: RecordFilter, *, now: datetime
    ) -> tuple[dict[str, int], int]:
        """How many a complete list with the same filter would show, by status; and how many of them are late."""
        late = func.count().filter(is_late(now))
        statement = _listed(select(LedgerRecord.status, func.count(), late), ledger, scope, wanted, now)
        rows = (await self._session.execute(statement.group_by(LedgerRecord.status))).all()
        return {status: count for status, count, _ in rows}, sum(late for *_, late in rows)

    async def to_warn(self, now: datetime, limit: int) -> Sequence[LedgerRecord]:
        """Records of which something is to be warned, locked; those that somebody is at are left for the next time."""
        statement = (
            select(LedgerRecord)
            .where(LedgerRecord.warn_at <= now)
            .order_by(LedgerRecord.warn_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def running_in(self, years: Collection[int]) -> Sequence[LedgerRecord]:
        """Records with a running limit that ends in one of these years or later, locked."""
        statement = (
            select(LedgerRecord)
            .where(LedgerRecord.runs_until >= begin_of(min(years)))
            .order_by(LedgerRecord.id)
            .with_for_update()
        )
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def locked_after(self, after: UUID | None, limit: int, *, restricted: bool) -> Sequence[LedgerRecord]:
        """The next records of one topic in the order of their ids, locked until the end of the transaction."""
        statement = select(LedgerRecord).where(LedgerRecord.restricted_topic.is_(restricted))
        if after is not None:
            statement = statement.where(LedgerRecord.id > after)
        return (await self._session.scalars(statement.order_by(LedgerRecord.id).limit(limit).with_for_update())).all()


def is_late(now: datetime) -> ColumnElement[bool]:
    """A running limit is over. Never unknown."""
    return and_(LedgerRecord.due_at.is_not(None), LedgerRecord.due_at < now)


def _listed(
    statement: Select[Any], ledger: str, scope: ColumnElement[bool], wanted: RecordFilter, now: datetime
) -> Select[Any]:
    """The one set of rows of list and count."""
    statement = statement.where(LedgerRecord.ledger == ledger, scope)
    if wanted.status is not None:
        statement = statement.where(LedgerRecord.status == wanted.status)
    if wanted.subject_id is not None:
        statement = statement.where(LedgerRecord.subject_id.is_not_distinct_from(wanted.subject_id))
    if wanted.overdue is not None:
        statement = statement.where(is_late(now) if wanted.overdue else not_(is_late(now)))
    for criterion in wanted.criteria:
        entry = aliased(LedgerIndex)
        on = and_(entry.record_id == LedgerRecord.id, entry.ledger == ledger, entry.field == criterion.field)
        statement = statement.join(entry, and_(on, _holds(entry, criterion)))
    if wanted.digests is not None:
        name, digests = wanted.digests
        found = select(LedgerIndex.record_id).where(
            LedgerIndex.digest.in_(digests), LedgerIndex.ledger == ledger, LedgerIndex.field == name
        )
        statement = statement.where(LedgerRecord.id.in_(found))
    return statement


def _holds(entry: type[LedgerIndex], criterion: Criterion) -> ColumnElement[bool]:
    value = criterion.value
    column: Any = entry.number if isinstance(value, Decimal) else entry.day if isinstance(value, date) else entry.text
    match criterion.relation:
        case ">=":
            return and_(column >= value)
        case "<=":
            return and_(column <= value)
        case _:
            return and_(column == value)
