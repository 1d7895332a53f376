"""Receptions by leaders (领导接访) over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.grid.deps import Grid
from services.grid.receptions.domain import (
    ReceptionFilter,
    ReceptionNotYet,
    ReceptionStatus,
    ReceptionTaken,
    ReceptionTransitionError,
    ReceptionWrong,
)
from services.grid.receptions.schemas import PlanReception, ReceptionCount, ReceptionView
from services.grid.receptions.service import MANAGE, ReceptionRecord
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Day, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["receptions"])

ReceptionId = Annotated[UUID, Path(description="接访标识 id of the reception")]


async def _filter(
    area: Annotated[
        AreaCode | None, Query(description="区域 receptions of this area, of what is in it and what is above it")
    ] = None,
    since: Annotated[Day | None, Query(description="起始日 on this day or later")] = None,
    until: Annotated[Day | None, Query(description="截止日 on this day or earlier")] = None,
    status: Annotated[ReceptionStatus | None, Query(description="状态 only in this status")] = None,
) -> ReceptionFilter:
    return ReceptionFilter(area, since, until, status)


Wanted = Annotated[ReceptionFilter, Depends(_filter)]


def _answer(record: ReceptionRecord, response: Response) -> ReceptionView:
    response.headers["ETag"] = etag_of(record.reception.version)
    return ReceptionView.of(record)


@router.post(
    "/receptions",
    **creates(
        "planReception",
        "排定领导接访",
        "排定某位领导在何日何地接访，向社会公布。",
        permission=MANAGE,
        refuses=(ReceptionWrong, ReceptionTaken),
    ),
)
async def plan(body: PlanReception, principal: Authorised, grid: Grid, response: Response) -> ReceptionView:
    """Enter a reception into the roster."""
    return _answer(await grid.receptions.plan(principal, body.content()), response)


@router.get(
    "/receptions",
    **reads(
        "listReceptions",
        "领导接访日程",
        "各级领导接访的日程，日期早的在前，向社会公布。",
        permission="reception.read",
        scope="open",
        refusals=(),
    ),
)
async def list_receptions(page: PageQuery, wanted: Wanted, _: Authorised, grid: Grid) -> Page[ReceptionView]:
    """The roster, the earliest day first."""
    after = None if page.after is None else (date.fromisoformat(page.after[0]), UUID(page.after[1]))
    rows = await grid.receptions.page(wanted, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.reception.received_on, one.reception.id))
    return Page(items=[ReceptionView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/receptions/count",
    **reads(
        "countReceptions",
        "领导接访计数",
        "按相同条件日程共有多少场。",
        permission="reception.read",
        scope="open",
        refusals=(),
    ),
)
async def count(wanted: Wanted, _: Authorised, grid: Grid) -> ReceptionCount:
    """How many the roster with the same filter shows."""
    return ReceptionCount(count=await grid.receptions.count(wanted))


@router.post(
    "/receptions/{id}/hold",
    **step(
        "holdReception",
        "登记已接访",
        "接访已进行；当日或之后登记。",
        permission=MANAGE,
        refuses=(ReceptionTransitionError, ReceptionNotYet),
    ),
)
async def hold(
    id: ReceptionId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> ReceptionView:
    """It took place."""
    return _answer(await grid.receptions.hold(principal, id, expected=expected), response)


@router.post(
    "/receptions/{id}/cancel",
    **step(
        "cancelReception",
        "取消领导接访",
        "该场接访不再举行。",
        permission=MANAGE,
        refuses=(ReceptionTransitionError,),
    ),
)
async def cancel(
    id: ReceptionId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> ReceptionView:
    """It does not take place."""
    return _answer(await grid.receptions.cancel(principal, id, expected=expected), response)


@router.post(
    "/receptions/{id}/plan-again",
    **step(
        "planReceptionAgain",
        "恢复领导接访",
        "取消或登记有误的，恢复为已排定。须用 `If-Match` 指明所见版本。",
        permission=MANAGE,
        refusals=(404, 409, 412, 428),
        refuses=(ReceptionTransitionError, ReceptionTaken),
    ),
)
async def plan_again(
    id: ReceptionId, expected: NamedVersion, principal: Authorised, grid: Grid, response: Response
) -> ReceptionView:
    """What was entered last was a mistake."""
    return _answer(await grid.receptions.plan_again(principal, id, expected=expected), response)
