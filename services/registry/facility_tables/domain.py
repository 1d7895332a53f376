"""Columns of a table of facilities, and what a row of it says."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from services.registry.facilities.domain import FacilityDatesWrong, FacilityFields, Hours, check_days, checked
from shared.contracts.registry.facilities import DailyNeed, FacilityKind, FacilityStatus
from shared.errors import FieldError, Invalid
from shared.imports.read_rows import Read
from shared.reference.areas import GRID_DIGITS, VILLAGE_DIGITS, village_of
from shared.reference.digits import is_digits
from shared.reference.written import compared
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.values import Value

TITLE = "设施名册"
MOST_STAFF, LARGEST, DEGREES = 100_000, Decimal(1_000_000), Decimal(180)
MOST_HOURS = 21
"""Opening hours of one facility: three times on each day of the week."""

COLUMNS: tuple[Column, ...] = (
    Column(
        "area",
        "所在地代码",
        ColumnType.DIGITS,
        synonyms=("所在地", "所属区划", "区划代码", "村代码", "网格编码"),
        help="村（社区）12位或网格15位；不填的，为导入时所选的村",
        example="450481100201",
        max_length=GRID_DIGITS,
    ),
    Column("kind", "设施类别", ColumnType.CHOICE, required=True, choices=FacilityKind.names(), synonyms=("类别",)),
    Column("name", "设施名称", required=True, synonyms=("名称", "网点名称"), example="探花村便民超市", max_length=200),
    Column("serves", "满足需要", ColumnType.CHOICES, choices=DailyNeed.names(), synonyms=("服务内容", "六不出社区")),
    Column("address", "地址", synonyms=("详细地址", "位置"), max_length=200),
    Column("longitude", "经度", ColumnType.DECIMAL, scale=6, help="WGS 84，与纬度同时填写", example="111.205000"),
    Column("latitude", "纬度", ColumnType.DECIMAL, scale=6, help="WGS 84，与经度同时填写", example="22.905000"),
    Column("floor_area", "面积（平方米）", ColumnType.DECIMAL, synonyms=("面积", "建筑面积"), example="120.50"),
    Column("staff", "工作人员数", ColumnType.INTEGER, synonyms=("人员数", "工作人员"), example="3"),
    Column(
        "hours",
        "开放时间",
        synonyms=("营业时间", "服务时间"),
        help="星期和起止时间，如 1-5 08:30-17:30；多段用分号隔开",
        example="1-5 08:30-17:30；6,7 09:00-12:00",
        max_length=400,
    ),
    Column(
        "opened_on",
        "开放日期",
        ColumnType.DAY,
        required=True,
        synonyms=("开放时间起", "启用日期", "建成日期"),
        example="2024-05-20",
    ),
)
EXPORTED: tuple[Column, ...] = (
    Column("facility", "设施编号"),
    *COLUMNS,
    Column("organisation", "运营组织编号"),
    Column("status", "状态", ColumnType.CHOICE, choices=FacilityStatus.names()),
    Column("closed_on", "关闭日期", ColumnType.DAY),
)
"""Which organisation runs it is not taken from a table: a name is none of its ids."""

_SPELL = re.compile(r"([1-7](?:[-,][1-7])*) ([0-9]{2}:[0-9]{2})-([0-9]{2}:[0-9]{2})", re.ASCII)
_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]|24:00", re.ASCII)


def read_row(values: Mapping[str, Value], *, area: str, today: date) -> Read[FacilityFields]:
    """A row, judged by itself. `area`: of the import, where those lie of which no place is said."""
    place, name = str(values.get("area") or area), str(values["name"])
    errors = _bounds(values)
    if not is_digits(place) or len(place) not in (VILLAGE_DIGITS, GRID_DIGITS):
        errors.append(FieldError("area", "area_code", "所在地代码应为12位（村、社区）或15位（网格）"))
    hours = read_hours(str(values["hours"])) if "hours" in values else ()
    if hours is None:
        errors.append(FieldError("hours", "opening_hours", "开放时间无法识别，请写成 1-5 08:30-17:30"))
    serves = values.get("serves")
    floor = _number(values, "floor_area")
    staff = values.get("staff")
    new = FacilityFields(
        area=place,
        kind=FacilityKind(str(values["kind"])),
        name=name,
        opened_on=date.fromisoformat(str(values["opened_on"])),
        serves=tuple(map(DailyNeed, serves)) if isinstance(serves, list) else (),
        address=None if values.get("address") is None else str(values["address"]),
        longitude=_degrees(values, "longitude"),
        latitude=_degrees(values, "latitude"),
        floor_area=floor,
        staff=None if staff is None else int(str(staff)),
        hours=hours or (),
    )
    try:
        new = checked(new)
        check_days("opened_on", date.min, new.opened_on, today)
    except (Invalid, FacilityDatesWrong) as error:
        errors += [FieldError(one.path.partition(".")[0], one.code, one.message) for one in error.errors]
    return Read(new, (village_of(place), compared(name)), errors)


def told(new: FacilityFields) -> Mapping[str, Value | None]:
    """What a row says, by column."""
    return {
        "area": new.area,
        "kind": str(new.kind),
        "name": compared(new.name),
        "serves": [str(one) for one in new.serves],
        "address": new.address,
        "longitude": _written(new.longitude),
        "latitude": _written(new.latitude),
        "floor_area": None if new.floor_area is None else f"{new.floor_area:.2f}",
        "staff": new.staff,
        "hours": written_hours([(one.days, one.opens, one.closes) for one in new.hours]),
        "opened_on": new.opened_on.isoformat(),
    }


def stored(facility: Any) -> Mapping[str, Value | None]:
    """What stands in the register of a facility, by the same columns."""
    return {
        **{name: getattr(facility, name) for name in ("area", "address", "staff")},
        "kind": str(facility.kind),
        "name": facility.compared,
        "serves": list(facility.serves),
        "longitude": _written(facility.longitude),
        "latitude": _written(facility.latitude),
        "floor_area": None if facility.floor_area is None else f"{facility.floor_area:.2f}",
        "hours": written_hours([(one["days"], one["opens"], one["closes"]) for one in facility.hours]),
        "opened_on": facility.opened_on.isoformat(),
    }


def read_hours(text: str) -> tuple[Hours, ...] | None:
    """Opening hours as they are written in a cell: `1-5 08:30-17:30；6,7 09:00-12:00`. None: they are not so."""
    found = []
    for piece in filter(None, (one.strip() for one in re.split("[;；\n]", text))):
        spell = _SPELL.fullmatch(piece)
        if spell is None or not all(_TIME.fullmatch(one) for one in spell.groups()[1:]):
            return None
        days: set[int] = set()
        for part in spell[1].split(","):
            first, _, last = part.partition("-")
            if len(part) > 3 or int(last or first) < int(first):
                return None
            days |= set(range(int(first), int(last or first) + 1))
        found.append(Hours(tuple(sorted(days)), spell[2], spell[3]))
    return tuple(found) if found and len(found) <= MOST_HOURS else None


def written_hours(hours: Sequence[tuple[Sequence[int], str, str]]) -> str | None:
    """The same as it is written; None for none."""
    return "；".join(f"{','.join(map(str, days))} {opens}-{closes}" for days, opens, closes in hours) or None


def _bounds(values: Mapping[str, Value]) -> list[FieldError]:
    errors = []
    floor, staff = _number(values, "floor_area"), values.get("staff")
    if floor is not None and not 0 < floor < LARGEST:
        errors.append(FieldError("floor_area", "range", "面积须大于 0，不超过 999999.99 平方米"))
    if staff is not None and not 0 <= int(str(staff)) <= MOST_STAFF:
        errors.append(FieldError("staff", "range", f"工作人员数应在 0 至 {MOST_STAFF} 之间"))
    for name, other, most in (("longitude", "latitude", DEGREES), ("latitude", "longitude", DEGREES / 2)):
        degrees = _number(values, name)
        if degrees is None and other in values:
            errors.append(FieldError(name, "missing", "经度和纬度须同时填写"))
        elif degrees is not None and abs(degrees) > most:
            errors.append(FieldError(name, "range", "坐标超出范围"))
    return errors


def _number(values: Mapping[str, Value], code: str) -> Decimal | None:
    value = values.get(code)
    return None if value is None else Decimal(str(value))


def _degrees(values: Mapping[str, Value], code: str) -> float | None:
    value = _number(values, code)
    return None if value is None else float(value)


def _written(degrees: float | None) -> str | None:
    return None if degrees is None else f"{degrees:.6f}"
