"""Dry run of retention: which entries could be erased today, by rule and area. Nothing is erased by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.erasures.service.reads import REQUEST
from services.registry.persons.service.notes import note_shown
from services.registry.retention_runs.domain import DueCount, DueEntry
from services.registry.retention_runs.repository import RetentionRunRepository
from services.registry.retentions.domain import RetentionKind
from services.registry.retentions.service import register_retentions
from shared.auth.principal import Principal
from shared.clock import today
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True)
class DueReport:
    """What is due on a day, by village and rule."""

    on: date
    counts: Sequence[DueCount]


class DueErasures:
    """Use cases that read. Every rule is that of today."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._access = context.access
        self._rules = register_retentions(context)
        self._runs = RetentionRunRepository(context.session)

    async def report(self, principal: Principal, area: str, kind: RetentionKind | None) -> DueReport:
        """How many are due in an area, by village and rule. Raises `NotFound` for an area outside the scope."""
        scope, within = principal.scope(REQUEST, within=area), principal.through_the_tree(area)
        day = today(self._clock)
        return DueReport(day, await self._runs.count(scope, within, await self._rules.today(), kind, day))

    async def page(
        self, principal: Principal, area: str, kind: RetentionKind | None, *, after: UUID | None, limit: int
    ) -> Sequence[DueEntry]:
        """Who is due, by id; each person is noted. One more than `limit`, if there is one, unnoted."""
        scope, within = principal.scope(REQUEST, within=area), principal.through_the_tree(area)
        day, rules = today(self._clock), await self._rules.today()
        found = await self._runs.due(scope, within, rules, kind, day, after=after, limit=limit + 1)
        for one in found[:limit]:
            note_shown(self._access, principal, "list_due_erasures", one.person_id, REQUEST, area=one.area)
        return found

    async def count(self, principal: Principal, area: str, kind: RetentionKind | None) -> int:
        """How many `page` gives in all."""
        return sum(one.due for one in (await self.report(principal, area, kind)).counts)


def as_row(one: DueEntry) -> Mapping[str, Any]:
    """An entry as a row of the table."""
    return {
        "person": str(one.person_id),
        "area": one.area,
        "kind": one.kind,
        "ended_on": one.ended_on.isoformat(),
        "kept_until": one.kept_until.isoformat(),
        "held_by": None if one.held_by is None else str(one.held_by),
    }
