"""Handling units (处置单位) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from services.grid.deps import Grid
from services.grid.units.domain import UnitAreaUnknown, UnitTaken
from services.grid.units.schemas import CreateUnit, UnitView
from shared.contracts.envelope import AreaCode
from shared.errors import CodeUnlisted, NotYet
from shared.http.endpoint import creates, reads
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["units"])


@router.post(
    "/units",
    **creates(
        "createUnit",
        "新建处置单位",
        "登记处置单位，之后事件可以派给它。",
        permission="unit.manage",
        etag=False,
        refuses=(UnitAreaUnknown, UnitTaken, CodeUnlisted, NotYet),
    ),
)
async def create(body: CreateUnit, principal: Authorised, grid: Grid) -> UnitView:
    """Make a handling unit known, so that incidents can be dispatched to it."""
    return UnitView.model_validate(
        await grid.units.create(principal, area=body.area, department=body.department, name=body.name)
    )


@router.get(
    "/units",
    **reads(
        "listUnits",
        "处置单位列表",
        "您辖区内的事件可以派往的处置单位，不含已停用的。",
        permission="incident.read",
        refusals=(),
    ),
)
async def list_units(
    page: PageQuery,
    principal: Authorised,
    grid: Grid,
    serving: Annotated[
        AreaCode | None, Query(description="服务区域 only units that serve this area or lie in it")
    ] = None,
) -> Page[UnitView]:
    """Active units to which incidents of your areas may go."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.units.page(principal, serving=serving, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda unit: (unit.id,))
    return Page(items=[UnitView.model_validate(unit) for unit in shown], next_cursor=cursor)
