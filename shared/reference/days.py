"""The days that anything here can be of: a year outside these is a typing error, and some would break calculations."""

from datetime import date

FIRST_YEAR, LAST_YEAR = 1800, 2999


def is_possible(day: date) -> bool:
    """Whether the day lies in the years that are dealt with."""
    return FIRST_YEAR <= day.year <= LAST_YEAR
