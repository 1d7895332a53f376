"""Changes of grids (网格调整) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.grid.deps import Grid
from services.grid.grid_changes.domain import (
    GridChangeLeavesGap,
    GridChangeRestedOn,
    GridChangeUndone,
    GridSeenOtherwise,
)
from services.grid.grid_changes.models import GridChange
from services.grid.grid_changes.schemas import ChangeGrids, GridChangeCount, GridChangeView, PlaceResidents
from services.grid.grids.api import DRAWING
from services.grid.grids.domain import GridAlreadyClosed, GridFarAway, GridInOtherTown, GridOverlaps
from services.grid.residence_proposals.domain import ResidentNotThere, ResidentTargetUnknown
from shared.contracts.envelope import AreaCode
from shared.http.bodies import BULK
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["grid-changes"])

ChangeId = Annotated[UUID, Path(description="网格调整标识 id of the change of grids")]
Area = Annotated[AreaCode | None, Query(description="所属区域 only inside this area")]
PLACING = (ResidentNotThere, ResidentTargetUnknown)


@router.post(
    "/grid-changes",
    **creates(
        "changeGrids",
        "网格调整",
        "拆分、合并网格或重划边界；旧网格记下承接网格，并向底册提出居民转入新网格的建议，由底册按自己的规则登记或说明原因。",
        permission="grid.manage",
        location=True,
        max_body=BULK,
        refuses=(*DRAWING, *PLACING, GridAlreadyClosed, GridChangeLeavesGap, GridSeenOtherwise),
    ),
)
async def change(
    body: ChangeGrids, _: MinPosition, principal: Authorised, grid: Grid, response: Response
) -> GridChangeView:
    """Split, merge or redraw grids of one village: all of it, or nothing."""
    done = await grid.grid_changes.carry_out(principal, body.content())
    response.headers["Location"] = f"/grid/v1/grid-changes/{done.id}"
    return _answer(done, response)


@router.get(
    "/grid-changes",
    **reads("listGridChanges", "网格调整列表", "您辖区内的网格调整，先办的在前。", permission="grid.read"),
)
async def list_changes(page: PageQuery, principal: Authorised, grid: Grid, area: Area = None) -> Page[GridChangeView]:
    """Changes of grids in your areas, the oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.grid_changes.page(principal, area=area, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[GridChangeView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/grid-changes/count",
    **reads("countGridChanges", "网格调整计数", "按相同条件列表共有多少次。", permission="grid.read"),
)
async def count(principal: Authorised, grid: Grid, area: Area = None) -> GridChangeCount:
    """How many the list has in all."""
    return GridChangeCount(count=await grid.grid_changes.count(principal, area=area))


@router.get(
    "/grid-changes/{id}",
    **reads("getGridChange", "查询网格调整", "一次网格调整。", permission="grid.read", etag=True),
)
async def read(id: ChangeId, principal: Authorised, grid: Grid, response: Response) -> GridChangeView:
    """One change of grids."""
    return _answer(await grid.grid_changes.read(principal, id), response)


@router.post(
    "/grid-changes/{id}/place-residents",
    **step(
        "placeResidents",
        "指明居民所在网格",
        "为调整后尚未转入新网格的居民指明网格，或按坐标定位；坐标只用于定位，不保存。",
        permission="grid.manage",
        max_body=BULK,
        refuses=(*PLACING, GridChangeUndone),
    ),
)
async def place(
    id: ChangeId, body: PlaceResidents, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> GridChangeView:
    """Say of residents in which grid of the change they live."""
    residents = [one.content() for one in body.residents]
    return _answer(await grid.grid_changes.place(principal, id, residents, expected=expected), response)


@router.post(
    "/grid-changes/{id}/undo",
    **step(
        "undoGridChange",
        "撤销网格调整",
        "撤销一次网格调整：网格恢复原状，居民建议转回；其后又有调整的不得撤销。须用 `If-Match` 指明所见版本。",
        permission="grid.manage",
        refusals=(404, 409, 412, 428),
        refuses=(GridChangeUndone, GridChangeRestedOn, GridOverlaps, GridInOtherTown, GridFarAway),
    ),
)
async def undo(
    id: ChangeId, expected: NamedVersion, principal: Authorised, grid: Grid, response: Response
) -> GridChangeView:
    """Undo a change: its grids are as they were."""
    return _answer(await grid.grid_change_undoing.undo(principal, id, expected=expected), response)


def _answer(change: GridChange, response: Response) -> GridChangeView:
    response.headers["ETag"] = etag_of(change.version)
    return GridChangeView.of(change)
