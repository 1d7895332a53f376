"""Columns of a department's list as a table, what a row says, and what a row is answered that is not taken in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.life_events.domain import PersonDeceased, PersonNotActive
from services.registry.tags.domain import TagAlreadyOpen, TagDatesWrong, TagDoesNotFit, UnknownTagLevel
from shared.contracts.county.lists import ListKind
from shared.errors import FieldError
from shared.reference.documents import DocumentType, check_document, message
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.values import Value

TITLE = "待遇名单"
SOURCE = "urn:xiangli:counter"
"""The source of all lists that are handed in at a counter. It never stands among those of the bus."""

UNKNOWN, TWICE = "unknown", "duplicate"
MESSAGES: Mapping[str, str] = {
    UNKNOWN: "该区域内查无此人，或姓名与证件号码不符",
    TWICE: "此人与上面的行重复",
    "row_repeated": "此人在本名单中已有一行",
    "newer_known": "在册信息晚于名单数据日期，以在册为准，未作改动",
    **{
        one.code: one.title
        for one in (UnknownTagLevel, TagAlreadyOpen, TagDatesWrong, TagDoesNotFit, PersonDeceased, PersonNotActive)
    },
}
"""What rows are answered whose person is known, or is nobody of the area: they leave no doubt who else is listed."""
_OTHER = "不予登记，请核对该居民的在册信息"
MOST_FEN = 100_000_000

COLUMNS: tuple[Column, ...] = (
    Column("person", "居民编号", synonyms=("人员编号", "登记编号"), help="登记系统的居民编号；有编号的可不填证件号码"),
    Column("name", "姓名", synonyms=("享受人姓名", "人员姓名"), help="按证件号码查找的必填", max_length=200),
    Column(
        "number",
        "身份证号",
        ColumnType.DIGITS,
        synonyms=("公民身份号码", "身份证号码", "证件号码", "证件号", "居民身份证号码"),
        help="没有居民编号的必填，与姓名一并核对",
        example="45048119900307019X",
        max_length=40,
    ),
    Column(
        "since",
        "起始日期",
        ColumnType.DAY,
        required=True,
        synonyms=("享受起始日期", "起始时间", "批准日期", "开始日期"),
        example="2026-01-01",
    ),
    Column(
        "level",
        "等级",
        synonyms=("级别", "残疾等级", "类别等级"),
        help="名单有等级的填写；不填不改变在册等级",
        max_length=8,
    ),
    Column(
        "monthly", "月标准", ColumnType.MONEY, synonyms=("月标准（元）", "月补助金额", "月发放金额"), example="640.00"
    ),
)


@dataclass(frozen=True, slots=True, repr=False)
class Listed:
    """A row as it is read. The repr shows nothing."""

    person_id: UUID | None
    name: str | None
    number: str | None
    since: date
    level: str | None
    monthly_fen: int | None
    errors: tuple[FieldError, ...]

    @property
    def key(self) -> str | None:
        """Who is meant, for telling rows of one table apart."""
        return str(self.person_id) if self.person_id is not None else self.number


def read_row(values: Mapping[str, Value], *, today: date) -> Listed:
    """A row, judged by itself: somebody is named by the register's id, or by number and name."""
    errors: list[FieldError] = []
    person, number, name = _text(values, "person"), _text(values, "number"), _text(values, "name")
    found = _id(person)
    if person is not None and found is None:
        errors.append(FieldError("person", "not_an_id", "居民编号无法识别，请从登记系统复制"))
    if person is None and number is None:
        errors.append(FieldError("number", "missing", "居民编号和身份证号须填其一"))
    if person is None and number is not None:
        checked = check_document(DocumentType.CITIZEN_ID, number, on=today)
        errors += [FieldError("number", one, message(one)) for one in checked.problems]
        number = checked.number if checked.valid else None
        if name is None:
            errors.append(FieldError("name", "missing", "按身份证号查找的，姓名必填"))
    level, monthly = _text(values, "level"), values.get("monthly")
    if level is not None and not (level.isascii() and level.isalnum()):
        errors.append(FieldError("level", "level", "等级应为数字或字母，如 1"))
    fen = None if monthly is None else int(str(monthly))
    if fen is not None and not 0 <= fen <= MOST_FEN:
        errors.append(FieldError("monthly", "range", "月标准应在 0 至 1000000 元之间"))
    since = date.fromisoformat(str(values["since"]))
    return Listed(found, name, number, since, level, fen, tuple(errors))


def answered(code: str) -> FieldError:
    """What a row is answered, at its column."""
    column = {UNKNOWN: "number", TWICE: "number", UnknownTagLevel.code: "level", TagDatesWrong.code: "since"}
    return FieldError(column.get(code, ""), code, MESSAGES.get(code, _OTHER))


def target_of(kind: ListKind, as_of: date) -> str:
    """What an import of such a list is called."""
    return f"{PREFIX}{kind}:{as_of.isoformat()}"


def read_target(target: str) -> tuple[ListKind, date]:
    """Kind and day of a list by what its import is called."""
    kind, _, day = target.removeprefix(PREFIX).partition(":")
    return ListKind(kind), date.fromisoformat(day)


PREFIX = "lists:"


def _text(values: Mapping[str, Value], code: str) -> str | None:
    value = values.get(code)
    return None if value is None else str(value)


def _id(text: str | None) -> UUID | None:
    try:
        return None if text is None else UUID(text)
    except ValueError:
        return None
