"""Items over HTTP: drafted by one person, published and retired by another, read by everybody."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.services_hall.deps import Hall
from services.services_hall.items.domain.refusals import (
    ItemCodeTaken,
    ItemDraftMissing,
    ItemDraftOther,
    ItemDraftStale,
    ItemSamePerson,
    ItemTransitionError,
    ItemUnchanged,
)
from services.services_hall.items.models import CatalogueItem
from services.services_hall.items.schemas.bodies import DraftItem, ProposeRetirement, PublishDrafts
from services.services_hall.items.schemas.content import ItemContent
from services.services_hall.items.schemas.views import (
    ItemChanges,
    ItemChangeView,
    ItemDraftDetail,
    ItemDraftView,
    ItemVersionView,
    ItemView,
)
from services.services_hall.items.service.states import ShownDraft
from shared.errors import CodeUnlisted
from shared.http.bodies import BULK
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, IfMatch, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["items"])

VersionNumber = Annotated[int, Path(description="版本号 number of the published version, from 1")]
ItemId = Annotated[UUID, Path(description="事项标识 id of the item")]
MANAGING: dict[str, Any] = {"permission": "item.manage", "scope": "county"}
DECIDING = (ItemDraftMissing, ItemDraftOther, ItemSamePerson)


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
        **MANAGING,
        refusals=(409,),
        refuses=(ItemCodeTaken, CodeUnlisted),
    ),
)
async def draft(body: DraftItem, response: Response, principal: Authorised, hall: Hall) -> ItemView:
    """Draft an item; it accepts no case before a version is published."""
    item = await hall.items.draft(principal, body.item())
    response.headers["ETag"] = etag_of(item.version)
    return ItemView.of(CatalogueItem(item, None))


@router.get(
    "/items/{id}",
    **reads("getItem", "查询事项", "一个事项及其最新发布的版本。", permission="item.read", scope="open", etag=True),
)
async def read(id: ItemId, response: Response, principal: Authorised, hall: Hall) -> ItemView:
    """An item with its newest published version."""
    return _answer(await hall.items.read(id), response)


@router.get(
    "/items/{id}/versions/{number}",
    **reads("getItemVersion", "查询事项版本", "某个已发布的版本，不论新旧。", permission="item.read", scope="open"),
)
async def get_version(id: ItemId, number: VersionNumber, principal: Authorised, hall: Hall) -> ItemVersionView:
    """A published version, however old."""
    return ItemVersionView.model_validate(await hall.items.version(id, number))


@router.get(
    "/items/{id}/versions/{number}/differences",
    **reads(
        "compareItemVersions",
        "比较事项版本",
        "某个已发布的版本与另一版本（不填为前一版本）的差异。",
        permission="item.read",
        scope="open",
    ),
)
async def compare(
    id: ItemId,
    number: VersionNumber,
    principal: Authorised,
    hall: Hall,
    against: Annotated[int | None, Query(description="对照版本号 the older version; null: the one before")] = None,
) -> ItemChanges:
    """What a published version changed."""
    found = await hall.items.compare(id, number - 1 if against is None else against, number)
    return ItemChanges(changes=[ItemChangeView.model_validate(one) for one in found])


@router.get(
    "/item-drafts",
    **reads(
        "listItemDrafts",
        "待审核的事项草稿",
        "您可以管理的事项中，等待另一人审核的新版本和停用。",
        **MANAGING,
        refusals=(),
    ),
)
async def list_drafts(page: PageQuery, principal: Authorised, hall: Hall) -> Page[ItemDraftView]:
    """What waits for a second person."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await hall.items.drafts(principal, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one[0].id,))
    return Page(items=[ItemDraftView.told(*one) for one in shown], next_cursor=cursor)


@router.get(
    "/items/{id}/draft",
    **reads(
        "getItemDraft",
        "查询事项草稿",
        "等待审核的草稿，及其与现行版本的差异。",
        **MANAGING,
        refuses=(ItemDraftMissing,),
        etag=True,
    ),
)
async def read_draft(id: ItemId, response: Response, principal: Authorised, hall: Hall) -> ItemDraftDetail:
    """The draft, and what it changes."""
    return _draft(await hall.items.read_draft(principal, id), response)


@router.post(
    "/items/{id}/draft",
    **step(
        "draftItemVersion",
        "起草事项版本",
        "起草下一版本，或修改草稿；由另一人审核发布。已有草稿的，须先读取。",
        **MANAGING,
        refusals=(404, 412),
        refuses=(CodeUnlisted, ItemDraftOther, ItemUnchanged),
        max_body=BULK,
    ),
)
async def draft_version(
    id: ItemId, body: ItemContent, expected: Expected, response: Response, principal: Authorised, hall: Hall
) -> ItemDraftDetail:
    """Draft the next version; another person publishes it."""
    return _draft(await hall.items.draft_version(principal, id, body.version(), expected), response)


@router.post(
    "/items/{id}/discard-draft",
    **step(
        "discardItemDraft",
        "作废事项草稿",
        "作废等待审核的草稿；已发布的版本不变。",
        **MANAGING,
        refusals=(404, 412, 428),
        refuses=(ItemDraftMissing,),
    ),
)
async def discard(id: ItemId, expected: IfMatch, response: Response, principal: Authorised, hall: Hall) -> ItemView:
    """Throw the draft away."""
    await hall.items.discard(principal, id, expected)
    return _answer(await hall.items.read(id), response)


@router.post(
    "/items/{id}/publish",
    **step(
        "publishItem",
        "发布事项",
        "发布另一人起草的版本。已发布的版本不再更改，办件沿用提交时的版本。",
        **MANAGING,
        refusals=(404, 412, 428),
        refuses=(CodeUnlisted, *DECIDING),
    ),
)
async def publish(id: ItemId, expected: IfMatch, response: Response, principal: Authorised, hall: Hall) -> ItemView:
    """Publish the draft of another person. Published versions never change; cases keep the version they pinned."""
    return _answer(await hall.items.publish(principal, id, expected), response)


@router.post(
    "/item-drafts/publish",
    **creates(
        "publishItemDrafts",
        "批量发布事项",
        "发布另一人起草的多个版本；有一个不能发布的，全部不发布。",
        **MANAGING,
        refusals=(404, 409),
        status=200,
        etag=False,
        refuses=(CodeUnlisted, ItemDraftStale, *DECIDING),
    ),
)
async def publish_drafts(body: PublishDrafts, principal: Authorised, hall: Hall) -> Page[ItemView]:
    """Publish several drafts, all or none."""
    found = await hall.items.publish_all(principal, [(one.item, one.version) for one in body.drafts])
    return Page(items=[ItemView.of(one) for one in found], next_cursor=None)


@router.post(
    "/items/{id}/propose-retirement",
    **step(
        "proposeItemRetirement",
        "提出停用事项",
        "提出停用，由另一人审核；审核之前照常受理。",
        **MANAGING,
        refusals=(404,),
        refuses=(ItemTransitionError, ItemDraftOther),
    ),
)
async def propose_retirement(
    id: ItemId, body: ProposeRetirement, response: Response, principal: Authorised, hall: Hall
) -> ItemDraftDetail:
    """Propose that it is offered no more; another person decides."""
    return _draft(await hall.items.propose_retirement(principal, id, body.reason), response)


@router.post(
    "/items/{id}/retire",
    **step(
        "retireItem",
        "停用事项",
        "停用另一人提出停用的事项：不再受理新的办件，在办的继续办理。",
        **MANAGING,
        refusals=(404, 412, 428),
        refuses=(ItemTransitionError, *DECIDING),
    ),
)
async def retire(id: ItemId, expected: IfMatch, response: Response, principal: Authorised, hall: Hall) -> ItemView:
    """Retire it as another person proposed."""
    return _answer(await hall.items.retire(principal, id, expected), response)


@router.post(
    "/items/{id}/reopen",
    **step(
        "reopenItem",
        "恢复事项",
        "恢复已停用的事项，沿用原来的版本。",
        **MANAGING,
        refusals=(404, 412, 428),
        refuses=(ItemTransitionError,),
    ),
)
async def reopen(id: ItemId, expected: IfMatch, response: Response, principal: Authorised, hall: Hall) -> ItemView:
    """Offer a retired item again."""
    return _answer(await hall.items.reopen(principal, id, expected), response)


def _answer(found: CatalogueItem, response: Response) -> ItemView:
    response.headers["ETag"] = etag_of(found.item.version)
    return ItemView.of(found)


def _draft(shown: ShownDraft, response: Response) -> ItemDraftDetail:
    response.headers["ETag"] = etag_of(shown.draft.version)
    return ItemDraftDetail.of(shown)
