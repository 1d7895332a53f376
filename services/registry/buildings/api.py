"""Buildings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.buildings.domain import (
    BuildingDatesWrong,
    BuildingInUse,
    BuildingKnown,
    BuildingOfOtherVillage,
    BuildingTransitionError,
    BuildingUnchanged,
)
from services.registry.buildings.schemas import (
    BuildingCount,
    BuildingView,
    CorrectBuilding,
    DemolishBuilding,
    EnterBuilding,
)
from services.registry.buildings.service import ShownBuilding
from services.registry.deps import Registry
from services.registry.life_events.domain import PLACING
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.buildings import BuildingStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["buildings"])

BuildingId = Annotated[UUID, Path(description="楼栋标识 id of the building")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only inside this area")]
StatusFilter = Annotated[BuildingStatus | None, Query(description="状态 only in this status")]


@router.post(
    "/buildings",
    **creates(
        "enterBuilding",
        "登记楼栋",
        "登记一栋楼（房）及其标准地址；地址加密保存，同村不得重复。",
        permission="building.manage",
        location=True,
        refuses=(BuildingDatesWrong, BuildingKnown, *PLACING),
    ),
)
async def enter(body: EnterBuilding, principal: Authorised, registry: Registry, response: Response) -> BuildingView:
    """Enter a building with its standard address."""
    shown = await registry.buildings.enter(principal, body.fields(), body.valid_from)
    response.headers["Location"] = f"/registry/v1/buildings/{shown.building.id}"
    return _answer(shown, response)


@router.get(
    "/buildings",
    **reads(
        "listBuildings",
        "楼栋列表",
        "您辖区内的楼栋，先登记的在前；查看会记入访问记录。",
        permission="building.read",
        refusals=(),
    ),
)
async def list_(
    principal: Authorised, registry: Registry, page: PageQuery, area: AreaFilter = None, status: StatusFilter = None
) -> Page[BuildingView]:
    """Buildings in the caller's scope, oldest first; each look is noted in the access log."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await registry.buildings.page(principal, area=area, status=status, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.building.id,))
    return Page(items=[BuildingView.of(row) for row in shown], next_cursor=cursor)


@router.get(
    "/buildings/count",
    **reads("countBuildings", "楼栋计数", "按相同条件列表共有多少栋。", permission="building.read", refusals=()),
)
async def count(
    principal: Authorised, registry: Registry, area: AreaFilter = None, status: StatusFilter = None
) -> BuildingCount:
    """How many the list has in all: the same scope, the same filters."""
    return BuildingCount(count=await registry.buildings.count(principal, area=area, status=status))


@router.get(
    "/buildings/{id}",
    **reads("getBuilding", "查询楼栋", "一栋楼；查看会记入访问记录。", permission="building.read", etag=True),
)
async def read(id: BuildingId, principal: Authorised, registry: Registry, response: Response) -> BuildingView:
    """One building; the look is noted in the access log."""
    return _answer(await registry.buildings.read(principal, id), response)


@router.post(
    "/buildings/{id}/correct",
    **step(
        "correctBuilding",
        "更正楼栋",
        "更正楼栋的地址、类别、层数或所在网格；楼内房屋的网格随之调整。",
        permission="building.manage",
        refuses=(BuildingTransitionError, BuildingOfOtherVillage, BuildingUnchanged, BuildingKnown, *PLACING),
    ),
)
async def correct(
    id: BuildingId,
    body: CorrectBuilding,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> BuildingView:
    """Set right what is known of a building; its dwellings follow into another grid."""
    return _answer(await registry.buildings.correct(principal, id, body.fields(), expected=expected), response)


@router.post(
    "/buildings/{id}/demolish",
    **step(
        "demolishBuilding",
        "拆除楼栋",
        "登记楼栋已拆除；楼内须已无在用的房屋。",
        permission="building.manage",
        refuses=(BuildingTransitionError, BuildingDatesWrong, BuildingInUse),
    ),
)
async def demolish(
    id: BuildingId,
    body: DemolishBuilding,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> BuildingView:
    """A building was pulled down."""
    return _answer(
        await registry.buildings.demolish(principal, id, valid_to=body.valid_to, expected=expected), response
    )


@router.post(
    "/buildings/{id}/withdraw",
    **step(
        "withdrawBuilding",
        "撤回楼栋",
        "撤回误登的楼栋；楼内须已无在用的房屋。",
        permission="building.manage",
        refuses=(BuildingTransitionError, BuildingInUse),
    ),
)
async def withdraw(
    id: BuildingId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> BuildingView:
    """A building was entered by mistake."""
    return _answer(await registry.buildings.withdraw(principal, id, expected=expected), response)


@router.post(
    "/buildings/{id}/restore",
    **step(
        "restoreBuilding",
        "恢复楼栋",
        "撤销拆除或撤回，楼栋恢复在用。",
        permission="building.manage",
        refuses=(BuildingTransitionError, BuildingKnown, *PLACING),
    ),
)
async def restore(
    id: BuildingId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> BuildingView:
    """Undo a demolition or a withdrawal."""
    return _answer(await registry.buildings.restore(principal, id, expected=expected), response)


def _answer(shown: ShownBuilding, response: Response) -> BuildingView:
    response.headers["ETag"] = etag_of(shown.building.version)
    return BuildingView.of(shown)
