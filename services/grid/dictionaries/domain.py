"""Dictionary of incidents (事件字典): what a version says, how two of them differ, and when an incident is due.

Every deadline is an inclusive instant: done at it is done in time. The calendar is data and comes in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from shared.contracts.severity import Severity
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode
from shared.workdays import Pause, WorkingCalendar
from shared.worktime import ClockUnit, Hours, Shift, end_of_limit

WEEK = range(1, 8)
"""Days of the week, Monday first (ISO 8601)."""


class Treatment(NamedCode):
    """How an incident has to be treated (处置方式), on which its limit depends besides category and severity."""

    ROUTINE = "routine", "常规处置"
    ENGINEERING = "engineering", "须工程施工"
    PROCUREMENT = "procurement", "须采购物料或配件"
    COORDINATION = "coordination", "须多部门协调"


@dataclass(frozen=True)
class Limit:
    """How long the dictionary gives for a category, severity and treatment."""

    amount: int
    unit: ClockUnit

    def __str__(self) -> str:
        return f"{self.amount} {self.unit.label}"


@dataclass(frozen=True)
class Deadline:
    """`at` is in the zone Asia/Shanghai. `provisional`: it rests on a year whose notice is not out."""

    at: datetime
    provisional: bool


@dataclass(frozen=True)
class SpecialHours:
    """Hours of work that differ from the usual ones (特别作息): in a season, on days of the week, or both.

    `begins`, `ends`: (month, day), both inclusive; a season may run over the new year. `weekdays`: 1 (Monday) to 7.
    """

    shifts: tuple[Shift, ...]
    weekdays: tuple[int, ...] = tuple(WEEK)
    begins: tuple[int, int] | None = None
    ends: tuple[int, int] | None = None

    def covers(self, month: int, day: int, weekday: int) -> bool:
        """Whether they are those of such a day."""
        if weekday not in self.weekdays:
            return False
        if self.begins is None or self.ends is None:
            return True
        at = (month, day)
        if self.begins <= self.ends:
            return self.begins <= at <= self.ends
        return at >= self.begins or at <= self.ends


@dataclass(frozen=True)
class WorkHours:
    """Hours of work of a version: the usual ones, and those of special days.

    Saturdays and Sundays that are worked (调休) have the usual hours unless special ones name these days.
    """

    usual: tuple[Shift, ...]
    special: tuple[SpecialHours, ...] = ()

    def __call__(self, day: date) -> Sequence[Shift]:
        for one in self.special:
            if one.covers(day.month, day.day, day.isoweekday()):
                return one.shifts
        return self.usual


@dataclass(frozen=True)
class LimitTerms:
    """How long an incident of a severity and treatment may take."""

    severity: Severity
    amount: int
    unit: ClockUnit
    treatment: Treatment = Treatment.ROUTINE

    @property
    def limit(self) -> Limit:
        return Limit(self.amount, self.unit)


@dataclass(frozen=True)
class CategoryTerms:
    """A category with its limits."""

    code: str
    name: str
    limits: tuple[LimitTerms, ...] = ()


@dataclass(frozen=True)
class Terms:
    """What a version says, or a draft of one."""

    hours: WorkHours
    categories: tuple[CategoryTerms, ...]


class CategoryUnknown(DomainError):
    """The dictionary in force has no deadline for this category and severity."""

    kind, code, title = ErrorKind.INVALID, "incident_category_unknown", "事件分类字典中没有此类别和等级"
    advice = "请从事件分类字典中选择类别和等级"


def deadline(
    filed: datetime, limit: Limit, hours: Hours, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> Deadline:
    """Until when an incident filed at `filed` may take; pauses, which have all ended, are left out.

    Hours run by the clock. Days: the day of filing is not counted, due at the end of the last one. Work hours run only
    inside the hours of work of working days. Work days: the day of filing is not counted, due when the last one's work
    ends.
    """
    end = end_of_limit(filed, limit.amount, limit.unit, pauses, calendar, hours=hours, ends_with_work=True)
    assert end is not None, "every pause has ended"
    return Deadline(*end)


class Change(NamedCode):
    """What differs between two versions."""

    CATEGORY_ADDED = "category_added", "新增类别"
    CATEGORY_REMOVED = "category_removed", "取消类别"
    CATEGORY_RENAMED = "category_renamed", "类别改名"
    LIMIT_ADDED = "limit_added", "新增时限"
    LIMIT_REMOVED = "limit_removed", "取消时限"
    LIMIT_CHANGED = "limit_changed", "时限变化"
    HOURS_CHANGED = "hours_changed", "作息变化"


@dataclass(frozen=True)
class Difference:
    """One thing that differs. `before`, `after`: a name, a limit or hours of work as people read them."""

    change: Change
    category: str | None = None
    severity: Severity | None = None
    treatment: Treatment | None = None
    before: str | None = None
    after: str | None = None


def differences(old: Terms, new: Terms) -> list[Difference]:
    """What a version changes against another, in the order of codes. Limits of a category that goes are not listed."""
    found = []
    if old.hours != new.hours:
        found.append(Difference(Change.HOURS_CHANGED, before=read_hours(old.hours), after=read_hours(new.hours)))
    before, after = ({one.code: one for one in terms.categories} for terms in (old, new))
    for code in sorted(before.keys() | after.keys()):
        gone, come = before.get(code), after.get(code)
        if come is None:
            assert gone is not None, "it stands in one of them"
            found.append(Difference(Change.CATEGORY_REMOVED, code, before=gone.name))
            continue
        if gone is None:
            found.append(Difference(Change.CATEGORY_ADDED, code, after=come.name))
        elif gone.name != come.name:
            found.append(Difference(Change.CATEGORY_RENAMED, code, before=gone.name, after=come.name))
        found += _of_limits(code, gone.limits if gone else (), come.limits)
    return found


def _of_limits(category: str, old: Sequence[LimitTerms], new: Sequence[LimitTerms]) -> list[Difference]:
    before, after = ({(one.severity, one.treatment): one.limit for one in limits} for limits in (old, new))
    found = []
    for severity in Severity:
        for treatment in Treatment:
            gone, come = before.get((severity, treatment)), after.get((severity, treatment))
            if gone == come:
                continue
            change = Change.LIMIT_ADDED if gone is None else Change.LIMIT_CHANGED
            found.append(
                Difference(
                    Change.LIMIT_REMOVED if come is None else change,
                    category,
                    severity,
                    treatment,
                    None if gone is None else str(gone),
                    None if come is None else str(come),
                )
            )
    return found


def read_hours(hours: WorkHours) -> str:
    """Hours of work as people read them."""
    parts = [_read(hours.usual)]
    for one in hours.special:
        season = ""
        if one.begins is not None and one.ends is not None:
            season = "{:02}-{:02} 至 {:02}-{:02} ".format(*one.begins, *one.ends)
        days = (
            ""
            if set(one.weekdays) == set(WEEK)
            else "周" + "、".join("一二三四五六日"[n - 1] for n in one.weekdays) + " "
        )
        parts.append(season + days + _read(one.shifts))
    return "；".join(parts)


def _read(shifts: Sequence[Shift]) -> str:
    return "，".join(f"{one.start:%H:%M}—{one.end:%H:%M}" for one in shifts)


def shifts_in(written: Sequence[Sequence[str]]) -> tuple[Shift, ...]:
    """Shifts out of JSON: [["08:00", "12:00"], …]."""
    return tuple(Shift(time.fromisoformat(start), time.fromisoformat(end)) for start, end in written)


def shifts_out(shifts: Sequence[Shift]) -> list[list[str]]:
    """The same as JSON."""
    return [[f"{one.start:%H:%M}", f"{one.end:%H:%M}"] for one in shifts]


def special_in(written: Sequence[Mapping[str, Any]]) -> tuple[SpecialHours, ...]:
    """Special hours out of JSON."""
    return tuple(
        SpecialHours(
            shifts=shifts_in(one["shifts"]),
            weekdays=tuple(one["weekdays"]),
            begins=None if one["begins"] is None else (one["begins"][0], one["begins"][1]),
            ends=None if one["ends"] is None else (one["ends"][0], one["ends"][1]),
        )
        for one in written
    )


def special_out(special: Sequence[SpecialHours]) -> list[dict[str, Any]]:
    """The same as JSON."""
    return [
        {
            "shifts": shifts_out(one.shifts),
            "weekdays": list(one.weekdays),
            "begins": None if one.begins is None else list(one.begins),
            "ends": None if one.ends is None else list(one.ends),
        }
        for one in special
    ]
