"""Every query about satisfaction calls."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.incidents.models import Incident
from services.grid.satisfaction_calls.domain import CallFilter
from services.grid.satisfaction_calls.models import SatisfactionCall


class SatisfactionCallRepository:
    """Calls with the incidents that they are of."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, call: SatisfactionCall) -> None:
        self._session.add(call)

    async def of_incident_locked(self, incident_id: UUID) -> Sequence[SatisfactionCall]:
        """The calls of an incident, locked."""
        statement = select(SatisfactionCall).where(SatisfactionCall.incident_id == incident_id)
        return (await self._session.scalars(statement.order_by(SatisfactionCall.id).with_for_update())).all()

    async def get(self, id: UUID, scope: ColumnElement[bool]) -> SatisfactionCall | None:
        return (await self._session.scalars(_of_incidents().where(SatisfactionCall.id == id, scope))).one_or_none()

    async def locked(self, id: UUID, scope: ColumnElement[bool]) -> tuple[SatisfactionCall, Incident] | None:
        """A call in scope, locked, with its incident, which nobody moves until the transaction ends.

        The incident first, as whoever closes it does: else two would wait for each other.
        """
        anew = {"populate_existing": True}
        mine = select(SatisfactionCall.incident_id).where(SatisfactionCall.id == id)
        held = select(Incident).where(Incident.id.in_(mine)).with_for_update(read=True)
        incident = (await self._session.scalars(held, execution_options=anew)).one_or_none()
        statement = _of_incidents().where(SatisfactionCall.id == id, scope).with_for_update(of=SatisfactionCall)
        call = (await self._session.scalars(statement, execution_options=anew)).one_or_none()
        return None if call is None or incident is None else (call, incident)

    async def is_still_of(self, call: SatisfactionCall) -> bool:
        """Whether the incident is the one that was reported, or that one is still merged into it."""
        if call.reported_id == call.incident_id:
            return True
        into = select(Incident.merged_into).where(Incident.id == call.reported_id)
        return await self._session.scalar(into) == call.incident_id

    async def page(
        self, scope: ColumnElement[bool], wanted: CallFilter, *, after: UUID | None, limit: int
    ) -> Sequence[SatisfactionCall]:
        """Calls, those that became due first."""
        statement = _of_incidents().where(scope, *_matches(wanted)).order_by(SatisfactionCall.id).limit(limit)
        if after is not None:
            statement = statement.where(SatisfactionCall.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: ColumnElement[bool], wanted: CallFilter) -> int:
        """How many `page` gives in all."""
        counted = _of_incidents().where(scope, *_matches(wanted)).with_only_columns(func.count(SatisfactionCall.id))
        return (await self._session.scalar(counted)) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[SatisfactionCall]:
        """The next calls in the order of ids, locked until the end of the transaction."""
        statement = select(SatisfactionCall).order_by(SatisfactionCall.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(SatisfactionCall.id > after)
        return (await self._session.scalars(statement)).all()


def _of_incidents() -> Any:
    return select(SatisfactionCall).join(Incident, Incident.id == SatisfactionCall.incident_id)


def _matches(wanted: CallFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(SatisfactionCall.status == wanted.status)
    if wanted.rating is not None:
        conditions.append(func.coalesce(SatisfactionCall.rating <= wanted.rating, False))
    return conditions
