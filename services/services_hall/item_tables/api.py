"""Items in numbers over HTTP: tables with template, check and report; JSON in and out."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.services_hall.deps import Hall
from services.services_hall.item_tables.domain import COLUMNS, TITLE, ItemDraftWaits, ItemOfAnother
from services.services_hall.item_tables.schemas import (
    Arrangement,
    ItemEntryView,
    ItemTemplates,
    TakeItems,
    TakenItems,
    TakenItemView,
    shipped,
)
from services.services_hall.item_tables.service import TARGET, CountyLists, require_import, row_of
from services.services_hall.items.domain.refusals import ItemCodeTaken
from shared.errors import CodeUnlisted
from shared.http.bodies import BULK
from shared.http.endpoint import creates, reads
from shared.http.import_routes import ImportDoor, add_import_routes
from shared.http.imports import answers_file, workbook
from shared.http.kit import kit_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.spreadsheets.writing import Writer

router = APIRouter(route_class=ServiceRoute, tags=["item tables"])

add_import_routes(
    router,
    ImportDoor(
        what="Item",
        path="item",
        title=TITLE,
        permission="item.manage",
        target=TARGET,
        columns=COLUMNS,
        require=require_import,
    ),
)


@router.get(
    "/item-table",
    **answers_file(
        reads(
            "getItemTable",
            f"下载{TITLE}",
            "下载全部正在受理的事项；改好后可再导入。申请表单不在表中。",
            permission="item.read",
            scope="open",
            refusals=(),
        )
    ),
)
async def table(request: Request, principal: Authorised, hall: Hall) -> Response:
    """Every item that is offered as a workbook."""
    lists = kit_of(request).code_lists
    names = CountyLists(lists["departments"].names, lists["item_categories"].names)
    rows = [row_of(one, names) for one in await hall.item_taking.offered()]

    def write() -> bytes:
        writer = Writer(TITLE, COLUMNS)
        for row in rows:
            writer.add(row)
        return writer.finish()

    return await workbook(await asyncio.to_thread(write), f"{TITLE}.xlsx")


@router.get(
    "/item-templates",
    **reads(
        "listItemTemplates",
        "示例事项",
        "随产品提供的示例事项，按嘉禾八个窗口或保康八类服务编排；核对后可用“导入事项 JSON”起草。",
        permission="item.read",
        scope="open",
    ),
)
async def templates(
    arrangement: Annotated[Arrangement, Query(description="编排方式 code list `item_arrangements`")],
    principal: Authorised,
) -> ItemTemplates:
    """The items that ship for an arrangement."""
    return ItemTemplates(items=list(shipped(arrangement)))


@router.get(
    "/item-collection",
    **reads(
        "listItemCollection",
        "导出事项 JSON",
        "正在受理的事项及其现行版本，可原样导入另一个县。",
        permission="item.read",
        scope="open",
        refusals=(),
    ),
)
async def collection(page: PageQuery, principal: Authorised, hall: Hall) -> Page[ItemEntryView]:
    """Items that are offered, by code, as `takeItemCollection` takes them."""
    after = None if page.after is None else str(page.after[0])
    rows = await hall.item_taking.page(after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.item.code,))
    return Page(items=[ItemEntryView.of(one) for one in shown], next_cursor=cursor)


@router.post(
    "/item-collection",
    **creates(
        "takeItemCollection",
        "导入事项 JSON",
        "新事项、有变化的事项成为草稿，由另一人审核发布；没有变化的不动。有一个不能接收的，全部不接收。",
        permission="item.manage",
        scope="county",
        refusals=(409,),
        status=200,
        etag=False,
        refuses=(ItemCodeTaken, ItemOfAnother, ItemDraftWaits, CodeUnlisted),
        max_body=BULK,
    ),
)
async def take(body: TakeItems, principal: Authorised, hall: Hall) -> TakenItems:
    """Items become drafts, all of them or none."""
    entries = [one.entry() for one in body.items]
    outcomes = await hall.item_taking.take_all(principal, entries, dry_run=body.dry_run)
    told = [TakenItemView(code=one.item.code, outcome=how) for one, how in zip(entries, outcomes, strict=True)]
    return TakenItems(items=told, dry_run=body.dry_run)
