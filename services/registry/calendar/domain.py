"""A year's exceptions from the week: days off, and Saturdays and Sundays that are worked (调休)."""

from collections.abc import Iterable
from datetime import date

from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.reference.calendar import SATURDAY, SHIPPED, STATUTORY
from shared.reference.lunar import LunarDay, to_solar

FIRST_YEAR, LAST_YEAR = 2004, 2100


class NoLunarDay(DomainError):
    """There is no such day in the lunar calendar: no thirtieth of that month, no leap month that year, out of range."""

    kind, code, title = ErrorKind.INVALID, "no_lunar_day", "农历没有这一天，或超出 1901—2050 年"
    advice = "请核对农历年月日：该月是否有三十、当年是否闰此月"


def solar_day(day: LunarDay) -> date:
    """The day in the solar calendar. Raises `NoLunarDay`."""
    solar = to_solar(day)
    if solar is None:
        raise NoLunarDay.at("day")
    return solar


def check_year(
    year: int, holidays: Iterable[date], working_weekends: Iterable[date], *, provisional: bool = False
) -> None:
    """Raises `Invalid` with everything that is wrong, each day by its date.

    A notice may also move days of the year before: by the one for 2006 (国办发明电〔2005〕35号) Saturday 2005-12-31 is
    worked. A year that has no notice yet says nothing of another one.
    """
    holidays, working = set(holidays), set(working_weekends)
    errors: list[FieldError] = []
    if not FIRST_YEAR <= year <= LAST_YEAR:
        errors.append(FieldError("path.year", "range", f"年份须在 {FIRST_YEAR} 至 {LAST_YEAR} 之间"))
    for field, days in (("holidays", holidays), ("working_weekends", working)):
        for other in sorted({day.year for day in days} - _years_of_notice(year, provisional=provisional)):
            named = _named(day for day in days if day.year == other)
            errors.append(FieldError(field, "year", f"{named}不在{year}年内，请补入{other}年的工作日历"))
    if weekdays := [day for day in working if day.weekday() < SATURDAY]:
        errors.append(FieldError("working_weekends", "weekday", f"{_named(weekdays)}不是周六或周日"))
    if both := holidays & working:
        errors.append(FieldError("working_weekends", "overlap", f"{_named(both)}不得既放假又上班"))
    if errors:
        raise Invalid(errors=errors)


def _years_of_notice(year: int, *, provisional: bool) -> set[int]:
    return {year} if provisional or year == FIRST_YEAR else {year - 1, year}


def parted(days: Iterable[date], year: int) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """The days of a notice: those of its own year, and those of the year before."""
    days = tuple(days)
    return tuple(day for day in days if day.year == year), tuple(day for day in days if day.year < year)


def check_source(source: str) -> None:
    """Raises `Invalid` for a source that marks what the service itself has set: it would replace that again."""
    if is_ours(source):
        raise Invalid(errors=[FieldError("source", "reserved", "此来源为系统自带数据所用，请填写通知文号")])


def is_ours(source: str) -> bool:
    """Whether a year came from the shipped data or the regulation, not from a notice that somebody published."""
    return source == STATUTORY or source.startswith(SHIPPED)


def _named(days: Iterable[date]) -> str:
    return "、".join(str(day) for day in sorted(days))
