"""The catalogue for everybody over HTTP: no login, nothing of persons, a number of questions a minute."""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import StringConstraints

from services.services_hall.catalogue.schemas import CataloguePage, GuideView
from services.services_hall.deps import Hall
from services.services_hall.items.domain.codes import HandlingMode, ServiceWindow, Target
from services.services_hall.items.domain.searching import ItemFilter
from shared.contracts.duties import DutyKind
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import reads
from shared.http.kit import kit_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.papers import answers_pdf
from shared.http.route import ServiceRoute
from shared.http.schemas import CodeWord
from shared.http.security import Authorised
from shared.papers.typesetting import MEDIA_TYPE, GlyphMissing

router = APIRouter(route_class=ServiceRoute, prefix="/catalogue", tags=["catalogue"])

PER_MINUTE = 120
LIMITED = Depends(rate_limited("catalogue", per_minute=PER_MINUTE))
ItemId = Annotated[UUID, Path(description="事项标识 id of the item")]
Words = Annotated[str, StringConstraints(max_length=40)]
OPEN: dict[str, Any] = {"permission": None, "scope": "open", "public": True, "also": [LIMITED]}


async def _filter(
    category: Annotated[CodeWord | None, Query(description="事项分类 of the list item_categories")] = None,
    department: Annotated[CodeWord | None, Query(description="实施部门 of the list departments")] = None,
    window: Annotated[ServiceWindow | None, Query(description="服务窗口 of the list service_windows")] = None,
    target: Annotated[Target | None, Query(description="服务对象 natural_person or organisation")] = None,
    mode: Annotated[HandlingMode | None, Query(description="办理方式 of the list handling_modes")] = None,
    duty: Annotated[DutyKind | None, Query(description="履职事项清单 of the list item_duties")] = None,
    level: Annotated[
        Literal["6", "9", "12"] | None, Query(description="受理层级 of the counter: county 6, town 9, village 12")
    ] = None,
    area: Annotated[AreaCode | None, Query(description="区划代码 what is offered there, or in a part of it")] = None,
) -> ItemFilter:
    return ItemFilter(
        category=category,
        department=department,
        window=window,
        target=target,
        mode=mode,
        duty=duty,
        level=None if level is None else int(level),
        area=area,
    )


@router.get(
    "",
    **reads(
        "searchCatalogue",
        "查找事项",
        "按名称、关键词、拼音或首字母，及分类、部门、窗口、层级、区划查找正在受理的事项；无需登录。",
        refusals=(429,),
        **OPEN,
    ),
)
async def search(
    page: PageQuery,
    _: Authorised,
    hall: Hall,
    wanted: Annotated[ItemFilter, Depends(_filter)],
    q: Annotated[Words, Query(description="词语 a word, pinyin or initials; empty: all", examples=["dibao"])] = "",
) -> CataloguePage:
    """Items that are offered, by code."""
    after = None if page.after is None else str(page.after[0])
    found = await hall.catalogue.search(q, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(found.items, key=lambda one: (one.item.code,))
    return CataloguePage.of(found, list(shown), cursor)


@router.get(
    "/{id}",
    **reads("getGuide", "办事指南", "一个事项的办事指南；无需登录。", refusals=(404, 429), **OPEN),
)
async def read(id: ItemId, _: Authorised, hall: Hall) -> GuideView:
    """The guide of an item."""
    return GuideView.told(await hall.catalogue.read(id))


@router.get(
    "/{id}/guide.pdf",
    **answers_pdf(
        reads(
            "getGuidePdf",
            "下载办事指南",
            "一个事项的办事指南（PDF/A），可打印、可检索；无需登录。",
            refusals=(404, 429),
            refuses=(GlyphMissing,),
            **OPEN,
        )
    ),
)
async def guide(id: ItemId, request: Request, _: Authorised, hall: Hall) -> Response:
    """The guide of an item as a paper."""
    lists = kit_of(request).code_lists
    made = await hall.catalogue.guide(id, lists["departments"].names, lists["item_categories"].names)
    return Response(made, media_type=MEDIA_TYPE, headers={"content-disposition": "inline"})


@router.get(
    "/{id}/form",
    **reads(
        "getItemForm",
        "申请表单",
        "一个事项申请表单的 JSON Schema（2020-12），字段按顺序，含条件字段；无需登录。",
        refusals=(404, 429),
        **OPEN,
    ),
)
async def form(id: ItemId, _: Authorised, hall: Hall) -> dict[str, Any]:
    """JSON Schema of what is filled in."""
    return dict(await hall.catalogue.form_schema(id))
