"""Staff of grids (网格人员): posts and duties, and what an appointment is refused for."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.reference.named_code import NamedCode

AHEAD = timedelta(days=366)
"""How long before its first day an appointment is entered at most."""


class StaffPost(NamedCode):
    """Post in a grid: its head, a worker of it, an instructor from above."""

    HEAD = "head", "网格长"
    WORKER = "worker", "网格员"
    INSTRUCTOR = "instructor", "网格指导员"


class Employment(NamedCode):
    """How a worker is employed."""

    FULL_TIME = "full_time", "专职"
    PART_TIME = "part_time", "兼职"


class StaffDuty(NamedCode):
    """Duty in a grid. `responsible`: answers for it; `substitute`: does so in their place for some days."""

    RESPONSIBLE = "responsible", "责任人"
    SUBSTITUTE = "substitute", "代班"
    ASSISTING = "assisting", "协助"


class StaffStatus(NamedCode):
    """Where an appointment stands."""

    STANDING = "standing", "有效"
    WITHDRAWN = "withdrawn", "误登已撤回"


TRANSITIONS: dict[StaffStatus, frozenset[StaffStatus]] = {
    StaffStatus.STANDING: frozenset({StaffStatus.STANDING, StaffStatus.WITHDRAWN}),
    StaffStatus.WITHDRAWN: frozenset(),
}


class StaffGridUnknown(DomainError):
    """There is no such grid, it has ended, or it begins after the appointment."""

    kind, code, title = ErrorKind.INVALID, "staff_grid_unknown", "网格不存在、已撤销，或任职早于网格启用"
    advice = "请填写现有网格的编码，任职起始日不早于网格启用日"


class StaffGridEnded(DomainError):
    """The grid has ended: who answers for what carries it on was appointed there."""

    kind, code, title = ErrorKind.CONFLICT, "staff_grid_ended", "网格已撤销，该网格的任职不能恢复"
    advice = "请在承接该网格的现有网格中任职"


class ResponsibleTaken(DomainError):
    """On one of the days somebody else answers for the grid already."""

    kind, code, title = ErrorKind.CONFLICT, "responsible_taken", "该网格在此期间已有责任人"
    advice = "请先结束现任责任人的任期，或登记为协助"


class SubstituteTaken(DomainError):
    """On one of the days somebody else stands in for whoever answers for the grid."""

    kind, code, title = ErrorKind.CONFLICT, "substitute_taken", "该网格在此期间已有代班人员"
    advice = "请调整代班的起止日期"


class StaffEnded(DomainError):
    """The appointment has ended, or was withdrawn."""

    kind, code, title = ErrorKind.CONFLICT, "staff_ended", "该任职已结束或已撤回"
    advice = "请刷新后查看；结束登记有误的，请撤销上一步"


class StaffNothingToUndo(DomainError):
    """The appointment itself was withdrawn: there is no step before it."""

    kind, code, title = ErrorKind.CONFLICT, "staff_nothing_to_undo", "该任职已撤回，没有可以撤销的步骤"
    advice = "需要恢复的，请重新登记"


@dataclass(frozen=True)
class NewStaff:
    """An appointment as it is told. `worker`: the login by which they work. `until`: first day after it."""

    grid: str
    worker: str
    post: StaffPost
    duty: StaffDuty
    since: date
    until: date | None = None
    employment: Employment | None = None


@dataclass(frozen=True)
class StaffFilter:
    """What a list shows; None: everything. `on`: only those of a day."""

    worker: str | None = None
    duty: StaffDuty | None = None
    on: date | None = None


def check(new: NewStaff, today: date) -> None:
    """Raise `Invalid` with all that is wrong with an appointment by itself."""
    errors: list[FieldError] = []
    if new.since > today + AHEAD:
        errors.append(FieldError("since", "too_far_ahead", "起始日期最多提前一年登记"))
    if new.until is not None and new.until <= new.since:
        errors.append(FieldError("until", "before_since", "截止日期须晚于起始日期"))
    if (new.post is StaffPost.WORKER) != (new.employment is not None):
        errors.append(FieldError("employment", "of_workers", "网格员须注明专职或兼职，其他人员不填"))
    if new.post is StaffPost.INSTRUCTOR and new.duty is not StaffDuty.ASSISTING:
        errors.append(FieldError("duty", "of_instructors", "指导员只能登记为协助"))
    if new.duty is StaffDuty.SUBSTITUTE and new.until is None:
        errors.append(FieldError("until", "of_substitutes", "代班须注明截止日期"))
    if errors:
        raise Invalid(errors=errors)


@dataclass(frozen=True)
class Spell:
    """Days on which somebody answers for a grid; `until` is the first day on which they do not."""

    since: date
    until: date | None


def gaps(spells: Iterable[Spell], since: date, until: date) -> Sequence[Spell]:
    """The days from `since` to before `until` on which nobody answers for a grid. Spells without a day part no gap."""
    found: list[Spell] = []
    reached = since
    held = (one for one in spells if one.until is None or one.since < one.until)
    for spell in sorted(held, key=lambda one: one.since):
        if reached >= until:
            break
        if spell.since > reached:
            found.append(Spell(reached, min(spell.since, until)))
        reached = max(reached, until if spell.until is None else spell.until)
    if reached < until:
        found.append(Spell(reached, until))
    return found
