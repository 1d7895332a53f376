"""Rows that move by steps and are undone step by step: each version is recorded with the step that an undo takes back.

A step is somebody's; what only follows from something else (a calendar, a change of areas) is a version as well, and an
undo takes back the step before it. An undo that is asked again goes back once more.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute, Mapped, mapped_column

from shared.clock import Clock
from shared.db.compare_and_set import Versioned, compare_and_set
from shared.db.row_versions import RowVersionColumns, RowVersionRepository


class StepVersionColumns(RowVersionColumns):
    """What a row was from a version on. `last`: the step that an undo takes back, whose it was and to which version it
    led; all null for what was entered.
    """

    last: Mapped[str | None] = mapped_column(sort_order=2)
    last_by: Mapped[str | None] = mapped_column(sort_order=2)
    last_version: Mapped[int | None] = mapped_column(sort_order=2)


R = TypeVar("R", bound=Versioned)
V = TypeVar("V", bound=StepVersionColumns)


class SteppedRows(Generic[R, V]):
    """The rows of one table with their versions. `fixed`: columns that no undo brings back, sealed ones among them.

    Whoever moves a row holds the lock on it.
    """

    def __init__(
        self,
        session: AsyncSession,
        clock: Clock,
        table: type[R],
        versions: type[V],
        row: InstrumentedAttribute[UUID],
        *,
        fixed: Collection[str],
    ) -> None:
        self._session = session
        self._clock = clock
        self.history = RowVersionRepository(session, versions, row)
        columns = inspect(table).columns  # type: ignore[union-attr]
        self._types = {one.key: one.type.python_type for one in columns if one.key not in {"id", "version", *fixed}}

    async def enter(self, row: Any, step: str, by: str) -> None:
        """A new row, its first version."""
        self._session.add(row)
        await self._session.flush()
        await self._record(row, step, by, before=None, last=None, last_by=None, last_version=None)

    async def move(self, seen: R, step: str, by: str, **changes: Any) -> R:
        """Somebody's step: the next version, from which an undo goes back to `seen`."""
        before = seen.version  # an entity becomes what it is moved to
        moved = await self._set(seen, changes)
        at = {"last": step, "last_by": by, "last_version": moved.version}
        await self._record(moved, step, by, before=before, **at)
        return moved

    async def follow(self, seen: R, step: str, **changes: Any) -> R:
        """A version that nobody took a step for: what an undo brings back stays what it was."""
        now = await self.version(seen)
        moved = await self._set(seen, changes)
        at = {"last": now.last, "last_by": now.last_by, "last_version": now.last_version}
        await self._record(moved, step, None, before=now.before, **at)
        return moved

    async def version(self, seen: R) -> V:
        """What is recorded of the row as it is: `last` is the step that an undo takes back."""
        return await self.history.get(seen.id, seen.version)  # type: ignore[attr-defined]

    async def before(self, seen: R) -> V | None:
        """What an undo brings back; None: there is nothing to undo."""
        return await self.history.before(seen.id, seen.version)  # type: ignore[attr-defined]

    async def go_back(self, seen: R, to: V, step: str, by: str | None, **anew: Any) -> R:
        """The version after an undo: as it was at `to`, except for what is computed `anew`."""
        moved = await self._set(seen, {**self.read_back(to.content), **anew})
        at = {"last": to.last, "last_by": to.last_by, "last_version": to.last_version}
        await self._record(moved, step, by, before=to.before, **at)
        return moved

    def read_back(self, content: Mapping[str, Any]) -> dict[str, Any]:
        """The columns of a recorded version, days, instants and ids as such."""
        return {name: _read(self._types[name], value) for name, value in content.items() if name in self._types}

    async def _set(self, seen: R, changes: Mapping[str, Any]) -> R:
        moved = await compare_and_set(self._session, seen, **changes)
        assert moved is not None, "the row is locked"
        return moved

    async def _record(self, row: Any, step: str, by: str | None, **at: Any) -> None:
        content = {name: getattr(row, name) for name in self._types}
        plain = orjson.loads(orjson.dumps(content, default=str))
        values = {"version": row.version, "step": step, "content": plain, "done_by": by, "done_at": self._clock.now()}
        await self.history.record(row.id, **values, **at)


def _read(kind: type, value: Any) -> Any:
    if value is None or kind not in (datetime, date, UUID):
        return value
    if kind is UUID:
        return UUID(value)
    return datetime.fromisoformat(value) if kind is datetime else date.fromisoformat(value)
