"""What of records is shown, out of the query: which ones, by lists and counts alike; masked, or in full and why."""

from typing import Annotated, Literal

from fastapi import Depends, Query

from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode, Code
from shared.contracts.ledger_records import FieldName
from shared.ledgers.definitions.wiring import LedgerCode
from shared.ledgers.records.domain import RecordFilter
from shared.ledgers.records.wiring import Records

Shown = Annotated[
    Literal["masked", "full"], Query(description="视图 full shows personal values and words as they are, for a purpose")
]
Why = Annotated[Purpose | None, Query(description="用途 why it is read; kept in the access log")]


async def _filter(
    code: LedgerCode,
    records: Records,
    area: Annotated[AreaCode | None, Query(description="所属区域 only inside this area")] = None,
    status: Annotated[FieldName | None, Query(description="状态 only in this status")] = None,
    overdue: Annotated[
        bool | None, Query(description="超期 true: only those with a limit that is over; false: only the others")
    ] = None,
    subject_id: Annotated[Code | None, Query(description="对象 only those about this one, by id")] = None,
    filter: Annotated[
        list[Annotated[str, Query(pattern=r"^[a-z][a-z0-9_]{0,40}(=|>=|<=)[A-Za-z0-9_.-]{1,64}$")]] | None,
        Query(
            description="条件 on search fields of codes, numbers, days or ids: `kind=land`, `found_on>=2026-11-01`",
        ),
    ] = None,
) -> RecordFilter:
    criteria = await records.reads.criteria(code, filter or ())
    return RecordFilter(area=area, status=status, overdue=overdue, subject_id=subject_id, criteria=criteria)


Wanted = Annotated[RecordFilter, Depends(_filter)]
