"""Rules of one area set: what is entered of it, its moves, days and steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.area_sets.domain.refusals import AreaSetDatesWrong, AreaSetTransitionError
from shared.contracts.registry.area_sets import AreaSetKind, AreaSetStatus
from shared.errors import FieldError, Invalid
from shared.reference.named_code import NamedCode
from shared.reference.written import compared, stored

IN_USE, DISSOLVED, WITHDRAWN = AreaSetStatus.IN_USE, AreaSetStatus.DISSOLVED, AreaSetStatus.WITHDRAWN
TRANSITIONS: Mapping[AreaSetStatus, frozenset[AreaSetStatus]] = {
    IN_USE: frozenset({DISSOLVED, WITHDRAWN}),
    DISSOLVED: frozenset({WITHDRAWN}),
    WITHDRAWN: frozenset(),
}
"""Moves by a step. Whatever was done last is undone besides, a dissolution or withdrawal too."""


class AreaSetStep(NamedCode):
    """What was done to a set. The last two with a change of areas, and with its undoing."""

    FORMED = "formed", "设立"
    CORRECTED = "corrected", "更正"
    MEMBERS_CHANGED = "members_changed", "成员调整"
    DISSOLVED = "dissolved", "撤销"
    WITHDRAWN = "withdrawn", "撤回"
    UNDONE = "undone", "撤销上一步"
    BOUNDARY_CHANGED = "boundary_changed", "区划调整"
    BOUNDARY_UNDONE = "boundary_undone", "区划调整已撤销"


@dataclass(frozen=True, slots=True)
class AreaSetFields:
    """What is entered of a set besides its members. `hall_id`: a facility; `head_id`: the term of who heads it."""

    name: str
    hall_id: UUID | None = None
    head_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class AreaSetFilter:
    """What a list and its count ask for. `on`: those that have a member on that day."""

    kind: AreaSetKind | None = None
    status: AreaSetStatus | None = None
    on: date | None = None


def require_transition(status: str, to: AreaSetStatus, subject: object = None) -> None:
    """Raises `AreaSetTransitionError` unless a move from `status` to `to` is in the table."""
    if to not in TRANSITIONS[AreaSetStatus(status)]:
        raise AreaSetTransitionError(subject)


def check_day(path: str, earliest: date, day: date, today: date) -> None:
    """Check earliest ≤ day ≤ today. Raises `AreaSetDatesWrong` that names the field."""
    if not earliest <= day <= today:
        raise AreaSetDatesWrong.at(path)


def named(new: AreaSetFields) -> AreaSetFields:
    """The fields as they are kept. Raises `Invalid` for a name of nothing."""
    name = stored(new.name)
    if not compared(name):
        raise Invalid(errors=[FieldError("name", "empty", "请填写片区名称")])
    return AreaSetFields(name, new.hall_id, new.head_id)
