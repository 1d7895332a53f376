"""Dwellings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.deps import Registry
from services.registry.dwellings.domain import (
    BuildingNotStanding,
    ConditionStands,
    ConditionWithdrawn,
    DwellingDatesWrong,
    DwellingFilter,
    DwellingInUse,
    DwellingKnown,
    DwellingTransitionError,
    DwellingUnchanged,
    DwellingUse,
    TooManyConditions,
    UnknownCondition,
)
from services.registry.dwellings.schemas import (
    CorrectDwelling,
    DwellingCount,
    DwellingView,
    EndDwelling,
    EnterDwelling,
    RecordCondition,
)
from services.registry.dwellings.service.handling import ShownDwelling
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.dwellings import DwellingStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["dwellings"])

DwellingId = Annotated[UUID, Path(description="房屋标识 id of the dwelling")]
Number = Annotated[int, Path(ge=0, le=999, description="序号 number of the condition")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only inside this area")]
BuildingFilter = Annotated[UUID | None, Query(description="楼栋 only of this building")]
StatusFilter = Annotated[DwellingStatus | None, Query(description="状态 only in this status")]
UseFilter = Annotated[DwellingUse | None, Query(description="使用情况 only those that are so used now")]

CONDITION = (UnknownCondition, ConditionStands, DwellingDatesWrong, TooManyConditions)


@router.post(
    "/dwellings",
    **creates(
        "enterDwelling",
        "登记房屋",
        "在一栋楼内登记一套（间）房屋；单元和房号加密保存，同楼不得重复。",
        permission="building.manage",
        location=True,
        refuses=(BuildingNotStanding, DwellingKnown, *CONDITION),
    ),
)
async def enter(body: EnterDwelling, principal: Authorised, registry: Registry, response: Response) -> DwellingView:
    """Enter a dwelling of a building."""
    conditions = [one.condition() for one in body.conditions]
    shown = await registry.dwellings.enter(principal, body.building_id, body.fields(), body.valid_from, conditions)
    response.headers["Location"] = f"/registry/v1/dwellings/{shown.dwelling.id}"
    return _answer(shown, response)


@router.get(
    "/dwellings",
    **reads(
        "listDwellings",
        "房屋列表",
        "您辖区内的房屋，先登记的在前；查看会记入访问记录。",
        permission="building.read",
        refusals=(),
    ),
)
async def list_(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: AreaFilter = None,
    building_id: BuildingFilter = None,
    status: StatusFilter = None,
    use: UseFilter = None,
) -> Page[DwellingView]:
    """Dwellings in the caller's scope, oldest first; each look is noted in the access log."""
    after = None if page.after is None else UUID(page.after[0])
    wanted = DwellingFilter(building_id, status, use)
    rows = await registry.dwelling_reads.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.dwelling.id,))
    return Page(items=[DwellingView.of(row) for row in shown], next_cursor=cursor)


@router.get(
    "/dwellings/count",
    **reads("countDwellings", "房屋计数", "按相同条件列表共有多少套（间）。", permission="building.read", refusals=()),
)
async def count(
    principal: Authorised,
    registry: Registry,
    area: AreaFilter = None,
    building_id: BuildingFilter = None,
    status: StatusFilter = None,
    use: UseFilter = None,
) -> DwellingCount:
    """How many the list has in all: the same scope, the same filters."""
    wanted = DwellingFilter(building_id, status, use)
    return DwellingCount(count=await registry.dwelling_reads.count(principal, area, wanted))


@router.get(
    "/dwellings/{id}",
    **reads("getDwelling", "查询房屋", "一套（间）房屋；查看会记入访问记录。", permission="building.read", etag=True),
)
async def read(id: DwellingId, principal: Authorised, registry: Registry, response: Response) -> DwellingView:
    """One dwelling; the look is noted in the access log."""
    return _answer(await registry.dwelling_reads.read(principal, id), response)


@router.post(
    "/dwellings/{id}/correct",
    **step(
        "correctDwelling",
        "更正房屋",
        "更正单元、房号或建筑面积。",
        permission="building.manage",
        refuses=(DwellingTransitionError, DwellingUnchanged, DwellingKnown),
    ),
)
async def correct(
    id: DwellingId,
    body: CorrectDwelling,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> DwellingView:
    """Set right unit, room or floor area."""
    return _answer(await registry.dwellings.correct(principal, id, body.fields(), expected=expected), response)


@router.post(
    "/dwellings/{id}/conditions",
    **step(
        "recordDwellingCondition",
        "登记房屋情况",
        "登记自某日起的使用、水、路、气、电、通信、厕所等情况；原情况至该日止，以后的登记不变。",
        permission="building.manage",
        refuses=(DwellingTransitionError, *CONDITION),
    ),
)
async def record(
    id: DwellingId,
    body: RecordCondition,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> DwellingView:
    """Record a condition from a day on."""
    shown = await registry.dwelling_conditions.record(principal, id, body.condition(), expected=expected)
    return _answer(shown, response)


@router.post(
    "/dwellings/{id}/conditions/{number}/withdraw",
    **step(
        "withdrawDwellingCondition",
        "撤回房屋情况",
        "撤回误登的情况；前一情况继续有效。",
        permission="building.manage",
        refuses=(ConditionWithdrawn,),
    ),
)
async def withdraw_condition(
    id: DwellingId,
    number: Number,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> DwellingView:
    """Withdraw a condition that was recorded by mistake."""
    return _answer(await registry.dwelling_conditions.withdraw(principal, id, number, expected=expected), response)


@router.post(
    "/dwellings/{id}/end",
    **step(
        "endDwelling",
        "注销房屋",
        "登记房屋已灭失（拆除、合并）；须已无存续的住房关系。",
        permission="building.manage",
        refuses=(DwellingTransitionError, DwellingDatesWrong, DwellingInUse),
    ),
)
async def end(
    id: DwellingId,
    body: EndDwelling,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> DwellingView:
    """A dwelling is no more."""
    return _answer(await registry.dwellings.end(principal, id, valid_to=body.valid_to, expected=expected), response)


@router.post(
    "/dwellings/{id}/withdraw",
    **step(
        "withdrawDwelling",
        "撤回房屋",
        "撤回误登的房屋；须已无存续的住房关系。",
        permission="building.manage",
        refuses=(DwellingTransitionError, DwellingInUse),
    ),
)
async def withdraw(
    id: DwellingId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> DwellingView:
    """A dwelling was entered by mistake."""
    return _answer(await registry.dwellings.withdraw(principal, id, expected=expected), response)


@router.post(
    "/dwellings/{id}/restore",
    **step(
        "restoreDwelling",
        "恢复房屋",
        "撤销注销或撤回，房屋恢复在册。",
        permission="building.manage",
        refuses=(DwellingTransitionError, BuildingNotStanding, DwellingKnown),
    ),
)
async def restore(
    id: DwellingId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> DwellingView:
    """Undo an end or a withdrawal."""
    return _answer(await registry.dwellings.restore(principal, id, expected=expected), response)


def _answer(shown: ShownDwelling, response: Response) -> DwellingView:
    response.headers["ETag"] = etag_of(shown.dwelling.version)
    return DwellingView.of(shown)
