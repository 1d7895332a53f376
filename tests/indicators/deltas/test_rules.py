"""What a changed state changes, and in which areas."""

from collections import Counter
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.indicators.contributions.domain import Contribution, contributions_of
from services.indicators.deltas.domain import (
    CHILD,
    LevelsDisagree,
    ancestors,
    difference,
    elsewhere,
    grids_of,
    require_levels_agree,
    rolled_up,
)
from tests.indicators.states import GRID, OTHER_GRID, OTHER_VILLAGE, START, VILLAGE, a_person, a_span

MOVED = date(2026, 2, 1)


def test_the_difference_of_a_state_to_itself_is_nothing() -> None:
    person = list(contributions_of(a_person()))
    assert not any(difference(person, person).values())


def test_a_contribution_counts_in_village_town_county_and_prefecture() -> None:
    assert list(ancestors(GRID)) == [VILLAGE, VILLAGE[:9], VILLAGE[:6], VILLAGE[:4]]
    assert list(ancestors("450481114")) == ["450481114", "450481", "4504"]
    rows = rolled_up(difference((), [Contribution("X", GRID, START), Contribution("X", OTHER_GRID, START)]))
    assert rows[(VILLAGE, "X", "", START)] == 2
    assert rows[("450481", "X", "", START)] == 2


def test_a_difference_takes_back_what_held_and_adds_what_holds() -> None:
    before, after = a_person(), a_person(residence=(a_span(end=MOVED), a_span(OTHER_GRID, MOVED)))
    amounts = difference(contributions_of(before), contributions_of(after))
    changed = {key: amount for key, amount in amounts.items() if amount and key[1:3] == ("POP-RES", "sex:2")}
    assert changed == {
        (GRID, "POP-RES", "sex:2", MOVED): -1,
        (OTHER_GRID, "POP-RES", "sex:2", MOVED): 1,
    }


def test_a_move_inside_the_village_is_no_change_for_the_village_and_what_is_above() -> None:
    before, after = a_person(residence=(a_span(GRID),)), a_person(residence=(a_span(OTHER_GRID),))
    rows = rolled_up(difference(contributions_of(before), contributions_of(after)))
    assert set(rows.values()) == {0}


def test_a_grid_has_no_rows_of_its_own() -> None:
    rows = rolled_up(difference((), contributions_of(a_person())))
    assert {len(area) for area, *_ in rows} == {12, 9, 6, 4}


AMOUNTS = st.lists(
    st.builds(
        Contribution,
        st.sampled_from(["POP-RES", "TAG-CARE"]),
        st.sampled_from([GRID, OTHER_GRID, VILLAGE, OTHER_VILLAGE, VILLAGE[:9], "450481", "4504"]),
        st.sampled_from([START, MOVED]),
        st.integers(-3, 3),
        st.just(""),
    )
)


@given(AMOUNTS, AMOUNTS)
def test_every_area_holds_the_sum_of_what_was_written_in_it_or_below(
    old: list[Contribution], new: list[Contribution]
) -> None:
    rows = rolled_up(difference(old, new))
    for area in ("4504", "450481", VILLAGE[:9], VILLAGE, OTHER_VILLAGE):
        for measure in ("POP-RES", "TAG-CARE"):
            for day in (START, MOVED):
                written = [
                    sign * one.amount
                    for sign, states in ((1, new), (-1, old))
                    for one in states
                    if one.area.startswith(area) and (one.measure, one.day) == (measure, day)
                ]
                assert rows[(area, measure, "", day)] == sum(written)


@pytest.mark.parametrize(
    ("areas", "grids"),
    [((), ()), ((VILLAGE,), ()), ((GRID, GRID), (GRID,)), ((GRID, OTHER_GRID, "450481"), (GRID, OTHER_GRID))],
)
def test_the_grids_of_a_state_are_those_that_it_names(areas: tuple[str, ...], grids: tuple[str, ...]) -> None:
    assert grids_of(Contribution("POP-RES", area, START) for area in areas) == set(grids)


def test_each_level_has_one_below_it_down_to_the_grid() -> None:
    assert [CHILD.get(length) for length in (2, 4, 6, 9, 12, 15)] == [4, 6, 9, 12, 15, None]


# -- levels


def test_a_roll_up_that_leaves_a_level_out_is_noticed() -> None:
    amounts = difference([], [Contribution("POP-RES", VILLAGE, START), Contribution("CASE-DUE", VILLAGE[:9], START, 2)])
    rows = rolled_up(amounts)
    require_levels_agree(amounts, rows)
    for level in (4, 6, 9, 12):
        for damage in (+1, -1):
            wrong = Counter(rows)
            (key,) = [one for one in rows if len(one[0]) == level and one[1] == "POP-RES"]
            wrong[key] += damage
            with pytest.raises(LevelsDisagree):
                require_levels_agree(amounts, wrong)
    moved = Counter({(area, "HOUSEHOLDS", part, day): amount for (area, _, part, day), amount in rows.items()})
    with pytest.raises(LevelsDisagree):
        require_levels_agree(amounts, moved)


@pytest.mark.parametrize(
    ("areas", "lies", "places"),
    [
        ((GRID, OTHER_GRID), GRID, ()),
        ((GRID, VILLAGE), VILLAGE, ()),
        ((GRID, OTHER_VILLAGE), GRID, (OTHER_VILLAGE,)),
        ((VILLAGE[:9],), GRID, (VILLAGE[:9],)),
        ((GRID,), None, (VILLAGE,)),
        ((), GRID, ()),
    ],
)
def test_a_state_counts_elsewhere_where_it_does_not_lie(
    areas: tuple[str, ...], lies: str | None, places: tuple[str, ...]
) -> None:
    assert elsewhere([Contribution("POP-RES", area, START) for area in areas], lies) == frozenset(places)
