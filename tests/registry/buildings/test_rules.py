"""Rules of buildings: the table of moves, restated by hand, days, and addresses as they are compared."""

from datetime import date
from itertools import product

import pytest

from services.registry.buildings.domain import (
    BuildingDatesWrong,
    BuildingFields,
    BuildingTransitionError,
    check_dates,
    require_transition,
)
from shared.contracts.registry.buildings import BuildingStatus
from shared.reference.areas import same_village
from shared.reference.written import compared, stored
from tests.registry.builders import SISTER, VILLAGE

ALLOWED = {
    ("standing", "demolished"),
    ("standing", "withdrawn"),
    ("demolished", "standing"),
    ("withdrawn", "standing"),
}
TODAY = date(2026, 3, 16)


@pytest.mark.parametrize(("status", "to"), list(product(BuildingStatus, BuildingStatus)))
def test_only_the_moves_of_the_table_are_allowed(status: BuildingStatus, to: BuildingStatus) -> None:
    if (status, to) in ALLOWED:
        require_transition(status, to)
    else:
        with pytest.raises(BuildingTransitionError):
            require_transition(status, to)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "wrong"),
    [
        (date(2026, 3, 17), None, "valid_from"),
        (date(2026, 3, 16), date(2026, 3, 15), "valid_to"),
        (date(2026, 3, 1), date(2026, 3, 17), "valid_to"),
    ],
)
def test_days_in_the_future_and_an_end_before_the_beginning_are_refused(
    valid_from: date, valid_to: date | None, wrong: str
) -> None:
    with pytest.raises(BuildingDatesWrong) as refused:
        check_dates(valid_from, valid_to, TODAY)
    assert [one.path for one in refused.value.errors] == [wrong]


def test_a_single_day_of_today_is_allowed() -> None:
    check_dates(TODAY, None, TODAY)
    check_dates(TODAY, TODAY, TODAY)


def test_an_address_is_compared_without_width_case_and_spaces_and_kept_as_it_was_written() -> None:
    assert compared(" 示例路１号 Ａ栋\u200b ") == compared("示例路1号a栋") != compared("示例路1号B栋")
    assert stored(" 示例路１号 Ａ栋 ") == "示例路１号 Ａ栋"


def test_a_grid_lies_in_the_village_whose_code_it_begins_with() -> None:
    assert same_village(f"{VILLAGE}001", VILLAGE)
    assert not same_village(SISTER, VILLAGE)


def test_nothing_of_an_address_stands_in_a_repr() -> None:
    assert "示例路" not in repr(BuildingFields(VILLAGE, "apartments", "示例路1号"))
