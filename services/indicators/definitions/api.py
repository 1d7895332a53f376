"""Definitions over HTTP: what is in force, what was published, and drafts that a second person publishes."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from services.indicators.definitions.domain.refusals import (
    DRAFTING,
    PUBLISHING,
    DefinitionDraftExists,
    DefinitionInUse,
    DefinitionOpensInThePast,
    DefinitionOver,
)
from services.indicators.definitions.schemas import (
    DefinitionDraftView,
    DefinitionsView,
    DefinitionView,
    EndDefinition,
    VersionsView,
)
from services.indicators.definitions.service.grammar import AnyIndicator, DraftContent
from services.indicators.deps import Indicators
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, IfMatch, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["figures"])

Code = Annotated[AnyIndicator, Path(description="指标代码 code of the indicator")]

AskedIn = Annotated[
    AreaCode | None,
    Query(description="区划代码 area they are to be asked for; restricted ones come if you may see them there"),
]


@router.get(
    "/definitions",
    **reads(
        "listDefinitions",
        "指标口径列表",
        "现行各项指标的口径。",
        permission="indicator.read",
        scope="open",
        refusals=(),
    ),
)
async def in_force(principal: Authorised, indicators: Indicators, area: AskedIn = None) -> DefinitionsView:
    """What every indicator means, in force now."""
    found = await indicators.definitions.in_force(principal, area)
    return DefinitionsView(items=[DefinitionView.model_validate(one) for one in found])


@router.get(
    "/definitions/{code}/versions",
    **reads(
        "listDefinitionVersions",
        "指标口径各版本",
        "一项指标的各版本口径、启用日、起草人和发布人。以往各期仍按当时的版本统计。",
        permission="indicator.read",
        scope="open",
        etag=True,
    ),
)
async def versions(
    code: Code, response: Response, principal: Authorised, indicators: Indicators, area: AskedIn = None
) -> VersionsView:
    """An indicator with all its versions."""
    rows = await indicators.definitions.published(principal, code, area)
    response.headers["ETag"] = etag_of(rows[-1].version)
    return VersionsView.of(code, rows)


@router.post(
    "/definitions/{code}/end",
    **step(
        "endDefinition",
        "停用指标",
        "自某日起不再有数值；以往各期保留。由它计算得出的指标须先停用。",
        permission="indicator.publish",
        scope="county",
        refusals=(404, 409, 412),
        refuses=(DefinitionOver, DefinitionInUse, DefinitionOpensInThePast),
    ),
)
async def end(
    code: Code,
    body: EndDefinition,
    expected: Expected,
    response: Response,
    principal: Authorised,
    indicators: Indicators,
) -> VersionsView:
    """End an indicator: its past stays."""
    rows = await indicators.drafts.end(code, expected, body.ends_on)
    response.headers["ETag"] = etag_of(rows[-1].version)
    return VersionsView.of(code, rows)


@router.post(
    "/definitions/{code}/resume",
    **step(
        "resumeDefinition",
        "恢复指标",
        "撤销停用，视同从未停用。",
        permission="indicator.publish",
        scope="county",
        refusals=(404, 409, 412),
        refuses=(DefinitionOver,),
    ),
)
async def resume(
    code: Code, expected: Expected, response: Response, principal: Authorised, indicators: Indicators
) -> VersionsView:
    """Take an end back."""
    rows = await indicators.drafts.resume(code, expected)
    response.headers["ETag"] = etag_of(rows[-1].version)
    return VersionsView.of(code, rows)


@router.get(
    "/definition-drafts",
    **reads(
        "listDefinitionDrafts",
        "指标草稿列表",
        "指标草稿，按代码排列。",
        permission="indicator.draft",
        scope="county",
        refusals=(),
    ),
)
async def list_drafts(page: PageQuery, principal: Authorised, indicators: Indicators) -> Page[DefinitionDraftView]:
    """Drafts by code."""
    after = None if page.after is None else str(page.after[0])
    rows = await indicators.drafts.page(after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.code,))
    return Page(items=[DefinitionDraftView.of(one) for one in shown], next_cursor=cursor)


@router.post(
    "/definition-drafts",
    **creates(
        "draftDefinition",
        "起草指标",
        "起草新指标，或已有指标的下一版口径。定义中的每处错误都按位置指出。",
        permission="indicator.draft",
        scope="county",
        refusals=(409,),
        refuses=(*DRAFTING, DefinitionDraftExists),
    ),
)
async def draft(
    body: DraftContent, response: Response, principal: Authorised, indicators: Indicators
) -> DefinitionDraftView:
    """Draft an indicator, or the next version of one. Every error is told by its place."""
    row = await indicators.drafts.draft(principal, body)
    response.headers["ETag"] = etag_of(row.version)
    return DefinitionDraftView.of(row)


@router.get(
    "/definition-drafts/{code}",
    **reads(
        "getDefinitionDraft", "查询指标草稿", "一份指标草稿。", permission="indicator.draft", scope="county", etag=True
    ),
)
async def get_draft(
    code: Code, response: Response, principal: Authorised, indicators: Indicators
) -> DefinitionDraftView:
    """A draft."""
    row = await indicators.drafts.read(code)
    response.headers["ETag"] = etag_of(row.version)
    return DefinitionDraftView.of(row)


@router.post(
    "/definition-drafts/{code}/redraft",
    **step(
        "redraftDefinition",
        "修改指标草稿",
        "以新的定义替换草稿。参与过起草的人员不得发布它。",
        permission="indicator.draft",
        scope="county",
        refusals=(404, 409, 412, 428),
        refuses=DRAFTING,
    ),
)
async def redraft(
    code: Code,
    body: DraftContent,
    expected: IfMatch,
    response: Response,
    principal: Authorised,
    indicators: Indicators,
) -> DefinitionDraftView:
    """Put another definition in the draft's place."""
    row = await indicators.drafts.redraft(principal, code, expected, body)
    response.headers["ETag"] = etag_of(row.version)
    return DefinitionDraftView.of(row)


@router.post(
    "/definition-drafts/{code}/discard",
    **step(
        "discardDefinitionDraft",
        "作废指标草稿",
        "作废草稿；应答中最后一次显示它。",
        permission="indicator.draft",
        scope="county",
        refusals=(404, 409, 412),
    ),
)
async def discard(
    code: Code, expected: Expected, response: Response, principal: Authorised, indicators: Indicators
) -> DefinitionDraftView:
    """Throw the draft away; the answer shows it for the last time."""
    row = await indicators.drafts.discard(code, expected)
    response.headers["ETag"] = etag_of(row.version)
    return DefinitionDraftView.of(row)


@router.post(
    "/definition-drafts/{code}/publish",
    **step(
        "publishDefinition",
        "发布指标",
        "由起草人以外的人员把草稿发布为下一版口径，自启用日起统计；以往各期仍按原口径。",
        permission="indicator.publish",
        scope="county",
        refusals=(404, 409, 412, 428),
        refuses=(*PUBLISHING, DefinitionOver),
    ),
)
async def publish(
    code: Code, expected: IfMatch, response: Response, principal: Authorised, indicators: Indicators
) -> VersionsView:
    """Publish the draft as the next version, by another person than who drafted it."""
    rows = await indicators.drafts.publish(principal, code, expected)
    response.headers["ETag"] = etag_of(rows[-1].version)
    return VersionsView.of(code, rows)
