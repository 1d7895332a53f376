"""Items over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.services_hall.deps import Hall
from services.services_hall.items.domain import ItemCodeTaken
from services.services_hall.items.models import CatalogueItem
from services.services_hall.items.schemas import DraftItem, ItemVersionView, ItemView, PublishItem
from shared.errors import CodeUnlisted
from shared.http.endpoint import creates, reads, step
from shared.http.etag import IfMatch, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["items"])

VersionNumber = Annotated[int, Path(description="版本号 number of the published version, from 1")]
ItemId = Annotated[UUID, Path(description="事项标识 id of the item")]


@router.get(
    "/items",
    **reads(
        "listItems",
        "事项列表",
        "事项目录：全部事项及其最新发布的版本。",
        permission="item.read",
        scope="open",
        refusals=(),
    ),
)
async def list_items(page: PageQuery, principal: Authorised, hall: Hall) -> Page[ItemView]:
    """The catalogue: every item with its newest published version."""
    after = None if page.after is None else UUID(page.after[0])
    shown, cursor = page.cut(await hall.items.page(after=after, limit=page.limit + 1), key=lambda one: (one.item.id,))
    return Page(items=[ItemView.of(one) for one in shown], next_cursor=cursor)


@router.post(
    "/items",
    **creates(
        "draftItem",
        "起草事项",
        "起草事项；发布版本之前不受理办件。",
        permission="item.manage",
        scope="county",
        refusals=(409,),
        refuses=(ItemCodeTaken, CodeUnlisted),
    ),
)
async def draft(body: DraftItem, response: Response, principal: Authorised, hall: Hall) -> ItemView:
    """Draft an item; it accepts no case before a version is published."""
    item = await hall.items.draft(principal, body.content())
    response.headers["ETag"] = etag_of(item.version)
    return ItemView.of(CatalogueItem(item, None))


@router.get(
    "/items/{id}",
    **reads("getItem", "查询事项", "一个事项及其最新发布的版本。", permission="item.read", scope="open", etag=True),
)
async def read(id: ItemId, response: Response, principal: Authorised, hall: Hall) -> ItemView:
    """An item with its newest published version."""
    found = await hall.items.read(id)
    response.headers["ETag"] = etag_of(found.item.version)
    return ItemView.of(found)


@router.get(
    "/items/{id}/versions/{number}",
    **reads("getItemVersion", "查询事项版本", "某个已发布的版本，不论新旧。", permission="item.read", scope="open"),
)
async def get_version(id: ItemId, number: VersionNumber, principal: Authorised, hall: Hall) -> ItemVersionView:
    """A published version, however old."""
    return ItemVersionView.model_validate(await hall.items.version(id, number))


@router.post(
    "/items/{id}/publish",
    **step(
        "publishItem",
        "发布事项",
        "发布下一版本。已发布的版本不再更改，办件沿用提交时的版本。",
        permission="item.manage",
        scope="county",
        refusals=(404, 412, 428),
        refuses=(CodeUnlisted,),
    ),
)
async def publish(
    id: ItemId, body: PublishItem, expected: IfMatch, response: Response, principal: Authorised, hall: Hall
) -> ItemView:
    """Publish the next version. Published versions never change; cases keep the version they pinned."""
    found = await hall.items.publish(principal, id, expected, body.content())
    response.headers["ETag"] = etag_of(found.item.version)
    return ItemView.of(found)
