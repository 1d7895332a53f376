"""Facilities over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.deps import Registry
from services.registry.facilities.domain import (
    FacilityDatesWrong,
    FacilityFilter,
    FacilityKnown,
    FacilityNothingToUndo,
    FacilityOfOtherVillage,
    FacilityOperatorEnded,
    FacilityPointFar,
    FacilityTransitionError,
    FacilityUnchanged,
)
from services.registry.facilities.models import Facility
from services.registry.facilities.schemas import (
    CloseFacility,
    FacilityBody,
    FacilityCount,
    FacilityVersionView,
    FacilityView,
    ReopenFacility,
    SearchFacilities,
)
from services.registry.life_events.domain import PLACING
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.facilities import DailyNeed, FacilityKind, FacilityStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["facilities"])

FacilityId = Annotated[UUID, Path(description="设施标识 id of the facility")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only inside this area")]
KindFilter = Annotated[FacilityKind | None, Query(description="设施类别 only of this kind")]
NeedFilter = Annotated[DailyNeed | None, Query(description="满足需要 only what serves this need")]
StatusFilter = Annotated[FacilityStatus | None, Query(description="状态 only in this status")]


@router.post(
    "/facilities",
    **creates(
        "enterFacility",
        "登记设施",
        "登记“1+8”场所、服务网点等设施及其面积、坐标、开放时间、工作人员和运营组织；同村开放的不得同名。",
        permission="facility.manage",
        location=True,
        refuses=(FacilityDatesWrong, FacilityPointFar, FacilityOperatorEnded, FacilityKnown, *PLACING),
    ),
)
async def enter(body: FacilityBody, principal: Authorised, registry: Registry, response: Response) -> FacilityView:
    """Enter a facility."""
    shown = await registry.facilities.enter(principal, body.fields())
    response.headers["Location"] = f"/registry/v1/facilities/{shown.id}"
    return _answer(shown, response)


@router.get(
    "/facilities",
    **reads(
        "listFacilities",
        "设施列表",
        "您辖区内的设施，先登记的在前。",
        permission="facility.read",
    ),
)
async def list_(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: AreaFilter = None,
    kind: KindFilter = None,
    serves: NeedFilter = None,
    status: StatusFilter = None,
) -> Page[FacilityView]:
    """Facilities in the caller's scope, oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    wanted = FacilityFilter(kind, serves, status)
    rows = await registry.facility_reads.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.id,))
    return Page(items=[FacilityView.of(row) for row in shown], next_cursor=cursor)


@router.get(
    "/facilities/count",
    **reads("countFacilities", "设施计数", "按相同条件列表共有多少处。", permission="facility.read"),
)
async def count(
    principal: Authorised,
    registry: Registry,
    area: AreaFilter = None,
    kind: KindFilter = None,
    serves: NeedFilter = None,
    status: StatusFilter = None,
) -> FacilityCount:
    """How many the list has in all: the same scope, the same filters."""
    wanted = FacilityFilter(kind, serves, status)
    return FacilityCount(count=await registry.facility_reads.count(principal, area, wanted))


@router.post(
    "/facilities/search",
    **reads(
        "searchFacilities",
        "查找设施",
        "按名称中的任意一段查找您辖区内的设施。",
        permission="facility.read",
    ),
)
async def search(
    body: SearchFacilities, principal: Authorised, registry: Registry, page: PageQuery
) -> Page[FacilityView]:
    """Facilities in the caller's scope by a part of the name."""
    after = None if page.after is None else UUID(page.after[0])
    reads_ = registry.facility_reads
    rows = await reads_.page(principal, body.area, body.wanted(), after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.id,))
    return Page(items=[FacilityView.of(row) for row in shown], next_cursor=cursor)


@router.get(
    "/facilities/{id}",
    **reads("getFacility", "查询设施", "一处设施。", permission="facility.read", etag=True),
)
async def read(id: FacilityId, principal: Authorised, registry: Registry, response: Response) -> FacilityView:
    """One facility."""
    return _answer(await registry.facility_reads.read(principal, id), response)


@router.get(
    "/facilities/{id}/history",
    **reads(
        "getFacilityHistory",
        "设施的办理记录",
        "对该设施办理过的每一步及其后的内容，先办的在前。",
        permission="facility.read",
    ),
)
async def history(
    id: FacilityId, principal: Authorised, registry: Registry, page: PageQuery
) -> Page[FacilityVersionView]:
    """What was done to a facility, step by step."""
    after = 0 if page.after is None else int(page.after[0])
    rows = await registry.facility_reads.history(principal, id, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.version,))
    return Page(items=[FacilityVersionView.of(row) for row in shown], next_cursor=cursor)


@router.post(
    "/facilities/{id}/correct",
    **step(
        "correctFacility",
        "更正设施",
        "更正开放设施的全部内容；所在地只能在本村内调整网格。",
        permission="facility.manage",
        refuses=(
            FacilityTransitionError,
            FacilityDatesWrong,
            FacilityOfOtherVillage,
            FacilityUnchanged,
            FacilityPointFar,
            FacilityOperatorEnded,
            FacilityKnown,
            *PLACING,
        ),
    ),
)
async def correct(
    id: FacilityId,
    body: FacilityBody,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> FacilityView:
    """Set right what is known of a facility."""
    return _answer(await registry.facilities.correct(principal, id, body.fields(), expected=expected), response)


@router.post(
    "/facilities/{id}/close",
    **step(
        "closeFacility",
        "关闭设施",
        "登记设施关闭。",
        permission="facility.manage",
        refuses=(FacilityTransitionError, FacilityDatesWrong),
    ),
)
async def close(
    id: FacilityId,
    body: CloseFacility,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> FacilityView:
    """A facility was closed."""
    return _answer(
        await registry.facilities.close(principal, id, closed_on=body.closed_on, expected=expected), response
    )


@router.post(
    "/facilities/{id}/reopen",
    **step(
        "reopenFacility",
        "恢复设施",
        "已关闭的设施自某日起恢复开放；关闭本身登记有误的，请撤销上一步。",
        permission="facility.manage",
        refuses=(FacilityTransitionError, FacilityDatesWrong, FacilityKnown, *PLACING),
    ),
)
async def reopen(
    id: FacilityId,
    body: ReopenFacility,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> FacilityView:
    """A facility that was closed opened again."""
    return _answer(
        await registry.facilities.reopen(principal, id, opened_on=body.opened_on, expected=expected), response
    )


@router.post(
    "/facilities/{id}/withdraw",
    **step(
        "withdrawFacility",
        "撤回设施",
        "撤回误登的设施。",
        permission="facility.manage",
        refuses=(FacilityTransitionError,),
    ),
)
async def withdraw(
    id: FacilityId,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> FacilityView:
    """A facility was entered by mistake."""
    return _answer(await registry.facilities.withdraw(principal, id, expected=expected), response)


@router.post(
    "/facilities/{id}/undo",
    **step(
        "undoFacility",
        "撤销上一步",
        "撤销最近一次更正、关闭、恢复或撤回；再次撤销则退回更早一步。须用 `If-Match` 指明所见版本，以免撤销两步。",
        permission="facility.manage",
        refusals=(404, 409, 412, 428),
        refuses=(FacilityNothingToUndo, FacilityKnown, *PLACING),
    ),
)
async def undo(
    id: FacilityId,
    expected: NamedVersion,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> FacilityView:
    """Take back what was done last."""
    return _answer(await registry.facilities.undo(principal, id, expected=expected), response)


def _answer(shown: Facility, response: Response) -> FacilityView:
    response.headers["ETag"] = etag_of(shown.version)
    return FacilityView.of(shown)
