"""How a division file is read: codes by level, parents first, every wrong line by its path."""

import random
from collections.abc import Mapping

import pytest

from services.registry.areas.domain import LEVELS, Division, kind_of, read_divisions
from shared.errors import Invalid
from tests.registry.builders import COUNTY, DIVISIONS, TOWN, VILLAGE, a_division


def test_codes_are_cut_by_level_and_never_stripped_of_zeros() -> None:
    (area,) = read_divisions([{"code": "431000000000", "name": "郴州市", "level": "2", "parent_code": "430000000000"}])
    assert (area.code, area.parent, area.level) == ("4310", "43", 4)


def test_a_town_may_follow_its_prefecture() -> None:
    (area,) = read_divisions(
        [{"code": "441900003000", "name": "东城街道", "level": "4", "parent_code": "441900000000"}]
    )
    assert (area.code, area.parent, area.kind) == ("441900003", "441900", "street")


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"level": "6"}, "rows.0.level"),
        ({"code": "45048110020"}, "rows.0.code"),
        ({"code": "４50481100201"}, "rows.0.code"),
        ({"level": "4"}, "rows.0.code"),
        ({"name": " "}, "rows.0.name"),
        ({"parent_code": "450482000000"}, "rows.0.parent_code"),
    ],
)
def test_a_wrong_line_is_named(row: dict[str, str], path: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_divisions([{**a_division(VILLAGE, "思孟村委会"), **row}])
    assert [error.path for error in refused.value.errors] == [path]


def refusals(*rows: Mapping[str, str | None]) -> list[tuple[str, str]]:
    with pytest.raises(Invalid) as refused:
        read_divisions(rows)
    return [(error.path, error.code) for error in refused.value.errors]


def test_every_wrong_line_is_named_in_the_order_of_the_file() -> None:
    good = a_division(VILLAGE, "思孟村委会")
    assert refusals(
        {**good, "level": "0"},
        good,
        {**good, "code": "4504811"},
        {**good, "name": "", "parent_code": "110000000000"},
        {**good, "name": "村" * 101},
    ) == [
        ("rows.0.level", "level"),
        ("rows.2.code", "area_code"),
        ("rows.3.name", "name"),
        ("rows.3.code", "duplicate"),
        ("rows.3.parent_code", "parent"),
        ("rows.4.name", "name"),
        ("rows.4.code", "duplicate"),
    ]


def test_a_line_without_a_cell_is_a_wrong_line() -> None:
    assert refusals({}) == [("rows.0.level", "level")]
    assert refusals({"level": "5"}) == [("rows.0.code", "area_code")]
    assert refusals({"level": "5", "code": VILLAGE, "name": None, "parent_code": None}) == [
        ("rows.0.name", "name"),
        ("rows.0.parent_code", "parent"),
    ]


def test_cells_are_trimmed() -> None:
    row = {name: f" {cell} " for name, cell in a_division(VILLAGE, "思孟村委会").items()}
    assert read_divisions([row]) == [Division(VILLAGE, "思孟村委会", 12, TOWN, "villagers_committee")]


def test_parents_come_first_whatever_the_order_of_the_file() -> None:
    shuffled = random.Random(1).sample(DIVISIONS, len(DIVISIONS))
    divisions = read_divisions(shuffled)
    assert [one.code for one in divisions] == sorted(one.code for one in divisions)
    for number, one in enumerate(divisions):
        assert one.parent is None or one.parent in {before.code for before in divisions[:number]}
        assert (len(one.code), one.level) == (one.level, len(one.code))


@pytest.mark.parametrize("level", [1, 2, 3, 4, 5])
def test_a_code_reaches_no_further_than_its_level(level: int) -> None:
    """What stands after the level's digits is zeros: 450481100201 is no town."""
    row = {"code": VILLAGE, "name": "x", "level": str(level), "parent_code": VILLAGE[:9].ljust(12, "0")}
    if level == 5:
        assert read_divisions([row])[0].code == VILLAGE
    else:
        assert refusals(row) == [("rows.0.code", "area_code")]


@pytest.mark.parametrize("skipped", [1, 2])
def test_a_parent_may_skip_levels_and_is_never_beside(skipped: int) -> None:
    upper = LEVELS[LEVELS.index(9) - skipped]
    row = {"code": TOWN.ljust(12, "0"), "name": "岑城镇", "level": "4", "parent_code": TOWN[:upper].ljust(12, "0")}
    (division,) = read_divisions([row])
    assert division.parent == TOWN[:upper]
    beside = {**row, "parent_code": "450482".ljust(12, "0")}
    assert refusals(beside) == [("rows.0.parent_code", "parent")]
    itself = {**row, "parent_code": row["code"]}
    assert refusals(itself) == [("rows.0.parent_code", "parent")]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("45", "province"),
        ("4504", "prefecture"),
        (COUNTY, "county"),
        ("450481001", "street"),
        (TOWN, "town"),
        ("450481201", "township"),
        ("450481100001", "residents_committee"),
        (VILLAGE, "villagers_committee"),
        ("450481100501", "similar"),
    ],
)
def test_the_code_ranges_suggest_the_kind(code: str, kind: str) -> None:
    assert kind_of(code) == kind
