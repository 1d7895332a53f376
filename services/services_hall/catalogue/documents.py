"""Guide of an item (办事指南) as a paper: what its newest version says, in the words of the counter."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.services_hall.items.domain.codes import (
    HandlingMode,
    MaterialForm,
    ResultKind,
    ServiceWindow,
    Target,
)
from services.services_hall.items.models import CatalogueItem
from shared.contracts.duties import DutyKind

LEVELS = {6: "县级", 9: "乡镇（街道）", 12: "村（社区）"}
MATERIALS = ("名称", "形式", "份数", "要求", "说明")
NOTE = "本指南按现行版本生成。办理时限按工作日计算，受理当日不计入；收费、材料以窗口公布的为准。"


def guide_of(found: CatalogueItem, departments: Mapping[str, str], categories: Mapping[str, str]) -> dict[str, Any]:
    """What the template `guide` is given."""
    item, version = found.item, found.version
    assert version is not None, "what is offered has a version"
    fee = f"{version.fee_fen / 100:.2f} 元（{version.fee_basis}）" if version.fee_fen else "不收费"
    facts: list[Sequence[str]] = [
        ("事项编码", item.code),
        ("事项分类", categories.get(item.category, item.category)),
        ("服务对象", Target(item.target).label),
        ("办理方式", HandlingMode(version.handling_mode).label),
        ("受理层级", "、".join(LEVELS[level] for level in version.levels)),
        ("法定时限", f"{version.statutory_days} 个工作日"),
        ("承诺时限", f"{version.promised_days} 个工作日" if version.promised_days else "当场办结"),
        ("收费", fee),
        ("办理结果", _result(version.result)),
    ]
    if version.window:
        facts.append(("服务窗口", ServiceWindow(version.window).label))
    if version.duty:
        facts.append(("履职清单", DutyKind(version.duty).label))
    if version.complaint_phone:
        facts.append(("投诉电话", version.complaint_phone))
    return {
        "title": f"{version.name}办事指南",
        "subtitle": f"{departments.get(item.department, item.department)}　第 {version.number} 版",
        "facts": facts,
        "sections": [
            *_listed("设定依据", version.basis),
            *_listed("受理条件", version.conditions),
            *_tabled("申请材料", MATERIALS, "1fr auto auto auto 1fr", _materials(version)),
            *_tabled("办理环节", ("环节", "层级", "工作日"), "1fr auto auto", _steps(version)),
            *_tabled("办理地点", ("名称", "地址", "办公时间", "电话"), "1fr 1fr 1fr auto", _places(version)),
        ],
        "note": NOTE,
    }


def _result(result: Mapping[str, Any] | None) -> str:
    if result is None:
        return "无"
    return str(result["name"] or ResultKind(result["kind"]).label)


def _listed(title: str, lines: Sequence[str]) -> list[dict[str, Any]]:
    numbered = [f"{number}. {line}" for number, line in enumerate(lines, 1)]
    return [{"title": title, "lines": numbered, "table": None}] if lines else []


def _tabled(title: str, titles: Sequence[str], widths: str, rows: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    table = {"titles": titles, "widths": widths.split(), "rows": rows}
    return [{"title": title, "lines": [], "table": table}] if rows else []


def _materials(version: Any) -> list[list[str]]:
    return [
        [
            one["name"],
            MaterialForm(one["form"]).label,
            str(one["copies"]),
            ("必要" if one["required"] else "可选") + ("，可容缺" if one["deferrable"] else ""),
            "；".join(filter(None, (one.get("source"), one.get("sample")))) or "—",
        ]
        for one in version.materials
    ]


def _steps(version: Any) -> list[list[str]]:
    return [[one["name"], LEVELS[one["level"]], str(one["days"])] for one in version.steps]


def _places(version: Any) -> list[list[str]]:
    return [[one["name"], one["address"], one["hours"], one["phone"] or "—"] for one in version.places]
