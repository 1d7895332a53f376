"""Cells of a table of items: whatever is written is read back, and whatever is not written by the guide is refused."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.services_hall.item_tables.domain import (
    COLUMNS,
    LEVELS,
    LISTS,
    OWN,
    PLAIN,
    CellUnreadable,
    lines,
    parted,
    read_materials,
    read_places,
    read_steps,
    written,
)
from services.services_hall.items.domain.codes import MaterialForm
from services.services_hall.items.service.content import NAMES

TEXT = st.text(st.sampled_from("证件|\\ 甲乙a1-（）"), min_size=1, max_size=8).map(str.strip).filter(bool)
MATERIAL = st.fixed_dictionaries(
    {
        "name": TEXT,
        "form": st.sampled_from([str(one) for one in MaterialForm]),
        "copies": st.integers(1, 20),
        "required": st.booleans(),
        "deferrable": st.booleans(),
    }
)
STEP = st.fixed_dictionaries(
    {
        "name": TEXT,
        "level": st.sampled_from([6, 9, 12]),
        "days": st.integers(0, 250),
        "department": st.none() | st.sampled_from(["health", "water"]),
    }
)
PLACE = st.fixed_dictionaries({"name": TEXT, "address": TEXT, "hours": TEXT, "phone": st.none() | st.just("12345")})
NOTHING: dict[str, Any] = {"materials": [], "steps": [], "places": [], **{name: [] for name in LISTS}}


@given(st.lists(MATERIAL, max_size=4), st.lists(STEP, max_size=4), st.lists(PLACE, max_size=4))
def test_what_is_written_is_read_back(materials: list[Any], steps: list[Any], places: list[Any]) -> None:
    cells = written({**NOTHING, "materials": materials, "steps": steps, "places": places})
    assert read_materials(cells["materials"]) == materials
    assert read_steps(cells["steps"]) == steps
    assert read_places(cells["places"]) == places


@given(st.lists(st.lists(TEXT, min_size=2, max_size=4), max_size=3))
def test_strokes_and_backslashes_in_a_part_are_the_parts_own(rows: list[list[str]]) -> None:
    cell = "\n".join("|".join(part.replace("\\", "\\\\").replace("|", "\\|") for part in row) for row in rows)
    assert parted(cell, 2, 4) == rows


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        (None, []), ("", []), (" \n \n", []), ("甲", ["甲"]), (" 甲 \n\n乙\n", ["甲", "乙"]),
        ("甲\r\n乙", ["甲", "乙"]), (7, ["7"]),
    ],
)  # fmt: skip
def test_a_cell_has_lines_without_what_is_blank(cell: Any, found: list[str]) -> None:
    assert lines(cell) == found


@pytest.mark.parametrize(
    ("cell", "least", "most", "found"),
    [
        ("甲|乙", 2, 2, [["甲", "乙"]]),
        ("甲||", 3, 3, [["甲", "", ""]]),
        ("|", 2, 2, [["", ""]]),
        (r"甲\|乙|丙", 2, 2, [["甲|乙", "丙"]]),
        (r"甲\\|乙", 2, 2, [["甲\\", "乙"]]),
        (r"甲\乙|丙", 2, 2, [["甲\\乙", "丙"]]),
        ("甲|乙\\", 2, 2, [["甲", "乙\\"]]),
        ("甲", 2, 3, None),
        ("甲|乙|丙|丁", 2, 3, None),
        ("甲|乙\n甲", 2, 3, None),
    ],
)
def test_a_line_has_as_many_parts_as_its_column_wants(
    cell: str, least: int, most: int, found: list[list[str]] | None
) -> None:
    if found is None:
        with pytest.raises(CellUnreadable):
            parted(cell, least, most)
    else:
        assert parted(cell, least, most) == found


def test_a_code_is_as_good_as_its_chinese_name() -> None:
    by_name = read_materials("身份证|复印件|1|必要|容缺\n照片|电子件|2|可选|")
    assert by_name == read_materials("身份证|copy|1|必要|容缺\n照片|electronic|2|可选")
    assert [one["deferrable"] for one in by_name] == [True, False]
    assert read_steps("审核|乡镇（街道）|2|") == read_steps("审核|9|2") == [
        {"name": "审核", "level": 9, "days": 2, "department": None}
    ]  # fmt: skip
    assert read_places("厅|路|日|") == read_places("厅|路|日")


@pytest.mark.parametrize(
    "cell",
    ["原件|1|是", "原件||必要", "原件|-1|必要", "原件|１|必要", "原件|1.5|必要", "|1|必要", "原件|1|必要|有"],
)
def test_a_material_that_is_not_written_by_the_guide_is_refused(cell: str) -> None:
    with pytest.raises(CellUnreadable):
        read_materials(f"户口簿|原件|1|必要\n证|{cell}")


@pytest.mark.parametrize("cell", ["审核|7|1", "审核||1", "审核|县级|-1", "审核|县级|", "审核|县级|1|a|b", "审核|村|1"])
def test_a_step_that_is_not_written_by_the_guide_is_refused(cell: str) -> None:
    with pytest.raises(CellUnreadable):
        read_steps(cell)


def test_every_part_of_a_content_stands_in_a_column_but_its_form_and_effect() -> None:
    codes = [column.code for column in COLUMNS]
    assert len(codes) == len(set(codes))
    kept = {"result_kind", "result_name"}
    assert set(NAMES) - set(codes) - {"result"} == {"form", "effect"}
    assert set(codes) - set(NAMES) - set(OWN) == kept
    assert set(PLAIN) == {
        *("name", "handling_mode", "statutory_days", "promised_days", "window", "duty", "fee_basis", "complaint_phone")
    }
    assert LEVELS.keys() == {"6", "9", "12"}
    assert written(NOTHING) == dict.fromkeys(("materials", "steps", "places", *LISTS))
