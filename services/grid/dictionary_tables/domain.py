"""Columns of a table of the dictionary of incidents, and what a row of it says: one limit."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from services.grid.dictionaries.domain import CategoryTerms, LimitTerms, Terms, Treatment
from services.grid.dictionary_drafts.domain import MOST
from shared.contracts.severity import Severity
from shared.errors import FieldError
from shared.imports.read_rows import Read
from shared.reference.plain_identifiers import holds_identifier
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.values import Value
from shared.worktime import ClockUnit

TITLE = "事件字典"

_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}", re.ASCII)

COLUMNS: tuple[Column, ...] = (
    Column(
        "category",
        "类别代码",
        required=True,
        synonyms=("事件类别代码", "代码"),
        help="字母、数字、下划线、点和连字符",
        example="environment",
        max_length=64,
    ),
    Column("name", "类别名称", required=True, synonyms=("事件类别", "类别"), example="环境卫生", max_length=100),
    Column("severity", "等级", ColumnType.CHOICE, required=True, choices=Severity.names(), synonyms=("事件等级",)),
    Column(
        "treatment",
        "处置方式",
        ColumnType.CHOICE,
        choices=Treatment.names(),
        help="不填的，为常规处置",
    ),
    Column("amount", "时长", ColumnType.INTEGER, required=True, synonyms=("办理时限", "时限"), example="2"),
    Column("unit", "计时单位", ColumnType.CHOICE, required=True, choices=ClockUnit.names(), synonyms=("单位",)),
)


def read_row(values: Mapping[str, Value]) -> Read[CategoryTerms]:
    """A row, judged by itself."""
    code, name = str(values["category"]), str(values["name"])
    severity, unit = Severity(str(values["severity"])), ClockUnit(str(values["unit"]))
    treatment = Treatment(str(values.get("treatment") or Treatment.ROUTINE))
    amount = int(str(values["amount"]))
    errors = []
    if not is_code(code):
        errors.append(
            FieldError(
                "category", "code", "类别代码只用字母、数字、下划线、点和连字符，不超过 64 个字符，不得是个人号码"
            )
        )
    if holds_identifier(name, on=date.max):
        errors.append(FieldError("name", "plain_identifier", "类别名称中不得有个人号码"))
    if not 0 < amount <= MOST[unit]:
        errors.append(FieldError("amount", "range", f"时长须在 1 至 {MOST[unit]} {unit.label}之间"))
    row = CategoryTerms(code, name, (LimitTerms(severity, amount, unit, treatment),))
    return Read(row, (code, f"{severity}/{treatment}"), errors)


def is_code(text: str) -> bool:
    """Whether a cell holds a code, as a body would."""
    return _CODE.fullmatch(text) is not None and not holds_identifier(text, on=date.max)


def told(row: CategoryTerms) -> Mapping[str, Value | None]:
    """What a row says, by column."""
    [limit] = row.limits
    return _cells(row, limit)


def rows_of(terms: Terms) -> Iterator[Mapping[str, Any]]:
    """A version, or a draft, as rows: in the order of categories, severities and treatments."""
    for category in terms.categories:
        kinds = {(one.severity, one.treatment): one for one in category.limits}
        for severity in Severity:
            for treatment in Treatment:
                if (limit := kinds.get((severity, treatment))) is not None:
                    yield _cells(category, limit)


def _cells(category: CategoryTerms, limit: LimitTerms) -> dict[str, Value | None]:
    return {
        "category": category.code,
        "name": category.name,
        "severity": str(limit.severity),
        "treatment": str(limit.treatment),
        "amount": limit.amount,
        "unit": str(limit.unit),
    }
