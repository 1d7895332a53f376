"""Queries over life events."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.life_events.domain import (
    REGISTERED_PLACE,
    Delivery,
    DeliveryAttendance,
    DeliveryPlace,
    LifeEvent,
    LifeEventKind,
    Place,
    RecordedEvent,
    ReversalReason,
    ReversalStatus,
)
from services.registry.life_events.models import LifeEventRecord, Reversal
from shared.contracts.registry.postings import Book
from shared.db.session import rows_of
from shared.ids import new_id

LIFE_EVENT = Base.metadata.tables[LifeEventRecord.__tablename__]
REVERSAL = Base.metadata.tables[Reversal.__tablename__]


class LifeEventRepository:
    """The events of one person; the person's row is locked by whoever adds or reverses one."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of(self, person_id: UUID) -> Sequence[LifeEvent]:
        """A person's events that stand, in the order of recording."""
        return [one.event for one in await self.recorded(person_id) if one.stands]

    async def recorded(self, person_id: UUID) -> Sequence[RecordedEvent]:
        """All events of a person, those that were taken back too, in the order of recording."""
        return (await self.all_recorded([person_id]))[person_id]

    async def all_recorded(self, person_ids: Collection[UUID]) -> Mapping[UUID, Sequence[RecordedEvent]]:
        """The same of several persons, in one statement."""
        at_work = and_(
            REVERSAL.c.event_id == LIFE_EVENT.c.id,
            REVERSAL.c.status.in_([str(ReversalStatus.REQUESTED), str(ReversalStatus.DONE)]),
        )
        statement = (
            select(
                LIFE_EVENT,
                REVERSAL.c.id.label("reversal_id"),
                REVERSAL.c.status.label("reversal_status"),
                REVERSAL.c.replaced_by,
            )
            .outerjoin(REVERSAL, at_work)
            .where(LIFE_EVENT.c.person_id.in_(person_ids))
            .order_by(LIFE_EVENT.c.person_id, LIFE_EVENT.c.number)
        )
        found: dict[UUID, list[RecordedEvent]] = {one: [] for one in person_ids}
        for row in await self._session.execute(statement):
            found[row.person_id].append(_recorded(row))
        return found

    async def take_back(self, events: Sequence[tuple[UUID, UUID]], *, by: str, now: datetime) -> None:
        """Life events that a change of areas brought stand no longer: person and id of each."""
        rows = [
            {
                "id": new_id(),
                "version": 1,
                "person_id": person_id,
                "event_id": event_id,
                "status": str(ReversalStatus.DONE),
                "reason": str(ReversalReason.OTHER),
                "requested_by": by,
                "requested_at": now,
                "decided_by": by,
                "decided_at": now,
            }
            for person_id, event_id in events
        ]
        if rows:
            await self._session.execute(insert(REVERSAL), rows)

    def add_all(self, events: Sequence[tuple[UUID, LifeEvent]], *, now: datetime) -> None:
        """Record an event of each of many persons, numbered by its place in the order of recording."""
        rows = [event_row(person, event, number=event.order, now=now) for person, event in events]
        rows_of(self._session).add(LIFE_EVENT, rows)

    def add(self, person_id: UUID, event: LifeEvent, *, number: int, now: datetime) -> None:
        """Record an event, with the transaction's last statement. `number`: how many there are with it."""
        rows_of(self._session).add(LIFE_EVENT, [event_row(person_id, event, number=number, now=now)])


def _recorded(row: Row[Any]) -> RecordedEvent:
    event = LifeEvent(
        id=row.id,
        kind=LifeEventKind(row.kind),
        occurred_on=row.occurred_on,
        reported_on=row.reported_on,
        order=row.number if row.place is None else row.place,
        residence=Place(row.residence_area, row.residence_kind) if row.residence_area else None,
        registration=Place(row.registration_area, REGISTERED_PLACE) if row.registration_area else None,
        leaves=frozenset(Book(book) for book in row.leaves),
        delivery=_delivery(row),
        maternal=row.maternal,
        merged_into=row.merged_into,
        origin=row.origin,
    )
    return RecordedEvent(event, row.number, row.recorded_at, row.reversal_id, row.reversal_status, row.replaced_by)


def _delivery(row: Row[Any]) -> Delivery | None:
    place, attendance = row.delivery_place, row.delivery_attendance
    delivery = Delivery(
        place and DeliveryPlace(place), attendance and DeliveryAttendance(attendance), row.mother_id, row.father_id
    )
    return None if delivery == Delivery() else delivery


def event_row(person_id: UUID, event: LifeEvent, *, number: int, now: datetime) -> Mapping[str, Any]:
    """A life event column by column."""
    delivery = event.delivery or Delivery()
    return {
        "id": event.id,
        "person_id": person_id,
        "number": number,
        "kind": str(event.kind),
        "occurred_on": event.occurred_on,
        "reported_on": event.reported_on,
        "recorded_at": now,
        "residence_area": event.residence.area if event.residence else None,
        "residence_kind": event.residence.kind if event.residence else None,
        "registration_area": event.registration.area if event.registration else None,
        "leaves": sorted(event.leaves),
        "place": None if event.order == number else event.order,
        "delivery_place": delivery.place and str(delivery.place),
        "delivery_attendance": delivery.attendance and str(delivery.attendance),
        "mother_id": delivery.mother_id,
        "father_id": delivery.father_id,
        "maternal": event.maternal,
        "merged_into": event.merged_into,
        "origin": event.origin,
    }
