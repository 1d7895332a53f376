"""Columns of a ledger's spreadsheet, and the way between their cells and a record's values."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from shared.clock import business_day
from shared.ledgers.compiler.code_lists import CODE_LISTS
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.fields import FieldDefinition, RowsDefinition
from shared.ledgers.grammar.words import ATTACHED, FieldType, Subject
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.standing import SINCE, STANDS, Standing
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.values import Value

AREA = Column(
    "@area", "所属区划", ColumnType.DIGITS, synonyms=("区划代码", "所属区域", "网格编码", "村代码", "区域代码")
)
"""Where a record lies; the import's own area if a row does not say."""
NUMBER = Column("@record", "记录编号")
"""What an export shows besides; an import takes no notice of it."""

STATUS, ENTERED = "@status", "@entered:"
"""Codes of the columns with a record's status, and with the days on which it entered statuses."""

_STATUS_TITLES = ("状态", "记录状态", "办理状态", "台账状态")

SUBJECT = "@subject"
"""Code of the column with the id of what a record is about."""

OF_THE_RECORD = {"area": AREA.code, "subject_id": SUBJECT}
"""Columns of what stands beside the values, by where it stands in a record."""

SHOWN_ROWS = 5
"""Rows of a small table that have columns in the spreadsheet."""

_TYPES: Mapping[FieldType, ColumnType] = {
    FieldType.INTEGER: ColumnType.INTEGER,
    FieldType.DECIMAL: ColumnType.DECIMAL,
    FieldType.MONEY: ColumnType.MONEY,
    FieldType.PERCENT: ColumnType.PERCENT,
    FieldType.BOOLEAN: ColumnType.BOOLEAN,
    FieldType.DATE: ColumnType.DAY,
    FieldType.TIME: ColumnType.TIME,
    FieldType.CHOICE: ColumnType.CHOICE,
    FieldType.CODE: ColumnType.CHOICE,
    FieldType.CHOICES: ColumnType.CHOICES,
    FieldType.PHONE: ColumnType.PHONE,
    FieldType.IDENTITY_NUMBER: ColumnType.DIGITS,
    FieldType.AREA: ColumnType.DIGITS,
    FieldType.GRID: ColumnType.DIGITS,
}
_OFTEN_CALLED: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.IDENTITY_NUMBER: ("身份证号", "身份证号码", "公民身份号码", "证件号码", "证件号"),
    FieldType.PHONE: ("电话", "联系电话", "手机", "手机号", "手机号码", "联系方式"),
    FieldType.ADDRESS: ("住址", "地址", "家庭住址", "详细地址"),
}
_NOT_IN_TABLES = ATTACHED | {FieldType.POINT}
_ROW = re.compile(r"([a-z][a-z0-9_]*)\[([0-9]+)\]\.([a-z][a-z0-9_]*)")
_PATH = re.compile(r"values\.([a-z][a-z0-9_]*)\.([0-9]+)\.([a-z][a-z0-9_]*)")


def columns_of(ledger: Ledger) -> tuple[Column, ...]:
    """What may stand in the ledger's spreadsheet, in the order of its layout. Files, points and what follows do not."""
    layout = {column.field: column for column in ledger.definition.layout.columns}
    fields = [one for one in ledger.fields.values() if one.type not in _NOT_IN_TABLES and not one.follows_subject]
    order = {name: at for at, name in enumerate(layout)}
    fields.sort(key=lambda field: order.get(field.name, len(order)))
    taken = {field.title for field in fields} | {name for one in layout.values() for name in one.synonyms}
    often = [field.type for field in fields]
    found = [AREA]
    subject = ledger.definition.subject
    if subject is not Subject.NOTHING:
        needed = ledger.definition.subject_required
        found.append(Column(SUBJECT, f"{subject.label}编号", synonyms=("对象编号",), required=needed))
    for field in fields:
        told = layout.get(field.name)
        synonyms = tuple(told.synonyms) if told else ()
        if often.count(field.type) == 1:  # what two fields could be called tells neither
            synonyms += tuple(name for name in _OFTEN_CALLED.get(field.type, ()) if name not in taken)
        title = (told.title if told else None) or field.title
        found.append(_column(field, field.name, title, (*synonyms, field.title), required=_is_needed(field)))
    for rows in ledger.rows.values():
        found += _columns_of_rows(rows)
    return (*found, *_standing(ledger, {name for one in found for name in (one.title, *one.synonyms)}))


def exported_columns(ledger: Ledger) -> tuple[Column, ...]:
    """What an export shows: what may be imported, what follows or is computed, and where each record stands."""
    columns = columns_of(ledger)
    status = [column for column in columns if column.code == STATUS]
    followed = [Column(name, ledger.fields[name].title) for name in ledger.followed_fields]
    computed = [*followed, *(Column(one.name, one.title) for one in ledger.computed_fields.values())]
    left = [Column(f"{rows.name}[]", f"其余{rows.title}数") for rows in ledger.rows.values() if rows.max > SHOWN_ROWS]
    others = [column for column in columns if column.code != STATUS]
    return (NUMBER, *status, *others, *computed, *left)


def template_columns(ledger: Ledger, columns: Sequence[Column]) -> Sequence[Column]:
    """Columns of an empty table: of small tables three rows at most, of statuses the days that the layout names."""
    named = {f"{ENTERED}{one.status}" for one in ledger.definition.layout.entered}
    columns = [column for column in columns if not column.code.startswith(ENTERED) or column.code in named]
    needed = {rows.name: min(max(rows.min, 3), rows.max) for rows in ledger.rows.values()}
    return [
        column
        for column in columns
        if "[" not in column.code or int(column.code.partition("[")[2].partition("]")[0]) < needed[_table(column)]
    ]


def _table(column: Column) -> str:
    return column.code.partition("[")[0]


def standing_of(values: Mapping[str, Value]) -> Standing:
    """Where the record of a row stands, as the row says it."""
    status = values.get(STATUS)
    days = {
        code.removeprefix(ENTERED): date.fromisoformat(str(day))
        for code, day in values.items()
        if code.startswith(ENTERED)
    }
    return Standing(None if status is None else str(status), days)


def standing_values(ledger: Ledger, record: LedgerRecord) -> dict[str, str]:
    """The same of a record, for a row of an export."""
    days = {f"{ENTERED}{status}": business_day(datetime.fromisoformat(at)) for status, at in record.entered.items()}
    return {STATUS: record.status, **{code: day.isoformat() for code, day in days.items()}}


def record_values(ledger: Ledger, values: Mapping[str, Value]) -> dict[str, Any]:
    """Values of a record out of those of a row. Of one that stands somewhere already what is empty stays empty."""
    found: dict[str, Any] = {}
    tables: dict[str, dict[int, dict[str, Any]]] = {}
    for code, value in values.items():
        place = _ROW.fullmatch(code)
        if place is not None:
            tables.setdefault(place[1], {}).setdefault(int(place[2]), {})[place[3]] = value
        elif not code.startswith("@"):
            found[code] = value
    kept = STATUS in values
    small = {
        name: [{**(_emptied(ledger.rows[name].fields) if kept else {}), **rows[at]} for at in sorted(rows)]
        for name, rows in tables.items()
    }
    return {**(_emptied(ledger.fields.values()) if kept else {}), **found, **small}


def _emptied(fields: Iterable[FieldDefinition]) -> dict[str, None]:
    """Fields that would else be filled with their default."""
    return {field.name: None for field in fields if field.default is not None and not field.required}


def row_values(ledger: Ledger, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a row out of those of a record, masked or not."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        if name not in ledger.rows:
            found[name] = value if name not in ledger.computed_fields else _shown(value)
            continue
        rows: Sequence[Mapping[str, Any]] = value or ()
        for at, row in enumerate(rows[:SHOWN_ROWS]):
            found |= {f"{name}[{at}].{column}": cell for column, cell in row.items()}
        if len(rows) > SHOWN_ROWS:
            found[f"{name}[]"] = str(len(rows) - SHOWN_ROWS)
    return found


def column_code(path: str) -> str:
    """The code of the column at which an error of a record stands; empty for one of the whole row."""
    if path in OF_THE_RECORD:
        return OF_THE_RECORD[path]
    if path == STANDS or path.startswith(SINCE):
        return STATUS if path == STANDS else f"{ENTERED}{path.removeprefix(SINCE)}"
    place = _PATH.fullmatch(path)
    if place is not None:
        return f"{place[1]}[{place[2]}].{place[3]}"
    return path.removeprefix("values.") if path.startswith("values.") else ""


def _standing(ledger: Ledger, taken: Collection[str]) -> list[Column]:
    """Status, and the day on which each was entered: by the layout's titles, or by titles of their own."""
    named = {one.status: one for one in ledger.definition.layout.entered}
    titles = [status.title for status in ledger.statuses.values()]
    choices = {
        code: status.title if titles.count(status.title) == 1 else f"{status.title}{code}"
        for code, status in ledger.statuses.items()
    }
    title, *synonyms = [one for one in _STATUS_TITLES if one not in taken] or ["@状态"]
    found = [Column(STATUS, title, ColumnType.CHOICE, synonyms=tuple(synonyms), choices=choices)]
    for code, shown in choices.items():
        day = named.get(code)
        own = f"进入{shown}状态日期"
        found.append(
            Column(
                f"{ENTERED}{code}",
                own if day is None else day.title,
                ColumnType.DAY,
                synonyms=() if day is None else (*day.synonyms, own),
            )
        )
    return found


def _columns_of_rows(rows: RowsDefinition) -> list[Column]:
    return [
        _column(
            field,
            f"{rows.name}[{at}].{field.name}",
            f"{rows.title}{at + 1}{field.title}",
            (f"{rows.title}{at + 1}-{field.title}",),
            required=False,
        )
        for at in range(min(rows.max, SHOWN_ROWS))
        for field in rows.fields
        if field.type not in _NOT_IN_TABLES
    ]


def _column(field: FieldDefinition, code: str, title: str, synonyms: tuple[str, ...], *, required: bool) -> Column:
    choices: Mapping[str, str] = {choice.code: choice.title for choice in field.choices}
    if field.type is FieldType.CODE:
        choices = CODE_LISTS.get(field.code_list or "", {})
    return Column(
        code=code,
        title=title,
        type=_TYPES.get(field.type, ColumnType.TEXT),
        required=required,
        synonyms=tuple(dict.fromkeys(name for name in synonyms if name != title)),
        choices=choices,
        scale=2 if field.scale is None else field.scale,
        help=field.help or "",
        example="" if field.example is None else str(field.example),
    )


def _is_needed(field: FieldDefinition) -> bool:
    return field.required and field.default is None


def _shown(value: Any) -> Any:
    return None if value is None else str(value)
