"""Duplicates over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.deps import Registry
from services.registry.duplicates.domain import (
    MERGING,
    DuplicateFourEyes,
    DuplicateOfAnotherPlace,
    DuplicateStatus,
    DuplicateTransitionRefused,
    SamePersonTwice,
    SurvivorMergedSince,
    SurvivorMissing,
)
from services.registry.duplicates.schemas import (
    DecideDuplicate,
    DuplicateCount,
    DuplicateView,
    PointAtDuplicate,
    RefuseDuplicate,
    SeparateDuplicate,
)
from services.registry.duplicates.service.duplicates import Pair
from services.registry.households.domain import LEAVING
from services.registry.life_events.domain import PLACING, PersonErased
from services.registry.marriages.domain import MergeDisagreesWithMarriage
from services.registry.postings.domain import BookOfAnotherPlace
from services.registry.reversals.domain import EventRestedOn
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["duplicates"])

DuplicateId = Annotated[UUID, Path(description="疑似重复标识 id of the pair")]
Area = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of one of the two at least")]
InStatus = Annotated[DuplicateStatus | None, Query(description="状态 only those that stand there")]

MOVING = (DuplicateOfAnotherPlace, DuplicateTransitionRefused)


@router.post(
    "/duplicates",
    **creates(
        "pointAtDuplicate",
        "指出疑似重复",
        "指出您辖区内可能是同一人的两份登记；已列出的返回原来的一项。",
        permission="duplicate.decide",
        location=True,
        refuses=(SamePersonTwice,),
    ),
)
async def point(body: PointAtDuplicate, principal: Authorised, registry: Registry, response: Response) -> DuplicateView:
    """Point at two persons who may be one: a new pair, or the one that is known."""
    pair = await registry.duplicates.point(principal, body.first_id, body.second_id)
    response.headers["Location"] = f"/registry/v1/duplicates/{pair.duplicate.id}"
    return _view(pair, response)


@router.get(
    "/duplicates",
    **reads(
        "listDuplicates",
        "疑似重复列表",
        "某区域的疑似重复，最早的在前；另一份在其他地方的，只说明须由县级登记员核定。",
        permission="duplicate.decide",
    ),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: Area, status: InStatus = None
) -> Page[DuplicateView]:
    """Pairs of which one at least belongs to the area, oldest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.duplicates.page(principal, area, status, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda pair: (str(pair.duplicate.id),))
    return Page(items=[DuplicateView.of(pair) for pair in shown], next_cursor=cursor)


@router.get(
    "/duplicates/count",
    **reads("countDuplicates", "疑似重复计数", "同一条件下共有多少项疑似重复。", permission="duplicate.decide"),
)
async def count(principal: Authorised, registry: Registry, area: Area, status: InStatus = None) -> DuplicateCount:
    """How many the list gives in all."""
    return DuplicateCount(count=await registry.duplicates.count(principal, area, status))


@router.get(
    "/duplicates/{id}",
    **reads("getDuplicate", "查询疑似重复", "一项疑似重复、理由和分值。", permission="duplicate.decide", etag=True),
)
async def read(id: DuplicateId, principal: Authorised, registry: Registry, response: Response) -> DuplicateView:
    """One pair with its reasons."""
    return _view(await registry.duplicates.read(principal, id), response)


@router.post(
    "/duplicates/{id}/decide",
    **step(
        "decideDuplicate",
        "核定疑似重复",
        "核定为同一人（须由另一人批准后合并）、非同一人或存疑；两份登记都须在您的辖区。",
        permission="duplicate.decide",
        refuses=(*MOVING, SurvivorMissing, *MERGING),
    ),
)
async def decide(
    id: DuplicateId,
    body: DecideDuplicate,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> DuplicateView:
    """Say of a pair: same, different or unsure."""
    pair = await registry.duplicates.decide(
        principal, id, decision=body.decision, survivor_id=body.survivor_id, expected=expected
    )
    return _view(pair, response)


@router.post(
    "/duplicates/{id}/reopen",
    **step(
        "reopenDuplicate",
        "重新核定疑似重复",
        "收回“非同一人”或“存疑”的核定。",
        permission="duplicate.decide",
        refuses=MOVING,
    ),
)
async def reopen(
    id: DuplicateId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> DuplicateView:
    """Take a decision back that changed nothing in the register."""
    return _view(await registry.duplicates.reopen(principal, id, expected=expected), response)


@router.post(
    "/duplicates/{id}/withdraw",
    **step(
        "withdrawDuplicate",
        "撤回合并",
        "撤回尚未批准的合并。",
        permission="duplicate.decide",
        refuses=MOVING,
    ),
)
async def withdraw(
    id: DuplicateId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> DuplicateView:
    """Withdraw a merge that waits for its approval."""
    return _view(await registry.duplicates.withdraw(principal, id, expected=expected), response)


@router.post(
    "/duplicates/{id}/approve",
    **step(
        "approveDuplicate",
        "批准合并",
        "由提出人以外的人员批准，两份登记随即合并。",
        permission="duplicate.approve",
        refuses=(
            *(*MOVING, DuplicateFourEyes, *MERGING, *LEAVING),
            *(BookOfAnotherPlace, MergeDisagreesWithMarriage),
        ),
    ),
)
async def approve(
    id: DuplicateId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> DuplicateView:
    """Approve a merge, as somebody else than who proposed it: one of the two goes on, now."""
    return _view(await registry.duplicates.approve(principal, id, expected=expected), response)


@router.post(
    "/duplicates/{id}/refuse",
    **step(
        "refuseDuplicate",
        "不批准合并",
        "由提出人以外的人员说明原因并拒绝合并，该项重新待核定。",
        permission="duplicate.approve",
        refuses=(*MOVING, DuplicateFourEyes),
    ),
)
async def refuse(
    id: DuplicateId,
    body: RefuseDuplicate,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> DuplicateView:
    """Refuse a merge, as somebody else than who proposed it: the pair is open again and tells why."""
    return _view(await registry.duplicates.refuse(principal, id, reason=body.reason, expected=expected), response)


@router.post(
    "/duplicates/{id}/separate",
    **step(
        "separateDuplicate",
        "恢复合并",
        "撤销合并：两份登记连同当时随之结束的内容一并恢复；合并后的事项留在保留的登记上，并逐项列出。",
        permission="duplicate.approve",
        refuses=(*MOVING, EventRestedOn, PersonErased, SurvivorMergedSince, *PLACING, BookOfAnotherPlace),
    ),
)
async def separate(
    id: DuplicateId,
    body: SeparateDuplicate,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> DuplicateView:
    """Take a merge back: both stand as two with what hung on each; what has happened since is named."""
    return _view(await registry.duplicates.separate(principal, id, reason=body.reason, expected=expected), response)


def _view(pair: Pair, response: Response) -> DuplicateView:
    response.headers["ETag"] = etag_of(pair.duplicate.version)
    return DuplicateView.of(pair)
