"""Which date of a case runs now (时限), and whether it is over: before the decision the limit, then the delivery."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from services.services_hall.cases.domain.codes import RescheduleReason
from services.services_hall.cases.domain.lifecycle import ACCEPTED, CLOSED, DECIDED, IN_REVIEW
from shared.contracts.services_hall.cases import CaseStatus

TELL_WITHIN = 5
"""Working days within which an applicant is told what is missing (行政许可法 32)."""
DELIVER_WITHIN = 10
"""Working days within which a decision is delivered (行政许可法 44)."""
SOON = 3
"""Working days before the end in which a case is due soon."""
DECIDING: frozenset[CaseStatus] = frozenset({ACCEPTED, IN_REVIEW})
"""Statuses in which the limit to decide runs."""
DELIVERING: frozenset[CaseStatus] = frozenset({DECIDED, CLOSED})
"""Statuses in which the limit to deliver runs."""


class Dated(Protocol):
    """What the limits of a case are read from."""

    @property
    def status(self) -> str: ...
    @property
    def due_on(self) -> date | None: ...
    @property
    def deliver_by(self) -> date | None: ...
    @property
    def step_due_on(self) -> date | None: ...


@dataclass(frozen=True, slots=True)
class Remaining:
    """Working days that are left of what runs, after today; 0: it ends today; below 0: since when it is over.

    None where nothing runs. `overdue`: the limit, the delivery or the step of the review is over.
    """

    remaining_days: int | None
    step_remaining_days: int | None
    overdue: bool


def ends_on(case: Dated) -> date | None:
    """The last day of what runs now; None before acceptance, while it stands still, and once it was delivered."""
    if case.status in DELIVERING:
        return case.deliver_by
    return case.due_on if case.status in DECIDING else None


def step_ends_on(case: Dated) -> date | None:
    """The last day of the step of the review at which it stands."""
    return case.step_due_on if case.status == IN_REVIEW else None


def is_overdue(case: Dated, today: date) -> bool:
    """Whether one of the two is over; the list of what is overdue asks the same in SQL."""
    return any(day is not None and day < today for day in (ends_on(case), step_ends_on(case)))


def why_rescheduled(was_provisional: bool, dates: Mapping[str, Any]) -> RescheduleReason:
    """Why a date moves that rests on years of the calendar which were set."""
    certain = was_provisional and not dates["due_provisional"]
    return RescheduleReason.NOTICE_ISSUED if certain else RescheduleReason.CALENDAR_AMENDED
