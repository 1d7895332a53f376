"""Rules of facilities: the table of moves, restated by hand; points, hours, days; the "1+8" and the six needs."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
from uuid import UUID

import orjson
import pytest

from services.registry.facilities.domain import (
    NEAR,
    FacilityDatesWrong,
    FacilityFields,
    FacilityFilter,
    FacilityPointFar,
    FacilityTransitionError,
    Hours,
    check_days,
    check_point,
    checked,
    columns_of,
    read_back,
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


WEST, EAST, SOUTH, NORTH = 111.0 - NEAR, 111.1 + NEAR, 22.9 - NEAR, 23.0 + NEAR
STEP = 0.0001
"""Some ten metres: what lies as much beyond is refused."""


@pytest.mark.parametrize(
    ("longitude", "latitude", "grids", "right"),
    [
        (WEST, 22.95, (GRID,), True),
        (WEST - STEP, 22.95, (GRID,), False),
        (EAST, 22.95, (GRID,), True),
        (EAST + STEP, 22.95, (GRID,), False),
        (111.05, SOUTH, (GRID,), True),
        (111.05, SOUTH - STEP, (GRID,), False),
        (111.05, NORTH, (GRID,), True),
        (111.05, NORTH + STEP, (GRID,), False),
        (73.0, 3.0, (), True),
        (136.0, 54.0, (), True),
        (72.9, 30.0, (), False),
        (136.1, 30.0, (), False),
        (111.0, 2.9, (), False),
        (111.0, 54.1, (), False),
    ],
)
def test_a_point_on_the_edge_is_believed_and_one_beyond_is_not(
    longitude: float, latitude: float, grids: tuple[tuple[tuple[float, float], ...], ...], right: bool
) -> None:
    refused: list[str] = []
    try:
        check_point(longitude, latitude, grids)
    except FacilityPointFar as told:
        refused = [one.path for one in told.errors]
    assert refused == ([] if right else ["point"])


def test_a_name_is_something_and_all_that_is_wrong_is_told_together() -> None:
    hours = (Hours((1,), "12:00", "08:00"), Hours((1,), "08:00", "12:00"), Hours((2, 1), "11:59", "13:00"))
    for name in ("", " ", "\u3000\u200b"):
        with pytest.raises(Invalid) as refused:
            checked(replace(PLAIN, name=name, hours=hours))
        assert [(one.path, one.code) for one in refused.value.errors] == [
            ("name", "empty"),
            ("hours.0.closes", "range"),
            ("hours.2", "overlap"),
        ]


def test_three_times_on_a_day_overlap_with_whichever_they_meet() -> None:
    morning, evening = Hours((1,), "08:00", "12:00"), Hours((1,), "18:00", "24:00")
    for third, right in (
        (Hours((1,), "12:00", "18:00"), True),
        (Hours((1,), "11:59", "18:00"), False),
        (Hours((1,), "12:00", "18:01"), False),
        (Hours((1,), "07:00", "24:00"), False),
        (Hours((1,), "00:00", "08:00"), True),
        (Hours((2,), "08:00", "24:00"), True),
    ):
        new = replace(PLAIN, hours=(evening, morning, third))
        if right:
            assert checked(new).hours == new.hours
        else:
            with pytest.raises(Invalid) as refused:
                checked(new)
            assert [one.path for one in refused.value.errors] == ["hours.2"]


def test_what_is_recorded_of_a_version_is_read_back_as_it_was() -> None:
    full = replace(
        PLAIN,
        address=" 示例路1号 ",
        longitude=111.02,
        latitude=22.95,
        floor_area=Decimal("120.50"),
        staff=0,
        hours=(Hours((1, 2), "08:00", "12:00"),),
        serves=(DailyNeed.SHOPPING,),
        organisation_id=UUID(int=7),
    )
    for fields in (full, PLAIN):
        columns = columns_of(checked(fields)) | {"closed_on": None}
        stored = orjson.loads(orjson.dumps(columns, default=str))
        assert read_back(stored) == columns
    assert columns_of(checked(full))["address"] == "示例路1号"
    assert read_back(stored | {"closed_on": "2026-03-01"})["closed_on"] == date(2026, 3, 1)
    spaced, plain = (columns_of(checked(replace(PLAIN, name=name))) for name in ("便民 大厅", "便民大厅"))
    assert (spaced["compared"], spaced["name"]) == (plain["compared"], "便民 大厅")
