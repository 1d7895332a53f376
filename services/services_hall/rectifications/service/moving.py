"""What every use case of a rectification does: move it, keep what it was, announce it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import inspect

from services.services_hall.cases.service.deadlines import Deadlines
from services.services_hall.rectifications.domain import RectificationAction
from services.services_hall.rectifications.models import Rectification, RectificationVersion
from services.services_hall.rectifications.repository import RectificationRepository
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.services_hall.rectifications import RectificationState
from shared.db.compare_and_set import compare_and_set
from shared.messaging.context import UseCaseContext

FIXED = frozenset({"id", "version", "rating_id", "case_id", "area", "department", "category", "former", "days"})
"""Columns that no undo brings back: what it is of, and where it is."""
CONTENT = tuple(column.key for column in inspect(Rectification).columns if column.key not in FIXED)
_DAYS = frozenset(column.key for column in inspect(Rectification).columns if column.type.python_type is date)


class RectificationMoving:
    """The hands of the use cases that move rectifications."""

    def __init__(self, context: UseCaseContext) -> None:
        self.session = context.session
        self.clock = context.clock
        self.outbox = context.outbox
        self.deadlines = Deadlines(context.session)
        self.rectifications = RectificationRepository(context.session)

    def today(self) -> date:
        """The business day now."""
        return today(self.clock)

    async def limit(self, began: date, days: int) -> Mapping[str, Any]:
        """The last day of a limit that began on a day."""
        due = await self.deadlines.due(began, days)
        return {"began_on": began, "due_on": due.day, "due_provisional": due.provisional}

    async def begin(self, row: Rectification, fact: type[Fact[RectificationState]]) -> None:
        """A new one."""
        await self.rectifications.add(row)
        await self._record(row, RectificationAction.OPEN, None, None)
        self.outbox.add(fact(state=RectificationState.model_validate(row)))

    async def move(
        self,
        seen: Rectification,
        action: RectificationAction,
        fact: type[Fact[RectificationState]],
        changes: Mapping[str, Any],
        *,
        by: str | None,
    ) -> Rectification:
        """The next version, which an undo takes back. `by`: None for what followed from something else."""
        before = seen.version if by is not None else None
        return await self._move(seen, action, fact, changes, by, before)

    async def follow(
        self, seen: Rectification, action: RectificationAction, fact: Any, changes: Mapping[str, Any]
    ) -> Rectification:
        """A version that nobody took a step for: what an undo brings back stays what it was."""
        last = await self.rectifications.versions.get(seen.id, seen.version)
        return await self._move(seen, action, fact, changes, None, last.before)

    async def go_back(self, seen: Rectification, to: RectificationVersion, fact: Any, *, by: str) -> Rectification:
        """The version after an undo, as it was at `to`; the limit is the one of that run by the calendar of now."""
        content = {name: _read(name, value) for name, value in to.content.items()}
        content |= await self.limit(content["began_on"], seen.days)
        return await self._move(seen, RectificationAction.UNDO, fact, content, by, to.before)

    async def _move(
        self,
        seen: Rectification,
        action: RectificationAction,
        fact: Any,
        changes: Mapping[str, Any],
        by: str | None,
        before: int | None,
    ) -> Rectification:
        moved = await compare_and_set(self.session, seen, **changes)
        assert moved is not None, "the row is locked"
        await self._record(moved, action, by, before)
        self.outbox.add(fact(state=RectificationState.model_validate(moved)))
        return moved

    async def _record(
        self, row: Rectification, action: RectificationAction, by: str | None, before: int | None
    ) -> None:
        content = {name: getattr(row, name) for name in CONTENT}
        await self.rectifications.versions.record(
            row.id,
            version=row.version,
            step=str(action),
            before=before,
            content=orjson.loads(orjson.dumps(content)),
            done_by=by,
            done_at=self.clock.now(),
        )


def _read(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in _DAYS and value is not None else value
