"""Warning rules and warnings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.services_hall.case_warnings.domain import (
    CaseWarningTransitionError,
    WarningFilter,
    WarningRuleKnown,
    WarningRuleNotAhead,
    WarningRuleWithdrawn,
)
from services.services_hall.case_warnings.models import CaseWarning
from services.services_hall.case_warnings.schemas import (
    CaseWarningCount,
    CaseWarningView,
    SetWarningRule,
    WarningRulesView,
    WarningRuleView,
)
from services.services_hall.deps import Hall
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.case_warnings import WarningColour, WarningStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["case_warnings"])

RuleId = Annotated[UUID, Path(description="规则标识 id of the rule")]
WarningId = Annotated[UUID, Path(description="预警标识 id of the warning")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only warnings of receivers in this area")]
StatusFilter = Annotated[WarningStatus | None, Query(description="状态 only warnings in this status")]
ColourFilter = Annotated[WarningColour | None, Query(description="颜色 only warnings of this colour")]


@router.get(
    "/warning-rules",
    **reads(
        "listWarningRules",
        "预警规则",
        "全县的预警规则：指标、阈值、单位、颜色、级别和接收方，含已撤回的。",
        permission="warning.manage",
        scope="county",
        refusals=(),
    ),
)
async def rules(_: Authorised, hall: Hall) -> WarningRulesView:
    """Every rule there is or was."""
    return WarningRulesView(items=[WarningRuleView.model_validate(one) for one in await hall.warning_rules.all()])


@router.post(
    "/warning-rules",
    **creates(
        "setWarningRule",
        "设定预警规则",
        "设定一条预警规则；每个指标的每一级别一条，更改的先撤回原规则。",
        permission="warning.manage",
        scope="county",
        refusals=(409,),
        refuses=(WarningRuleKnown, WarningRuleNotAhead),
    ),
)
async def set_rule(body: SetWarningRule, principal: Authorised, hall: Hall, response: Response) -> WarningRuleView:
    """Set a rule."""
    made = await hall.warning_rules.set(principal, body.rule())
    response.headers["ETag"] = etag_of(made.version)
    return WarningRuleView.model_validate(made)


@router.post(
    "/warning-rules/{id}/withdraw",
    **step(
        "withdrawWarningRule",
        "撤回预警规则",
        "撤回后不再据此预警；已发出的预警保留。",
        permission="warning.manage",
        scope="county",
        refuses=(WarningRuleWithdrawn,),
    ),
)
async def withdraw(
    id: RuleId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> WarningRuleView:
    """It warns about nothing more."""
    gone = await hall.warning_rules.withdraw(principal, id, expected=expected)
    response.headers["ETag"] = etag_of(gone.version)
    return WarningRuleView.model_validate(gone)


@router.get(
    "/case-warnings",
    **reads(
        "listCaseWarnings",
        "预警列表",
        "您授权范围内接收的预警，最新的在前；查看会记入访问记录。",
        permission="case.read",
        refusals=(),
    ),
)
async def page(
    page: PageQuery,
    principal: Authorised,
    hall: Hall,
    area: AreaFilter = None,
    status: StatusFilter = None,
    colour: ColourFilter = None,
) -> Page[CaseWarningView]:
    """Warnings of receivers in the caller's scope, the newest first."""
    after, wanted = UUID(page.after[0]) if page.after else None, WarningFilter(status, colour)
    found = await hall.case_warnings.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(found, key=lambda one: (one.id,))
    return Page(items=[CaseWarningView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/case-warnings/count",
    **reads("countCaseWarnings", "预警计数", "按相同范围和条件，列表共有多少条。", permission="case.read", refusals=()),
)
async def count(
    principal: Authorised,
    hall: Hall,
    area: AreaFilter = None,
    status: StatusFilter = None,
    colour: ColourFilter = None,
) -> CaseWarningCount:
    """How many the list has in all."""
    return CaseWarningCount(count=await hall.case_warnings.count(principal, area, WarningFilter(status, colour)))


@router.post(
    "/case-warnings/{id}/acknowledge",
    **step(
        "acknowledgeCaseWarning",
        "签阅预警",
        "接收方已知悉。",
        permission="case.handle",
        refuses=(CaseWarningTransitionError,),
    ),
)
async def acknowledge(
    id: WarningId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> CaseWarningView:
    """签阅: the receiver took note of it."""
    return _view(await hall.case_warnings.acknowledge(principal, id, expected=expected), response)


@router.post(
    "/case-warnings/{id}/reopen",
    **step(
        "reopenCaseWarning",
        "撤销签阅",
        "签阅有误的，退回待签阅。",
        permission="case.handle",
        refuses=(CaseWarningTransitionError,),
    ),
)
async def reopen(
    id: WarningId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> CaseWarningView:
    """撤销签阅: somebody took note of the wrong one."""
    return _view(await hall.case_warnings.reopen(principal, id, expected=expected), response)


def _view(one: CaseWarning, response: Response) -> CaseWarningView:
    response.headers["ETag"] = etag_of(one.version)
    return CaseWarningView.model_validate(one)
