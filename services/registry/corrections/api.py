"""Requests for corrections over HTTP."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.corrections.domain import (
    APPROVING,
    DECIDING,
    CorrectionDecided,
    CorrectionNotGuarded,
    CorrectionPending,
)
from services.registry.corrections.schemas import (
    ApproveCorrection,
    CorrectionCount,
    CorrectionView,
    RefuseCorrection,
    RequestCorrection,
)
from services.registry.corrections.service.reads import ShownCorrection
from services.registry.deps import Registry
from services.registry.persons.domain import CARRYING_OUT, PROPOSING
from services.registry.persons.service.questions import BUCKET
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.corrections import CorrectionStatus
from shared.errors import PurposeRequired
from shared.files.domain import FileAttached, WrongKind
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, IfMatch, etag_of
from shared.http.files import FilesOf
from shared.http.limits import counted
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["corrections"])

PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]
CorrectionId = Annotated[UUID, Path(description="更正申请标识 id of the request")]
OfArea = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of the persons")]
InStatus = Annotated[CorrectionStatus | None, Query(description="状态 only those that stand there")]


@router.post(
    "/persons/{id}/corrections",
    **creates(
        "requestCorrection",
        "申请更正",
        "对须经批准的信息提出更正申请，须带您看到的居民版本；逐级批准后才更正。",
        permission="person.correct",
        refusals=(404, 409, 412, 428, 429),
        location=True,
        also=[Depends(counted(BUCKET))],
        refuses=(*PROPOSING, CorrectionNotGuarded, CorrectionPending, WrongKind, FileAttached),
    ),
)
async def request(
    id: PersonId,
    body: RequestCorrection,
    expected: IfMatch,
    principal: Authorised,
    registry: Registry,
    files: FilesOf,
    response: Response,
) -> CorrectionView:
    """Ask for a correction of what policy guards; needs the version of the person that the caller saw."""
    made = await registry.corrections.request(
        principal,
        id,
        expected,
        body.changes.correction(),
        reason=body.reason,
        remark=body.note,
        evidence=body.evidence,
        files=files,
    )
    response.headers["Location"] = f"/registry/v1/corrections/{made.record.id}"
    return _view(made, response)


@router.get(
    "/corrections",
    **reads(
        "listCorrections",
        "更正申请列表",
        "某区域居民的更正申请，最早的在前；只列更正项目，不列内容。",
        permission="person.correct",
    ),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: OfArea, status: InStatus = None
) -> Page[CorrectionView]:
    """Requests for an area's people, oldest first, without values."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.correction_reads.page(principal, area, status, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.record.id),))
    return Page(items=[CorrectionView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/corrections/count",
    **reads("countCorrections", "更正申请计数", "同一条件下共有多少件申请。", permission="person.correct"),
)
async def count(principal: Authorised, registry: Registry, area: OfArea, status: InStatus = None) -> CorrectionCount:
    """How many the list gives in all."""
    return CorrectionCount(count=await registry.correction_reads.count(principal, area, status))


@router.get(
    "/corrections/{id}",
    **reads(
        "getCorrection",
        "查询更正申请",
        "一件更正申请，更正前后逐项对照，脱敏或完整。",
        permission="person.correct",
        etag=True,
        refuses=(PurposeRequired,),
    ),
)
async def read(
    id: CorrectionId,
    principal: Authorised,
    registry: Registry,
    response: Response,
    view: Annotated[Literal["masked", "full"], Query(description="显示方式 masked, or full for a purpose")] = "masked",
    purpose: Annotated[
        Purpose | None, Query(description="用途 why the values are looked at; kept in the access log")
    ] = None,
) -> CorrectionView:
    """One request with what stands before and after it, masked or in full."""
    found = await registry.correction_reads.read(principal, id, full=view == "full", purpose=purpose)
    return _view(found, response, view)


@router.post(
    "/corrections/{id}/approve",
    **step(
        "approveCorrection",
        "批准更正",
        "批准待办的一步；每一步须由不同的人员办理，最后一步批准后随即更正。",
        permission="person.correct",
        refusals=(404, 409, 412, 429),
        also=[Depends(counted(BUCKET))],
        refuses=(*APPROVING, *PROPOSING, *CARRYING_OUT),
    ),
)
async def approve(
    id: CorrectionId,
    body: ApproveCorrection,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> CorrectionView:
    """Approve the step that waits; with the last one the person is corrected."""
    return _view(await registry.corrections.approve(principal, id, step=body.step, expected=expected), response)


@router.post(
    "/corrections/{id}/refuse",
    **step(
        "refuseCorrection",
        "不批准更正",
        "由办理待办步骤的人员不予批准，信息照旧；申请人可看到原因。",
        permission="person.correct",
        refuses=DECIDING,
    ),
)
async def refuse(
    id: CorrectionId,
    body: RefuseCorrection,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> CorrectionView:
    """Refuse it at the step that waits: nothing is corrected."""
    refused = await registry.corrections.refuse(
        principal, id, step=body.step, reason=body.reason, remark=body.note, expected=expected
    )
    return _view(refused, response)


@router.post(
    "/corrections/{id}/withdraw",
    **step(
        "withdrawCorrection",
        "撤回更正申请",
        "撤回尚未办结的更正申请。",
        permission="person.correct",
        refuses=(CorrectionDecided,),
    ),
)
async def withdraw(
    id: CorrectionId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> CorrectionView:
    """Take a request back, as whoever could have made it."""
    return _view(await registry.corrections.withdraw(principal, id, expected=expected), response)


def _view(shown: ShownCorrection, response: Response, view: str = "masked") -> CorrectionView:
    response.headers["ETag"] = etag_of(shown.record.version, view)
    return CorrectionView.of(shown)
