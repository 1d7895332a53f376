"""Every query about escalations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, cast, exists, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.grid.escalation_rules.domain import RuleTerms
from services.grid.escalations.domain import CONCERNED, EscalationFilter
from services.grid.escalations.models import Escalation
from services.grid.incidents.models import Incident
from shared.contracts.grid.escalations import EscalationMetric


def _due() -> ColumnElement[datetime | None]:
    """Until when an incident may take: a leave (缓办) that has an end moves it."""
    return func.coalesce(Incident.deferred_until, Incident.due_at)


BASES: dict[EscalationMetric, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
    EscalationMetric.UNFILED: Incident.reported_at,
    # a return (退单) does not begin it anew, a reopening (重新立案) does
    EscalationMetric.UNASSIGNED: func.coalesce(Incident.reopened_at, Incident.filed_at),
    EscalationMetric.UNACCEPTED: Incident.dispatched_at,
    EscalationMetric.BEFORE_DUE: _due(),
    EscalationMetric.OVERDUE: _due(),
}
"""From which instant of an incident the time of a rule runs."""


BY_DEADLINE = frozenset({EscalationMetric.BEFORE_DUE, EscalationMetric.OVERDUE})
"""Metrics whose time runs to or from the deadline, which leave and suspension move."""


@dataclass(frozen=True)
class Concerned:
    """An incident for which a rule fires, and the instant from which its time ran."""

    incident_id: UUID
    area: str
    department: str | None
    former: list[Any]
    base: datetime
    round: int


class EscalationRepository:
    """Escalations with the incidents that they are of."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def concerned(self, rule_id: UUID, terms: RuleTerms, before: datetime, limit: int) -> Sequence[Concerned]:
        """Incidents whose instant lies before one and for which the rule has not fired at its level in this round, the
        oldest first.

        They are locked against steps until the transaction ends; one that is taking a step now is left for the next
        time.
        """
        base = BASES[terms.metric]
        round_ = _round(terms.metric)
        fired = exists().where(
            Escalation.incident_id == Incident.id,
            Escalation.rule_id == rule_id,
            Escalation.level == terms.level,
            Escalation.round == round_,
        )
        wanted = [Incident.status.in_(sorted(CONCERNED[terms.metric])), base < before, ~fired]
        if terms.metric in BY_DEADLINE:
            wanted.append(
                or_(Incident.deferred.is_(False), Incident.deferred_until.is_not(None))
            )  # leave without an end
        if terms.category is not None:
            wanted.append(Incident.category == terms.category)
        if terms.severity is not None:
            wanted.append(Incident.severity == terms.severity)
        statement = (
            select(
                Incident.id,
                Incident.area,
                Incident.department,
                Incident.former,
                base.label("base"),
                round_.label("round"),
            )
            .where(*wanted)
            .order_by(base, Incident.id)
            .limit(limit)
            .with_for_update(read=True, skip_locked=True, of=Incident)
        )
        return [
            Concerned(row.id, row.area, row.department, row.former, row.base, row.round)
            for row in await self._session.execute(statement)
        ]

    async def add_once(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Escalation]:
        """Those of the rows that nobody else has added, in their order."""
        if not rows:
            return ()
        statement = (
            insert(Escalation)
            .values([dict(row) for row in rows])
            .on_conflict_do_nothing(constraint="uq_escalations_once")
            .returning(Escalation)
        )
        added = {one.id: one for one in await self._session.scalars(statement)}
        return [added[row["id"]] for row in rows if row["id"] in added]

    async def get(self, id: UUID, scope: ColumnElement[bool]) -> Escalation | None:
        return (await self._session.scalars(_of_incidents().where(Escalation.id == id, scope))).one_or_none()

    async def locked(self, id: UUID, scope: ColumnElement[bool]) -> tuple[Escalation, Incident] | None:
        """An escalation in scope, locked, with its incident."""
        statement = (
            select(Escalation, Incident)
            .join(Incident, Incident.id == Escalation.incident_id)
            .where(Escalation.id == id, scope)
            .with_for_update(of=Escalation)
        )
        row = (await self._session.execute(statement, execution_options={"populate_existing": True})).one_or_none()
        return None if row is None else (row[0], row[1])

    async def of_incident_locked(self, incident_id: UUID) -> Sequence[Escalation]:
        """What fired for an incident, locked."""
        statement = select(Escalation).where(Escalation.incident_id == incident_id).order_by(Escalation.id)
        return (await self._session.scalars(statement.with_for_update())).all()

    async def page(
        self, scope: ColumnElement[bool], wanted: EscalationFilter, *, after: UUID | None, limit: int
    ) -> Sequence[Escalation]:
        """Escalations, the newest first."""
        statement = _of_incidents().where(scope, *_matches(wanted)).order_by(Escalation.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(Escalation.id < after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: ColumnElement[bool], wanted: EscalationFilter) -> int:
        """How many `page` gives in all."""
        counted = _of_incidents().where(scope, *_matches(wanted)).with_only_columns(func.count(Escalation.id))
        return (await self._session.scalar(counted)) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Escalation]:
        """The next escalations in the order of ids, locked until the end of the transaction."""
        statement = select(Escalation).order_by(Escalation.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Escalation.id > after)
        return (await self._session.scalars(statement)).all()


def _round(metric: EscalationMetric) -> ColumnElement[int]:
    """How often the clock of a rule began anew: with each reopening; by the deadline, also when people moved it."""
    if metric not in BY_DEADLINE:
        return Incident.reopens.expression
    return Incident.reopens + func.jsonb_array_length(Incident.pauses) + cast(Incident.deferred, Integer)


def _of_incidents() -> Any:
    return select(Escalation).join(Incident, Incident.id == Escalation.incident_id)


def _matches(wanted: EscalationFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions, without area and receiver's grants, which narrow the scope."""
    chosen = {
        Escalation.status: wanted.status,
        Escalation.level: wanted.level,
        Escalation.metric: wanted.metric,
        Escalation.receiver: wanted.receiver,
        Escalation.incident_id: wanted.incident_id,
    }
    return [and_(column == value) for column, value in chosen.items() if value is not None]
