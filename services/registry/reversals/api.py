"""Reversals of life events over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.deps import Registry
from services.registry.life_events.domain import (
    HAPPENING,
    PLACING,
    PersonAlreadyActive,
    PersonNotActive,
    PersonNotMissing,
    ReversalStatus,
)
from services.registry.persons.domain import BirthDateDisagreesWithRelation, NumberDisagrees
from services.registry.postings.domain import BookOfAnotherPlace
from services.registry.reversals.domain import (
    REVERSING,
    EventOfAreaChange,
    MergeTakenBackAsDuplicate,
    ReversalDecided,
    ReversalFourEyes,
    ReversalRecord,
    SameDay,
)
from services.registry.reversals.schemas import RefuseReversal, ReversalCount, ReversalView, ReverseEvent
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["movements"])

PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]
EventId = Annotated[UUID, Path(description="人口事项标识 id of the life event")]
ReversalId = Annotated[UUID, Path(description="撤销标识 id of the reversal")]
ReversalArea = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of the persons")]
InStatus = Annotated[ReversalStatus | None, Query(description="状态 only those that stand there")]


@router.post(
    "/persons/{id}/life-events/{event_id}/reverse",
    **creates(
        "reverseLifeEvent",
        "撤销人口事项",
        "撤销一项登记有误的人口事项，或只更正其发生日；死亡、出生和登记在册的撤销须由另一人批准。",
        permission="life_event.record",
        location=True,
        refuses=(
            *REVERSING,
            EventOfAreaChange,
            *HAPPENING,
            *PLACING,
            PersonAlreadyActive,
            PersonNotActive,
            PersonNotMissing,
            NumberDisagrees,
            BirthDateDisagreesWithRelation,
            SameDay,
            MergeTakenBackAsDuplicate,
            BookOfAnotherPlace,
        ),
    ),
)
async def reverse(
    id: PersonId, event_id: EventId, body: ReverseEvent, principal: Authorised, registry: Registry, response: Response
) -> ReversalView:
    """Take a life event back, or correct its day: at once, or as a request that a second person approves."""
    made = await registry.reversals.reverse(
        principal, id, event_id, reason=body.reason, remark=body.note, corrected_on=body.corrected_on
    )
    response.headers["Location"] = f"/registry/v1/reversals/{made.id}"
    return _view(made, response)


@router.get(
    "/reversals",
    **reads(
        "listReversals",
        "撤销列表",
        "某区域居民的人口事项撤销，最早的在前；待批准的可由此找到。",
        permission="life_event.record",
    ),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: ReversalArea, status: InStatus = None
) -> Page[ReversalView]:
    """Reversals of an area's people, oldest first: those that wait are found by their status."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.reversals.page(principal, area, status, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.id),))
    return Page(items=[ReversalView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/reversals/count",
    **reads("countReversals", "撤销计数", "同一条件下共有多少项撤销。", permission="life_event.record"),
)
async def count(
    principal: Authorised, registry: Registry, area: ReversalArea, status: InStatus = None
) -> ReversalCount:
    """How many the list gives in all."""
    return ReversalCount(count=await registry.reversals.count(principal, area, status))


@router.get(
    "/reversals/{id}",
    **reads("getReversal", "查询撤销", "一项撤销及其说明和答复。", permission="life_event.record", etag=True),
)
async def read(id: ReversalId, principal: Authorised, registry: Registry, response: Response) -> ReversalView:
    """One reversal, with what was said for it and what was answered."""
    return _view(await registry.reversals.read(principal, id), response)


@router.post(
    "/reversals/{id}/approve",
    **step(
        "approveReversal",
        "批准撤销",
        "由申请人以外的人员批准，事项随即撤销。",
        permission="life_event.approve",
        refuses=(*REVERSING, *PLACING, BookOfAnotherPlace, ReversalDecided, ReversalFourEyes),
    ),
)
async def approve(
    id: ReversalId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> ReversalView:
    """Approve a request, as somebody else than who made it: the life event is taken back now."""
    return _view(await registry.reversals.approve(principal, id, expected=expected), response)


@router.post(
    "/reversals/{id}/refuse",
    **step(
        "refuseReversal",
        "不批准撤销",
        "由申请人以外的人员拒绝，事项照旧。",
        permission="life_event.approve",
        refuses=(ReversalDecided, ReversalFourEyes),
    ),
)
async def refuse(
    id: ReversalId,
    body: RefuseReversal,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> ReversalView:
    """Refuse a request, as somebody else than who made it: the life event stands."""
    refused = await registry.reversals.refuse(principal, id, remark=body.note, expected=expected)
    return _view(refused, response)


@router.post(
    "/reversals/{id}/withdraw",
    **step(
        "withdrawReversal",
        "撤回撤销申请",
        "撤回尚未批准的撤销申请。",
        permission="life_event.record",
        refuses=(ReversalDecided,),
    ),
)
async def withdraw(
    id: ReversalId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> ReversalView:
    """Withdraw a request that waits."""
    return _view(await registry.reversals.withdraw(principal, id, expected=expected), response)


def _view(found: ReversalRecord, response: Response) -> ReversalView:
    response.headers["ETag"] = etag_of(found.version)
    return ReversalView.model_validate(found)
