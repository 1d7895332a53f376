"""Remedies against a refusal or a denial (救济途径): until when somebody may ask for review, or sue."""

from calendar import monthrange
from datetime import date, timedelta

REVIEW_DAYS = 60
"""Days within which administrative review is asked for (行政复议法 20)."""
SUIT_MONTHS = 6
"""Months within which an administrative action is brought (行政诉讼法 46)."""


def remedies_from(told: date) -> dict[str, date]:
    """The last days of both, for who was told on a day; a month that is too short ends with its last day."""
    month = told.month - 1 + SUIT_MONTHS
    year, month = told.year + month // 12, month % 12 + 1
    last = date(year, month, min(told.day, monthrange(year, month)[1]))
    return {"review_until": told + timedelta(days=REVIEW_DAYS), "suit_until": last}
