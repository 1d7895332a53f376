"""How a division file is read: codes by level, parents first, every wrong line by its path."""

import random
from collections.abc import Mapping
from datetime import date

import pytest

from services.registry.areas.domain import Division, Standing, check_tree, kind_of, read_divisions
from shared.errors import Invalid
from tests.registry.builders import COUNTY, DIVISIONS, TOWN, VILLAGE, a_division


def test_codes_are_cut_by_level_and_never_stripped_of_zeros() -> None:
    (area,) = read_divisions([{"code": "431000000000", "name": "郴州市", "level": "2", "parent_code": "430000000000"}])
    assert (area.code, area.parent, area.level) == ("4310", "43", 4)


def test_a_town_may_follow_its_prefecture() -> None:
    (area,) = read_divisions(
        [{"code": "441900003000", "name": "东城街道", "level": "4", "parent_code": "441900000000"}]
    )
    assert (area.code, area.parent, area.kind) == ("441900003", "4419", "street")


@pytest.mark.parametrize(
    ("row", "path"),
    [
        ({"level": "6"}, "rows.0.level"),
        ({"code": "45048110020"}, "rows.0.code"),
        ({"code": "４50481100201"}, "rows.0.code"),
        ({"level": "4"}, "rows.0.level"),
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


@pytest.mark.parametrize("blank", [" ", "\u3000", "\u00a0", "\t", "\ufeff", "\u200b"])
def test_cells_hold_no_blanks_of_any_kind(blank: str) -> None:
    row = {name: f"{blank}{cell}{blank}" for name, cell in a_division(VILLAGE, f"思孟{blank}村委会").items()}
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
        assert refusals(row) == [("rows.0.level", "level")]


def test_a_code_that_ends_in_zeros_is_no_area_of_a_lower_level() -> None:
    """450481000000 is the county: read as a town it would be 450481000, which nothing is."""
    row = {"code": COUNTY.ljust(12, "0"), "name": "岑溪市", "level": "4", "parent_code": COUNTY.ljust(12, "0")}
    assert refusals(row) == [("rows.0.level", "level")]
    assert refusals({**row, "code": "0" * 12}) == [("rows.0.code", "area_code")]


@pytest.mark.parametrize("parent", ["4504", "45", "450482", TOWN])
def test_a_parent_is_the_area_right_above(parent: str) -> None:
    row = {"code": TOWN.ljust(12, "0"), "name": "岑城镇", "level": "4", "parent_code": parent.ljust(12, "0")}
    assert refusals(row) == [("rows.0.parent_code", "parent")]


@pytest.mark.parametrize("shift", [1, -1, 2])
def test_levels_that_are_all_off_by_the_same_number_are_named_once(shift: int) -> None:
    rows = [{**one, "level": str(int(one["level"] or 0) + shift)} for one in DIVISIONS]
    assert refusals(*rows) == [("rows", "levels_shifted")]
    assert refusals(*rows[:-1], DIVISIONS[-1])[0] == ("rows.0.level", "level")


@pytest.mark.parametrize(
    "name",
    [
        "?河村",  # what GBK cannot write
        "？河村",
        "\ufffd河村",
        "\ue863河村",  # private use
        "\U000f0000河村",
        "□河村",
        "〓河村",
        "*河村",
        "\x1a河村",  # SUB
        "河村\U0001f600",
        "\U000e0fff河村",  # unassigned
    ],
)
def test_a_name_with_a_lost_or_private_character_is_refused_by_its_line(name: str) -> None:
    rows = [DIVISIONS[0], {**a_division(VILLAGE, "思孟村委会"), "name": name}, DIVISIONS[1]]
    assert refusals(*rows) == [("rows.1.name", "lost_character")]


@pytest.mark.parametrize(
    "name", ["湴河村", "𠮷水村", "二○一社区", "二〇一社区", "第一（南）村", "阿瓦提·村", "A区-3号", "１０１村"]
)
def test_a_rare_character_is_no_lost_one(name: str) -> None:
    (read,) = read_divisions([a_division(VILLAGE, name)])
    assert read.name == name


def gaps(*divisions: Mapping[str, str | None], **standing: Standing) -> list[tuple[str, str]]:
    read = read_divisions(divisions)
    known = {code.lstrip("_"): one for code, one in standing.items()}
    return [(error.path, error.code) for error in check_tree(read, known, date(2026, 3, 1))]


def test_a_file_that_lacks_a_level_says_so() -> None:
    by_level = {level: [one for one in DIVISIONS if one["level"] == level] for level in "12345"}
    assert gaps(*DIVISIONS) == []
    assert gaps(*DIVISIONS[2:]) == []  # a tree may begin with its county
    without_counties = [*by_level["1"], *by_level["2"], *by_level["4"], *by_level["5"]]
    assert gaps(*without_counties) == [
        ("rows.2.parent_code", "parent_missing"),
        ("rows.3.parent_code", "parent_missing"),
    ]
    without_towns = [*by_level["3"], *by_level["5"]]
    assert [path for path, _ in gaps(*without_towns)] == [f"rows.{n}.parent_code" for n in range(1, 5)]
    without_villages = [*by_level["3"], *by_level["4"]]
    assert gaps(*without_villages) == [("rows.1.code", "no_villages"), ("rows.2.code", "no_villages")]


def test_what_stands_already_need_not_come_again() -> None:
    county, town = Standing("岑溪市", None), Standing("岑城镇", None)
    village = a_division(VILLAGE, "思孟村委会")
    assert gaps(village, **{f"_{TOWN}": town}) == []
    assert gaps(a_division(TOWN, "岑城镇"), village, **{f"_{COUNTY}": county}) == []
    assert gaps(a_division(TOWN, "岑溪镇"), **{f"_{COUNTY}": county, f"_{TOWN}": town}) == []


def test_nothing_opens_below_what_has_ended_nor_is_that_renamed() -> None:
    ended = Standing("岑城镇", date(2026, 3, 1))
    assert gaps(a_division(VILLAGE, "思孟村委会"), **{f"_{TOWN}": ended}) == [
        ("rows.0.parent_code", "parent_abolished")
    ]
    later = Standing("岑城镇", date(2026, 3, 2))
    assert gaps(a_division(VILLAGE, "思孟村委会"), **{f"_{TOWN}": later}) == []
    assert gaps(a_division(TOWN, "岑溪镇"), **{f"_{TOWN}": ended}) == [("rows.0.name", "abolished")]
    assert gaps(a_division(TOWN, "岑城镇"), **{f"_{TOWN}": ended}) == []


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


@pytest.mark.parametrize("columns", [("code", "name"), ("code", "parent_code")])
def test_swapped_columns_are_named_once(columns: tuple[str, str]) -> None:
    one, other = columns
    rows = [{**line, one: line[other], other: line[one]} for line in DIVISIONS]
    assert refusals(*rows) == [("rows", "columns_swapped")]
    assert refusals(*rows[:-1], DIVISIONS[-1])[0][0] != "rows"
    nowhere = [{**line, "parent_code": "0" * 12} for line in DIVISIONS[1:3]]
    assert refusals(*nowhere) == [("rows.0.parent_code", "parent"), ("rows.1.parent_code", "parent")]
