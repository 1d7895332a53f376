"""Rules of incidents (事件) that the table of steps does not say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from services.grid.incidents.domain.codes import OTHER, IncidentLevel, OrderStatus, Reason, Source
from services.grid.incidents.domain.refusals import (
    IncidentDeferralTooLate,
    IncidentDeferredAlready,
    IncidentLeaveUntilWrong,
    IncidentLevelWrong,
    IncidentOrderMoved,
    IncidentOrdersOpen,
)
from shared.clock import SHANGHAI, business_day
from shared.contracts.grid.incidents import IncidentStatus
from shared.errors import FieldError, NotFound, ReasonNotExpected, ReasonRequired

LONGEST_LEAVE = timedelta(days=366)
OPEN_ORDERS = frozenset({OrderStatus.ORDERED, OrderStatus.TAKEN})
ASSISTING = OPEN_ORDERS | {OrderStatus.FINISHED}
"""Orders whose units see the incident."""


@dataclass(frozen=True)
class IncidentFilter:
    """What a list shows of what its reader may see; None: everything."""

    area: str | None = None
    status: IncidentStatus | None = None
    overdue: bool | None = None
    unit_id: UUID | None = None
    level: IncidentLevel | None = None
    unplaced: bool | None = None
    supervised: bool | None = None


@dataclass(frozen=True)
class IncidentPolicy:
    """What a county sets for its incidents.

    `check_percent`: of what is handled on the spot so many are checked. `verify_hours`: within so many hours of its
    report it is filed or rejected; an alarm of a call terminal within so many minutes (`alarm_minutes`), day and night.
    Near each other are incidents within `near_metres` and `near_days`.
    """

    check_percent: int = 20
    verify_hours: int = 24
    near_metres: int = 100
    near_days: int = 7
    alarm_minutes: int = 10

    def file_by(self, source: Source, reported: datetime, received: datetime | None) -> datetime:
        """Until when what was reported is filed or rejected; `received`: when a county system took it.

        Whoever presses a call terminal waits from then on, however long the alarm was on its way.
        """
        if source is Source.TERMINAL:
            return (received or reported) + timedelta(minutes=self.alarm_minutes)
        return reported + timedelta(hours=self.verify_hours)


def require_deferrable(*, deferred: bool, due_at: datetime | None, now: datetime) -> None:
    """Check that an incident that is handled may be deferred (缓办): its deadline has not passed, and only once.

    Raises `IncidentDeferredAlready`, `IncidentDeferralTooLate`.
    """
    if deferred:
        raise IncidentDeferredAlready
    if due_at is None or now > due_at:
        raise IncidentDeferralTooLate


def leave_ends(until: date, now: datetime, *, after: datetime | None = None) -> datetime:
    """The last second of the day until which leave is given. Raises `IncidentLeaveUntilWrong`.

    The day lies after today, within a year; `after`: and its end after that instant.
    """
    end = datetime.combine(until, time(23, 59, 59), SHANGHAI)
    if not business_day(now) < until <= business_day(now + LONGEST_LEAVE) or (after is not None and end <= after):
        raise IncidentLeaveUntilWrong.at("until")
    return end


def require_rework_reason(*, passed: bool, reason: Reason | None, subject: object = None) -> None:
    """A failed check has a reason, a passed one has none. Raises `ReasonRequired`, `ReasonNotExpected`."""
    if not passed and reason is None:
        raise ReasonRequired(subject, errors=[FieldError("reason", "missing", "核查不通过须说明理由")])
    if passed and reason is not None:
        raise ReasonNotExpected(subject, errors=[FieldError("reason", "unexpected", "核查通过的，不填写理由")])


def require_explained(reason: Reason | None, note: str | None) -> None:
    """`other` is explained by a note. Raises `ReasonRequired`."""
    if reason == OTHER and note is None:
        raise ReasonRequired(errors=[FieldError("note", "missing", "选择“其他”的，须在备注中写明")])


def require_level(area: str, present: int, wanted: IncidentLevel) -> int:
    """The digits of a level whose office may get the incident. Raises `IncidentLevelWrong`."""
    if wanted.digits == min(present, len(area)) or wanted.digits > len(area):
        raise IncidentLevelWrong.at("level")
    return wanted.digits


def require_finished(orders: Iterable[Mapping[str, Any]], subject: object = None) -> None:
    """There is one closure: raises `IncidentOrdersOpen` while an assisting unit has not finished."""
    if any(one["status"] in OPEN_ORDERS for one in orders):
        raise IncidentOrdersOpen(subject)


ORDER_MOVES: Mapping[OrderStatus, frozenset[OrderStatus]] = {
    OrderStatus.ORDERED: frozenset({OrderStatus.TAKEN, OrderStatus.RETURNED, OrderStatus.WITHDRAWN}),
    OrderStatus.TAKEN: frozenset({OrderStatus.FINISHED, OrderStatus.RETURNED, OrderStatus.WITHDRAWN}),
    OrderStatus.FINISHED: frozenset(),
    OrderStatus.RETURNED: frozenset(),
    OrderStatus.WITHDRAWN: frozenset(),
}
"""Lifecycle of an order to an assisting unit."""


def moved_order(orders: list[dict[str, Any]], number: int, to: OrderStatus, **changes: Any) -> list[dict[str, Any]]:
    """The orders after one of them was moved. Raises `NotFound` for no such order, `IncidentOrderMoved`."""
    order = order_of(orders, number)
    if to not in ORDER_MOVES[OrderStatus(order["status"])]:
        raise IncidentOrderMoved(number)
    return [{**one, "status": to.value, **changes} if one is order else one for one in orders]


def order_of(orders: list[dict[str, Any]], number: int) -> dict[str, Any]:
    """The order of a number. Raises `NotFound`."""
    found = next((one for one in orders if one["number"] == number), None)
    if found is None:
        raise NotFound(number)
    return found


def assistants(orders: Iterable[Mapping[str, Any]]) -> set[str]:
    """The departments whose units assist."""
    return {one["department"] for one in orders if one["status"] in ASSISTING}
