"""Every query about incidents."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.incidents.domain import OPEN, IncidentFilter
from services.grid.incidents.models import Incident, IncidentRequest, IncidentStep
from shared.clock import begin_of


def matches(wanted: IncidentFilter, now: datetime) -> list[ColumnElement[bool]]:
    """The filter as conditions, without the area, which narrows the scope. Each is true or false, never unknown."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(Incident.status == wanted.status)
    if wanted.unit_id is not None:
        conditions.append(Incident.unit_id.is_not_distinct_from(wanted.unit_id))
    if wanted.overdue is not None:
        conditions.append(is_late(now) if wanted.overdue else not_(is_late(now)))
    return conditions


def is_late(now: datetime) -> ColumnElement[bool]:
    """Open past its deadline, and not put off with leave."""
    late = and_(Incident.due_at.is_not(None), Incident.due_at < now)
    return and_(Incident.status.in_(OPEN), Incident.deferred.is_(False), late)


class IncidentRepository:
    """Incidents with their history and what a hotline said of them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Incident | IncidentStep | IncidentRequest) -> None:
        self._session.add(row)

    async def get(self, incident_id: UUID) -> Incident | None:
        return await self._session.get(Incident, incident_id)

    async def locked(self, incident_id: UUID, scope: ColumnElement[bool]) -> Incident | None:
        """The incident, if it lies in scope, locked until the transaction ends, as it is by then."""
        statement = select(Incident).where(Incident.id == incident_id, scope).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()

    async def running_in(self, years: Collection[int]) -> Sequence[Incident]:
        """Open incidents whose limit, from filing to the deadline, runs through one of these years; locked."""
        spans = [and_(Incident.due_at >= begin_of(year), Incident.filed_at < begin_of(year + 1)) for year in years]
        statement = select(Incident).where(Incident.status.in_(OPEN), or_(*spans)).order_by(Incident.id)
        found = await self._session.scalars(statement.with_for_update(), execution_options={"populate_existing": True})
        return found.all()

    async def open_in_locked(self, areas: Collection[str]) -> Sequence[Incident]:
        """Open incidents of these villages and grids themselves, by id and locked."""
        return await self._all_locked(Incident.status.in_(OPEN), Incident.area.in_(areas))

    async def all_in_locked(self, areas: Collection[str]) -> Sequence[Incident]:
        """The same of all, open or not."""
        return await self._all_locked(Incident.area.in_(areas))

    async def all_taken(self, change: UUID) -> Sequence[Incident]:
        """Incidents that went along with a change of areas, open or not, by id and locked."""
        taken = Incident.former.contains([{"change": str(change)}])
        return await self._all_locked(Incident.former != [], taken)

    async def _all_locked(self, *chosen: ColumnElement[bool]) -> Sequence[Incident]:
        statement = select(Incident).where(*chosen).order_by(Incident.id).with_for_update()
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).all()

    async def request(self, incident_id: UUID) -> IncidentRequest | None:
        """What the county's hotline said of the caller; None if the incident came through another door."""
        return await self._session.get(IncidentRequest, incident_id)

    async def steps(self, incident_id: UUID) -> Sequence[IncidentStep]:
        """The history of an incident, oldest step first."""
        statement = select(IncidentStep).where(IncidentStep.incident_id == incident_id).order_by(IncidentStep.version)
        return (await self._session.scalars(statement)).all()

    async def has_done(self, incident_id: UUID, subject: str, steps: Collection[str]) -> bool:
        """Whether a subject took one of these steps on the incident."""
        statement = select(IncidentStep.version).where(
            IncidentStep.incident_id == incident_id, IncidentStep.actor == subject, IncidentStep.step.in_(steps)
        )
        return (await self._session.scalars(statement.limit(1))).first() is not None

    async def page(
        self,
        scope: ColumnElement[bool],
        wanted: IncidentFilter,
        *,
        now: datetime,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Incident]:
        """Incidents, newest first."""
        statement = select(Incident).where(scope, *matches(wanted, now)).order_by(Incident.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(Incident.id < after)
        return (await self._session.scalars(statement)).all()

    async def counts(
        self, scope: ColumnElement[bool], wanted: IncidentFilter, *, now: datetime, overdue: bool = False
    ) -> dict[str, int]:
        """How many a complete list with the same filter would show, by status; with `overdue` the late ones of them."""
        statement = (
            select(Incident.status, func.count(Incident.id).label("incidents"))
            .where(scope, *matches(wanted, now))
            .group_by(Incident.status)
        )
        if overdue:
            statement = statement.where(is_late(now))
        return {row.status: row.incidents for row in await self._session.execute(statement)}

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[Incident]:
        """The next incidents in the order of their ids, locked until the end of the transaction."""
        statement = select(Incident).order_by(Incident.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(Incident.id > after)
        return (await self._session.scalars(statement)).all()
