"""Rules of occupancies: the table of moves, restated by hand, days, stays without a break, times that overlap."""

from datetime import date
from itertools import product

import pytest

from services.registry.occupancies.domain import (
    OccupancyDatesWrong,
    OccupancyTransitionError,
    check_dates,
    overlaps,
    require_transition,
    stay_until,
)
from shared.contracts.envelope import Span
from shared.contracts.registry.occupancies import OccupancyStatus
from tests.registry.builders import FAR, SISTER, VILLAGE

ALLOWED = {
    ("current", "ended"),
    ("current", "withdrawn"),
    ("ended", "current"),
    ("ended", "withdrawn"),
    ("withdrawn", "current"),
    ("withdrawn", "ended"),
}
JANUARY, FEBRUARY, MARCH, APRIL = (date(2026, month, 1) for month in (1, 2, 3, 4))


@pytest.mark.parametrize(("status", "to"), list(product(OccupancyStatus, OccupancyStatus)))
def test_only_the_moves_of_the_table_are_allowed(status: OccupancyStatus, to: OccupancyStatus) -> None:
    if (status, to) in ALLOWED:
        require_transition(status, to)
    else:
        with pytest.raises(OccupancyTransitionError):
            require_transition(status, to)


@pytest.mark.parametrize(
    ("since", "until", "lease", "wrong"),
    [
        (JANUARY, None, None, "since"),
        (APRIL, None, None, "since"),
        (MARCH, FEBRUARY, None, "until"),
        (FEBRUARY, APRIL, None, "until"),
        (MARCH, None, FEBRUARY, "lease_until"),
    ],
)
def test_days_out_of_order_or_in_the_future_are_refused(
    since: date, until: date | None, lease: date | None, wrong: str
) -> None:
    with pytest.raises(OccupancyDatesWrong) as refused:
        check_dates(since, until, lease, earliest=FEBRUARY, today=MARCH)
    assert [one.path for one in refused.value.errors] == [wrong]


def test_a_lease_may_run_into_the_future_and_a_stay_be_a_single_day() -> None:
    check_dates(MARCH, MARCH, date(2031, 1, 1), earliest=FEBRUARY, today=MARCH)


def a_span(area: str, start: date, end: date | None = None) -> Span:
    return Span(area=area, kind="registered", start=start, end=end)


@pytest.mark.parametrize(
    ("spans", "since", "expected"),
    [
        ([a_span(VILLAGE, JANUARY)], FEBRUARY, (True, None)),
        ([a_span(VILLAGE, FEBRUARY)], JANUARY, (False, JANUARY)),
        ([a_span(VILLAGE, JANUARY, MARCH)], JANUARY, (True, MARCH)),
        ([a_span(VILLAGE, JANUARY, MARCH)], MARCH, (False, MARCH)),
        ([a_span(VILLAGE, JANUARY, FEBRUARY), a_span(f"{VILLAGE}001", FEBRUARY)], JANUARY, (True, None)),
        ([a_span(VILLAGE, JANUARY, FEBRUARY), a_span(VILLAGE, MARCH)], JANUARY, (True, FEBRUARY)),
        ([a_span(VILLAGE, JANUARY, FEBRUARY), a_span(SISTER, FEBRUARY)], JANUARY, (True, FEBRUARY)),
        ([a_span(SISTER, JANUARY)], JANUARY, (False, JANUARY)),
        ([], JANUARY, (False, JANUARY)),
    ],
)
def test_a_stay_lasts_while_the_village_stays_the_same(
    spans: list[Span], since: date, expected: tuple[bool, date | None]
) -> None:
    assert stay_until(spans, VILLAGE, since) == expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ((JANUARY, None), (MARCH, None), True),
        ((JANUARY, MARCH), (MARCH, None), False),
        ((JANUARY, APRIL), (MARCH, None), True),
        ((FEBRUARY, MARCH), (JANUARY, APRIL), True),
        ((JANUARY, FEBRUARY), (MARCH, APRIL), False),
        ((FEBRUARY, FEBRUARY), (JANUARY, None), False),
    ],
)
def test_half_open_times_overlap_if_they_have_a_day_in_common(
    one: tuple[date, date | None], other: tuple[date, date | None], expected: bool
) -> None:
    assert overlaps(*one, *other) is expected
    assert overlaps(*other, *one) is expected


MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


@pytest.mark.parametrize(
    ("spans", "since", "expected"),
    [
        ([a_span(SISTER, JANUARY, MARCH), a_span(VILLAGE, MARCH)], JANUARY, (True, None)),
        ([a_span(SISTER, JANUARY, MARCH), a_span(VILLAGE, MARCH)], MARCH, (True, None)),
        ([a_span(SISTER, JANUARY)], JANUARY, (True, MARCH)),
        ([a_span(SISTER, JANUARY)], MARCH, (False, MARCH)),
        ([a_span(VILLAGE, JANUARY)], JANUARY, (False, JANUARY)),
        ([a_span(VILLAGE, JANUARY)], MARCH, (True, None)),
        ([a_span(SISTER, JANUARY, FEBRUARY), a_span(VILLAGE, MARCH)], JANUARY, (True, FEBRUARY)),
        ([a_span(SISTER, JANUARY, MARCH), a_span(VILLAGE, MARCH, APRIL)], FEBRUARY, (True, APRIL)),
        ([a_span(f"{SISTER}001", JANUARY, MARCH), a_span(f"{VILLAGE}002", MARCH)], JANUARY, (True, None)),
    ],
)
def test_a_stay_goes_on_in_the_village_into_which_the_dwelling_came(
    spans: list[Span], since: date, expected: tuple[bool, date | None]
) -> None:
    """Until March the dwelling lay in SISTER: who lived there moved with it, and nobody else."""
    assert stay_until(spans, VILLAGE, since, [(SISTER, MARCH)]) == expected


def test_a_stay_goes_through_several_changes_of_areas_and_grids() -> None:
    former = [(SISTER, FEBRUARY), (f"{FAR}003", APRIL)]
    lived = [a_span(SISTER, JANUARY, FEBRUARY), a_span(FAR, FEBRUARY, APRIL), a_span(VILLAGE, APRIL, JUNE)]
    assert stay_until(lived, VILLAGE, JANUARY, former) == (True, JUNE)
    assert stay_until(lived, VILLAGE, FEBRUARY, former) == (True, JUNE)
    assert stay_until(lived[:2], VILLAGE, JANUARY, former) == (True, APRIL)
    assert stay_until(lived[1:], VILLAGE, JANUARY, former) == (False, JANUARY)
    assert stay_until(lived, VILLAGE, JUNE, former) == (False, JUNE)


def test_of_two_residences_at_a_time_the_one_in_the_village_counts() -> None:
    both = [a_span(FAR, JANUARY), a_span(VILLAGE, FEBRUARY, MAY)]
    assert stay_until(both, VILLAGE, FEBRUARY) == (True, MAY)
    assert stay_until(both[::-1], VILLAGE, FEBRUARY) == (True, MAY)
    assert stay_until(both, VILLAGE, JANUARY) == (False, JANUARY)


@pytest.mark.parametrize(
    ("since", "until", "lease"),
    [
        (FEBRUARY, None, None),
        (MARCH, None, None),
        (FEBRUARY, FEBRUARY, FEBRUARY),
        (FEBRUARY, MARCH, None),
        (FEBRUARY, MARCH, FEBRUARY),
    ],
)
def test_the_first_and_the_last_day_of_what_may_be_entered_are_allowed(
    since: date, until: date | None, lease: date | None
) -> None:
    check_dates(since, until, lease, earliest=FEBRUARY, today=MARCH)


@pytest.mark.parametrize(
    ("since", "until", "lease", "wrong"),
    [
        (date(2026, 1, 31), None, None, "since"),
        (date(2026, 3, 2), None, None, "since"),
        (FEBRUARY, date(2026, 1, 31), None, "until"),
        (FEBRUARY, date(2026, 3, 2), None, "until"),
        (FEBRUARY, None, date(2026, 1, 31), "lease_until"),
        (date(2026, 1, 31), date(2026, 3, 2), date(2026, 1, 1), "since"),
    ],
)
def test_the_day_beyond_is_refused_and_the_first_wrong_field_named(
    since: date, until: date | None, lease: date | None, wrong: str
) -> None:
    with pytest.raises(OccupancyDatesWrong) as refused:
        check_dates(since, until, lease, earliest=FEBRUARY, today=MARCH)
    assert [one.path for one in refused.value.errors] == [wrong]
