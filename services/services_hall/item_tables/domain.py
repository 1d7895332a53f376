"""Columns of a table of items (事项清单), and the cells in which materials, steps and places are written."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.services_hall.items.domain.codes import (
    HandlingMode,
    MaterialForm,
    ResultKind,
    ServiceWindow,
    Target,
)
from shared.contracts.duties import DutyKind
from shared.errors import DomainError, ErrorKind
from shared.reference.digits import is_digits
from shared.reference.named_code import NamedCode
from shared.spreadsheets.columns import Column, ColumnType

TITLE = "事项清单"
LEVELS = {"6": "县级", "9": "乡镇（街道）", "12": "村（社区）"}
SPLIT, PARTS = "\n", "|"
_ESCAPED, _ESCAPING = re.compile(r"\\([\\|])"), re.compile(r"[\\|]")
_PARTED = re.compile(r"(?:\\[\\|]|[^|])*")
YES = {"必要": True, "可选": False}
DEFERRABLE = "容缺"

COLUMNS: tuple[Column, ...] = (
    Column("code", "事项编码", required=True, synonyms=("编码", "实施编码"), example="XLBM-0001", max_length=40),
    Column("name", "事项名称", required=True, synonyms=("名称",), example="最低生活保障申请"),
    Column("department", "实施部门", required=True, synonyms=("部门", "责任部门"), help="本县部门的名称或代码"),
    Column("category", "事项分类", required=True, synonyms=("分类",), help="事项分类的名称或代码"),
    Column("target", "服务对象", ColumnType.CHOICE, choices=Target.names(), help="不填为自然人"),
    Column("handling_mode", "办理方式", ColumnType.CHOICE, required=True, choices=HandlingMode.names()),
    Column("statutory_days", "法定时限", ColumnType.INTEGER, required=True, help="工作日", example="20"),
    Column("promised_days", "承诺时限", ColumnType.INTEGER, required=True, help="工作日，马上办为 0", example="10"),
    Column("levels", "受理层级", ColumnType.CHOICES, required=True, choices=LEVELS),
    Column("areas", "适用区域", help="区划代码，多个分行；不填为全县"),
    Column("window", "服务窗口", ColumnType.CHOICE, choices=ServiceWindow.names()),
    Column("duty", "履职事项清单", ColumnType.CHOICE, choices=DutyKind.names(), synonyms=("履职清单",)),
    Column("basis", "设定依据", synonyms=("依据",), help="多条分行"),
    Column("keywords", "关键词", help="多个分行"),
    Column("conditions", "受理条件", synonyms=("条件",), help="多条分行"),
    Column(
        "materials",
        "申请材料",
        synonyms=("材料",),
        help="每行一份：名称|原件、复印件或电子件|份数|必要或可选|容缺（可不写）；文字中的 | 写作 \\|",
        example="居民身份证|复印件|1|必要",
    ),
    Column(
        "steps",
        "审查环节",
        synonyms=("环节",),
        help="每行一个：名称|县级、乡镇（街道）或村（社区）|工作日|部门代码（不写为实施部门）",
        example="镇级审核|乡镇（街道）|5",
    ),
    Column("places", "办理地点", help="每行一处：名称|地址|办公时间|电话（可不写）"),
    Column("result_kind", "结果类型", ColumnType.CHOICE, choices=ResultKind.names()),
    Column("result_name", "结果名称"),
    Column("fee_fen", "收费", ColumnType.MONEY, help="不填为不收费"),
    Column("fee_basis", "收费依据"),
    Column("complaint_phone", "投诉电话", example="0774-8220000"),
)
"""A form is none of the columns: it stays as the newest version has it."""

LISTS = ("areas", "basis", "keywords", "conditions")
OWN = ("code", "department", "category", "target")
"""Columns of the item itself; the others are of its version."""
_APART = (*OWN, *LISTS, "levels", "materials", "steps", "places", "result_kind", "result_name", "fee_fen")
PLAIN = tuple(column.code for column in COLUMNS if column.code not in _APART)
"""Columns that hold a part of the version as it is."""


class TakenAs(NamedCode):
    """What became of an entry that was handed in."""

    DRAFTED = "drafted", "已起草新事项"
    CHANGED = "changed", "已起草新版本"
    UNCHANGED = "unchanged", "没有变化"


class ItemOfAnother(DomainError):
    """The item is there with another department, category or target: these do not change by a table."""

    kind, code, title = ErrorKind.CONFLICT, "item_differs", "与已有事项的部门、分类或服务对象不一致"
    advice = "请核对编码；部门、分类、服务对象变化的，请停用原事项后另立新事项"


class ItemDraftWaits(DomainError):
    """A draft that says otherwise waits for its publication: a table does not write over what somebody drafted."""

    kind, code, title = ErrorKind.CONFLICT, "item_draft_waits", "该事项已有待审核的草稿，内容不同"
    advice = "请先审核或作废现有草稿，再导入"


class CellUnreadable(ValueError):
    """A line of a cell is not written as its column's guide says."""


def lines(text: Any) -> list[str]:
    """The lines of a cell."""
    return [line.strip() for line in str(text or "").splitlines() if line.strip()]


def parted(text: Any, least: int, most: int) -> list[list[str]]:
    r"""The lines of a cell, each in its parts; `\|` is a stroke in one, `\\` a backslash.

    Raises `CellUnreadable` for a line with fewer or more.
    """
    found = [_parts(line) for line in lines(text)]
    if any(not least <= len(parts) <= most for parts in found):
        raise CellUnreadable
    return found


def _parts(line: str) -> list[str]:
    found, at = [], 0
    while at <= len(line):
        part = _PARTED.match(line, at)
        assert part is not None, "it may be empty"
        found.append(_ESCAPED.sub(r"\1", part[0]).strip())
        at = part.end() + 1
    return found


def _line(*parts: str) -> str:
    """A line that `parted` reads as these parts."""
    return PARTS.join(_ESCAPING.sub(r"\\\g<0>", part) for part in parts)


def read_materials(text: Any) -> list[dict[str, Any]]:
    """Materials as a cell has them. Raises `CellUnreadable`."""
    found = []
    for name, form, copies, needed, *deferred in parted(text, 4, 5):
        code = next((code for code, title in MaterialForm.names().items() if form in (title, code)), None)
        if code is None or not is_digits(copies) or needed not in YES or deferred not in ([], [""], [DEFERRABLE]):
            raise CellUnreadable
        material = {"name": name, "form": code, "copies": int(copies), "required": YES[needed]}
        found.append({**material, "deferrable": deferred == [DEFERRABLE]})
    return found


def read_steps(text: Any) -> list[dict[str, Any]]:
    """Steps as a cell has them. Raises `CellUnreadable`."""
    found = []
    for name, level, days, *department in parted(text, 3, 4):
        digits = next((code for code, title in LEVELS.items() if level in (title, code)), None)
        if digits is None or not is_digits(days):
            raise CellUnreadable
        found.append({"name": name, "level": int(digits), "days": int(days), "department": _only(department)})
    return found


def read_places(text: Any) -> list[dict[str, Any]]:
    """Places as a cell has them. Raises `CellUnreadable`."""
    return [
        {"name": name, "address": address, "hours": hours, "phone": _only(phone)}
        for name, address, hours, *phone in parted(text, 3, 4)
    ]


def written(content: Mapping[str, Any]) -> dict[str, Any]:
    """The cells of a content: what `read_materials` and its like read back."""
    materials = [
        _line(
            *(one["name"], MaterialForm(one["form"]).label, str(one["copies"])),
            *("必要" if one["required"] else "可选", *([DEFERRABLE] if one["deferrable"] else [])),
        )
        for one in content["materials"]
    ]
    steps = [
        _line(one["name"], LEVELS[str(one["level"])], str(one["days"]), *filter(None, [one["department"]]))
        for one in content["steps"]
    ]
    places = [
        _line(one["name"], one["address"], one["hours"], *filter(None, [one["phone"]])) for one in content["places"]
    ]
    return {"materials": _joined(materials), "steps": _joined(steps), "places": _joined(places)} | {
        name: _joined(content[name]) for name in LISTS
    }


def _joined(texts: Sequence[str]) -> str | None:
    return SPLIT.join(texts) or None


def _only(parts: Sequence[str]) -> str | None:
    return next(iter(parts), None) or None
