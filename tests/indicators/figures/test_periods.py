"""Periods by their names, and what each is compared with."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.indicators.figures.domain.periods import (
    Period,
    PeriodNotBegun,
    PeriodStep,
    PeriodUnknown,
    count_of,
    periods,
)

DAYS = st.dates(date(1801, 1, 8), date(2998, 12, 20))


@pytest.mark.parametrize(
    ("name", "since", "until"),
    [
        ("2026", "2026-01-01", "2026-12-31"),
        ("2026-Q1", "2026-01-01", "2026-03-31"),
        ("2026-Q4", "2026-10-01", "2026-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2026-12", "2026-12-01", "2026-12-31"),
        ("2026-W01", "2025-12-29", "2026-01-04"),
        ("2020-W53", "2020-12-28", "2021-01-03"),
        ("2026-03-16", "2026-03-16", "2026-03-16"),
    ],
)
def test_a_period_is_named_as_people_name_it(name: str, since: str, until: str) -> None:
    found = Period.named(name)
    assert (str(found.since), str(found.until), found.name) == (since, until, name)


@pytest.mark.parametrize(
    "name",
    [
        *("0000", "0000-01", "0000-W01", "1799", "3000", "9999-Q4", "2026-13", "2026-00", "2026-W00", "2026-W54"),
        *(
            "2025-W53",
            "2026-02-29",
            "2026-Q5",
            "2026-Q0",
            "2026-1",
            "二〇二六",
            "２０２６",
            "2026-03-16T00",
            "",
            "2026-",
        ),
    ],
)
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(PeriodUnknown) as refused:
        Period.named(name)
    assert refused.value.errors[0].path == "query.period"


@given(DAYS, st.sampled_from(PeriodStep))
def test_a_period_holds_its_day_and_the_next_one_begins_where_it_ends(day: date, step: PeriodStep) -> None:
    found = Period.holding(day, step)
    assert found.since <= day <= found.until
    assert Period.named(found.name) == found
    after = Period.holding(found.until + timedelta(days=1), step)
    assert after.since == found.until + timedelta(days=1)
    assert after.previous() == found


@given(DAYS, st.integers(0, 800), st.sampled_from(PeriodStep))
def test_periods_of_some_days_follow_one_another_and_are_counted_without_being_made(
    day: date, more: int, step: PeriodStep
) -> None:
    found = list(periods(step, day, day + timedelta(days=more)))
    assert count_of(step, day, day + timedelta(days=more)) == len(found)
    assert found[0].since <= day
    assert found[-1].until >= day + timedelta(days=more)
    assert all(one.previous() == before for before, one in pairwise(found))


@pytest.mark.parametrize(
    ("name", "previous", "last_year"),
    [
        ("2026", "2025", "2025"),
        ("2026-Q1", "2025-Q4", "2025-Q1"),
        ("2026-01", "2025-12", "2025-01"),
        ("2024-02-29", "2024-02-28", "2023-02-28"),
        ("2026-W01", "2025-W52", "2025-W01"),
        ("2020-W53", "2020-W52", None),
        ("1800", None, None),
        ("1800-Q1", None, None),
        ("1801-W01", "1800-W52", None),
    ],
)
def test_what_came_before_and_a_year_ago(name: str, previous: str | None, last_year: str | None) -> None:
    period = Period.named(name)
    before, ago = period.previous(), period.last_year()
    assert (before and before.name, ago and ago.name) == (previous, last_year)


@pytest.mark.parametrize(
    ("name", "today", "as_of", "previous", "last_year"),
    [
        ("2026-03", "2026-03-16", "2026-03-16", "2026-02-16", "2025-03-16"),
        ("2026-03", "2026-03-31", "2026-03-31", "2026-02-28", "2025-03-31"),
        ("2026-03", "2026-03-30", "2026-03-30", "2026-02-28", "2025-03-30"),
        ("2026-02", "2026-03-16", "2026-02-28", "2026-01-31", "2025-02-28"),
        ("2024", "2024-02-29", "2024-02-29", "2023-03-01", "2023-02-28"),
        ("2026-Q1", "2026-03-16", "2026-03-16", "2025-12-14", "2025-03-16"),
        ("2026-W12", "2026-03-17", "2026-03-17", "2026-03-10", "2025-03-18"),
    ],
)
def test_a_period_that_is_not_over_is_compared_with_as_much_of_another(
    name: str, today: str, as_of: str, previous: str, last_year: str
) -> None:
    """Else the first half of a month would always be less than the month before."""
    stretch = Period.named(name).through(date.fromisoformat(today))
    before, ago = stretch.previous(), stretch.last_year()
    assert before is not None
    assert ago is not None
    assert (str(stretch.as_of), str(before.as_of), str(ago.as_of)) == (as_of, previous, last_year)
    assert stretch.running is (stretch.as_of < stretch.period.until)


def test_of_a_period_that_has_not_begun_nothing_is_known() -> None:
    with pytest.raises(PeriodNotBegun):
        Period.named("2026-04").through(date(2026, 3, 31))
