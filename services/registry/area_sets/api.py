"""Area sets over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.area_sets.domain import (
    AreaSetDatesWrong,
    AreaSetFilter,
    AreaSetHallClosed,
    AreaSetHeadLeft,
    AreaSetKnown,
    AreaSetMemberTaken,
    AreaSetNothingToUndo,
    AreaSetTooLarge,
    AreaSetTransitionError,
    AreaSetUnchanged,
)
from services.registry.area_sets.schemas import (
    AreaSetBody,
    AreaSetCount,
    AreaSetVersionView,
    AreaSetView,
    ChangeMembers,
    DissolveAreaSet,
    FormAreaSet,
)
from services.registry.area_sets.service.handling import ShownSet
from services.registry.deps import Registry
from services.registry.life_events.domain import PLACING
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.area_sets import AreaSetKind, AreaSetStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Day, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["area_sets"])

AreaSetId = Annotated[UUID, Path(description="集合标识 id of the set")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only those that lie inside this area as a whole")]
KindFilter = Annotated[AreaSetKind | None, Query(description="类别 only of this kind")]
StatusFilter = Annotated[AreaSetStatus | None, Query(description="状态 only in this status")]
DayFilter = Annotated[Day | None, Query(description="日期 only those that have a member on this day")]


@router.post(
    "/area-sets",
    **creates(
        "formAreaSet",
        "设立片区",
        "设立服务社区、联合服务中心片区、示范线等；成员须同为村（社区）或同为网格，并全部在您的管理范围内。服务社区和联合服务中心片区的成员，"
        "同一天只属于一个同类片区。",
        permission="area_set.manage",
        location=True,
        refuses=(
            AreaSetDatesWrong,
            AreaSetHallClosed,
            AreaSetHeadLeft,
            AreaSetKnown,
            AreaSetMemberTaken,
            *PLACING,
        ),
    ),
)
async def form(body: FormAreaSet, principal: Authorised, registry: Registry, response: Response) -> AreaSetView:
    """Form a set of areas."""
    shown = await registry.area_sets.form(principal, body.kind, body.fields(), body.members, formed_on=body.formed_on)
    response.headers["Location"] = f"/registry/v1/area-sets/{shown.id}"
    return _answer(shown, response)


@router.get(
    "/area-sets",
    **reads(
        "listAreaSets",
        "片区列表",
        "成员全部在您辖区内的服务社区、片区和示范线，先设立的在前。",
        permission="area_set.read",
    ),
)
async def list_(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: AreaFilter = None,
    kind: KindFilter = None,
    status: StatusFilter = None,
    on: DayFilter = None,
) -> Page[AreaSetView]:
    """Sets of areas in the caller's scope, oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    wanted = AreaSetFilter(kind, status, on)
    rows = await registry.area_set_reads.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.id,))
    return Page(items=[AreaSetView.of(row) for row in shown], next_cursor=cursor)


@router.get(
    "/area-sets/count",
    **reads("countAreaSets", "片区计数", "按相同条件列表共有多少个。", permission="area_set.read"),
)
async def count(
    principal: Authorised,
    registry: Registry,
    area: AreaFilter = None,
    kind: KindFilter = None,
    status: StatusFilter = None,
    on: DayFilter = None,
) -> AreaSetCount:
    """How many the list has in all: the same scope, the same filters."""
    wanted = AreaSetFilter(kind, status, on)
    return AreaSetCount(count=await registry.area_set_reads.count(principal, area, wanted))


@router.get(
    "/area-sets/{id}",
    **reads("getAreaSet", "查询片区", "一个片区及其历次成员。", permission="area_set.read", etag=True),
)
async def read(id: AreaSetId, principal: Authorised, registry: Registry, response: Response) -> AreaSetView:
    """One set of areas."""
    return _answer(await registry.area_set_reads.read(principal, id), response)


@router.get(
    "/area-sets/{id}/history",
    **reads(
        "getAreaSetHistory",
        "片区的办理记录",
        "对该片区办理过的每一步及其后的内容，先办的在前。",
        permission="area_set.read",
    ),
)
async def history(
    id: AreaSetId, principal: Authorised, registry: Registry, page: PageQuery
) -> Page[AreaSetVersionView]:
    """What was done to a set, step by step."""
    after = 0 if page.after is None else int(page.after[0])
    rows = await registry.area_set_reads.history(principal, id, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.version,))
    return Page(items=[AreaSetVersionView.of(row) for row in shown], next_cursor=cursor)


@router.post(
    "/area-sets/{id}/correct",
    **step(
        "correctAreaSet",
        "更正片区",
        "更正在用片区的名称、服务大厅和负责人；类别和设立日有误的，请撤回后重新设立。",
        permission="area_set.manage",
        refuses=(AreaSetTransitionError, AreaSetUnchanged, AreaSetHallClosed, AreaSetHeadLeft, AreaSetKnown),
    ),
)
async def correct(
    id: AreaSetId,
    body: AreaSetBody,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> AreaSetView:
    """Set right name, hall and head of a set."""
    return _answer(await registry.area_sets.correct(principal, id, body.fields(), expected=expected), response)


@router.post(
    "/area-sets/{id}/change-members",
    **step(
        "changeAreaSetMembers",
        "调整片区成员",
        "自某日起加入或退出一些村（社区）、网格；此前各日的成员不变。",
        permission="area_set.manage",
        refuses=(
            AreaSetTransitionError,
            AreaSetUnchanged,
            AreaSetDatesWrong,
            AreaSetTooLarge,
            AreaSetMemberTaken,
            *PLACING,
        ),
    ),
)
async def change_members(
    id: AreaSetId,
    body: ChangeMembers,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> AreaSetView:
    """Areas join and leave a set."""
    return _answer(await registry.area_sets.exchange(principal, id, body.asked(), expected=expected), response)


@router.post(
    "/area-sets/{id}/dissolve",
    **step(
        "dissolveAreaSet",
        "撤销片区",
        "自某日起该片区不再有成员；此前各日的数字不变。",
        permission="area_set.manage",
        refuses=(AreaSetTransitionError, AreaSetDatesWrong),
    ),
)
async def dissolve(
    id: AreaSetId,
    body: DissolveAreaSet,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> AreaSetView:
    """A set was dissolved."""
    sets = registry.area_sets
    return _answer(await sets.dissolve(principal, id, dissolved_on=body.dissolved_on, expected=expected), response)


@router.post(
    "/area-sets/{id}/withdraw",
    **step(
        "withdrawAreaSet",
        "撤回片区",
        "撤回误设的片区。",
        permission="area_set.manage",
        refuses=(AreaSetTransitionError,),
    ),
)
async def withdraw(
    id: AreaSetId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> AreaSetView:
    """A set was entered by mistake."""
    return _answer(await registry.area_sets.withdraw(principal, id, expected=expected), response)


@router.post(
    "/area-sets/{id}/undo",
    **step(
        "undoAreaSet",
        "撤销上一步",
        "撤销最近一次更正、成员调整、撤销或撤回；再次撤销则退回更早一步。须用 `If-Match` 指明所见版本，以免撤销两步。"
        "恢复的成员之后经区划调整撤销的，请先撤销该次区划调整。",
        permission="area_set.manage",
        refusals=(404, 409, 412, 428),
        refuses=(AreaSetNothingToUndo, AreaSetKnown, AreaSetMemberTaken, *PLACING),
    ),
)
async def undo(
    id: AreaSetId, expected: NamedVersion, principal: Authorised, registry: Registry, response: Response
) -> AreaSetView:
    """Take back what was done last."""
    return _answer(await registry.area_sets.undo(principal, id, expected=expected), response)


def _answer(shown: ShownSet, response: Response) -> AreaSetView:
    response.headers["ETag"] = etag_of(shown.version)
    return AreaSetView.of(shown)
