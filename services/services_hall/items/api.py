"""Items over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.services_hall.deps import Authorised, ItemsUse
from services.services_hall.items.schemas import DraftItem, ItemVersionView, ItemView, PublishItem
from shared.http.errors import problems
from shared.http.etag import IfMatch, etag_of, tagged
from shared.http.idempotency import Idempotent
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page

router = APIRouter(route_class=ServiceRoute, tags=["items"])


@router.get("/items", operation_id="listItems")
async def list_items(page: PageQuery, principal: Authorised, items: ItemsUse) -> Page[ItemView]:
    """The catalogue: every item with its newest published version."""
    after = None if page.after is None else UUID(page.after[0])
    shown, cursor = page.cut(await items.page(after, page.limit + 1), key=lambda row: (row[0].id,))
    return Page(items=[ItemView.of(item, version) for item, version in shown], next_cursor=cursor)


@router.post(
    "/items",
    operation_id="draftItem",
    status_code=201,
    responses=problems(409) | tagged(201),
    dependencies=[Idempotent],
)
async def draft(body: DraftItem, response: Response, principal: Authorised, items: ItemsUse) -> ItemView:
    """Draft an item; it accepts no case before a version is published."""
    item = await items.draft(body.content())
    response.headers["ETag"] = etag_of(item.version)
    return ItemView.of(item, None)


@router.get("/items/{id}", operation_id="getItem", responses=problems(404) | tagged())
async def get(id: UUID, response: Response, principal: Authorised, items: ItemsUse) -> ItemView:
    """An item with its newest published version."""
    item, version = await items.get(id)
    response.headers["ETag"] = etag_of(item.version)
    return ItemView.of(item, version)


@router.get("/items/{id}/versions/{number}", operation_id="getItemVersion", responses=problems(404))
async def get_version(id: UUID, number: int, principal: Authorised, items: ItemsUse) -> ItemVersionView:
    """A published version, however old."""
    return ItemVersionView.of(await items.version(id, number))


@router.post(
    "/items/{id}/publish",
    operation_id="publishItem",
    responses=problems(404, 412, 428) | tagged(),
    dependencies=[Idempotent],
)
async def publish(
    id: UUID, body: PublishItem, expected: IfMatch, response: Response, principal: Authorised, items: ItemsUse
) -> ItemView:
    """Publish the next version. Published versions never change; cases keep the version they pinned."""
    item, version = await items.publish(principal, id, expected, body.content())
    response.headers["ETag"] = etag_of(item.version)
    return ItemView.of(item, version)
