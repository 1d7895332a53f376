"""Working time: when an amount of a unit is over, which pauses it stood still in, and an instant so much before an end.

Every end is an inclusive instant: done at it is done in time. Days end at 23:59:59 in Asia/Shanghai; the day on which a
limit begins is not counted. A day counts if the limit runs at its end.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from shared.clock import SHANGHAI, business_day
from shared.reference.named_code import NamedCode
from shared.workdays import ONE_DAY, Pause, WorkingCalendar


class ClockUnit(NamedCode):
    """Units of a limit."""

    WORK_HOUR = "work_hour", "工作小时"
    WORK_DAY = "work_day", "工作日"
    HOUR = "hour", "小时"
    DAY = "day", "自然日"


@dataclass(frozen=True)
class Shift:
    """One unbroken stretch of a working day, Shanghai time."""

    start: time
    end: time


SHIFTS = (Shift(time(8), time(12)), Shift(time(14), time(18)))
"""Hours of work where nothing else is said: those of the dictionary of incidents as it ships."""

Hours = Callable[[date], Sequence[Shift]]
"""Hours of work of a day, if it is a working day: in order, and none overlaps another."""


def usual_hours(_day: date) -> Sequence[Shift]:
    """Hours of work where nothing else is said."""
    return SHIFTS


LAST_SECOND = time(23, 59, 59)

End = tuple[datetime, bool] | None
"""When a limit ends and whether that is provisional; None while an open pause keeps it from being known."""


def end_of_limit(
    started: datetime,
    amount: int,
    unit: ClockUnit,
    pauses: Sequence[Pause],
    calendar: WorkingCalendar,
    *,
    hours: Hours = usual_hours,
    ends_with_work: bool = False,
) -> End:
    """When `amount` units after `started` are over, pauses left out.

    `hours`: the hours of work. `ends_with_work`: a limit in working days is over with the work of its last day.
    """
    match unit:
        case ClockUnit.WORK_DAY:
            due = calendar.due(started, amount, pauses)
            if due is None:
                return None
            shifts = hours(due.day) if ends_with_work else ()
            return datetime.combine(due.day, shifts[-1].end if shifts else LAST_SECOND, SHANGHAI), due.provisional
        case ClockUnit.DAY:
            return _after_days(started, amount, pauses)
        case ClockUnit.HOUR:
            return _after_hours(started, timedelta(hours=amount), pauses)
        case ClockUnit.WORK_HOUR:
            return _after_work_hours(started, timedelta(hours=amount), pauses, calendar, hours)


def shifted(
    end: datetime,
    amount: int,
    unit: ClockUnit,
    calendar: WorkingCalendar,
    *,
    before: bool,
    hours: Hours = usual_hours,
) -> datetime:
    """The instant so many units before an end, or after it. Whole days before it is the beginning of that day."""
    if amount == 0:
        return end
    match unit:
        case ClockUnit.HOUR:
            return end - timedelta(hours=amount) if before else end + timedelta(hours=amount)
        case ClockUnit.DAY:
            day = business_day(end) + (-amount if before else amount) * ONE_DAY
        case ClockUnit.WORK_DAY:
            day = _working_day(business_day(end), amount, calendar, before=before)
        case ClockUnit.WORK_HOUR:
            left = timedelta(hours=amount)
            return (_work_time_before if before else _work_time_after)(end, left, calendar, hours)
    return datetime.combine(day, time(), SHANGHAI) if before else _last_second(day)


def is_at_work(at: datetime, calendar: WorkingCalendar, hours: Hours) -> bool:
    """Whether people are at work at an instant. When a shift ends they no longer are."""
    local = at.astimezone(SHANGHAI)
    day, now = local.date(), local.time()
    return calendar.is_working_day(day) and any(shift.start <= now < shift.end for shift in hours(day))


def _last_second(day: date) -> datetime:
    return datetime.combine(day, LAST_SECOND, SHANGHAI)


def _after_days(started: datetime, amount: int, pauses: Sequence[Pause]) -> End:
    day, left = business_day(started), amount
    while True:
        if any(pause.end is None and pause.covers_end_of(day) for pause in pauses):
            return None
        if left <= 0 and not any(pause.covers_end_of(day) for pause in pauses):
            return _last_second(day), False
        day += ONE_DAY
        if not any(pause.covers_end_of(day) for pause in pauses):
            left -= 1


def _after_hours(started: datetime, left: timedelta, pauses: Sequence[Pause]) -> End:
    at = started
    for pause in sorted(pauses, key=lambda one: one.start):
        run = max(pause.start - at, timedelta())
        if run >= left:
            break
        if pause.end is None:
            return None
        left -= run
        at = max(at, pause.end)
    return (at + left).astimezone(SHANGHAI), False


def _after_work_hours(
    started: datetime,
    left: timedelta,
    pauses: Sequence[Pause],
    calendar: WorkingCalendar,
    hours: Hours,
) -> End:
    provisional = False
    at = started.astimezone(SHANGHAI)
    for pause in sorted(pauses, key=lambda one: one.start):
        run = _work_between(at, pause.start, calendar, hours)
        if run >= left:
            break
        if pause.end is None:
            return None
        left -= run
        at = max(at, pause.end.astimezone(SHANGHAI))
    end = _work_time_after(at, left, calendar, hours)
    day = business_day(started)
    while day <= end.date():
        provisional = provisional or calendar.is_provisional(day)
        day += ONE_DAY
    return end, provisional


def _work_time_after(at: datetime, left: timedelta, calendar: WorkingCalendar, hours: Hours) -> datetime:
    """`left` of work later. Time that ends with a shift ends there, not at the beginning of the next one."""
    local = at.astimezone(SHANGHAI)
    day = local.date()
    while True:
        for shift in hours(day) if calendar.is_working_day(day) else ():
            start = max(local, datetime.combine(day, shift.start, SHANGHAI))
            end = datetime.combine(day, shift.end, SHANGHAI)
            if start < end:
                if left <= end - start:
                    return start + left
                left -= end - start
        day += ONE_DAY


def _work_time_before(at: datetime, left: timedelta, calendar: WorkingCalendar, hours: Hours) -> datetime:
    local = at.astimezone(SHANGHAI)
    day = local.date()
    while True:
        for shift in reversed(hours(day)) if calendar.is_working_day(day) else ():
            start = datetime.combine(day, shift.start, SHANGHAI)
            end = min(local, datetime.combine(day, shift.end, SHANGHAI))
            if start < end:
                if left <= end - start:
                    return end - left
                left -= end - start
        day -= ONE_DAY


def _work_between(start: datetime, end: datetime, calendar: WorkingCalendar, hours: Hours) -> timedelta:
    """Work time from `start` to `end`; nothing if `end` is not later."""
    total = timedelta()
    day, until = start.astimezone(SHANGHAI).date(), end.astimezone(SHANGHAI)
    while day <= until.date():
        for shift in hours(day) if calendar.is_working_day(day) else ():
            begin = max(start, datetime.combine(day, shift.start, SHANGHAI))
            finish = min(until, datetime.combine(day, shift.end, SHANGHAI))
            total += max(finish - begin, timedelta())
        day += ONE_DAY
    return total


def _working_day(day: date, amount: int, calendar: WorkingCalendar, *, before: bool) -> date:
    """The `amount`-th working day before or after a day."""
    step = -ONE_DAY if before else ONE_DAY
    while amount:
        day += step
        amount -= calendar.is_working_day(day)
    return day
