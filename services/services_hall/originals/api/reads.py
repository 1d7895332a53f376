"""Originals in custody: lists, the chain of custody, receipts."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.services_hall.deps import Hall
from services.services_hall.documents.domain import DocumentErased
from services.services_hall.originals.api.answers import OriginalId
from services.services_hall.originals.domain import HOLD, READ, OriginalDesk
from services.services_hall.originals.schemas import OriginalCount, OriginalDetail, OriginalView
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.originals import OriginalStatus
from shared.http.endpoint import reads
from shared.http.etag import etag_of
from shared.http.pagination import PageQuery
from shared.http.papers import answers_pdf
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.papers.typesetting import MEDIA_TYPE, GlyphMissing

router = APIRouter(route_class=ServiceRoute, tags=["originals"])

AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only of offices in this area")]
StatusFilter = Annotated[OriginalStatus | None, Query(description="状态 only in this status")]
AgencyFilter = Annotated[UUID | None, Query(description="代办件标识 only of this agency")]
DeskFilter = Annotated[OriginalDesk | None, Query(description="待办 which list: code list `original_desks`")]


@router.get(
    "/originals",
    **reads(
        "listOriginals",
        "原件列表",
        "您授权范围内受理、保管或待签收的原件；查看会记入访问记录。",
        permission=READ,
        refusals=(),
    ),
)
async def page(
    page: PageQuery,
    principal: Authorised,
    hall: Hall,
    area: AreaFilter = None,
    status: StatusFilter = None,
    agency: AgencyFilter = None,
    desk: DeskFilter = None,
) -> Page[OriginalView]:
    """Originals in the caller's scope."""
    after = UUID(page.after[0]) if page.after else None
    wanted = (status, agency, desk)
    found = await hall.original_reads.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(found, key=lambda one: (one.id,))
    return Page(items=[OriginalView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/originals/count",
    **reads("countOriginals", "原件计数", "按相同范围和条件，列表共有多少条。", permission=READ, refusals=()),
)
async def count(
    principal: Authorised,
    hall: Hall,
    area: AreaFilter = None,
    status: StatusFilter = None,
    agency: AgencyFilter = None,
    desk: DeskFilter = None,
) -> OriginalCount:
    """How many the list has in all."""
    return OriginalCount(count=await hall.original_reads.count(principal, area, (status, agency, desk)))


@router.get(
    "/originals/{id}",
    **reads("getOriginal", "查询原件", "一件原件及其交接记录；查看会记入访问记录。", permission=READ, etag=True),
)
async def read(id: OriginalId, principal: Authorised, hall: Hall, response: Response) -> OriginalDetail:
    """One original with its chain of custody."""
    chain = await hall.original_reads.read(principal, id)
    response.headers["ETag"] = etag_of(chain.original.version)
    return OriginalDetail.of(chain)


@router.get(
    "/originals/{id}/receipts/{version}",
    **answers_pdf(
        reads(
            "getOriginalReceipt",
            "下载原件凭证",
            "收讫、移交、归还原件的凭证（PDF/A），含申请人姓名；每次记入访问记录。",
            permission=HOLD,
            refuses=(DocumentErased, GlyphMissing),
        )
    ),
)
async def receipt(
    id: OriginalId,
    version: Annotated[int, Path(ge=1, le=1_000_000, description="版本 of the original after the step")],
    principal: Authorised,
    hall: Hall,
) -> Response:
    """The receipt of a step."""
    made = await hall.original_reads.receipt(principal, id, version)
    headers = {"content-disposition": "inline", "cache-control": "no-store"}
    return Response(made, media_type=MEDIA_TYPE, headers=headers)
