"""Duties of towns (履职事项清单) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.grid.deps import Grid
from services.grid.duties.domain import (
    DutyAreaUnknown,
    DutyAreaWrong,
    DutyCategoryUnknown,
    DutyEndWrong,
    DutyLeadMissing,
    DutyNotEnded,
    DutyTaken,
)
from services.grid.duties.models import Duty
from services.grid.duties.schemas import DutyCount, DutyView, EndDuty, EnterDuty
from shared.contracts.envelope import AreaCode
from shared.errors import CodeUnlisted, NotYet
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["duties"])

DutyId = Annotated[UUID, Path(description="条目标识 id of the entry")]
AreaFilter = Annotated[AreaCode | None, Query(description="适用区域 what holds in this area, and in areas inside it")]


def _answer(duty: Duty, response: Response) -> DutyView:
    response.headers["ETag"] = etag_of(duty.version)
    return DutyView.model_validate(duty)


@router.post(
    "/duties",
    **creates(
        "enterDuty",
        "登记履职事项",
        "登记镇街履职事项清单的条目：某类事件属基本履职、配合履职还是上级收回。",
        permission="duty.manage",
        refuses=(DutyAreaUnknown, DutyAreaWrong, DutyCategoryUnknown, DutyLeadMissing, DutyTaken, CodeUnlisted, NotYet),
    ),
)
async def enter(body: EnterDuty, response: Response, principal: Authorised, grid: Grid) -> DutyView:
    """Enter whose a category of incidents is in a town."""
    duty = await grid.duties.enter(
        principal,
        area=body.area,
        category=body.category,
        kind=body.kind,
        lead=body.lead,
        valid_from=body.valid_from,
    )
    return _answer(duty, response)


@router.get(
    "/duties",
    **reads(
        "listDuties",
        "履职事项清单",
        "各镇街履职事项清单的条目，含已终止的，最早登记的在前。",
        permission="duty.read",
        scope="open",
        refusals=(),
    ),
)
async def list_duties(page: PageQuery, _: Authorised, grid: Grid, area: AreaFilter = None) -> Page[DutyView]:
    """Entries of all towns, oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.duties.page(area=area, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda duty: (duty.id,))
    return Page(items=[DutyView.model_validate(duty) for duty in shown], next_cursor=cursor)


@router.get(
    "/duties/count",
    **reads(
        "countDuties", "履职事项计数", "按相同条件清单共有多少条。", permission="duty.read", scope="open", refusals=()
    ),
)
async def count(_: Authorised, grid: Grid, area: AreaFilter = None) -> DutyCount:
    """How many the list with the same filter shows."""
    return DutyCount(count=await grid.duties.count(area=area))


@router.post(
    "/duties/{id}/end",
    **step(
        "endDuty",
        "终止履职事项",
        "终止一个条目；终止日等于起始日的，视为从未生效。",
        permission="duty.manage",
        refuses=(DutyEndWrong,),
    ),
)
async def end(
    id: DutyId, body: EndDuty, expected: Expected, response: Response, principal: Authorised, grid: Grid
) -> DutyView:
    """End an entry."""
    return _answer(await grid.duties.end(principal, id, body.ends_on, expected=expected), response)


@router.post(
    "/duties/{id}/resume",
    **step(
        "resumeDuty",
        "恢复履职事项",
        "终止有误的，恢复该条目。",
        permission="duty.manage",
        refuses=(DutyNotEnded, DutyTaken),
    ),
)
async def resume(id: DutyId, expected: Expected, response: Response, principal: Authorised, grid: Grid) -> DutyView:
    """Take the end of an entry back."""
    return _answer(await grid.duties.resume(principal, id, expected=expected), response)
