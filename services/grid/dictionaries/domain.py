"""When an incident is due: an amount of work hours, work days, hours or days after it was filed.

Every result is an inclusive instant: done at it is done in time. Hours of work and the calendar are data and come in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared.clock import SHANGHAI
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode
from shared.workdays import WorkingCalendar

LAST_SECOND = time(23, 59, 59)
ONE_DAY = timedelta(days=1)


class DeadlineUnit(NamedCode):
    WORK_HOUR = "work_hour", "工作小时"
    WORK_DAY = "work_day", "工作日"
    HOUR = "hour", "小时"
    DAY = "day", "自然日"


@dataclass(frozen=True)
class Limit:
    """How long the dictionary gives for a category and severity."""

    amount: int
    unit: DeadlineUnit


@dataclass(frozen=True)
class Shift:
    """One unbroken stretch of a working day, Shanghai time."""

    start: time
    end: time


@dataclass(frozen=True)
class Deadline:
    """`at` is in the zone Asia/Shanghai. `provisional`: it rests on a year whose notice is not out."""

    at: datetime
    provisional: bool


class CategoryUnknown(DomainError):
    """The dictionary in force has no deadline for this category and severity."""

    kind, code, title = ErrorKind.INVALID, "incident_category_unknown", "事件分类字典中没有此类别和等级"
    advice = "请从事件分类字典中选择类别和等级"


def deadline(filed: datetime, limit: Limit, shifts: Sequence[Shift], calendar: WorkingCalendar) -> Deadline:
    """Until when an incident filed at `filed` may take.

    Hours run by the clock. Days: the day of filing is not counted, due at the end of the last one. Work hours run only
    inside `shifts` of working days. Work days: the day of filing is not counted, due when the last one's work ends.
    """
    local = filed.astimezone(SHANGHAI)
    match limit.unit:
        case DeadlineUnit.HOUR:
            return Deadline((filed + timedelta(hours=limit.amount)).astimezone(SHANGHAI), provisional=False)
        case DeadlineUnit.DAY:
            last = local.date() + limit.amount * ONE_DAY
            return Deadline(datetime.combine(last, LAST_SECOND, SHANGHAI), provisional=False)
        case DeadlineUnit.WORK_DAY:
            due = calendar.add(local.date(), limit.amount)
            return Deadline(datetime.combine(due.day, shifts[-1].end, SHANGHAI), due.provisional)
        case DeadlineUnit.WORK_HOUR:
            at = _after_work_hours(local, timedelta(hours=limit.amount), shifts, calendar)
            return Deadline(at, _is_provisional(local.date(), at.date(), calendar))


def _after_work_hours(local: datetime, left: timedelta, shifts: Sequence[Shift], calendar: WorkingCalendar) -> datetime:
    """`left` of work later. Time that ends with a shift ends there, not at the beginning of the next one."""
    day = local.date()
    while True:
        for shift in shifts if calendar.is_working_day(day) else ():
            start = max(local, datetime.combine(day, shift.start, SHANGHAI))
            end = datetime.combine(day, shift.end, SHANGHAI)
            if start < end:
                if left <= end - start:
                    return start + left
                left -= end - start
        day += ONE_DAY


def _is_provisional(first: date, last: date, calendar: WorkingCalendar) -> bool:
    return any(calendar.is_provisional(first + n * ONE_DAY) for n in range((last - first).days + 1))
