"""Export of residents: a table of an area, masked, or in full for a purpose where `person.full` is held."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from services.registry.persons.domain import AS_WRITTEN
from services.registry.persons.service.disclosures import Disclosed
from services.registry.persons.service.persons import Persons
from shared.auth.access_log import Purpose
from shared.auth.principal import Principal
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book
from shared.exports.areas import AreaExport
from shared.exports.domain import PAGE
from shared.reference.documents import DocumentType
from shared.spreadsheets.columns import Column, ColumnType
from shared.spreadsheets.values import Value

KIND = "person_export"
TITLE = "居民名册"
TAKING_OUT = ("person.read", "person.export")
IN_FULL = (*TAKING_OUT, "person.full")

_SEXES = {"1": "男", "2": "女", "0": "未知", "9": "未说明"}
COLUMNS: tuple[Column, ...] = (
    Column("person", "居民编号"),
    Column("name", "姓名"),
    Column("document_type", "证件类型", ColumnType.CHOICE, choices=DocumentType.names()),
    Column("number", "证件号码", ColumnType.DIGITS),
    Column("sex", "性别", ColumnType.CHOICE, choices=_SEXES),
    Column("birth_date", "出生日期"),
    *AS_WRITTEN,
    Column("residence", "居住地代码", ColumnType.DIGITS),
    Column("registration", "户籍地代码", ColumnType.DIGITS),
    Column("status", "状态", ColumnType.CHOICE, choices=PersonStatus.names()),
)
"""Of who is shown masked the date of birth is its month."""

PERSONS_OUT = AreaExport(
    kind=KIND, noun="registry.person", title=TITLE, columns=COLUMNS, taking_out=TAKING_OUT, in_full=IN_FULL
)

After = tuple[str, UUID]


async def exported_page(
    persons: Persons, principal: Principal, asked: Mapping[str, Any], after: After | None
) -> tuple[list[dict[str, Value | None]], After | None]:
    """The next residents as rows, each noted, and behind whom to go on; None: nobody is left."""
    book, status = Book(asked["book"]), PersonStatus(asked["status"])
    page = await persons.page(principal, asked["area"], book, status, after=after, limit=PAGE)
    shown = [one for one in page[:PAGE] if principal.scope(*TAKING_OUT).allows_any(*one.record.areas)]
    if asked["full"]:
        shown = [await _in_full(persons, principal, one, Purpose(asked["purpose"])) for one in shown]
    rows = [_row(one) for one in shown]
    if len(page) <= PAGE:
        return rows, None
    last = page[PAGE - 1].record
    return rows, (str(last.residence_area if book is Book.RESIDENCE else last.registration_area), last.id)


async def _in_full(persons: Persons, principal: Principal, one: Disclosed, purpose: Purpose) -> Disclosed:
    if not principal.scope(*IN_FULL).allows_any(*one.record.areas):
        return one
    return await persons.read(principal, one.record.id, full=True, purpose=purpose)


def _row(one: Disclosed) -> dict[str, Value | None]:
    record = one.record
    return {
        "person": str(record.id),
        "name": one.name,
        "document_type": record.document_type,
        "number": one.number,
        "sex": record.sex,
        "birth_date": record.birth_date.isoformat() if one.full else record.birth_month,
        **{column.code: one.field(column.code) for column in AS_WRITTEN},
        "residence": record.residence_area,
        "registration": record.registration_area,
        "status": record.status,
    }
