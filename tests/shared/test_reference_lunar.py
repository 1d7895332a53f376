"""Lunar birthdays: two sources that agree, both directions, leap months, three months that one package has wrong."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy import lunar_data
from shared.reference.lunar import LunarDay, to_lunar, to_solar

FIRST, LAST = date(1901, 2, 19), date(2051, 2, 10)


@pytest.mark.parametrize(
    ("lunar", "solar"),
    [
        (LunarDay(1978, 7, 30), date(1978, 9, 2)),  # a widely used package: the first of the eighth month
        (LunarDay(1933, 5, 30, leap=True), date(1933, 7, 22)),
        (LunarDay(1954, 11, 1), date(1954, 11, 25)),
        (LunarDay(2023, 2, 1, leap=True), date(2023, 3, 22)),
        (LunarDay(1960, 4, 22), date(1960, 5, 17)),
        (LunarDay(2026, 1, 1), date(2026, 2, 17)),
        (LunarDay(1984, 10, 1, leap=True), date(1984, 11, 23)),
    ],
)
def test_known_days(lunar: LunarDay, solar: date) -> None:
    assert to_solar(lunar) == solar
    assert to_lunar(solar) == lunar


@given(st.dates(FIRST, LAST))
def test_there_and_back(day: date) -> None:
    lunar = to_lunar(day)
    assert lunar is not None
    assert to_solar(lunar) == day
    assert abs(day.year - lunar.year) <= 1


def test_each_day_has_one_of_its_own() -> None:
    days = [FIRST + timedelta(days=n) for n in range(3000)]
    assert len({to_lunar(one) for one in days}) == len(days)


@pytest.mark.parametrize(
    "lunar",
    [
        LunarDay(2022, 2, 1, leap=True),
        LunarDay(2026, 1, 31),
        LunarDay(2026, 0, 1),
        LunarDay(2026, 13, 1),
        LunarDay(2026, 1, 0),
        LunarDay(1900, 1, 1),
        LunarDay(2051, 1, 1),
    ],
)
def test_what_is_no_lunar_day(lunar: LunarDay) -> None:
    assert to_solar(lunar) is None


@pytest.mark.parametrize("day", [date(1901, 2, 18), date(2051, 2, 11), date(1800, 1, 1), date(2999, 12, 31)])
def test_beyond_the_table(day: date) -> None:
    assert to_lunar(day) is None


def test_the_file_is_what_both_sources_say() -> None:
    assert lunar_data.FILE.read_text("utf-8") == lunar_data.render()


def test_where_the_sources_differ_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lunar_data, "LAST", 2089)
    with pytest.raises(lunar_data.SourcesDiffer, match="2089"):
        lunar_data.render()
