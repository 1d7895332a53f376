"""Reversals as the house knows them."""

from services.registry.life_events.domain import (
    DeliveryAttendance,
    DeliveryPlace,
    LifeEventKind,
    ReversalReason,
    ReversalStatus,
)
from services.registry.reversals.api import router
from services.registry.reversals.domain import EventReversed
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="movements",
    constraints={"uq_reversals_event": EventReversed},
    code_lists=(
        published("delivery_attendances", "接生方式", DeliveryAttendance),
        published("delivery_places", "分娩地点", DeliveryPlace),
        published("life_event_kinds", "人口事项", LifeEventKind),
        published("reversal_reasons", "撤销原因", ReversalReason),
        published("reversal_statuses", "撤销状态", ReversalStatus),
    ),
)
