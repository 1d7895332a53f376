"""Periods (统计期): days, weeks, months, quarters and years by their names, and those that they are compared with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import DomainError, ErrorKind, FieldError
from shared.reference.days import is_possible
from shared.reference.named_code import NamedCode

DAY = timedelta(days=1)

_NAME = re.compile(r"([0-9]{4})(?:-(?:Q([1-4])|W([0-9]{2})|([0-9]{2})(?:-([0-9]{2}))?))?")

NAMED = r"^[0-9]{4}(-(Q[1-4]|W[0-9]{2}|[0-9]{2}(-[0-9]{2})?))?$"
"""Names of periods: `2026`, `2026-Q1`, `2026-03`, `2026-W12` (ISO 8601), `2026-03-16`."""


class PeriodUnknown(DomainError):
    """There is no such period: a 13th month, a 53rd week of a year without one, a year that nothing is of."""

    kind, code, title = ErrorKind.INVALID, "period_unknown", "没有这个统计期"
    advice = "请按 2026、2026-Q1、2026-03、2026-W12 或 2026-03-16 的形式填写，年份在 1800 至 2999 之间"


class PeriodNotBegun(DomainError):
    """The period has not begun: of it nothing is known."""

    kind, code, title = ErrorKind.INVALID, "period_not_begun", "统计期尚未开始"
    advice = "请改选已经开始的统计期"


class PeriodStep(NamedCode):
    """How long a period is."""

    DAY = "day", "日"
    WEEK = "week", "周"
    MONTH = "month", "月"
    QUARTER = "quarter", "季"
    YEAR = "year", "年"


MONTHS = {PeriodStep.MONTH: 1, PeriodStep.QUARTER: 3, PeriodStep.YEAR: 12}


def _moved(day: date, months: int) -> date | None:
    """The first of the month so many months later. None: a year that nothing is of."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, 1) if 1 <= year <= date.max.year and is_possible(date(year, 1, 1)) else None


@dataclass(frozen=True)
class Period:
    """A period, first and last day included. Weeks begin on Monday."""

    step: PeriodStep
    since: date
    until: date

    @classmethod
    def holding(cls, day: date, step: PeriodStep) -> "Period":
        """The period of this length that a day lies in."""
        if step is PeriodStep.DAY:
            return cls(step, day, day)
        if step is PeriodStep.WEEK:
            monday = day - timedelta(days=day.weekday())
            return cls(step, monday, monday + timedelta(days=6))
        length = MONTHS[step]
        begin = date(day.year, (day.month - 1) // length * length + 1, 1)
        after = begin.year * 12 + begin.month - 1 + length
        return cls(step, begin, date(after // 12, after % 12 + 1, 1) - DAY)

    @classmethod
    def named(cls, name: str) -> "Period":
        """The period of this name. Raises `PeriodUnknown`."""
        found = _NAME.fullmatch(name)
        try:
            if found is None:
                raise ValueError
            period = cls._of(*(int(part) if part else None for part in found.groups()))
            if not is_possible(period.since):
                raise ValueError
        except (ValueError, OverflowError):
            raise PeriodUnknown(errors=(FieldError("query.period", "period_unknown", "没有这个统计期"),)) from None
        return period

    @classmethod
    def _of(
        cls, year: int | None, quarter: int | None, week: int | None, month: int | None, day: int | None
    ) -> "Period":
        assert year is not None
        if week is not None:
            return cls.holding(date.fromisocalendar(year, week, 1), PeriodStep.WEEK)
        if quarter is not None:
            return cls.holding(date(year, quarter * 3 - 2, 1), PeriodStep.QUARTER)
        if month is None:
            return cls.holding(date(year, 1, 1), PeriodStep.YEAR)
        return cls.holding(
            date(year, month, 1 if day is None else day), PeriodStep.MONTH if day is None else PeriodStep.DAY
        )

    @property
    def name(self) -> str:
        year, week, _ = self.since.isocalendar()
        match self.step:
            case PeriodStep.DAY:
                return self.since.isoformat()
            case PeriodStep.WEEK:
                return f"{year:04d}-W{week:02d}"
            case PeriodStep.MONTH:
                return f"{self.since:%Y-%m}"
            case PeriodStep.QUARTER:
                return f"{self.since.year:04d}-Q{(self.since.month + 2) // 3}"
            case PeriodStep.YEAR:
                return f"{self.since.year:04d}"

    def previous(self) -> "Period | None":
        """The period before. None: there is none in the years that are dealt with."""
        before = self.since - DAY
        return Period.holding(before, self.step) if is_possible(before) else None

    def last_year(self) -> "Period | None":
        """The same period of the year before: a week by its number, 29 February as the 28th. None: there is none."""
        if self.step is PeriodStep.WEEK:
            year, week, _ = self.since.isocalendar()
            try:
                first = date.fromisocalendar(year - 1, week, 1)
            except ValueError:
                return None  # not every year has a 53rd week
            return Period.holding(first, self.step) if is_possible(first) else None
        first_of_month = _moved(self.since, -12)
        if first_of_month is None:
            return None
        return Period.holding(_same_day(first_of_month, self.since.day), self.step)

    def through(self, day: date) -> "Stretch":
        """What of it has passed by a day. Raises `PeriodNotBegun`."""
        if day < self.since:
            raise PeriodNotBegun(errors=(FieldError("query.period", "period_not_begun", "统计期尚未开始"),))
        return Stretch(self, min(self.until, day))


@dataclass(frozen=True)
class Stretch:
    """A period as far as it is counted: whole, or up to a day in it."""

    period: Period
    as_of: date

    @property
    def since(self) -> date:
        return self.period.since

    @property
    def running(self) -> bool:
        """Whether the period is not over yet."""
        return self.as_of < self.period.until

    def previous(self) -> "Stretch | None":
        """The same of the period before: as many days of it while this one is running, else the whole."""
        return self._like(self.period.previous())

    def last_year(self) -> "Stretch | None":
        """The same of a year ago: up to the same day of the month while this one is running, else the whole."""
        other = self.period.last_year()
        if other is None or not self.running or self.period.step not in MONTHS:
            return self._like(other)
        month = _moved(self.as_of, -12)
        assert month is not None  # it lies in the period of a year ago
        return Stretch(other, _same_day(month, self.as_of.day))

    def _like(self, other: Period | None) -> "Stretch | None":
        if other is None:
            return None
        passed = other.since + (self.as_of - self.since)
        return Stretch(other, min(other.until, passed) if self.running else other.until)


def _same_day(month: date, day: int) -> date:
    """This day of the month that begins so, or its last one."""
    last = Period.holding(month, PeriodStep.MONTH).until.day
    return month.replace(day=min(day, last))


def periods(step: PeriodStep, since: date, until: date) -> Iterator[Period]:
    """The periods that lie in these days, wholly or in part, the first one first."""
    period = Period.holding(since, step)
    while period.since <= until:
        yield period
        period = Period.holding(period.until + DAY, step)


def count_of(step: PeriodStep, since: date, until: date) -> int:
    """How many those are, without making them."""
    first, last = Period.holding(since, step), Period.holding(until, step)
    if step in (PeriodStep.DAY, PeriodStep.WEEK):
        return (last.since - first.since).days // (7 if step is PeriodStep.WEEK else 1) + 1
    months = (last.since.year - first.since.year) * 12 + last.since.month - first.since.month
    return months // MONTHS[step] + 1
