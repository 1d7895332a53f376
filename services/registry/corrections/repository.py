"""Queries over requests for corrections."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.corrections.domain import CorrectionRecord
from services.registry.corrections.models import CorrectionRequest
from services.registry.persons.models import Person
from shared.auth.scope import Scope
from shared.contracts.registry.corrections import CorrectionStatus
from shared.db.compare_and_set import guarded_update

CORRECTION = Base.metadata.tables[CorrectionRequest.__tablename__]
LISTS = ("fields", "evidence", "steps", "approved_by", "approved_at")


class CorrectionRepository:
    """Requests for corrections. Whoever approves one holds the lock on its person's row."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, correction: CorrectionRecord) -> None:
        """A new one."""
        row = {column.name: getattr(correction, column.name) for column in CORRECTION.c}
        lists = {name: list(row[name]) for name in LISTS}
        await self._session.execute(insert(CORRECTION).values({**row, **lists}))

    async def get(self, id: UUID) -> CorrectionRecord | None:
        """A request by id. The caller asks the scope of its person."""
        row = (await self._session.execute(select(CORRECTION).where(CORRECTION.c.id == id))).one_or_none()
        return None if row is None else _record(row)

    async def move(self, seen: CorrectionRecord, to: CorrectionStatus, **changes: Any) -> CorrectionRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(CorrectionRequest, seen, status=str(to), **changes).returning(CORRECTION)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def page(
        self, scope: Scope, status: CorrectionStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[CorrectionRecord]:
        """Requests for persons in the scope, in the order of ids."""
        statement = select(CORRECTION).join(Person, Person.id == CORRECTION.c.person_id).where(_listed(scope, status))
        if after is not None:
            statement = statement.where(CORRECTION.c.id > after)
        rows = await self._session.execute(statement.order_by(CORRECTION.c.id).limit(limit))
        return [_record(row) for row in rows]

    async def count(self, scope: Scope, status: CorrectionStatus | None) -> int:
        """How many `page` would list in all."""
        statement = select(func.count()).select_from(CORRECTION).join(Person, Person.id == CORRECTION.c.person_id)
        return await self._session.scalar(statement.where(_listed(scope, status))) or 0

    async def of_person(self, person_id: UUID, *, after: UUID | None, limit: int) -> Sequence[CorrectionRecord]:
        """Requests for one person, the newest first."""
        statement = select(CORRECTION).where(CORRECTION.c.person_id == person_id)
        if after is not None:
            statement = statement.where(CORRECTION.c.id < after)
        rows = await self._session.execute(statement.order_by(CORRECTION.c.id.desc()).limit(limit))
        return [_record(row) for row in rows]

    async def over(self, day: date, limit: int) -> Sequence[CorrectionRecord]:
        """Requests whose limit has passed, the oldest first."""
        waiting = and_(_waits(), CORRECTION.c.due_on < day)
        statement = select(CORRECTION).where(waiting).order_by(CORRECTION.c.due_on, CORRECTION.c.id).limit(limit)
        return [_record(row) for row in await self._session.execute(statement)]

    async def waiting_locked(self) -> Sequence[CorrectionRecord]:
        """All requests that wait, locked in the order of ids."""
        statement = select(CORRECTION).where(_waits()).order_by(CORRECTION.c.id).with_for_update()
        return [_record(row) for row in await self._session.execute(statement)]

    async def locked_after(self, id: UUID | None, limit: int) -> Sequence[CorrectionRecord]:
        """The next requests in id order, locked."""
        statement = select(CORRECTION).order_by(CORRECTION.c.id).limit(limit).with_for_update()
        if id is not None:
            statement = statement.where(CORRECTION.c.id > id)
        return [_record(row) for row in await self._session.execute(statement)]


def _waits() -> ColumnElement[bool]:
    return CORRECTION.c.status == str(CorrectionStatus.REQUESTED)


def _listed(scope: Scope, status: CorrectionStatus | None) -> ColumnElement[bool]:
    within = scope.where(Person.residence_area, Person.registration_area)
    return within if status is None else and_(within, CORRECTION.c.status == str(status))


def _record(row: Row[Any]) -> CorrectionRecord:
    return CorrectionRecord(**{**row._mapping, **{name: tuple(row._mapping[name]) for name in LISTS}})
