"""What the guide of an item says, by itself: in the words of the counter, and only what the version says."""

from types import SimpleNamespace
from typing import Any

import pytest

from services.services_hall.catalogue.documents import LEVELS, MATERIALS, guide_of
from services.services_hall.items.domain.codes import HandlingMode, MaterialForm, ResultKind, ServiceWindow, Target
from shared.contracts.duties import DutyKind
from shared.reference.departments import DEPARTMENTS, ITEM_CATEGORIES

PLAIN: dict[str, Any] = {
    "name": "居住证明", "number": 2, "fee_fen": 0, "fee_basis": None, "handling_mode": "within_promise",
    "levels": [9, 12], "statutory_days": 20, "promised_days": 5, "result": None, "window": None, "duty": None,
    "complaint_phone": None, "basis": [], "conditions": [], "materials": [], "steps": [], "places": [],
}  # fmt: skip
ITEM: dict[str, Any] = {
    "code": "VILLAGE-CERT-01", "category": "social_assistance", "target": "natural_person",
    "department": "civil_affairs",
}  # fmt: skip
MATERIAL: dict[str, Any] = {"name": "身份证", "form": "copy", "copies": 1, "required": True, "deferrable": False}


def guide(item: dict[str, Any] | None = None, **version: Any) -> dict[str, Any]:
    found: Any = SimpleNamespace(
        item=SimpleNamespace(**ITEM | (item or {})), version=SimpleNamespace(**PLAIN | version)
    )
    return guide_of(found, DEPARTMENTS, ITEM_CATEGORIES)


def fact(name: str, **version: Any) -> str | None:
    return dict(guide(**version)["facts"]).get(name)


def section(title: str, **version: Any) -> Any:
    return next((one for one in guide(**version)["sections"] if one["title"] == title), None)


def test_a_plain_item_says_what_everybody_asks_and_has_no_empty_section() -> None:
    told = guide()
    assert (told["title"], told["subtitle"]) == ("居住证明办事指南", "民政局　第 2 版")
    assert [*map(tuple, told["facts"])] == [
        ("事项编码", "VILLAGE-CERT-01"), ("事项分类", ITEM_CATEGORIES["social_assistance"]), ("服务对象", "自然人"),
        ("办理方式", "限期办"), ("受理层级", "乡镇（街道）、村（社区）"), ("法定时限", "20 个工作日"),
        ("承诺时限", "5 个工作日"), ("收费", "不收费"), ("办理结果", "无"),
    ]  # fmt: skip
    assert told["sections"] == []
    assert "None" not in str(told)


@pytest.mark.parametrize(
    ("name", "version", "said"),
    [
        ("承诺时限", {"promised_days": 0}, "当场办结"),
        ("收费", {"fee_fen": 550, "fee_basis": "县价费 1 号"}, "5.50 元（县价费 1 号）"),
        ("收费", {"fee_fen": 1, "fee_basis": "甲"}, "0.01 元（甲）"),
        ("收费", {"fee_fen": 100_000_000, "fee_basis": "甲"}, "1000000.00 元（甲）"),
        ("收费", {"fee_basis": "县价费 1 号"}, "不收费"),
        ("办理结果", {"result": {"kind": "licence", "name": "居住证"}}, "居住证"),
        ("办理结果", {"result": {"kind": "licence", "name": None}}, ResultKind.LICENCE.label),
        ("办理结果", {"result": {"kind": "none", "name": None}}, "无"),
        ("受理层级", {"levels": [6]}, "县级"),
        ("受理层级", {"levels": [6, 9, 12]}, "县级、乡镇（街道）、村（社区）"),
        ("服务窗口", {"window": "jh_social_assistance"}, ServiceWindow.JH_ASSISTANCE.label),
        ("服务窗口", {}, None),
        ("履职清单", {"duty": "taken_back"}, DutyKind.TAKEN_BACK.label),
        ("履职清单", {}, None),
        ("投诉电话", {"complaint_phone": "0774-8220000"}, "0774-8220000"),
        ("投诉电话", {}, None),
    ],
)
def test_each_fact_is_said_as_people_say_it(name: str, version: dict[str, Any], said: str | None) -> None:
    assert fact(name, **version) == said


@pytest.mark.parametrize("mode", HandlingMode)
@pytest.mark.parametrize("target", Target)
def test_codes_are_never_shown_for_their_names(mode: HandlingMode, target: Target) -> None:
    told = dict(guide({"target": str(target)}, handling_mode=str(mode))["facts"])
    assert (told["办理方式"], told["服务对象"]) == (mode.label, target.label)


def test_a_department_or_category_that_the_county_has_no_longer_is_shown_by_its_code() -> None:
    told = guide({"department": "former", "category": "former_too"})
    assert told["subtitle"] == "former　第 2 版"
    assert dict(told["facts"])["事项分类"] == "former_too"


@pytest.mark.parametrize(
    ("changed", "row"),
    [
        ({}, ["身份证", "复印件", "1", "必要", "—"]),
        ({"required": False}, ["身份证", "复印件", "1", "可选", "—"]),
        ({"deferrable": True}, ["身份证", "复印件", "1", "必要，可容缺", "—"]),
        ({"form": "original", "copies": 3}, ["身份证", "原件", "3", "必要", "—"]),
        ({"source": "公安机关"}, ["身份证", "复印件", "1", "必要", "公安机关"]),
        ({"source": "公安机关", "sample": "样表见窗口"}, ["身份证", "复印件", "1", "必要", "公安机关；样表见窗口"]),
        ({"sample": "样表见窗口", "source": None}, ["身份证", "复印件", "1", "必要", "样表见窗口"]),
    ],
)
def test_a_material_says_in_which_form_how_often_and_whether_it_may_come_later(
    changed: dict[str, Any], row: list[str]
) -> None:
    table = section("申请材料", materials=[MATERIAL | changed])["table"]
    assert (tuple(table["titles"]), len(table["widths"]), table["rows"]) == (MATERIALS, 5, [row])


def test_every_form_of_a_material_and_every_level_of_a_step_has_its_name() -> None:
    forms = [MATERIAL | {"form": str(form)} for form in MaterialForm]
    assert [row[1] for row in section("申请材料", materials=forms)["table"]["rows"]] == [
        one.label for one in MaterialForm
    ]
    steps = [{"name": "审核", "level": level, "days": level, "department": None} for level in LEVELS]
    table = section("办理环节", steps=steps)["table"]
    assert table["rows"] == [["审核", LEVELS[level], str(level)] for level in (6, 9, 12)]


def test_places_and_lines_stand_in_their_order_numbered_from_one() -> None:
    place = {"name": "中心", "address": "府前路", "hours": "工作日", "phone": None}
    told = guide(
        basis=["甲法", "乙法"], conditions=["本县户籍"], places=[place, {**place, "phone": "12345"}],
        materials=[MATERIAL], steps=[{"name": "审核", "level": 9, "days": 2}],
    )  # fmt: skip
    assert [one["title"] for one in told["sections"]] == ["设定依据", "受理条件", "申请材料", "办理环节", "办理地点"]
    assert [one["lines"] for one in told["sections"][:2]] == [["1. 甲法", "2. 乙法"], ["1. 本县户籍"]]
    assert [row[3] for row in told["sections"][4]["table"]["rows"]] == ["—", "12345"]
    assert all(bool(one["lines"]) != bool(one["table"]) for one in told["sections"])
    for one in told["sections"][2:]:
        assert len(one["table"]["titles"]) == len(one["table"]["widths"]) == len(one["table"]["rows"][0])
