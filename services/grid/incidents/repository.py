"""Every query about incidents."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, exists, func, not_, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.incidents.domain.lifecycle import OPEN
from services.grid.incidents.domain.nearness import Reported, degrees_round
from services.grid.incidents.domain.rules import IncidentFilter, IncidentPolicy
from services.grid.incidents.models import Incident, IncidentAssistant, IncidentRequest, IncidentStep
from shared.auth.scope import DepartmentScope
from shared.clock import begin_of

MOST_SIMILAR = 50
"""So many suggestions at most."""


def matches(wanted: IncidentFilter, now: datetime) -> list[ColumnElement[bool]]:
    """The filter as conditions, without the area, which narrows the scope. Each is true or false, never unknown."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(Incident.status == wanted.status)
    if wanted.unit_id is not None:
        conditions.append(Incident.unit_id.is_not_distinct_from(wanted.unit_id))
    if wanted.overdue is not None:
        conditions.append(is_late(now) if wanted.overdue else not_(is_late(now)))
    if wanted.level is not None:
        conditions.append(func.least(Incident.level, func.length(Incident.area)) == wanted.level.digits)
    if wanted.unplaced is not None:
        conditions.append(Incident.unplaced.is_(wanted.unplaced))
    if wanted.supervised is not None:
        named = Incident.supervision.is_not(None)
        conditions.append(named if wanted.supervised else not_(named))
    return conditions


def is_late(now: datetime) -> ColumnElement[bool]:
    """Open past the time until which the next thing was to be done (`Incident.act_by`)."""
    deferred = and_(Incident.deferred.is_(True), Incident.deferred_until.is_(None))
    until = func.coalesce(Incident.suspended_until, Incident.deferred_until, Incident.due_at, Incident.file_by)
    return and_(Incident.status.in_(OPEN), not_(deferred), until.is_not(None), until < now)


def reaches(scope: DepartmentScope) -> ColumnElement[bool]:
    """The incidents in scope: by the department of the unit that leads, or of one that assists."""
    assists = exists().where(
        IncidentAssistant.incident_id == Incident.id, scope.where(Incident.area, IncidentAssistant.department)
    )
    led = scope.where(Incident.area, Incident.department)
    return or_(led, assists) if scope.names_department() else led


class IncidentRepository:
    """Incidents with their history and what a hotline said of them."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, row: Incident | IncidentStep | IncidentRequest) -> None:
        self._session.add(row)

    async def get(self, incident_id: UUID) -> Incident | None:
        return await self._session.get(Incident, incident_id)

    async def locked(self, incident_id: UUID, scope: DepartmentScope) -> Incident | None:
        """The incident, if it lies in scope, locked until the transaction ends, as it is by then."""
        return await self._one_locked(Incident.id == incident_id, reaches(scope))

    async def locked_anywhere(self, incident_id: UUID) -> Incident | None:
        """The same wherever it lies: whether the caller may is asked next."""
        return await self._one_locked(Incident.id == incident_id)

    async def _one_locked(self, *chosen: ColumnElement[bool]) -> Incident | None:
        statement = select(Incident).where(*chosen).with_for_update(of=Incident)
        return (await self._session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()

    async def lock_all(self, ids: Collection[UUID]) -> None:
        """Lock several incidents in the order of their ids, so that nobody waits for somebody who waits for them."""
        await self._session.execute(
            select(Incident.id).where(Incident.id.in_(ids)).order_by(Incident.id).with_for_update()
        )

    async def lock_with_main(self, incident_id: UUID) -> None:
        """The same of an incident and the one that it was merged into."""
        main = await self._session.scalar(select(Incident.merged_into).where(Incident.id == incident_id))
        if main is not None:
            await self.lock_all([incident_id, main])

    async def is_reached(self, incident_id: UUID, scope: DepartmentScope) -> bool:
        """Whether the incident lies in scope."""
        statement = select(Incident.id).where(Incident.id == incident_id, reaches(scope))
        return await self._session.scalar(statement) is not None

    async def set_assistants(self, incident_id: UUID, departments: Collection[str]) -> None:
        """The departments whose units assist from now on."""
        await self._session.execute(
            delete(IncidentAssistant)
            .where(IncidentAssistant.incident_id == incident_id, IncidentAssistant.department.not_in(departments))
            .execution_options(synchronize_session=False)
        )
        rows = [{"incident_id": incident_id, "department": department} for department in sorted(departments)]
        if rows:
            await self._session.execute(insert(IncidentAssistant).values(rows).on_conflict_do_nothing())

    async def near(self, incident: Reported, scope: ColumnElement[bool], policy: IncidentPolicy) -> Sequence[Incident]:
        """Open incidents in scope of the same category and time, in a box round its point or, without, in its area."""
        span = timedelta(days=policy.near_days)
        statement = select(Incident).where(
            Incident.id != incident.id,
            Incident.category == incident.category,
            Incident.status.in_(OPEN),
            Incident.reported_at.between(incident.reported_at - span, incident.reported_at + span),
            scope,
        )
        if incident.longitude is None or incident.latitude is None:
            statement = statement.where(Incident.area == incident.area)
        else:
            east, north = degrees_round(incident.latitude, policy.near_metres)
            statement = statement.where(
                Incident.latitude.between(incident.latitude - north, incident.latitude + north),
                Incident.longitude.between(incident.longitude - east, incident.longitude + east),
            )
        newest = statement.order_by(Incident.id.desc()).limit(MOST_SIMILAR)
        return (await self._session.scalars(newest)).all()

    async def main_of(self, incident: Incident) -> Incident | None:
        """The incident that it was merged into; None if it was not."""
        return None if incident.merged_into is None else await self._session.get(Incident, incident.merged_into)

    async def merged_into(self, incident_id: UUID) -> Sequence[UUID]:
        """The incidents that were merged into one, in order."""
        statement = select(Incident.id).where(Incident.merged_into == incident_id).order_by(Incident.id)
        return (await self._session.scalars(statement)).all()

    async def reports(self, incident: Incident) -> Sequence[Incident]:
        """An incident, and those that were merged into it: each as somebody reported it, the first one first."""
        statement = select(Incident).where(Incident.merged_into == incident.id).order_by(Incident.id)
        return [incident, *await self._session.scalars(statement)]

    async def step(self, incident_id: UUID, version: int) -> IncidentStep | None:
        """The step by which an incident came to a version."""
        return await self._session.get(IncidentStep, (incident_id, version))

    async def running_in(self, years: Collection[int]) -> Sequence[Incident]:
        """Open incidents whose limit, from filing to the deadline, runs through one of these years; locked."""
        since = func.coalesce(Incident.reopened_at, Incident.filed_at)
        spans = [and_(Incident.due_at >= begin_of(year), since < begin_of(year + 1)) for year in years]
        clock = and_(Incident.status.in_(OPEN), Incident.suspended_until.is_(None))
        statement = select(Incident).where(clock, or_(*spans)).order_by(Incident.id)
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

    async def has_done(
        self, incident_id: UUID, subject: str, steps: Collection[str], *, since: datetime | None = None
    ) -> bool:
        """Whether a subject took one of these steps on the incident; `since`: at this instant or later."""
        statement = select(IncidentStep.version).where(
            IncidentStep.incident_id == incident_id, IncidentStep.actor == subject, IncidentStep.step.in_(steps)
        )
        if since is not None:
            statement = statement.where(IncidentStep.at >= since)
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
