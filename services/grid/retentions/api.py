"""Retention rules of grid over HTTP: the county reads, sets and withdraws them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.grid.deps import Grid
from services.grid.retentions.schemas import GridRetentionRulesView, GridRetentionRuleView, SetGridRetentionRule
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.retentions.rules import RetentionInForce, RetentionNotAhead, RetentionRuleKnown

router = APIRouter(route_class=ServiceRoute, tags=["retentions"])

RuleId = Annotated[UUID, Path(description="期限标识 id of the rule")]


@router.get(
    "/retention-rules",
    **reads(
        "listGridRetentionRules",
        "网格个人信息保存期限",
        "全县随手拍、信访、事件和回访终止后文字及联系方式的保存年数、依据和执行日，含尚未执行和已撤回的。",
        permission="erasure.decide",
        scope="county",
        refusals=(),
    ),
)
async def rules(principal: Authorised, grid: Grid) -> GridRetentionRulesView:
    """Every rule there is or was."""
    held = list((await grid.retentions.today()).values())
    found = await grid.retentions.all()
    return GridRetentionRulesView(items=[GridRetentionRuleView.of(one, in_force=one in held) for one in found])


@router.post(
    "/retention-rules",
    **creates(
        "setGridRetentionRule",
        "设定网格个人信息保存期限",
        "从今后的某日起设定一类事项的保存年数；此前已到期的不受影响。",
        permission="erasure.decide",
        scope="county",
        refusals=(409,),
        refuses=(RetentionNotAhead, RetentionRuleKnown),
    ),
)
async def set_rule(
    body: SetGridRetentionRule, principal: Authorised, grid: Grid, response: Response
) -> GridRetentionRuleView:
    """Set how many years words and contacts of a kind are kept, from a day ahead."""
    made = await grid.retentions.set(
        principal, body.kind, body.years, source=body.source, effective_on=body.effective_on
    )
    response.headers["ETag"] = etag_of(made.version)
    return GridRetentionRuleView.of(made, in_force=False)


@router.post(
    "/retention-rules/{id}/withdraw",
    **step(
        "withdrawGridRetentionRule",
        "撤回网格个人信息保存期限",
        "撤回尚未执行的保存期限。",
        permission="erasure.decide",
        scope="county",
        refuses=(RetentionInForce,),
    ),
)
async def withdraw(
    id: RuleId, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> GridRetentionRuleView:
    """Take back a rule that does not hold yet."""
    gone = await grid.retentions.withdraw(principal, id, expected=expected)
    response.headers["ETag"] = etag_of(gone.version)
    return GridRetentionRuleView.of(gone, in_force=False)
