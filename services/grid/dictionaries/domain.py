"""When an incident is due: an amount of work hours, work days, hours or days after it was filed.

Every result is an inclusive instant: done at it is done in time. Hours of work and the calendar are data and come in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.errors import DomainError, ErrorKind
from shared.workdays import WorkingCalendar
from shared.worktime import ClockUnit, Shift, end_of_limit


@dataclass(frozen=True)
class Limit:
    """How long the dictionary gives for a category and severity."""

    amount: int
    unit: ClockUnit


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
    end = end_of_limit(filed, limit.amount, limit.unit, (), calendar, shifts=shifts, work_day_ends=shifts[-1].end)
    assert end is not None, "a limit without pauses always ends"
    return Deadline(*end)
