"""Rules of facilities: the table of moves, restated by hand; points, hours, days; the "1+8" and the six needs."""

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from services.registry.facilities.domain import (
    FacilityDatesWrong,
    FacilityFields,
    FacilityFilter,
    FacilityPointFar,
    FacilityTransitionError,
    Hours,
    check_days,
    check_point,
    checked,
    require_transition,
)
from shared.contracts.registry.facilities import ONE_AND_EIGHT, DailyNeed, FacilityKind, FacilityStatus
from shared.errors import Invalid
from tests.registry.builders import VILLAGE

ALLOWED = {("open", "closed"), ("open", "withdrawn"), ("closed", "open"), ("closed", "withdrawn")}
TODAY = date(2026, 3, 16)
GRID = ((111.0, 22.9), (111.1, 22.9), (111.1, 23.0), (111.0, 22.9))
PLAIN = FacilityFields(VILLAGE, FacilityKind.SERVICE_HALL, "便民服务大厅", date(2026, 1, 5))


@pytest.mark.parametrize(("status", "to"), list(product(FacilityStatus, FacilityStatus)))
def test_only_the_moves_of_the_table_are_allowed(status: FacilityStatus, to: FacilityStatus) -> None:
    if (status, to) in ALLOWED:
        require_transition(status, to)
    else:
        with pytest.raises(FacilityTransitionError):
            require_transition(status, to)


def test_one_and_eight_and_the_six_needs_are_those_of_the_reports() -> None:
    assert [kind.label for kind in ONE_AND_EIGHT] == [
        "“两委”会办公场所",
        *("便民服务大厅", "综治维稳中心", "文体活动中心", "就业培训中心", "卫生服务中心（卫生室）"),
        *("计生服务中心", "党员群众电教中心", "便民超市"),
    ]
    needs = ["日常购物", "农资购买", "咨询农技", "小痛小病", "文体娱乐", "培训阅读"]
    assert [need.label for need in DailyNeed] == needs


@pytest.mark.parametrize(
    ("longitude", "latitude", "grids", "right"),
    [
        (111.02, 22.95, (GRID,), True),
        (110.96, 22.86, (GRID,), True),
        (110.94, 22.95, (GRID,), False),
        (111.02, 23.06, (GRID,), False),
        (22.95, 111.02, (GRID,), False),
        (111.3, 22.95, (GRID, ((111.3, 22.9), (111.4, 22.9), (111.4, 23.0), (111.3, 22.9))), True),
        (87.6, 43.8, (), True),
        (22.95, 111.02, (), False),
        (0.0, 0.0, (), False),
    ],
)
def test_a_point_lies_near_the_villages_grids_or_in_the_country(
    longitude: float, latitude: float, grids: tuple[tuple[tuple[float, float], ...], ...], right: bool
) -> None:
    if right:
        check_point(longitude, latitude, grids)
    else:
        with pytest.raises(FacilityPointFar):
            check_point(longitude, latitude, grids)


@pytest.mark.parametrize(
    ("hours", "wrong"),
    [
        ([((1, 2), "08:00", "12:00"), ((1, 2), "14:00", "18:00")], []),
        ([((1,), "08:00", "12:00"), ((2,), "08:00", "12:00")], []),
        ([((1,), "08:00", "12:00"), ((1,), "12:00", "24:00")], []),
        ([((1,), "12:00", "12:00")], ["hours.0.closes"]),
        ([((1,), "18:00", "06:00")], ["hours.0.closes"]),
        ([((1, 3), "08:00", "12:00"), ((3, 5), "11:00", "14:00")], ["hours.1"]),
    ],
)
def test_opening_hours_do_not_overlap(hours: list[tuple[tuple[int, ...], str, str]], wrong: list[str]) -> None:
    new = replace(PLAIN, hours=tuple(Hours(*one) for one in hours))
    if not wrong:
        assert checked(new).hours == new.hours
        return
    with pytest.raises(Invalid) as refused:
        checked(new)
    assert [one.path for one in refused.value.errors] == wrong


def test_needs_and_days_are_kept_in_one_order() -> None:
    new = replace(PLAIN, name=" 大厅 ", serves=(DailyNeed.FARM_ADVICE, DailyNeed.SHOPPING, DailyNeed.SHOPPING))
    kept = checked(replace(new, hours=(Hours((5, 1, 1), "08:00", "12:00"),)))
    assert (kept.name, kept.serves) == ("大厅", (DailyNeed.SHOPPING, DailyNeed.FARM_ADVICE))
    assert kept.hours[0].days == (1, 5)


def test_days_lie_between_the_earliest_and_today() -> None:
    check_days("closed_on", TODAY, TODAY, TODAY)
    for day in (date(2026, 3, 15), date(2026, 3, 17)):
        with pytest.raises(FacilityDatesWrong) as told:
            check_days("closed_on", TODAY, day, TODAY)
        assert [one.path for one in told.value.errors] == ["closed_on"]


def test_nothing_of_a_name_or_an_address_stands_in_a_repr() -> None:
    shown = repr((replace(PLAIN, name="植入超市", address="植入街"), FacilityFilter(name="植入")))
    assert "植入" not in shown
