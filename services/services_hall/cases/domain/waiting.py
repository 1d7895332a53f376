"""Where a case waits, for which post and until when (待办): what its office finds in the worklist."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.services_hall.cases.domain.codes import CasePost, Desk
from services.services_hall.cases.domain.lifecycle import (
    ACCEPTED,
    CLOSED,
    IN_REVIEW,
    LIFECYCLE,
    OPEN,
    SPECIAL,
    SUSPENDED,
    CaseAction,
)
from services.services_hall.cases.domain.limits import DECIDING, DELIVERING
from shared.contracts.services_hall.cases import CaseStatus

WAITING: frozenset[CaseStatus] = OPEN | {CLOSED}
"""Statuses in which something is still to be done, delivery included."""
OF_STEPS: frozenset[CaseStatus] = frozenset({ACCEPTED, IN_REVIEW})
"""Statuses in which the post follows from the item's steps."""
NO_END = date.max
"""In place of the last day where no limit runs: sorted after every other."""

Place = tuple[Desk, str, str]
"""Kind of waiting, area and department."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """For which post a case waits at a place. `ends_on`: last day of what runs; `NO_END` if nothing does."""

    post: CasePost
    ends_on: date


def waits(case: Mapping[str, Any], steps: int, told_by: date | None) -> Mapping[Place, Waiting]:
    """Where a case waits, out of the columns of `CaseMoving`; one that is over waits nowhere.

    `steps`: how many its item prescribes; `told_by`: of papers received, the last day to tell what is missing.
    """
    status = CaseStatus(case["status"])
    if status not in WAITING:
        return {}
    ends = _ends_on(case, status, told_by)
    area, department = case["held_area"] or case["area"], case["held_department"] or case["department"]
    found: dict[Place, Waiting] = {(Desk.HELD, area, department): Waiting(_post(case, status, steps), ends)}
    if status not in OPEN:
        return found
    if case["sent"] is not None:
        there = str(case["sent"]["area"]), str(case["sent"]["department"])
        found[Desk.ARRIVING, *there] = Waiting(CasePost.WINDOW, ends)
    if status in LIFECYCLE[CaseAction.ANSWER_CONSENT].origins:
        for one in case["consents"]:
            if one["answered_at"] is None:
                found[Desk.ASKED, area, one["department"]] = Waiting(CasePost.CONSENT, ends)
    return found


def _post(case: Mapping[str, Any], status: CaseStatus, steps: int) -> CasePost:
    if status is CLOSED:
        return CasePost.DELIVERY
    if status in (SPECIAL, SUSPENDED):
        return CasePost.REVIEW
    if status not in OF_STEPS:
        return CasePost.WINDOW
    last = (case["step"] or 0) >= steps or (case["step"] is None and case["promised_days"] == 0)
    return CasePost.DECISION if last else CasePost.REVIEW


def _ends_on(case: Mapping[str, Any], status: CaseStatus, told_by: date | None) -> date:
    """The earliest of what runs: the limit and the step, the delivery, the notice, the papers to be supplied."""
    days = {told_by, case["supply_until"] if status is CaseStatus.SUPPLEMENT else None}
    if status in DECIDING:
        days |= {case["due_on"], case["step_due_on"] if status is IN_REVIEW else None}
    if status in DELIVERING:
        days.add(case["deliver_by"])
    return min((day for day in days if day is not None), default=NO_END)
