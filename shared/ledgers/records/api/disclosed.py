"""What ledgers disclose to everybody (公开), over HTTP: no token is asked for."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from shared.contracts.envelope import AreaCode
from shared.feature import Feature
from shared.http.endpoint import reads
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.ledgers.definitions.wiring import LedgerCode
from shared.ledgers.records.schemas import DisclosedView
from shared.ledgers.records.wiring import Records

router = APIRouter(route_class=ServiceRoute, tags=["ledger records"])

RecordId = Annotated[UUID, Path(description="记录标识 id of the record")]


@router.get(
    "/ledgers/{code}/disclosed-records",
    **reads(
        "listDisclosedRecords",
        "公开的台账记录列表",
        "台账向公众公开的内容，最新的在前。",
        permission=None,
        scope="open",
    ),
)
async def list_disclosed(
    code: LedgerCode,
    page: PageQuery,
    records: Records,
    area: Annotated[AreaCode | None, Query(description="所属区域 only inside this area")] = None,
) -> Page[DisclosedView]:
    """What the ledger discloses to everybody, newest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await records.disclosure.page(code, area, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda one: (one.record.id,))
    return Page(items=[DisclosedView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/ledgers/{code}/disclosed-records/{id}",
    **reads("getDisclosedRecord", "查询公开的台账记录", "一条向公众公开的记录。", permission=None, scope="open"),
)
async def get_disclosed(code: LedgerCode, id: RecordId, records: Records) -> DisclosedView:
    """One record that the ledger discloses."""
    return DisclosedView.of(await records.disclosure.one(code, id))


DISCLOSED = Feature(router=router, tag="ledger records")
