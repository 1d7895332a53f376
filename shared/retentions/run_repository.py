"""Queries over the erasing runs of a service, and over the entries of each."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.scope import Scope
from shared.db.compare_and_set import guarded_update
from shared.retentions.runs import Entry, Run, RunEntry, RunOutcome, RunStatus


class RunRepository:
    """Runs by the area of their entries. `runs`, `entries`: the service's classes of rows."""

    def __init__(self, session: AsyncSession, runs: Any, entries: Any) -> None:
        self._session = session
        self._row = runs
        self._runs = runs.__table__
        self._entries = entries.__table__

    async def add(self, run: Run, entries: Sequence[Entry]) -> None:
        """A new run with its entries."""
        await self._session.execute(insert(self._runs).values(asdict(run)))
        rows = [asdict(RunEntry(run.id, one.holder, one.kind, one.kept_until)) for one in entries]
        await self._session.execute(insert(self._entries), rows)

    async def get(self, id: UUID, *, lock: bool = False) -> Run | None:
        """One by id, or locked until the transaction ends. The caller asks the scope of its area."""
        statement = select(self._runs).where(self._runs.c.id == id)
        row = (await self._session.execute(statement.with_for_update() if lock else statement)).one_or_none()
        return None if row is None else Run(**row._mapping)

    async def move(self, seen: Run, to: RunStatus, **changes: Any) -> Run:
        """The next status of a run that is locked."""
        statement = guarded_update(self._row, seen, status=str(to), **changes).returning(self._runs)
        return Run(**(await self._session.execute(statement)).one()._mapping)

    async def page(self, scope: Scope, *, after: UUID | None, limit: int) -> Sequence[Run]:
        """Runs of areas in scope, the newest first."""
        run = self._runs.c
        statement = select(self._runs).where(scope.where(run.area)).order_by(run.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(run.id < after)
        return [Run(**row._mapping) for row in await self._session.execute(statement)]

    async def rows(self, id: UUID, *, after: UUID | None, limit: int) -> Sequence[RunEntry]:
        """Entries of a run, by holder."""
        entry = self._entries.c
        statement = select(self._entries).where(entry.run_id == id).order_by(entry.holder).limit(limit)
        if after is not None:
            statement = statement.where(entry.holder > after)
        return [RunEntry(**row._mapping) for row in await self._session.execute(statement)]

    async def tell(self, id: UUID, outcomes: Mapping[UUID, RunOutcome]) -> None:
        """What became of the entries of a run, by holder."""
        entry = self._entries.c
        for outcome in set(outcomes.values()):
            mine = entry.holder.in_([holder for holder, one in outcomes.items() if one is outcome])
            statement = update(self._entries).where(entry.run_id == id, mine)
            await self._session.execute(statement.values(outcome=str(outcome)))

    async def outcomes(self, ids: Sequence[UUID]) -> Mapping[UUID, dict[str, int]]:
        """How many entries of each run became what; `waiting`: of which nothing was done yet."""
        entry = self._entries.c
        said = func.coalesce(entry.outcome, "waiting").label("outcome")
        statement = select(entry.run_id, said, func.count().label("many")).where(entry.run_id.in_(ids))
        found: dict[UUID, dict[str, int]] = {one: {} for one in ids}
        for row in await self._session.execute(statement.group_by(entry.run_id, said).order_by(said)):
            found[row.run_id][row.outcome] = row.many
        return found
