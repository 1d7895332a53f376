"""Queries over life events."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.life_events.domain import REGISTERED_PLACE, LifeEvent, LifeEventKind, Place
from services.registry.life_events.models import LifeEventRecord
from shared.contracts.registry.postings import Book
from shared.db.session import rows_of

LIFE_EVENT = Base.metadata.tables[LifeEventRecord.__tablename__]


class LifeEventRepository:
    """The events of one person; the person's row is locked by whoever adds one."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, person_id: UUID) -> Sequence[LifeEvent]:
        """A person's events in the order of recording."""
        statement = select(LIFE_EVENT).where(LIFE_EVENT.c.person_id == person_id).order_by(LIFE_EVENT.c.number)
        return [
            LifeEvent(
                id=row.id,
                kind=LifeEventKind(row.kind),
                occurred_on=row.occurred_on,
                reported_on=row.reported_on,
                order=row.number,
                residence=Place(row.residence_area, row.residence_kind) if row.residence_area else None,
                registration=Place(row.registration_area, REGISTERED_PLACE) if row.registration_area else None,
                leaves=frozenset(Book(book) for book in row.leaves),
            )
            for row in await self._session.execute(statement)
        ]

    def add(self, person_id: UUID, event: LifeEvent, *, now: datetime) -> None:
        """Record an event, with the transaction's last statement."""
        rows_of(self._session).add(LIFE_EVENT, [event_row(person_id, event, now=now)])


def event_row(person_id: UUID, event: LifeEvent, *, now: datetime) -> Mapping[str, Any]:
    """A life event column by column."""
    return {
        "id": event.id,
        "person_id": person_id,
        "number": event.order,
        "kind": str(event.kind),
        "occurred_on": event.occurred_on,
        "reported_on": event.reported_on,
        "recorded_at": now,
        "residence_area": event.residence.area if event.residence else None,
        "residence_kind": event.residence.kind if event.residence else None,
        "registration_area": event.registration.area if event.registration else None,
        "leaves": sorted(event.leaves),
    }
