"""Items over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.services_hall.deps import Authorised, ItemsUse
from services.services_hall.items.schemas import DraftItem, ItemVersionView, ItemView, PublishItem
from shared.http.endpoint import creates, reads, step
from shared.http.etag import IfMatch, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page

router = APIRouter(route_class=ServiceRoute, tags=["items"])

VersionNumber = Annotated[int, Path(description="版本号 number of the published version, from 1")]
ItemId = Annotated[UUID, Path(description="事项标识 id of the item")]


@router.get("/items", **reads("listItems", "事项列表", permission="item.read", scope="open", refusals=()))
async def list_items(page: PageQuery, principal: Authorised, items: ItemsUse) -> Page[ItemView]:
    """The catalogue: every item with its newest published version."""
    after = None if page.after is None else UUID(page.after[0])
    shown, cursor = page.cut(await items.page(after, page.limit + 1), key=lambda row: (row[0].id,))
    return Page(items=[ItemView.of(item, version) for item, version in shown], next_cursor=cursor)


@router.post("/items", **creates("draftItem", "起草事项", permission="item.manage", scope="open", refusals=(409,)))
async def draft(body: DraftItem, response: Response, principal: Authorised, items: ItemsUse) -> ItemView:
    """Draft an item; it accepts no case before a version is published."""
    item = await items.draft(body.content())
    response.headers["ETag"] = etag_of(item.version)
    return ItemView.of(item, None)


@router.get("/items/{id}", **reads("getItem", "查询事项", permission="item.read", scope="open", etag=True))
async def get(id: ItemId, response: Response, principal: Authorised, items: ItemsUse) -> ItemView:
    """An item with its newest published version."""
    item, version = await items.get(id)
    response.headers["ETag"] = etag_of(item.version)
    return ItemView.of(item, version)


@router.get(
    "/items/{id}/versions/{number}", **reads("getItemVersion", "查询事项版本", permission="item.read", scope="open")
)
async def get_version(id: ItemId, number: VersionNumber, principal: Authorised, items: ItemsUse) -> ItemVersionView:
    """A published version, however old."""
    return ItemVersionView.of(await items.version(id, number))


@router.post(
    "/items/{id}/publish",
    **step("publishItem", "发布事项", permission="item.manage", scope="open", refusals=(404, 412, 428)),
)
async def publish(
    id: ItemId, body: PublishItem, expected: IfMatch, response: Response, principal: Authorised, items: ItemsUse
) -> ItemView:
    """Publish the next version. Published versions never change; cases keep the version they pinned."""
    item, version = await items.publish(principal, id, expected, body.content())
    response.headers["ETag"] = etag_of(item.version)
    return ItemView.of(item, version)
