"""A year's exceptions from the week: days off, and Saturdays and Sundays that are worked (调休)."""

from collections.abc import Iterable
from datetime import date

from shared.errors import FieldError, Invalid

SATURDAY = 5
FIRST_YEAR, LAST_YEAR = 2004, 2100


def check_year(year: int, holidays: Iterable[date], working_weekends: Iterable[date]) -> None:
    """Raises `Invalid` with everything that is wrong."""
    holidays, working = set(holidays), set(working_weekends)
    errors: list[FieldError] = []
    if not FIRST_YEAR <= year <= LAST_YEAR:
        errors.append(FieldError("year", "range", f"年份须在 {FIRST_YEAR} 至 {LAST_YEAR} 之间"))
    if any(day.year != year for day in holidays):
        errors.append(FieldError("holidays", "year", "放假日期须在该年度内"))
    if any(day.year != year for day in working):
        errors.append(FieldError("working_weekends", "year", "调休上班日期须在该年度内"))
    if any(day.weekday() < SATURDAY for day in working):
        errors.append(FieldError("working_weekends", "weekday", "调休上班日期须为周六或周日"))
    if holidays & working:
        errors.append(FieldError("working_weekends", "overlap", "同一天不得既放假又上班"))
    if errors:
        raise Invalid(errors=errors)
