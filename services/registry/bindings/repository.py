"""Queries over bindings."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.bindings.domain import BindingRecord, BindingStatus
from services.registry.bindings.models import Binding
from services.registry.persons.repository.merged import ids_of
from shared.db.compare_and_set import guarded_update

BINDING = Base.metadata.tables[Binding.__tablename__]
BOUND, FAILED = str(BindingStatus.BOUND), str(BindingStatus.FAILED)


class BindingRepository:
    """Bindings. Each try of a number reads the same, whether somebody has the number or nobody."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, binding: BindingRecord) -> None:
        """A new one, inserted at once: a login that is being bound twice is refused by the table."""
        await self._session.execute(insert(BINDING).values(asdict(binding)))

    async def get(self, id: UUID) -> BindingRecord | None:
        """A binding by id. The caller asks the scope of its person."""
        row = (await self._session.execute(select(BINDING).where(BINDING.c.id == id))).one_or_none()
        return None if row is None else _record(row)

    async def hold(self, subject: str) -> None:
        """Tries by one login wait for each other until the transaction ends."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"binding {subject}", 0))))

    async def of_subject(self, subject: str) -> BindingRecord | None:
        """The binding of a login that holds now."""
        statement = select(BINDING).where(BINDING.c.subject == subject, BINDING.c.status == BOUND)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def bound_to(self, person_id: UUID) -> Sequence[BindingRecord]:
        """The bindings that hold now, to a person and to whoever was merged into that one."""
        mine = BINDING.c.person_id.in_(ids_of([person_id]))
        rows = await self._session.execute(select(BINDING).where(mine, BINDING.c.status == BOUND))
        return [_record(row) for row in rows]

    async def of_person(self, person_id: UUID, *, after: UUID | None, limit: int) -> Sequence[BindingRecord]:
        """Bindings to a person, or to who was merged into that one, and tries of their numbers, the newest first."""
        statement = select(BINDING).where(BINDING.c.person_id.in_(ids_of([person_id])))
        if after is not None:
            statement = statement.where(BINDING.c.id < after)
        rows = await self._session.execute(statement.order_by(BINDING.c.id.desc()).limit(limit))
        return [_record(row) for row in rows]

    async def failures(self, person_id: UUID, subject: str, since: datetime) -> tuple[int, int]:
        """Wrong tries of a person's number since then, and those of a login, whosever it tried; both are held."""
        tried = and_(BINDING.c.status == FAILED, BINDING.c.tried_at > since)
        of_number, of_login = BINDING.c.person_id == person_id, BINDING.c.subject == subject
        statement = select(func.count().filter(of_number), func.count().filter(of_login)).where(
            tried, or_(of_number, of_login)
        )
        return (await self._session.execute(statement)).one()._tuple()

    async def move(self, seen: BindingRecord, to: BindingStatus, **changes: Any) -> BindingRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(Binding, seen, status=str(to), **changes).returning(BINDING)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)


def _record(row: Row[Any]) -> BindingRecord:
    return BindingRecord(**row._mapping)
