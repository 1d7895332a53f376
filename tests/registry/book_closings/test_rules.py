"""Which month is next, which day may lie in a closed one, and where a line counts that came in late."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.book_closings.domain import first_day, is_of_this_month, last_day, month_of, next_month
from services.registry.life_events.domain import Entry
from services.registry.postings.domain import NewLine, Posted, late_on, lines_to_enter
from shared.contracts.registry.postings import Book, PostingKind
from tests.registry.builders import FAR, VILLAGE

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def a_line(day: date, amount: int = 1, counterpart: str | None = None) -> Entry:
    kind = PostingKind.TRANSFER_IN if counterpart else PostingKind.IN
    return Entry(Book.RESIDENCE, kind, VILLAGE, amount, day, counterpart)


@given(DAYS)
def test_a_month_is_its_days_and_the_next_follows_the_last(day: date) -> None:
    month = month_of(day)
    assert first_day(month) <= day <= last_day(month)
    assert month_of(first_day(month) - timedelta(days=1)) < month < next_month(last_day(month))
    assert first_day(next_month(last_day(month))) == last_day(month) + timedelta(days=1)


@given(DAYS, DAYS)
def test_what_is_not_asked_for_can_be_closed_neither_today_nor_tomorrow(occurred_on: date, today: date) -> None:
    """A transaction that begins on the last day of a month may end when the month is closed."""
    if is_of_this_month(occurred_on, today):
        assert month_of(occurred_on) >= month_of(today) == month_of(today + timedelta(days=1))


@pytest.mark.parametrize(
    ("occurred_on", "closed", "late"),
    [
        (date(2026, 1, 31), [None], None),
        (date(2026, 1, 31), [date(2026, 1, 31)], date(2026, 2, 1)),
        (date(2026, 2, 1), [date(2026, 1, 31)], None),
        (date(2025, 7, 1), [date(2026, 2, 28)], date(2026, 3, 1)),
        # the other village of a transfer has closed its month: both halves count together
        (date(2026, 1, 5), [None, date(2026, 1, 31)], date(2026, 2, 1)),
        (date(2026, 1, 5), [date(2026, 2, 28), date(2026, 1, 31)], date(2026, 3, 1)),
    ],
)
def test_a_line_of_a_closed_month_counts_in_the_first_open_one(
    occurred_on: date, closed: list[date | None], late: date | None
) -> None:
    assert late_on(NewLine(a_line(occurred_on, counterpart=FAR)), closed) == late


@given(DAYS, st.one_of(st.none(), DAYS), st.one_of(st.none(), DAYS))
def test_a_line_is_taken_back_in_no_month_before_its_own(
    occurred_on: date, closed: date | None, later: date | None
) -> None:
    """Also if months have been closed since, or reopened."""
    entry = a_line(occurred_on)
    first = late_on(NewLine(entry), [closed and last_day(month_of(closed))])
    posted = Posted(uuid4(), entry, late_on=first)
    assert posted.counts_on == (first or occurred_on)
    (back,) = lines_to_enter([posted], [])
    until = later and last_day(month_of(later))
    counts_on = late_on(back, [until]) or occurred_on
    assert counts_on >= posted.counts_on
    assert until is None or counts_on > until
