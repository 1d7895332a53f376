"""Rules of changes of areas (区划调整): plans, who goes where by them, and refusals."""

from services.registry.area_changes.domain.assignments import Assignment, recoded
from services.registry.area_changes.domain.ends import abolition
from services.registry.area_changes.domain.left_behind import LeftBehind, LeftKind, Placing, has_ended, origins_of
from services.registry.area_changes.domain.plans import (
    LARGEST,
    MOST_GRIDS,
    Move,
    Opening,
    Plan,
    Share,
    check,
    never_in_force,
)
from services.registry.area_changes.domain.refusals import (
    AreaChangeRestedOn,
    AreaChangeTooLarge,
    AreaChangeUndone,
    MemberOfHousehold,
    rested_on,
)
from services.registry.area_changes.domain.statuses import TRANSITIONS

__all__ = [
    "LARGEST",
    "MOST_GRIDS",
    "TRANSITIONS",
    "AreaChangeRestedOn",
    "AreaChangeTooLarge",
    "AreaChangeUndone",
    "Assignment",
    "LeftBehind",
    "LeftKind",
    "MemberOfHousehold",
    "Move",
    "Opening",
    "Placing",
    "Plan",
    "Share",
    "abolition",
    "check",
    "has_ended",
    "never_in_force",
    "origins_of",
    "recoded",
    "rested_on",
]
