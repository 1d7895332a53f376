"""Codes of grids in another village, and the order in which changes of areas are followed."""

from dataclasses import dataclass

from shared.reference.areas import next_grid
from shared.reference.successions import backwards, in_order


@dataclass(frozen=True)
class Made:
    origin: str
    to: str | None


KNOWN = {3: (Made("A", "B"),), 1: (Made("B", "C"), Made("X", None)), 2: (Made("C", "D"),), 4: (Made("E", "F"),)}


def test_a_grid_keeps_its_number_if_it_is_free_and_else_gets_the_first_free_one() -> None:
    village, grid = "450481100202", "450481100201003"
    assert next_grid(village, grid, set()) == village + "003"
    assert next_grid(village, grid, {village + "003", village + "001"}) == village + "002"
    assert next_grid(village, grid, {f"{village}{n:03d}" for n in range(1, 1000)}) is None


def test_a_change_is_followed_after_those_on_which_it_stands_whatever_their_ids() -> None:
    assert in_order([3], KNOWN) == [3, 1, 2]
    assert in_order([2], KNOWN) == [2]
    assert in_order([4], KNOWN) == [4]
    assert in_order([1, 3], KNOWN) == [3, 1, 2]
    assert in_order([], KNOWN) == []


def test_an_undone_change_is_followed_after_those_that_stood_on_it() -> None:
    assert backwards([2], KNOWN) == [2, 1, 3]
    assert backwards([3], KNOWN) == [3]
