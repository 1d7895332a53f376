"""When an incident is due. All times are Shanghai's; 2026's calendar is the State Council's."""

from datetime import UTC, datetime, time

import pytest

from services.grid.dictionaries.domain import (
    Limit,
    SpecialHours,
    WorkHours,
    deadline,
    read_hours,
    shifts_in,
    shifts_out,
    special_in,
    special_out,
)
from shared.clock import SHANGHAI
from shared.workdays import Pause, WorkingCalendar
from shared.worktime import ClockUnit, Shift, end_of_limit, is_at_work, shifted
from tests.grid.builders import calendars

USUAL = WorkHours((Shift(time(8), time(12)), Shift(time(14), time(18))))
CALENDAR = WorkingCalendar(calendars())


def due(filed: str, amount: int, unit: str, hours: WorkHours = USUAL) -> str:
    start = datetime.fromisoformat(filed).replace(tzinfo=SHANGHAI).astimezone(UTC)
    found = deadline(start, Limit(amount, ClockUnit(unit)), hours, CALENDAR)
    if (
        unit != "work_day" and hours is USUAL
    ):  # of incidents it ends with the work of its last day, of records with the day
        assert end_of_limit(start, amount, ClockUnit(unit), (), CALENDAR) == (found.at, found.provisional)
    assert found.at.utcoffset() == datetime(2026, 1, 1, tzinfo=SHANGHAI).utcoffset()
    return found.at.replace(tzinfo=None).isoformat(sep=" ")


@pytest.mark.parametrize(
    ("filed", "hours", "expected"),
    [
        ("2026-03-16 10:00", 1, "2026-03-16 11:00:00"),
        ("2026-03-16 10:00", 2, "2026-03-16 12:00:00"),  # ends with the shift, not at 14:00
        ("2026-03-16 10:00", 4, "2026-03-16 16:00:00"),  # across lunch
        ("2026-03-16 12:30", 1, "2026-03-16 15:00:00"),  # filed at lunch
        ("2026-03-16 06:00", 1, "2026-03-16 09:00:00"),  # before work
        ("2026-03-16 18:00", 1, "2026-03-17 09:00:00"),  # after work
        ("2026-03-16 10:00", 8, "2026-03-17 10:00:00"),  # overnight
        ("2026-03-20 17:00", 4, "2026-03-23 11:00:00"),  # over the weekend
        ("2026-03-21 09:00", 1, "2026-03-23 09:00:00"),  # filed on a Saturday
        ("2026-09-30 17:00", 8, "2026-10-08 17:00:00"),  # over the National Day holidays
        ("2026-10-10 09:00", 1, "2026-10-10 10:00:00"),  # a Saturday that is worked
        ("2026-03-16 10:00", 0, "2026-03-16 10:00:00"),
    ],
)
def test_work_hours_run_only_while_people_work(filed: str, hours: int, expected: str) -> None:
    assert due(filed, hours, "work_hour") == expected


@pytest.mark.parametrize(
    ("filed", "days", "expected"),
    [
        ("2026-03-16 10:00", 1, "2026-03-17 18:00:00"),  # the day of filing is not counted
        ("2026-03-20 10:00", 1, "2026-03-23 18:00:00"),
        ("2026-09-30 10:00", 5, "2026-10-13 18:00:00"),  # Saturday 10-10 is worked
        ("2026-02-13 10:00", 1, "2026-02-14 18:00:00"),
        ("2026-02-14 10:00", 1, "2026-02-24 18:00:00"),
        ("2026-10-03 10:00", 1, "2026-10-08 18:00:00"),
        ("2026-10-03 10:00", 0, "2026-10-08 18:00:00"),
        ("2026-03-16 23:30", 1, "2026-03-17 18:00:00"),  # UTC's day is another one
        ("2026-03-17 00:30", 1, "2026-03-18 18:00:00"),
    ],
)
def test_work_days_end_when_the_last_ones_work_ends(filed: str, days: int, expected: str) -> None:
    assert due(filed, days, "work_day") == expected


@pytest.mark.parametrize(
    ("filed", "amount", "unit", "expected"),
    [
        ("2026-10-01 23:30", 2, "hour", "2026-10-02 01:30:00"),
        ("2026-03-16 10:00", 48, "hour", "2026-03-18 10:00:00"),
        ("2026-03-20 10:00", 1, "day", "2026-03-21 23:59:59"),
        ("2026-03-16 10:00", 0, "day", "2026-03-16 23:59:59"),
    ],
)
def test_hours_and_days_run_on_holidays_as_well(filed: str, amount: int, unit: str, expected: str) -> None:
    assert due(filed, amount, unit) == expected


@pytest.mark.parametrize(
    ("filed", "unit", "provisional"),
    [
        ("2026-12-30 10:00", "work_day", False),
        ("2026-12-31 10:00", "work_day", True),
        ("2026-12-31 17:30", "work_hour", True),
        ("2026-12-31 17:30", "hour", False),
    ],
)
def test_a_deadline_in_a_year_without_a_notice_is_provisional(filed: str, unit: str, provisional: bool) -> None:
    start = datetime.fromisoformat(filed).replace(tzinfo=SHANGHAI)
    assert deadline(start, Limit(1, ClockUnit(unit)), USUAL, CALENDAR).provisional is provisional


SEASONS = WorkHours(
    usual=(Shift(time(8, 30), time(12)), Shift(time(13, 30), time(17, 30))),
    special=(
        SpecialHours((Shift(time(8), time(12)), Shift(time(15), time(18, 15))), begins=(5, 1), ends=(9, 30)),
        SpecialHours((Shift(time(9), time(11, 45)),), weekdays=(6, 7), begins=(10, 1), ends=(4, 30)),
        SpecialHours((Shift(time(8, 30), time(12)), Shift(time(13, 30), time(16))), (5,), (10, 1), (4, 30)),
    ),
)
"""Summer hours, a short Friday the rest of the year, and shorter Saturdays when they are worked."""


@pytest.mark.parametrize(
    ("filed", "amount", "unit", "expected"),
    [
        ("2026-03-16 08:00", 1, "work_hour", "2026-03-16 09:30:00"),  # work begins at half past eight
        ("2026-03-16 11:45", 1, "work_hour", "2026-03-16 14:15:00"),  # a quarter before lunch, three quarters after it
        ("2026-03-16 16:50", 1, "work_hour", "2026-03-17 08:50:00"),
        ("2026-03-20 15:30", 1, "work_hour", "2026-03-23 09:00:00"),  # a Friday ends at four
        ("2026-03-19 10:00", 1, "work_day", "2026-03-20 16:00:00"),
        ("2026-02-14 09:00", 2, "work_hour", "2026-02-14 11:00:00"),  # a Saturday that is worked
        ("2026-02-14 11:00", 1, "work_hour", "2026-02-24 08:45:00"),  # the rest of it behind the Spring Festival
        ("2026-02-13 10:00", 1, "work_day", "2026-02-14 11:45:00"),
        ("2026-04-30 17:00", 1, "work_hour", "2026-05-06 08:30:00"),  # the season changes behind the holidays
        ("2026-06-15 11:30", 1, "work_hour", "2026-06-15 15:30:00"),
        ("2026-06-15 10:00", 1, "work_day", "2026-06-16 18:15:00"),
        ("2026-05-09 16:00", 2, "work_hour", "2026-05-09 18:00:00"),  # worked in summer: the summer's hours
    ],
)
def test_hours_of_work_are_data_by_season_and_day_of_the_week(
    filed: str, amount: int, unit: str, expected: str
) -> None:
    assert due(filed, amount, unit, SEASONS) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-03-16 08:29", False),
        ("2026-03-16 08:30", True),
        ("2026-03-16 11:59", True),
        ("2026-03-16 12:00", False),  # lunch has begun
        ("2026-03-16 13:30", True),
        ("2026-03-20 15:59", True),
        ("2026-03-20 16:00", False),  # a Friday
        ("2026-03-21 10:00", False),  # a Saturday
        ("2026-02-28 10:00", True),  # a Saturday that is worked
        ("2026-02-28 11:45", False),  # and is short
        ("2026-04-06 10:00", False),  # a Monday off
        ("2026-06-15 12:30", False),
        ("2026-06-15 18:10", True),  # in summer
    ],
)
def test_when_people_are_at_work(at: str, expected: bool) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=SHANGHAI)
    assert is_at_work(instant.astimezone(UTC), CALENDAR, SEASONS) is expected


@pytest.mark.parametrize(
    ("begins", "ends", "inside", "outside"),
    [
        ((5, 1), (9, 30), [(5, 1), (7, 15), (9, 30)], [(4, 30), (10, 1), (1, 1)]),
        ((10, 1), (4, 30), [(10, 1), (12, 31), (1, 1), (2, 29), (4, 30)], [(5, 1), (9, 30)]),
        ((3, 8), (3, 8), [(3, 8)], [(3, 7), (3, 9)]),
        (None, None, [(1, 1), (2, 29), (12, 31)], []),
    ],
)
def test_a_season_has_both_its_ends_and_may_run_over_the_new_year(
    begins: tuple[int, int] | None,
    ends: tuple[int, int] | None,
    inside: list[tuple[int, int]],
    outside: list[tuple[int, int]],
) -> None:
    season = SpecialHours((Shift(time(8), time(12)),), weekdays=(2,), begins=begins, ends=ends)
    assert [day for day in inside if not season.covers(*day, 2)] == []
    assert [day for day in outside if season.covers(*day, 2)] == []
    assert not any(season.covers(*day, weekday) for day in inside for weekday in (1, 3, 7))


@pytest.mark.parametrize(
    ("end", "amount", "unit", "before", "expected"),
    [
        ("2026-03-16 09:30", 1, "work_hour", True, "2026-03-16 08:30:00"),
        ("2026-03-16 09:00", 1, "work_hour", True, "2026-03-13 15:30:00"),  # half of it on Friday
        ("2026-03-13 15:30", 1, "work_hour", False, "2026-03-16 09:00:00"),
        ("2026-03-16 14:00", 2, "work_hour", True, "2026-03-16 10:30:00"),  # across lunch
        ("2026-03-16 14:00", 0, "work_hour", True, "2026-03-16 14:00:00"),
        ("2026-03-01 10:00", 1, "work_day", True, "2026-02-28 00:00:00"),  # a Saturday that is worked
        ("2026-02-13 10:00", 1, "work_day", False, "2026-02-14 23:59:59"),
    ],
)
def test_so_much_before_or_after_an_instant_in_hours_of_the_county(
    end: str, amount: int, unit: str, before: bool, expected: str
) -> None:
    instant = datetime.fromisoformat(end).replace(tzinfo=SHANGHAI)
    found = shifted(instant, amount, ClockUnit(unit), CALENDAR, before=before, hours=SEASONS)
    assert found.replace(tzinfo=None).isoformat(sep=" ") == expected


def test_a_pause_is_left_out_of_work_hours_and_of_days() -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)

    pauses = [Pause(at("2026-03-16 11:00"), at("2026-03-17 14:00"))]
    filed = at("2026-03-16 10:00")
    assert deadline(filed, Limit(3, ClockUnit.WORK_HOUR), SEASONS, CALENDAR, pauses).at == at("2026-03-17 16:00")
    assert deadline(filed, Limit(1, ClockUnit.WORK_DAY), SEASONS, CALENDAR, pauses).at == at("2026-03-17 17:30")
    assert deadline(filed, Limit(1, ClockUnit.WORK_HOUR), SEASONS, CALENDAR, pauses).at == at("2026-03-16 11:00")


def test_hours_of_work_are_read_and_kept_as_they_were_written() -> None:
    assert special_in(special_out(SEASONS.special)) == SEASONS.special
    assert shifts_in(shifts_out(SEASONS.usual)) == SEASONS.usual
    assert shifts_in([["08:00", "12:00"], ["14:00", "18:00"]]) == USUAL.usual  # as the first version has them
    assert read_hours(WorkHours(SEASONS.usual, SEASONS.special[1:])) == (
        "08:30—12:00，13:30—17:30；10-01 至 04-30 周六、日 09:00—11:45；10-01 至 04-30 周五 08:30—12:00，13:30—16:00"
    )
