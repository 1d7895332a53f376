"""A row of the dictionary's table, judged by itself: what it enters, what it is once, and all that is wrong with it."""

from datetime import time
from typing import Any

from services.grid.dictionaries.domain import CategoryTerms, LimitTerms, Terms, Treatment, WorkHours
from services.grid.dictionary_tables.domain import COLUMNS, read_row, rows_of, told
from shared.contracts.severity import Severity
from shared.worktime import ClockUnit, Shift

LONGEST = {"work_hour": 2_000, "work_day": 250, "hour": 8_760, "day": 366}
ROW: dict[str, Any] = {
    "category": "fire",
    "name": "消防隐患",
    "severity": "urgent",
    "treatment": "engineering",
    "amount": 6,
    "unit": "work_hour",
}


def wrong_in(**cells: Any) -> list[tuple[str, str]]:
    return [(one.path, one.code) for one in read_row(ROW | cells).errors]


def test_a_right_row_is_one_limit_of_its_category() -> None:
    read = read_row(ROW)
    limit = LimitTerms(Severity.URGENT, 6, ClockUnit.WORK_HOUR, Treatment.ENGINEERING)
    assert (read.new, list(read.errors)) == (CategoryTerms("fire", "消防隐患", (limit,)), [])


def test_without_a_treatment_it_is_the_routine_one() -> None:
    absent = {name: cell for name, cell in ROW.items() if name != "treatment"}
    for row in (absent, ROW | {"treatment": None}, ROW | {"treatment": ""}):
        new = read_row(row).new
        assert new is not None
        assert [one.treatment for one in new.limits] == [Treatment.ROUTINE]


def test_a_category_has_one_limit_by_severity_and_treatment() -> None:
    key = read_row(ROW).key
    for same in ({"amount": 9}, {"unit": "day"}, {"name": "火灾隐患"}):
        assert read_row(ROW | same).key == key
    for other in ({"category": "noise"}, {"severity": "normal"}, {"treatment": "routine"}):
        assert read_row(ROW | other).key != key


def test_a_limit_is_at_least_one_and_about_a_year_at_most() -> None:
    for unit, most in LONGEST.items():
        for right in (1, most):
            assert wrong_in(unit=unit, amount=right) == []
        for wrong in (-1, 0, most + 1):
            assert wrong_in(unit=unit, amount=wrong) == [("amount", "range")]


def test_everything_that_is_wrong_with_a_row_is_told_at_its_cell() -> None:
    wrong = wrong_in(category="消防", name="联系13800001234", amount=0)
    assert wrong == [("category", "code"), ("name", "plain_identifier"), ("amount", "range")]


def test_no_sentence_repeats_a_persons_number() -> None:
    read = read_row(ROW | {"category": "13800001234", "name": "联系13800001234"})
    assert len(read.errors) == 2
    assert not any("13800001234" in one.message for one in read.errors)
    assert "13800001234" not in repr(read)


def test_what_a_version_says_is_read_back_from_its_rows_in_order() -> None:
    limits = (
        LimitTerms(Severity.URGENT, 2, ClockUnit.HOUR),
        LimitTerms(Severity.NORMAL, 30, ClockUnit.DAY, Treatment.ENGINEERING),
        LimitTerms(Severity.NORMAL, 5, ClockUnit.WORK_DAY),
    )
    categories = (CategoryTerms("noise", "噪声扰民", limits), CategoryTerms("fire", "消防隐患", limits[:1]))
    rows = list(rows_of(Terms(WorkHours((Shift(time(8), time(12)),)), categories)))
    assert [(row["category"], row["severity"], row["treatment"]) for row in rows] == [
        ("noise", "normal", "routine"),
        ("noise", "normal", "engineering"),
        ("noise", "urgent", "routine"),
        ("fire", "urgent", "routine"),
    ]
    for row in rows:
        read = read_row(row)
        assert not read.errors
        assert read.new is not None
        assert told(read.new) == row
        assert set(row) == {column.code for column in COLUMNS}
