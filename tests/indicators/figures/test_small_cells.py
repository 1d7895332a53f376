"""Small cells: counts that would speak of single people are told to nobody, nor what they could be worked out from."""

import pytest

from services.indicators.figures.domain import hidden_parts, is_small


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
