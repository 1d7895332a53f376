"""Small cells: counts that would speak of single people are told to nobody, nor what they could be worked out from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.indicators.figures.domain import hidden_parts, is_small, rough


@pytest.mark.parametrize(
    ("count", "base", "small"),
    [
        *((0, None, False), (1, None, True), (4, None, True), (5, None, False), (None, None, False)),
        *((0, 9, False), (5, 9, True), (4, 9, True), (6, 11, False), (0, 4, True), (9, 9, False)),
    ],
)
def test_a_cell_is_small_from_one_to_below_the_least(count: int | None, base: int | None, small: bool) -> None:
    """Of a ratio also what it leaves over: 5 of 9 says that four are not."""
    assert is_small(count, base, 5) is small


@pytest.mark.parametrize(
    ("made_of", "small"), [((0,), False), ((1,), True), ((4,), True), ((5,), False), ((-1,), True)]
)
def test_a_sum_is_small_by_the_records_that_it_is_made_of(made_of: tuple[int, ...], small: bool) -> None:
    assert is_small(50_000, None, 5, made_of) is small


def test_of_an_indicator_that_hides_nothing_no_cell_is_small() -> None:
    assert not is_small(1, 2, 0)


@pytest.mark.parametrize(
    ("counts", "small", "hidden"),
    [
        ((7, 9, 30), (False, False, False), (False, False, False)),
        ((2, 9, 30), (True, False, False), (True, True, False)),
        ((2, 0, 30), (True, False, False), (True, False, True)),
        ((2, 3, 30), (True, True, False), (True, True, False)),
        ((2, 0, 0), (True, False, False), (True, False, False)),
    ],
)
def test_a_single_small_part_hides_the_next_one_too(
    counts: tuple[int, ...], small: tuple[bool, ...], hidden: tuple[bool, ...]
) -> None:
    """The whole less what is told would be the hidden one."""
    assert hidden_parts(counts, small) == hidden


@pytest.mark.parametrize(
    ("count", "records", "told"),
    [
        *((0, 0, 0), (5, 0, 5), (7, 0, 5), (8, 0, 10), (-7, 0, -5), (31_207, 0, 31_205)),
        *(
            (51_200, 40, 50_000),
            (52_400, 41, 50_000),
            (-51_200, 40, -50_000),
            (0, 7, 0),
            (12_345_678, 10_000, 12_350_000),
        ),
    ],
)
def test_who_may_not_read_the_records_is_told_a_count_roughly(count: int, records: int, told: int) -> None:
    assert rough(count, 5, records) == told


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_what_is_told_roughly_keeps_its_order_and_is_near(one: int, other: int) -> None:
    least, most = sorted((one, other))
    assert rough(least, 5) <= rough(most, 5)
    assert abs(rough(one, 5) - one) <= 2


@given(st.integers(1, 10**12), st.integers(1, 10**6))
def test_a_sum_is_told_no_closer_than_to_five_average_records(amount: int, records: int) -> None:
    """So that one more of them, of the average, is not seen but where a step is crossed."""
    told = rough(amount, 5, records)
    step = next(n * 10**power for power in range(20) for n in (1, 2, 5) if n * 10**power * records >= 5 * amount)
    assert told % step == 0
    assert abs(told - amount) <= step / 2
