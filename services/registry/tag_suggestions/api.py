"""Suggestions of tags over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.deps import Registry
from services.registry.life_events.domain import PersonDeceased, PersonNotActive
from services.registry.tag_suggestions.domain import SuggestedTag, SuggestionStatus, SuggestionTransitionRefused
from services.registry.tag_suggestions.schemas import (
    ConfirmTagSuggestion,
    DismissTagSuggestion,
    TagSuggestionCount,
    TagSuggestionView,
)
from services.registry.tag_suggestions.service import Suggestion
from services.registry.tags.domain import TagAlreadyOpen, TagDatesWrong, TagDoesNotFit
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["tags"])

SuggestionId = Annotated[UUID, Path(description="标签提示标识 id of the suggestion")]
Area = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of the persons")]
OfCode = Annotated[SuggestedTag | None, Query(description="标签代码 only suggestions of this tag")]
InStatus = Annotated[SuggestionStatus | None, Query(description="状态 only those that stand there")]

STARTING = (TagAlreadyOpen, TagDatesWrong, TagDoesNotFit, PersonDeceased, PersonNotActive)


@router.get(
    "/tag-suggestions",
    **reads(
        "listTagSuggestions",
        "标签提示列表",
        "某区域内系统提示待核实的关爱类标签，最早的在前；每天按年龄、户内成员和父母去向重新查找。",
        permission="tag.manage",
    ),
)
async def page(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: Area,
    code: OfCode = None,
    status: InStatus = None,
) -> Page[TagSuggestionView]:
    """Suggestions for persons of the area, oldest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.tag_suggestions.page(principal, area, code, status, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.suggestion.id),))
    return Page(items=[TagSuggestionView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/tag-suggestions/count",
    **reads("countTagSuggestions", "标签提示计数", "同一条件下共有多少项标签提示。", permission="tag.manage"),
)
async def count(
    principal: Authorised, registry: Registry, area: Area, code: OfCode = None, status: InStatus = None
) -> TagSuggestionCount:
    """How many the list gives in all."""
    return TagSuggestionCount(count=await registry.tag_suggestions.count(principal, area, code, status))


@router.get(
    "/tag-suggestions/{id}",
    **reads("getTagSuggestion", "查询标签提示", "一项标签提示和它的依据。", permission="tag.manage", etag=True),
)
async def read(id: SuggestionId, principal: Authorised, registry: Registry, response: Response) -> TagSuggestionView:
    """One suggestion, and what it rests on."""
    return _view(await registry.tag_suggestions.read(principal, id), response)


@router.post(
    "/tag-suggestions/{id}/confirm",
    **step(
        "confirmTagSuggestion",
        "认定提示的标签",
        "核实属实的，添加所提示的标签；认定有误的，结束该标签。",
        permission="tag.manage",
        refuses=(SuggestionTransitionRefused, *STARTING),
    ),
)
async def confirm(
    id: SuggestionId,
    body: ConfirmTagSuggestion,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> TagSuggestionView:
    """Start the tag that is suggested."""
    found = await registry.tag_suggestions.confirm(
        principal, id, started_on=body.started_on, level=body.level, expected=expected
    )
    return _view(found, response)


@router.post(
    "/tag-suggestions/{id}/dismiss",
    **step(
        "dismissTagSuggestion",
        "不认定提示的标签",
        "核实不属实或不需要的，注明原因；情况不变的不再提示。",
        permission="tag.manage",
        refuses=(SuggestionTransitionRefused,),
    ),
)
async def dismiss(
    id: SuggestionId,
    body: DismissTagSuggestion,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> TagSuggestionView:
    """Say that the tag is not to be started."""
    return _view(await registry.tag_suggestions.dismiss(principal, id, reason=body.reason, expected=expected), response)


@router.post(
    "/tag-suggestions/{id}/reopen",
    **step(
        "reopenTagSuggestion",
        "重新核实标签提示",
        "收回“不认定”，该项重新待核实。",
        permission="tag.manage",
        refuses=(SuggestionTransitionRefused,),
    ),
)
async def reopen(
    id: SuggestionId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> TagSuggestionView:
    """Take a dismissal back."""
    return _view(await registry.tag_suggestions.reopen(principal, id, expected=expected), response)


def _view(one: Suggestion, response: Response) -> TagSuggestionView:
    response.headers["ETag"] = etag_of(one.suggestion.version)
    return TagSuggestionView.of(one)
