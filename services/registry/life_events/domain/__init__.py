"""Life events (人口事项) of a person: what happened, in order, and what follows from it.

The events, the places to which they bring somebody, and the history that they add up to.
"""

from services.registry.life_events.domain.events import (
    DATING,
    ENTRIES,
    HAPPENING,
    PLACING,
    Entry,
    EventBeforeBirth,
    EventInFuture,
    EventOutOfOrder,
    LifeEvent,
    LifeEventKind,
    PersonAlreadyActive,
    PersonDeceased,
    PersonNotActive,
    check_dates,
)
from services.registry.life_events.domain.history import EventHistory, in_order, record
from services.registry.life_events.domain.places import (
    ELSEWHERE,
    REGISTERED_PLACE,
    Place,
    ResidenceKind,
    check_kind,
    is_counted,
    residence_kind,
)

__all__ = [
    "DATING",
    "ELSEWHERE",
    "ENTRIES",
    "HAPPENING",
    "PLACING",
    "REGISTERED_PLACE",
    "Entry",
    "EventBeforeBirth",
    "EventHistory",
    "EventInFuture",
    "EventOutOfOrder",
    "LifeEvent",
    "LifeEventKind",
    "PersonAlreadyActive",
    "PersonDeceased",
    "PersonNotActive",
    "Place",
    "ResidenceKind",
    "check_dates",
    "check_kind",
    "in_order",
    "is_counted",
    "record",
    "residence_kind",
]
