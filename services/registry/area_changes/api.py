"""Changes of areas over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.area_changes.domain import (
    AreaChangeRestedOn,
    AreaChangeTooLarge,
    AreaChangeUndone,
    MemberOfHousehold,
)
from services.registry.area_changes.models import AreaChange
from services.registry.area_changes.schemas import (
    AbolishArea,
    AreaChangeCount,
    AreaChangeView,
    ChangeAreas,
    LeftBehindCount,
    LeftBehindView,
    PlaceLeftBehind,
)
from services.registry.areas.domain import AreaAlreadyAbolished, AreaHasParts, AreaPopulated, UnknownArea
from services.registry.areas.schemas import AreaView, Code
from services.registry.deps import Registry
from services.registry.life_events.domain import EventInFuture
from services.registry.postings.domain import BookOfAnotherPlace
from shared.contracts.envelope import AreaCode
from shared.http.bodies import BULK
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["areas"])

CHANGING = (
    UnknownArea,
    AreaAlreadyAbolished,
    AreaHasParts,
    EventInFuture,
    AreaChangeTooLarge,
    BookOfAnotherPlace,
)
"""What any end of an area is refused for."""

AreaPath = Annotated[Code, Path(description="区划代码 code of the area, 2 to 12 digits")]
ChangeId = Annotated[UUID, Path(description="区划调整标识 id of the change of areas")]
Within = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area that holds the changes")]


@router.post(
    "/area-changes",
    **creates(
        "changeAreas",
        "区划调整",
        "合并、分设、重新划分村（社区）和乡镇，撤村建居，变更隶属；居民、住户和房屋同时划转，账簿两边平衡。",
        permission="area.manage",
        location=True,
        max_body=BULK,
        refuses=(*CHANGING, AreaPopulated, MemberOfHousehold),
    ),
)
async def change(body: ChangeAreas, principal: Authorised, registry: Registry, response: Response) -> AreaChangeView:
    """Merge, split, regroup, convert or transfer areas; residents, households and buildings follow at once."""
    made = await registry.area_changes.carry_out(principal, body.as_plan())
    response.headers["Location"] = f"/registry/v1/area-changes/{made.id}"
    return _view(made, response)


@router.get(
    "/area-changes",
    **reads(
        "listAreaChanges",
        "区划调整列表",
        "某区域内办理过的区划调整，最早的在前，已撤销的也在内。",
        permission="area.manage",
    ),
)
async def page(principal: Authorised, registry: Registry, page: PageQuery, area: Within) -> Page[AreaChangeView]:
    """Changes of areas that an area holds, oldest first, those that were undone too."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.area_changes.page(principal, area, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(found, lambda one: (str(one.id),))
    return Page(items=[AreaChangeView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/area-changes/count",
    **reads("countAreaChanges", "区划调整计数", "同一条件下共有多少次区划调整。", permission="area.manage"),
)
async def count(principal: Authorised, registry: Registry, area: Within) -> AreaChangeCount:
    """How many the list gives in all."""
    return AreaChangeCount(count=await registry.area_changes.count(principal, area))


@router.get(
    "/area-changes/left-behind",
    **reads(
        "listLeftBehind",
        "区划调整遗留",
        "已撤销的村（社区）内仍在用的组织、设施、建筑物和网格：没有继任区划或有几个，须由人确定归属。",
        permission="area.manage",
    ),
)
async def left_behind(principal: Authorised, registry: Registry, page: PageQuery, area: Within) -> Page[LeftBehindView]:
    """What villages that ended have left behind, by area."""
    after = None if page.after is None else (str(page.after[0]), str(page.after[1]), str(page.after[2]))
    found = await registry.left_behind.page(principal, area, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(found, lambda one: (one.area, str(one.kind), one.id))
    return Page(items=[LeftBehindView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/area-changes/left-behind/count",
    **reads("countLeftBehind", "遗留计数", "同一条件下共有多少项遗留。", permission="area.manage"),
)
async def count_left_behind(principal: Authorised, registry: Registry, area: Within) -> LeftBehindCount:
    """How many the list gives in all."""
    return LeftBehindCount(count=await registry.left_behind.count(principal, area))


@router.get(
    "/area-changes/{id}",
    **reads("getAreaChange", "查询区划调整", "一次区划调整。", permission="area.manage", etag=True),
)
async def read(id: ChangeId, principal: Authorised, registry: Registry, response: Response) -> AreaChangeView:
    """One change of areas."""
    return _view(await registry.area_changes.read(principal, id), response)


@router.post(
    "/area-changes/{id}/undo",
    **step(
        "undoAreaChange",
        "撤销区划调整",
        "撤销一次区划调整：原区划恢复，居民、住户和房屋回到原区划。",
        permission="area.manage",
        refuses=(AreaChangeUndone, AreaChangeRestedOn, BookOfAnotherPlace),
    ),
)
async def undo(
    id: ChangeId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> AreaChangeView:
    """Undo a change of areas: what it ended exists on, and whoever followed is where they were."""
    return _view(await registry.area_change_undoing.undo(principal, id, expected=expected), response)


@router.post(
    "/area-changes/{id}/place",
    **step(
        "placeLeftBehind",
        "安置遗留事项",
        "将该次区划调整遗留的组织、设施或建筑物划入一个继任区划，自调整生效日起；`to` 为空则退回原处。"
        "撤销该次区划调整时一并退回。",
        permission="area.manage",
        refuses=(AreaChangeUndone,),
    ),
)
async def place(
    id: ChangeId,
    body: PlaceLeftBehind,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> AreaChangeView:
    """Something that a change of areas left behind goes to an heir."""
    return _view(await registry.left_behind.place(principal, id, body.asked(), expected=expected), response)


@router.post(
    "/areas/{code}/abolish",
    **step(
        "abolishArea",
        "撤销区划",
        "撤销区划；有一个继任区划的，居民、住户和房屋同时划入，没有或有几个的，区划内须已无人。可按区划调整撤销。",
        permission="area.manage",
        refuses=(*CHANGING, AreaPopulated),
    ),
)
async def abolish(
    code: AreaPath,
    body: AbolishArea,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> AreaView:
    """Abolish an area: whoever is there goes over to its one heir; with several, or none, nobody is there."""
    area = await registry.area_ends.abolish(
        principal, code, valid_to=body.valid_to, successors=body.successors, expected=expected
    )
    response.headers["ETag"] = etag_of(area.version)
    return AreaView.model_validate(area)


def _view(change: AreaChange, response: Response) -> AreaChangeView:
    response.headers["ETag"] = etag_of(change.version)
    return AreaChangeView.of(change)
