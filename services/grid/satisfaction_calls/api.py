"""Satisfaction calls (满意度回访) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.grid.deps import Grid
from services.grid.satisfaction_calls.domain import (
    CallByHandler,
    CallFilter,
    CallIncidentOpen,
    CallNotTried,
    CallOfAnother,
    CallTransitionError,
)
from services.grid.satisfaction_calls.models import SatisfactionCall
from services.grid.satisfaction_calls.schemas import (
    AnswerSatisfactionCall,
    SatisfactionCallCount,
    SatisfactionCallDetail,
    SatisfactionCallView,
)
from services.grid.satisfaction_calls.service import READ, RECORD
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.satisfaction_calls import SatisfactionCallStatus
from shared.errors import ReasonRequired
from shared.http.endpoint import reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["satisfaction-calls"])

OF_A_CALL = (CallTransitionError, CallIncidentOpen, CallByHandler)

CallId = Annotated[UUID, Path(description="回访标识 id of the call")]


async def _filter(
    area: Annotated[AreaCode | None, Query(description="所属区域 only inside this area")] = None,
    status: Annotated[SatisfactionCallStatus | None, Query(description="状态 only in this status")] = None,
    rating: Annotated[int | None, Query(ge=1, le=5, description="满意度 only this level or a worse one")] = None,
) -> CallFilter:
    return CallFilter(area, status, rating)


Wanted = Annotated[CallFilter, Depends(_filter)]


def _answer(call: SatisfactionCall, response: Response) -> SatisfactionCallView:
    response.headers["ETag"] = etag_of(call.version)
    return SatisfactionCallView.model_validate(call)


@router.get(
    "/satisfaction-calls",
    **reads("listSatisfactionCalls", "满意度回访列表", "您辖区内已结案事件的回访，先结案的在前。", permission=READ),
)
async def list_calls(page: PageQuery, wanted: Wanted, principal: Authorised, grid: Grid) -> Page[SatisfactionCallView]:
    """Calls of closed incidents of your areas, those that became due first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.satisfaction_calls.page(principal, wanted, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[SatisfactionCallView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/satisfaction-calls/count",
    **reads("countSatisfactionCalls", "满意度回访计数", "按相同条件列表共有多少条。", permission=READ),
)
async def count(wanted: Wanted, principal: Authorised, grid: Grid) -> SatisfactionCallCount:
    """How many the list with the same filter shows."""
    return SatisfactionCallCount(count=await grid.satisfaction_calls.count(principal, wanted))


@router.get(
    "/satisfaction-calls/{id}",
    **reads(
        "getSatisfactionCall", "查询满意度回访", "一次回访及备注；查看会记入访问记录。", permission=READ, etag=True
    ),
)
async def read(id: CallId, principal: Authorised, grid: Grid, response: Response) -> SatisfactionCallDetail:
    """One call with its note."""
    record = await grid.satisfaction_calls.read(principal, id)
    response.headers["ETag"] = etag_of(record.call.version)
    return SatisfactionCallDetail.of(record)


@router.post(
    "/satisfaction-calls/{id}/attempt",
    **step(
        "attemptSatisfactionCall",
        "登记未接通",
        "拨打而无人接听；仍待回访。",
        permission=RECORD,
        refuses=OF_A_CALL,
    ),
)
async def attempt(
    id: CallId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> SatisfactionCallView:
    """Nobody answered."""
    return _answer(await grid.satisfaction_calls.attempt(principal, id, expected=expected), response)


@router.post(
    "/satisfaction-calls/{id}/answer",
    **step(
        "answerSatisfactionCall",
        "登记回访结果",
        "登记上报人的满意度；不满意的须写明原因。",
        permission=RECORD,
        refuses=(*OF_A_CALL, ReasonRequired),
    ),
)
async def answer(
    id: CallId,
    body: AnswerSatisfactionCall,
    expected: Expected,
    principal: Authorised,
    grid: Grid,
    response: Response,
) -> SatisfactionCallView:
    """Enter what they said."""
    calls = grid.satisfaction_calls
    return _answer(await calls.answer(principal, id, body.rating, body.note, expected=expected), response)


@router.post(
    "/satisfaction-calls/{id}/give-up",
    **step(
        "giveUpSatisfactionCall",
        "登记未能联系",
        "多次未接通，不再回访；不计为满意。",
        permission=RECORD,
        refuses=(*OF_A_CALL, CallNotTried),
    ),
)
async def give_up(
    id: CallId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> SatisfactionCallView:
    """Give up: they could not be reached."""
    return _answer(await grid.satisfaction_calls.give_up(principal, id, expected=expected), response)


@router.post(
    "/satisfaction-calls/{id}/take-back",
    **step(
        "takeBackSatisfactionCall",
        "撤回回访登记",
        "撤回误登的结果，或最后一次未接通。须用 `If-Match` 指明所见版本，以免撤回两步。",
        permission=RECORD,
        refusals=(404, 409, 412, 428),
        refuses=(*OF_A_CALL, CallOfAnother),
    ),
)
async def take_back(
    id: CallId, expected: NamedVersion, principal: Authorised, grid: Grid, response: Response
) -> SatisfactionCallView:
    """Take back what was entered last."""
    return _answer(await grid.satisfaction_calls.take_back(principal, id, expected=expected), response)
