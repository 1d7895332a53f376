"""Rules of staff by themselves: what an appointment is refused for, all at once; and the days that nobody answers."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise, product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.grid.staff.domain import (
    AHEAD,
    TRANSITIONS,
    Employment,
    NewStaff,
    Spell,
    StaffDuty,
    StaffPost,
    StaffStatus,
    check,
    gaps,
)
from shared.errors import FieldError, Invalid
from tests.grid.builders import FIRST_GRID

TODAY = date(2026, 3, 16)
WORKER = NewStaff(
    FIRST_GRID, "u-1", StaffPost.WORKER, StaffDuty.RESPONSIBLE, TODAY, employment=Employment.FULL_TIME
)  # fmt: skip


def told(new: NewStaff) -> list[tuple[str, str]]:
    """Path and code of each refused field; every message is Chinese."""
    found: tuple[FieldError, ...] = ()
    try:
        check(new, TODAY)
    except Invalid as error:
        found = error.errors
    assert all("一" <= one.message[0] <= "龥" for one in found)
    return [(one.path, one.code) for one in found]


def test_each_post_has_its_duties_and_workers_alone_an_employment() -> None:
    until = TODAY + timedelta(days=7)
    for post, duty, employment in product(StaffPost, StaffDuty, (None, *Employment)):
        expected = []
        if (post == "worker") != (employment is not None):
            expected.append(("employment", "of_workers"))
        if post == "instructor" and duty != "assisting":
            expected.append(("duty", "of_instructors"))
        new = replace(WORKER, post=post, duty=duty, employment=employment, until=until)
        assert told(new) == expected, (post, duty, employment)


@pytest.mark.parametrize(
    ("days", "until", "expected"),
    [
        (0, None, []),
        (-400, None, []),
        (AHEAD.days, None, []),
        (AHEAD.days + 1, None, [("since", "too_far_ahead")]),
        (0, 1, []),
        (0, 0, [("until", "before_since")]),
        (0, -1, [("until", "before_since")]),
        (AHEAD.days + 1, 0, [("since", "too_far_ahead"), ("until", "before_since")]),
    ],
)
def test_a_term_begins_within_a_year_and_ends_after_it_began(
    days: int, until: int | None, expected: list[tuple[str, str]]
) -> None:
    since = TODAY + timedelta(days=days)
    end = None if until is None else since + timedelta(days=until)
    assert told(replace(WORKER, since=since, until=end)) == expected


def test_a_substitute_has_an_end_and_whatever_is_wrong_is_told_together() -> None:
    assert told(replace(WORKER, duty=StaffDuty.SUBSTITUTE)) == [("until", "of_substitutes")]
    assert told(replace(WORKER, duty=StaffDuty.SUBSTITUTE, until=TODAY + timedelta(days=1))) == []
    wrong: dict[str, Any] = {"post": StaffPost.INSTRUCTOR, "duty": StaffDuty.SUBSTITUTE, "since": date(2029, 1, 1)}
    assert [code for _, code in told(replace(WORKER, **wrong))] == [
        "too_far_ahead", "of_workers", "of_instructors", "of_substitutes",
    ]  # fmt: skip


def test_what_was_withdrawn_stays_so() -> None:
    assert {(str(was), str(to)) for was, tos in TRANSITIONS.items() for to in tos} == {
        ("standing", "standing"), ("standing", "withdrawn"),
    }  # fmt: skip
    assert set(TRANSITIONS) == set(StaffStatus)


DAYS = st.integers(0, 30).map(lambda n: TODAY + timedelta(days=n))
SPELLS = st.lists(st.builds(Spell, DAYS, st.none() | DAYS), max_size=5)


@given(SPELLS, DAYS, DAYS)
def test_the_gaps_are_the_days_that_no_spell_covers_day_by_day(spells: list[Spell], one: date, other: date) -> None:
    """Against asking of each day; gaps do not touch, and none is empty. A spell may end before it begins: no day."""
    since, until = sorted((one, other))
    found = gaps(spells, since, until)
    days = [since + timedelta(days=n) for n in range((until - since).days)]
    missing = {
        day
        for day in days
        if not any(spell.since <= day and (spell.until is None or day < spell.until) for spell in spells)
    }
    told = [(gap.since, gap.until) for gap in found]
    assert {day for day in days for first, end in told if end is not None and first <= day < end} == missing
    assert all(end is not None and first < end for first, end in told)
    assert all(end < first for (_, end), (first, _) in pairwise(told) if end is not None)
