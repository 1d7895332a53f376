"""Unusual reading over HTTP, for auditors."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.registry.deps import Registry
from services.registry.reading_findings.domain import (
    FindingDecided,
    FindingRecord,
    FindingStatus,
    ReaderMayNotDecide,
    ReadingHoursReversed,
    ReadingLimit,
    ReadingLimitOutOfBounds,
)
from services.registry.reading_findings.schemas import (
    DecideFinding,
    FindingCount,
    FindingView,
    LimitsView,
    LimitView,
    SetReadingLimit,
)
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["reading_findings"])

FindingId = Annotated[UUID, Path(description="异常查看标识 id of the finding")]
LimitCode = Annotated[ReadingLimit, Path(description="限值代码 which limit")]
Area = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 province to village")]
InStatus = Annotated[FindingStatus | None, Query(description="状态 only those that stand there")]
DECIDING = (FindingDecided, ReaderMayNotDecide)


@router.get(
    "/reading-findings",
    **reads("listReadingFindings", "异常查看列表", "某区域内的异常查看，最新的在前。", permission="reading.audit"),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: Area, status: InStatus = None
) -> Page[FindingView]:
    """Unusual reading in an area, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.reading_findings.page(principal, area, status, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.id),))
    return Page(items=[FindingView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/reading-findings/count",
    **reads("countReadingFindings", "异常查看计数", "同一条件下共有多少项。", permission="reading.audit"),
)
async def count(principal: Authorised, registry: Registry, area: Area, status: InStatus = None) -> FindingCount:
    """How many the list gives in all."""
    return FindingCount(count=await registry.reading_findings.count(principal, area, status))


@router.get(
    "/reading-findings/{id}",
    **reads("getReadingFinding", "查询异常查看", "一项异常查看及其核查情况。", permission="reading.audit", etag=True),
)
async def read(id: FindingId, principal: Authorised, registry: Registry, response: Response) -> FindingView:
    """One finding, with what was said about it."""
    return _view(await registry.reading_findings.read(principal, id), response)


@router.post(
    "/reading-findings/{id}/explain",
    **step(
        "explainReadingFinding",
        "说明异常查看",
        "经核查属正常工作的，说明原因；查看人本人不能办理。",
        permission="reading.audit",
        refuses=DECIDING,
    ),
)
async def explain(
    id: FindingId,
    body: DecideFinding,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> FindingView:
    """The reading was in order."""
    decided = await registry.reading_findings.decide(
        principal, id, FindingStatus.EXPLAINED, reason=body.reason, remark=body.note, expected=expected
    )
    return _view(decided, response)


@router.post(
    "/reading-findings/{id}/confirm",
    **step(
        "confirmReadingFinding",
        "认定违规查看",
        "经核查属违规查看的，写明处理；查看人本人不能办理。",
        permission="reading.audit",
        refuses=DECIDING,
    ),
)
async def confirm(
    id: FindingId,
    body: DecideFinding,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> FindingView:
    """The reading was not in order."""
    decided = await registry.reading_findings.decide(
        principal, id, FindingStatus.CONFIRMED, reason=body.reason, remark=body.note, expected=expected
    )
    return _view(decided, response)


@router.post(
    "/reading-findings/{id}/close",
    **step(
        "closeReadingFinding",
        "办结异常查看",
        "已说明或已认定的，办结；查看人本人不能办理。",
        permission="reading.audit",
        refuses=DECIDING,
    ),
)
async def close(
    id: FindingId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> FindingView:
    """Close what was decided."""
    return _view(await registry.reading_findings.close(principal, id, expected=expected), response)


@router.post(
    "/reading-findings/{id}/reopen",
    **step(
        "reopenReadingFinding",
        "重新核查异常查看",
        "撤回结论，重新核查；查看人本人不能办理。",
        permission="reading.audit",
        refuses=DECIDING,
    ),
)
async def reopen(
    id: FindingId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> FindingView:
    """Take a decision back."""
    return _view(await registry.reading_findings.reopen(principal, id, expected=expected), response)


@router.get(
    "/reading-limits",
    **reads(
        "listReadingLimits",
        "异常查看限值",
        "全县各项规则的限值、默认值和可设范围。",
        permission="reading.audit",
        scope="county",
        refusals=(),
    ),
)
async def limits(principal: Authorised, registry: Registry) -> LimitsView:
    """Every limit as it holds today."""
    return LimitsView(items=[LimitView.of(one) for one in await registry.reading_findings.in_force()])


@router.post(
    "/reading-limits/{code}/set",
    **step(
        "setReadingLimit",
        "设定异常查看限值",
        "设定一项限值，从下一个核查日起执行；0 表示停用该项规则。工作时段的开始须早于结束。",
        permission="reading.audit",
        scope="county",
        refuses=(ReadingLimitOutOfBounds, ReadingHoursReversed),
        refusals=(412,),
    ),
)
async def set_limit(
    code: LimitCode,
    body: SetReadingLimit,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> LimitView:
    """Set a limit of the county."""
    made = await registry.reading_findings.set_limit(principal, code, body.value, expected=expected)
    response.headers["ETag"] = etag_of(made.version)
    return LimitView.of(made)


def _view(found: FindingRecord, response: Response) -> FindingView:
    response.headers["ETag"] = etag_of(found.version)
    return FindingView.model_validate(found)
