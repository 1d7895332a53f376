"""Queries over erasing runs and their entries."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.base import Base
from services.services_hall.case_erasures.domain import (
    CaseErasureOutcome,
    CaseErasureRecord,
    CaseErasureRow,
    CaseErasureStatus,
    DueEntry,
)
from services.services_hall.case_erasures.models import CaseErasure, CaseErasureEntry
from shared.auth.scope import Scope
from shared.db.compare_and_set import guarded_update

RUN = Base.metadata.tables[CaseErasure.__tablename__]
ROW = Base.metadata.tables[CaseErasureEntry.__tablename__]


class CaseErasureRepository:
    """Runs by the area of their entries."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, run: CaseErasureRecord, entries: Sequence[DueEntry]) -> None:
        """A new run with its entries."""
        await self._session.execute(insert(RUN).values(asdict(run)))
        rows = [asdict(CaseErasureRow(run.id, one.holder, one.case_id, one.kind, one.kept_until)) for one in entries]
        await self._session.execute(insert(ROW), rows)

    async def get(self, id: UUID) -> CaseErasureRecord | None:
        """One by id. The caller asks the scope of its area."""
        row = (await self._session.execute(select(RUN).where(RUN.c.id == id))).one_or_none()
        return None if row is None else CaseErasureRecord(**row._mapping)

    async def locked(self, id: UUID) -> CaseErasureRecord | None:
        """The same, locked until the transaction ends."""
        row = (await self._session.execute(select(RUN).where(RUN.c.id == id).with_for_update())).one_or_none()
        return None if row is None else CaseErasureRecord(**row._mapping)

    async def move(self, seen: CaseErasureRecord, to: CaseErasureStatus, **changes: Any) -> CaseErasureRecord:
        """The next status of a run that is locked."""
        statement = guarded_update(CaseErasure, seen, status=str(to), **changes).returning(RUN)
        return CaseErasureRecord(**(await self._session.execute(statement)).one()._mapping)

    async def page(self, scope: Scope, *, after: UUID | None, limit: int) -> Sequence[CaseErasureRecord]:
        """Runs of areas in scope, the newest first."""
        statement = select(RUN).where(scope.where(RUN.c.area)).order_by(RUN.c.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(RUN.c.id < after)
        return [CaseErasureRecord(**row._mapping) for row in await self._session.execute(statement)]

    async def rows(self, id: UUID, *, after: UUID | None, limit: int) -> Sequence[CaseErasureRow]:
        """Entries of a run, by holder."""
        statement = select(ROW).where(ROW.c.erasure_id == id).order_by(ROW.c.holder).limit(limit)
        if after is not None:
            statement = statement.where(ROW.c.holder > after)
        return [CaseErasureRow(**row._mapping) for row in await self._session.execute(statement)]

    async def tell(self, id: UUID, outcomes: Mapping[UUID, CaseErasureOutcome]) -> None:
        """What became of the entries of a run, by holder."""
        for outcome in set(outcomes.values()):
            mine = ROW.c.holder.in_([holder for holder, one in outcomes.items() if one is outcome])
            await self._session.execute(update(ROW).where(ROW.c.erasure_id == id, mine).values(outcome=str(outcome)))

    async def outcomes(self, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, int]]:
        """How many entries of each run became what; `waiting`: of which nothing was done yet."""
        said = func.coalesce(ROW.c.outcome, "waiting").label("outcome")
        statement = select(ROW.c.erasure_id, said, func.count().label("many")).where(ROW.c.erasure_id.in_(ids))
        found: dict[UUID, dict[str, int]] = {one: {} for one in ids}
        for row in await self._session.execute(statement.group_by(ROW.c.erasure_id, said).order_by(said)):
            found[row.erasure_id][row.outcome] = row.many
        return found
