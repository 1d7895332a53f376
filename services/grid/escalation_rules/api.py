"""Rules of escalation (升级规则) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.grid.deps import Grid
from services.grid.escalation_rules.domain import RuleKnown, RuleStatus, RuleTransitionError
from services.grid.escalation_rules.models import EscalationRule
from services.grid.escalation_rules.schemas import EscalationRuleBody, EscalationRuleCount, EscalationRuleView
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["escalations"])

MANAGE, READ = "escalation.manage", "escalation.read"

RuleId = Annotated[UUID, Path(description="规则标识 id of the rule")]
Status = Annotated[RuleStatus | None, Query(description="状态 only in this status")]


def _answer(rule: EscalationRule, response: Response) -> EscalationRuleView:
    response.headers["ETag"] = etag_of(rule.version)
    return EscalationRuleView.model_validate(rule)


@router.post(
    "/escalation-rules",
    **creates(
        "layDownEscalationRule",
        "制定升级规则",
        "规定何种超时、到几级、由谁接收；每件事件每条规则每级只升级一次。",
        permission=MANAGE,
        scope="county",
        location=True,
        refusals=(409,),
        refuses=(RuleKnown,),
    ),
)
async def lay_down(
    body: EscalationRuleBody, principal: Authorised, grid: Grid, response: Response
) -> EscalationRuleView:
    """Lay down a rule."""
    rule = await grid.escalation_rules.lay_down(principal, body.content())
    response.headers["Location"] = f"/grid/v1/escalation-rules/{rule.id}"
    return _answer(rule, response)


@router.get(
    "/escalation-rules",
    **reads(
        "listEscalationRules",
        "升级规则列表",
        "全县的升级规则，先制定的在前。",
        permission=READ,
        scope="open",
        refusals=(),
    ),
)
async def list_rules(page: PageQuery, _: Authorised, grid: Grid, status: Status = None) -> Page[EscalationRuleView]:
    """Rules of the county, the oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.escalation_rules.page(status, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[EscalationRuleView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/escalation-rules/count",
    **reads("countEscalationRules", "升级规则计数", "列表共有多少条规则。", permission=READ, scope="open", refusals=()),
)
async def count(_: Authorised, grid: Grid, status: Status = None) -> EscalationRuleCount:
    """How many the list has in all."""
    return EscalationRuleCount(count=await grid.escalation_rules.count(status))


@router.get(
    "/escalation-rules/{id}",
    **reads("getEscalationRule", "查询升级规则", "一条升级规则。", permission=READ, scope="open", etag=True),
)
async def read(id: RuleId, _: Authorised, grid: Grid, response: Response) -> EscalationRuleView:
    """One rule."""
    return _answer(await grid.escalation_rules.read(id), response)


@router.post(
    "/escalation-rules/{id}/amend",
    **step(
        "amendEscalationRule",
        "修改升级规则",
        "自现在起按新内容升级；已经升级的不变。",
        permission=MANAGE,
        scope="county",
        refuses=(RuleTransitionError, RuleKnown),
    ),
)
async def amend(
    id: RuleId, body: EscalationRuleBody, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> EscalationRuleView:
    """Amend a rule."""
    return _answer(await grid.escalation_rules.amend(principal, id, body.content(), expected=expected), response)


@router.post(
    "/escalation-rules/{id}/retire",
    **step(
        "retireEscalationRule",
        "停用升级规则",
        "停用规则；可以恢复。",
        permission=MANAGE,
        scope="county",
        refuses=(RuleTransitionError,),
    ),
)
async def retire(
    id: RuleId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> EscalationRuleView:
    """Retire a rule."""
    return _answer(await grid.escalation_rules.retire(principal, id, expected=expected), response)


@router.post(
    "/escalation-rules/{id}/reinstate",
    **step(
        "reinstateEscalationRule",
        "恢复升级规则",
        "恢复停用的规则。",
        permission=MANAGE,
        scope="county",
        refuses=(RuleTransitionError, RuleKnown),
    ),
)
async def reinstate(
    id: RuleId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> EscalationRuleView:
    """Reinstate a rule."""
    return _answer(await grid.escalation_rules.reinstate(principal, id, expected=expected), response)
