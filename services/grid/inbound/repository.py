"""Every query about inbound outcomes."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload

from services.grid.inbound.models import InboundOutcome
from shared.contracts.county.answers import InboundStatus

WITH_INCIDENT = selectinload(InboundOutcome.incident)


class InboundRepository:
    """Outcomes, each with its incident."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, outcome: InboundOutcome) -> None:
        self._session.add(outcome)

    async def locked(self, outcome_id: UUID) -> InboundOutcome | None:
        """The outcome; nobody else answers the same event, also a new one, until the transaction ends."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(outcome_id), 0))))
        return await self._one_locked(InboundOutcome.id == outcome_id)

    async def refused(self, topic: str, source: str, most: int) -> int:
        """How many refused events of a source are remembered one by one; counted up to `most`."""
        some = select(InboundOutcome.id).where(
            InboundOutcome.topic == topic,
            InboundOutcome.request_source == source,
            InboundOutcome.status == InboundStatus.REJECTED,
            InboundOutcome.coalesced.is_(False),
        )
        return (await self._session.scalar(select(func.count()).select_from(some.limit(most).subquery()))) or 0

    async def of_incident(self, incident_id: UUID) -> InboundOutcome | None:
        """The outcome that made the incident, locked; None if it came through another door."""
        return await self._one_locked(InboundOutcome.incident_id == incident_id)

    async def _one_locked(self, condition: ColumnElement[bool]) -> InboundOutcome | None:
        statement = select(InboundOutcome).where(condition).with_for_update().options(WITH_INCIDENT)
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def page(
        self,
        *,
        status: str | None,
        code: str | None,
        source: str | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[InboundOutcome]:
        """Outcomes, the newest answer first."""
        statement = select(InboundOutcome).order_by(InboundOutcome.answered_at.desc(), InboundOutcome.id.desc())
        if status is not None:
            statement = statement.where(InboundOutcome.status == status)
        if code is not None:
            statement = statement.where(InboundOutcome.code == code)
        if source is not None:
            statement = statement.where(InboundOutcome.request_source == source)
        if after is not None:
            when, last = after
            earlier = InboundOutcome.answered_at < when
            statement = statement.where(earlier | ((InboundOutcome.answered_at == when) & (InboundOutcome.id < last)))
        return (await self._session.scalars(statement.limit(limit))).all()

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[InboundOutcome]:
        """The next outcomes in the order of their ids, locked until the end of the transaction."""
        statement = select(InboundOutcome).order_by(InboundOutcome.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(InboundOutcome.id > after)
        return (await self._session.scalars(statement.options(WITH_INCIDENT))).all()
