"""Working days and the statutory clock: every vector of the law and of the field."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy import calendar_data
from shared.clock import SHANGHAI
from shared.contracts.registry.calendar import CalendarState
from shared.reference.calendar import provisional_year, published_years
from shared.workdays import Due, Pause, WorkingCalendar, end_of

CALENDAR = WorkingCalendar(published_years())


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-09-30", 5, "2026-10-13"),  # Saturday 10-10 is worked
        ("2026-02-13", 1, "2026-02-14"),  # a Saturday worked
        ("2026-02-14", 1, "2026-02-24"),
        ("2026-10-03", 1, "2026-10-08"),
        ("2026-10-03", 0, "2026-10-08"),  # 0 days from a day off: the next working day
        ("2026-10-04", 0, "2026-10-08"),
        ("2026-10-09", 0, "2026-10-09"),
        ("2026-10-10", 0, "2026-10-10"),
        ("2026-03-02", 5, "2026-03-09"),
        ("2026-03-02", 20, "2026-03-30"),
        ("2025-12-31", 1, "2026-01-04"),  # a Sunday worked
        ("2005-12-30", 1, "2005-12-31"),  # a Saturday worked, by the notice for 2006
    ],
)
def test_working_days_within_the_data(start: str, days: int, due: str) -> None:
    assert CALENDAR.add(date.fromisoformat(start), days) == Due(date.fromisoformat(due), provisional=False)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-12-31", 1, "2027-01-04"),
        ("2027-01-02", 0, "2027-01-04"),
        ("2027-02-04", 1, "2027-02-11"),  # eve 02-05, 06, 07, 08; 09 and 10 for Saturday and Sunday
        ("2028-01-24", 1, "2028-01-31"),  # eve 01-25, 26 to 28, weekend
        ("2029-02-09", 1, "2029-02-16"),
        ("2030-02-01", 1, "2030-02-08"),  # eve Saturday 02-02, 03, 04, 05; 06 and 07 in lieu
        ("2027-04-30", 1, "2027-05-05"),  # 05-01 and 02 on a weekend; 03 and 04 in lieu
        ("2027-04-02", 1, "2027-04-06"),
        ("2027-06-08", 1, "2027-06-10"),
        ("2027-09-14", 1, "2027-09-16"),
        ("2027-09-30", 1, "2027-10-06"),
        ("2027-12-31", 1, "2028-01-04"),  # New Year on a Saturday; 01-03 in lieu
        ("2028-04-28", 1, "2028-05-03"),
        ("2060-04-30", 1, "2060-05-05"),  # beyond the lunar table
    ],
)
def test_days_beyond_the_data_are_computed_and_marked_provisional(start: str, days: int, due: str) -> None:
    assert CALENDAR.add(date.fromisoformat(start), days) == Due(date.fromisoformat(due), provisional=True)


def test_the_last_day_of_the_data_is_not_provisional() -> None:
    assert CALENDAR.add(date(2026, 12, 30), 1) == Due(date(2026, 12, 31), provisional=False)


def test_importing_the_notice_makes_the_day_certain_and_may_move_it() -> None:
    notice = CalendarState(
        id="2027",
        version=1,
        year=2027,
        holidays=(date(2027, 1, 1), date(2027, 1, 4)),
        working_weekends=(date(2027, 1, 3),),
        provisional=False,
        source="notice",
    )
    calendar = WorkingCalendar([*published_years(), notice])
    assert calendar.add(date(2026, 12, 31), 1) == Due(date(2027, 1, 3), provisional=False)
    assert calendar.add(date(2026, 12, 31), 2) == Due(date(2027, 1, 5), provisional=False)


def test_a_published_year_may_itself_be_provisional() -> None:
    guess = CalendarState(
        id="2027", version=1, year=2027, holidays=(), working_weekends=(), provisional=True, source="guess"
    )
    assert WorkingCalendar([guess]).add(date(2027, 1, 1), 0) == Due(date(2027, 1, 1), provisional=True)


def test_the_paused_case_of_the_design() -> None:
    pauses = [Pause(at("2026-03-04T10:00"), at("2026-03-06T09:00"))]
    assert CALENDAR.due(at("2026-03-02T15:00"), 5, pauses) == Due(date(2026, 3, 11), provisional=False)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        ([], "2026-03-09"),
        ([("2026-03-03T09:00", "2026-03-03T17:00")], "2026-03-09"),  # within one day: it runs at the day's end
        ([("2026-03-03T17:00", "2026-03-04T00:00")], "2026-03-10"),  # stands still when the day ends
        ([("2026-03-07T09:00", "2026-03-08T09:00")], "2026-03-09"),  # over a weekend
        ([("2026-03-02T16:00", "2026-03-03T08:00")], "2026-03-09"),  # the day of acceptance does not count anyway
        ([("2026-03-03T09:00", "2026-03-04T09:00"), ("2026-03-05T09:00", "2026-03-06T09:00")], "2026-03-11"),
        ([("2026-03-03T09:00", "2026-03-05T09:00"), ("2026-03-04T09:00", "2026-03-06T09:00")], "2026-03-12"),
    ],
)
def test_a_working_day_counts_if_the_case_runs_at_its_end(pauses: list[tuple[str, str]], due: str) -> None:
    stood = [Pause(at(start), at(end)) for start, end in pauses]
    assert CALENDAR.due(at("2026-03-02T15:00"), 5, stood) == Due(date.fromisoformat(due), provisional=False)


def test_while_the_clock_stands_still_nobody_knows_the_due_day() -> None:
    assert CALENDAR.due(at("2026-03-02T15:00"), 5, [Pause(at("2026-03-04T10:00"))]) is None


def test_a_pause_after_the_due_day_changes_nothing() -> None:
    assert CALENDAR.due(at("2026-03-02T15:00"), 5, [Pause(at("2026-03-10T10:00"))]) == Due(date(2026, 3, 9), False)


def test_days_used_are_those_that_ended_while_the_case_ran() -> None:
    pauses = [Pause(at("2026-03-04T10:00"), at("2026-03-06T09:00"))]
    accepted = at("2026-03-02T15:00")
    used = [CALENDAR.used(accepted, at(f"2026-03-{day:02d}T12:00"), pauses) for day in range(2, 13)]
    assert used == [0, 0, 1, 1, 1, 2, 2, 2, 3, 4, 5]


def test_acceptance_counts_by_the_day_in_shanghai() -> None:
    late = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)  # 00:30 on Monday 03-02 in Shanghai
    assert CALENDAR.due(late, 5) == Due(date(2026, 3, 9), provisional=False)
    assert end_of(date(2026, 3, 9)) == datetime(2026, 3, 9, 16, tzinfo=UTC)


def test_a_negative_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 0"):
        CALENDAR.due(date(2026, 3, 2), -1)


def test_the_exceptions_of_2026_are_those_of_the_notice() -> None:
    year = next(year for year in published_years() if year.year == 2026)
    assert [f"{day:%m-%d}" for day in year.working_weekends] == ["01-04", "02-14", "02-28", "05-09", "09-20", "10-10"]
    spans = ["01-01 3", "02-15 9", "04-04 3", "05-01 5", "06-19 3", "09-25 3", "10-01 7"]
    expected = [
        date.fromisoformat(f"2026-{first}") + timedelta(days=n)
        for first, length in (span.split() for span in spans)
        for n in range(int(length))
    ]
    assert list(year.holidays) == expected


def test_the_days_differ_from_the_library_where_a_notice_says_so_and_nowhere_else() -> None:
    days = [date(2004, 1, 1) + timedelta(days=n) for n in range((date(2027, 1, 1) - date(2004, 1, 1)).days)]
    differ = [day for day in days if CALENDAR.is_working_day(day) is not chinese_calendar.is_workday(day)]
    assert differ == list(calendar_data.WORKED) == [date(2005, 12, 31)]
    assert all(notice.startswith("国办发明电〔") for notice in calendar_data.WORKED.values())


def test_every_day_from_2004_to_2050_agrees_with_a_second_source() -> None:
    """Facts of the notices as the package `holidays` tells them, and of the regulation for years without a notice."""
    second = json.loads(Path(__file__).with_name("second_calendar.json").read_text("utf-8"))
    del second["source"]
    assert [int(year) for year in second] == list(range(2004, 2051))
    for year, days in second.items():
        off = {date.fromisoformat(f"{year}-{day}") for day in days["off"].split()}
        worked = {date.fromisoformat(f"{year}-{day}") for day in days.get("worked", "").split()}
        for n in range((date(int(year) + 1, 1, 1) - date(int(year), 1, 1)).days):
            day = date(int(year), 1, 1) + timedelta(days=n)
            expected = day in worked or (day.weekday() < 5 and day not in off)
            assert CALENDAR.is_working_day(day) is expected, day


def test_the_committed_data_is_what_the_script_writes() -> None:
    assert calendar_data.FILE.read_text("utf-8") == calendar_data.render()


def test_a_statutory_year_has_its_thirteen_days_and_those_in_lieu_of_weekends() -> None:
    year = provisional_year(2027)
    assert [str(day) for day in year.holidays] == [
        "2027-01-01",
        *("2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08", "2027-02-09", "2027-02-10"),
        "2027-04-05",
        *("2027-05-01", "2027-05-02", "2027-05-03", "2027-05-04"),
        "2027-06-09",
        "2027-09-15",
        *("2027-10-01", "2027-10-02", "2027-10-03", "2027-10-04", "2027-10-05"),
    ]
    assert (year.provisional, year.working_weekends) == (True, ())


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2028, 15),  # Mid-Autumn falls on National Day's third, a Tuesday: the regulation gives no day for that
        (2029, 15),
        (2039, 18),  # Mid-Autumn and National Day's second fall on one Sunday: a day in lieu of each
        (2060, 10),  # beyond the lunar table
    ],
)
def test_what_falls_together_is_one_day_and_each_on_a_weekend_has_its_own_in_lieu(year: int, days: int) -> None:
    assert len(provisional_year(year).holidays) == days


days = st.dates(date(2005, 1, 1), date(2040, 1, 1))


@given(days, st.integers(1, 60))
def test_adding_and_counting_are_inverse(start: date, number: int) -> None:
    due = CALENDAR.add(start, number)
    assert CALENDAR.count(start, due.day) == number
    assert CALENDAR.is_working_day(due.day)
    assert CALENDAR.count(start, due.day - timedelta(days=1)) == number - 1


@given(days, st.integers(1, 30), st.integers(0, 30))
def test_limits_add_up_and_never_run_backwards(start: date, first: int, second: int) -> None:
    halfway = CALENDAR.add(start, first).day
    assert CALENDAR.add(halfway, second).day == CALENDAR.add(start, first + second).day
    assert halfway >= start


@given(days, st.integers(1, 20), st.integers(0, 400), st.integers(0, 400))
def test_a_pause_never_brings_the_due_day_forward(start: date, limit: int, begins: int, lasts: int) -> None:
    accepted = datetime(start.year, start.month, start.day, 9, tzinfo=SHANGHAI)
    pause = Pause(accepted + timedelta(hours=begins), accepted + timedelta(hours=begins + lasts))
    paused = CALENDAR.due(accepted, limit, [pause])
    plain = CALENDAR.due(accepted, limit)
    assert paused is not None
    assert plain is not None
    assert paused.day >= plain.day
