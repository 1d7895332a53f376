"""Staff of grids (网格人员) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.grid.deps import Grid
from services.grid.staff.domain import (
    ResponsibleTaken,
    StaffDuty,
    StaffEnded,
    StaffFilter,
    StaffGridEnded,
    StaffGridUnknown,
    StaffNothingToUndo,
    SubstituteTaken,
)
from services.grid.staff.models import GridStaff
from services.grid.staff.schemas import AppointStaff, EndStaff, Login, ResponsibleView, StaffCount, StaffView
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Day, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["grid-staff"])

StaffId = Annotated[UUID, Path(description="任职标识 id of the appointment")]
Area = Annotated[AreaCode | None, Query(description="所属区域 only in grids inside this area")]
Worker = Annotated[Login | None, Query(description="登录账号 only of this login")]
Duty = Annotated[StaffDuty | None, Query(description="职责 only with this duty")]
On = Annotated[Day | None, Query(description="日期 only those of this day")]


@router.post(
    "/grid-staff",
    **creates(
        "appointStaff",
        "登记网格人员",
        "登记网格长、网格员或指导员的任职；同一网格任何一天只有一名责任人，代班期间由代班人员负责。",
        permission="grid.manage",
        location=True,
        refuses=(StaffGridUnknown, ResponsibleTaken, SubstituteTaken),
    ),
)
async def appoint(body: AppointStaff, principal: Authorised, grid: Grid, response: Response) -> StaffView:
    """Appoint somebody in a grid."""
    staff = await grid.staff.appoint(principal, body.content())
    response.headers["Location"] = f"/grid/v1/grid-staff/{staff.id}"
    return _answer(staff, response)


@router.get(
    "/grid-staff",
    **reads("listStaff", "网格人员列表", "您辖区内网格的任职，先登记的在前。", permission="grid.read"),
)
async def list_staff(
    page: PageQuery,
    principal: Authorised,
    grid: Grid,
    area: Area = None,
    worker: Worker = None,
    duty: Duty = None,
    on: On = None,
) -> Page[StaffView]:
    """Appointments in grids of your areas, the oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    wanted = StaffFilter(worker, duty, on)
    rows = await grid.staff.page(principal, wanted, area=area, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[StaffView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/grid-staff/count",
    **reads("countStaff", "网格人员计数", "按相同条件列表共有多少条。", permission="grid.read"),
)
async def count(
    principal: Authorised, grid: Grid, area: Area = None, worker: Worker = None, duty: Duty = None, on: On = None
) -> StaffCount:
    """How many the list has in all."""
    return StaffCount(count=await grid.staff.count(principal, StaffFilter(worker, duty, on), area=area))


@router.get(
    "/grids/{code}/responsible",
    **reads(
        "getResponsible",
        "查询网格责任人",
        "某一天（默认今天）由谁负责该网格；有代班的为代班人员。",
        permission="grid.read",
    ),
)
async def responsible(
    code: Annotated[AreaCode, Path(description="网格代码 code of the grid, 15 digits", examples=["450481114201001"])],
    principal: Authorised,
    grid: Grid,
    on: Annotated[Day | None, Query(description="日期 the day; today if not given")] = None,
) -> ResponsibleView:
    """Who answers for a grid on a day."""
    found = await grid.staff.responsible(principal, code, on)
    return ResponsibleView(staff=None if found is None else StaffView.model_validate(found))


@router.get(
    "/grid-staff/{id}",
    **reads("getStaff", "查询网格任职", "一条任职。", permission="grid.read", etag=True),
)
async def read(id: StaffId, principal: Authorised, grid: Grid, response: Response) -> StaffView:
    """One appointment."""
    return _answer(await grid.staff.read(principal, id), response)


@router.post(
    "/grid-staff/{id}/end",
    **step("endStaff", "结束网格任职", "提前结束一条任职。", permission="grid.manage", refuses=(StaffEnded,)),
)
async def end(
    id: StaffId, body: EndStaff, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> StaffView:
    """End an appointment before its time."""
    return _answer(await grid.staff.end(principal, id, until=body.until, expected=expected), response)


@router.post(
    "/grid-staff/{id}/undo",
    **step(
        "undoStaff",
        "撤销上一步",
        "撤销提前结束；没有提前结束的，撤回任职本身。须用 `If-Match` 指明所见版本，以免撤销两步。",
        permission="grid.manage",
        refusals=(404, 409, 412, 428),
        refuses=(StaffNothingToUndo, StaffGridEnded, ResponsibleTaken, SubstituteTaken),
    ),
)
async def undo(id: StaffId, expected: NamedVersion, principal: Authorised, grid: Grid, response: Response) -> StaffView:
    """Take back what was done last."""
    return _answer(await grid.staff.undo(principal, id, expected=expected), response)


def _answer(staff: GridStaff, response: Response) -> StaffView:
    response.headers["ETag"] = etag_of(staff.version)
    return StaffView.model_validate(staff)
