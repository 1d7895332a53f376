"""Columns of a table of organisations, and what a row of it says."""

from collections.abc import Mapping
from datetime import date

from services.registry.organisations.domain import (
    OrganisationContact,
    OrganisationDatesWrong,
    OrganisationFields,
    check_days,
    checked,
)
from shared.contracts.registry.organisations import OrganisationKind, OrganisationRegistration, OrganisationStatus
from shared.errors import FieldError, Invalid
from shared.imports.read_rows import Read
from shared.reference.areas import GRID_DIGITS, VILLAGE_DIGITS, village_of
from shared.reference.digits import is_digits
from shared.reference.written import compared
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.values import Value

TITLE = "组织名册"
SEALED = ("address", "responsible", "phone")
"""Columns of what is sealed: compared for who sees it."""
MOST_MEMBERS = 1_000_000

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
    Column("kind", "组织类别", ColumnType.CHOICE, required=True, choices=OrganisationKind.names(), synonyms=("类别",)),
    Column(
        "name",
        "组织名称",
        required=True,
        synonyms=("名称", "单位名称", "全称"),
        example="示例社区老年协会",
        max_length=200,
    ),
    Column(
        "credit_code",
        "统一社会信用代码",
        ColumnType.DIGITS,
        synonyms=("信用代码", "社会信用代码"),
        example="N2450481MF00000012",
        max_length=64,
    ),
    Column(
        "registration",
        "登记情况",
        ColumnType.CHOICE,
        choices=OrganisationRegistration.names(),
        synonyms=("登记备案情况",),
        help="不填的，有统一社会信用代码的为已登记，否则为未登记备案",
    ),
    Column("registered_on", "登记日期", ColumnType.DAY, synonyms=("备案日期", "登记备案日期"), example="2024-06-03"),
    Column("members", "成员数", ColumnType.INTEGER, synonyms=("成员人数", "从业人数", "人数"), example="42"),
    Column(
        "began_on",
        "成立日期",
        ColumnType.DAY,
        required=True,
        synonyms=("成立时间", "进驻日期", "起始日期"),
        example="2024-05-20",
    ),
    Column("address", "地址", synonyms=("住所", "详细地址", "办公地址"), max_length=200),
    Column("responsible", "负责人", synonyms=("负责人姓名", "法定代表人", "联系人"), max_length=200),
    Column("phone", "联系电话", ColumnType.PHONE, synonyms=("电话", "手机", "联系方式"), max_length=40),
)
EXPORTED: tuple[Column, ...] = (
    Column("organisation", "组织编号"),
    *COLUMNS,
    Column("status", "状态", ColumnType.CHOICE, choices=OrganisationStatus.names()),
    Column("ended_on", "终止日期", ColumnType.DAY),
)


def read_row(values: Mapping[str, Value], *, area: str, today: date) -> Read[OrganisationFields]:
    """A row, judged by itself. `area`: of the import, where those belong of which no place is said."""
    place = str(values.get("area") or area)
    name = str(values["name"])
    code = _text(values, "credit_code")
    told = _text(values, "registration")
    by_code = OrganisationRegistration.REGISTERED if code else OrganisationRegistration.NONE
    members = values.get("members")
    new = OrganisationFields(
        area=place,
        kind=OrganisationKind(str(values["kind"])),
        name=name,
        began_on=date.fromisoformat(str(values["began_on"])),
        credit_code=code,
        registration=by_code if told is None else OrganisationRegistration(told),
        registered_on=_day(values, "registered_on"),
        members=None if members is None else int(str(members)),
        contact=OrganisationContact(_text(values, "address"), _text(values, "responsible"), _text(values, "phone")),
    )
    errors: list[FieldError] = []
    if not is_digits(place) or len(place) not in (VILLAGE_DIGITS, GRID_DIGITS):
        errors.append(FieldError("area", "area_code", "所在地代码应为12位（村、社区）或15位（网格）"))
    if new.members is not None and not 0 <= new.members <= MOST_MEMBERS:
        errors.append(FieldError("members", "range", f"成员数应在 0 至 {MOST_MEMBERS} 之间"))
    try:
        new = checked(new)
        check_days("began_on", date.min, new.began_on, today)
        if new.registered_on is not None:
            check_days("registered_on", date.min, new.registered_on, today)
    except (Invalid, OrganisationDatesWrong) as error:
        errors += error.errors
    return Read(new, (village_of(place), compared(name)), errors)


def told(new: OrganisationFields) -> Mapping[str, Value | None]:
    """What a row says, by column."""
    contact = new.contact
    return {
        "area": new.area,
        "kind": str(new.kind),
        "name": compared(new.name),
        "credit_code": new.credit_code,
        "registration": str(new.registration),
        "registered_on": None if new.registered_on is None else new.registered_on.isoformat(),
        "members": new.members,
        "began_on": new.began_on.isoformat(),
        "address": contact.address,
        "responsible": contact.responsible,
        "phone": contact.phone,
    }


def _text(values: Mapping[str, Value], code: str) -> str | None:
    value = values.get(code)
    return None if value is None else str(value)


def _day(values: Mapping[str, Value], code: str) -> date | None:
    value = values.get(code)
    return None if value is None else date.fromisoformat(str(value))
