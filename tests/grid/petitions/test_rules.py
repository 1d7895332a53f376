"""Petitions: the table of steps as a full product, the law's days, levels."""

from datetime import date, timedelta

import pytest

from services.grid.petitions.domain.codes import PetitionStep
from services.grid.petitions.domain.refusals import (
    PetitionDateWrong,
    PetitionExtendedAlready,
    PetitionExtensionWrong,
    PetitionLevelWrong,
    PetitionTooLate,
    PetitionTransitionError,
)
from services.grid.petitions.domain.rules import (
    STEPS,
    PetitionLimits,
    ask_by,
    ends,
    place_of,
    require_allowed,
    require_day,
    require_explained,
    require_extension,
    require_in_time,
    require_level,
)
from shared.contracts.grid.petitions import PetitionStatus
from shared.errors import ReasonRequired
from shared.workdays import WorkingCalendar
from tests.grid.builders import calendars

ALLOWED = {
    "registered": {"accept", "refuse", "refer", "withdraw"},
    "accepted": {"assign", "extend", "answer", "withdraw"},
    "assigned": {"assign", "extend", "answer", "withdraw"},
    "answered": {"ask_review", "withdraw"},
    "under_review": {"review", "withdraw"},
    "reviewed": {"ask_final_review", "withdraw"},
    "under_final_review": {"final_review", "withdraw"},
}
LIMITS = PetitionLimits()
DAY = timedelta(days=1)
VILLAGE = "450481114201"


def test_the_table_of_steps_is_the_one_that_the_law_says() -> None:
    for status in PetitionStatus:
        for step in STEPS:
            if step.value in ALLOWED.get(status.value, ()):
                assert require_allowed(status, step).origins
            else:
                with pytest.raises(PetitionTransitionError):
                    require_allowed(status, step)


def test_the_law_s_days() -> None:
    """信访工作条例: 15 days to accept, 60 to answer, 30 more once, 30 to ask, 30 to review."""
    assert (LIMITS.accept, LIMITS.answer, LIMITS.extend, LIMITS.ask, LIMITS.review) == (15, 60, 30, 30, 30)
    assert ends(date(2026, 3, 2), 15) == date(2026, 3, 17)
    assert ends(date(2026, 12, 31), 60) == date(2027, 3, 1)
    assert ends(date(2028, 2, 28), 1) == date(2028, 2, 29)


def test_an_extension_is_once_in_time_and_not_too_long() -> None:
    limit, today = date(2026, 5, 4), date(2026, 5, 4)
    for until in (limit + DAY, limit + 30 * DAY):
        require_extension(until, limit, today, False, LIMITS)
    for until in (limit, limit + 31 * DAY):
        with pytest.raises(PetitionExtensionWrong):
            require_extension(until, limit, today, False, LIMITS)
    with pytest.raises(PetitionTooLate):
        require_extension(limit + DAY, limit, today + DAY, False, LIMITS)
    with pytest.raises(PetitionExtendedAlready):
        require_extension(limit + DAY, limit, today, True, LIMITS)


def test_a_review_is_asked_for_until_its_last_day() -> None:
    last = date(2026, 5, 1)
    for asked_on in (last - DAY, last):
        require_in_time(asked_on, last)
    with pytest.raises(PetitionTooLate):
        require_in_time(last + DAY, last)


LAST_DAYS = [
    (date(2026, 3, 16), date(2026, 4, 15)),  # a Wednesday
    (date(2026, 4, 1), date(2026, 5, 6)),  # 1 May: the holidays of the notice end on 5 May
    (date(2026, 3, 12), date(2026, 4, 13)),  # a Saturday
    (date(2026, 9, 1), date(2026, 10, 8)),  # 1 October: the holidays end on 7 October
    (date(2026, 9, 10), date(2026, 10, 10)),  # a Saturday that is worked
    (date(2030, 5, 2), date(2030, 6, 3)),  # a Saturday of a year without a notice
]


@pytest.mark.parametrize(("told_on", "last"), LAST_DAYS)
def test_the_petitioner_s_last_day_on_a_day_off_is_the_next_working_day(told_on: date, last: date) -> None:
    calendar = WorkingCalendar(calendars())
    assert ask_by(told_on, LIMITS, calendar) == last
    assert calendar.is_working_day(last)
    assert last >= ends(told_on, LIMITS.ask)


@pytest.mark.parametrize(("day", "allowed"), [(-1, False), (0, True), (5, True), (6, False)])
def test_a_day_lies_between_what_it_follows_and_today(day: int, allowed: bool) -> None:
    since = date(2026, 4, 1)
    if allowed:
        require_day(since + day * DAY, "told_on", since=since, today=since + 5 * DAY)
    else:
        with pytest.raises(PetitionDateWrong) as refusal:
            require_day(since + day * DAY, "told_on", since=since, today=since + 5 * DAY)
        assert refusal.value.errors[0].path == "told_on"


@pytest.mark.parametrize(
    ("step", "level", "place"),
    [
        (PetitionStep.ACCEPT, 9, "450481114"),
        (PetitionStep.ANSWER, 6, "450481"),
        (PetitionStep.REVIEW, 9, "450481"),
        (PetitionStep.REVIEW, 6, "450481"),
        (PetitionStep.FINAL_REVIEW, 9, "450481"),
    ],
)
def test_the_level_above_reviews_and_what_lies_above_the_county_is_entered_there(
    step: PetitionStep, level: int, place: str
) -> None:
    assert place_of(STEPS[step], VILLAGE, level) == place


@pytest.mark.parametrize(
    ("area", "level", "path"),
    [
        (VILLAGE + "001", 9, "area"),
        ("4504", 6, "area"),
        ("450481", 9, "office_digits"),
        (VILLAGE, 9, None),
        ("450481", 6, None),
    ],
)
def test_levels(area: str, level: int, path: str | None) -> None:
    if path is None:
        require_level(area, level)
    else:
        with pytest.raises(PetitionLevelWrong) as refusal:
            require_level(area, level)
        assert refusal.value.errors[0].path == path


def test_other_is_explained() -> None:
    require_explained("in_court", None)
    require_explained("other", "说明")
    with pytest.raises(ReasonRequired):
        require_explained("other", None)
