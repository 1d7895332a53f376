"""Retention rules of the hall over HTTP: the county reads, sets and withdraws them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.services_hall.deps import Hall
from services.services_hall.retentions.domain import RetentionBelowMark
from services.services_hall.retentions.schemas import (
    CaseRetentionRulesView,
    CaseRetentionRuleView,
    SetCaseRetentionRule,
)
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
        "listCaseRetentionRules",
        "办件个人信息保存期限",
        "全县各类办件终止后个人信息的保存年数、依据和执行日，含尚未执行和已撤回的。",
        permission="erasure.decide",
        scope="county",
        refusals=(),
    ),
)
async def rules(principal: Authorised, hall: Hall) -> CaseRetentionRulesView:
    """Every rule there is or was."""
    held = list((await hall.retentions.today()).values())
    found = await hall.retentions.all()
    return CaseRetentionRulesView(items=[CaseRetentionRuleView.of(one, in_force=one in held) for one in found])


@router.post(
    "/retention-rules",
    **creates(
        "setCaseRetentionRule",
        "设定办件个人信息保存期限",
        "从今后的某日起设定一类办件的保存年数；此前已到期的不受影响，已归档的不得少于保管期限。",
        permission="erasure.decide",
        scope="county",
        refusals=(409,),
        refuses=(RetentionNotAhead, RetentionRuleKnown, RetentionBelowMark),
    ),
)
async def set_rule(
    body: SetCaseRetentionRule, principal: Authorised, hall: Hall, response: Response
) -> CaseRetentionRuleView:
    """Set how many years personal data of a kind are kept, from a day ahead."""
    made = await hall.retentions.set(
        principal, body.kind, body.years, source=body.source, effective_on=body.effective_on
    )
    response.headers["ETag"] = etag_of(made.version)
    return CaseRetentionRuleView.of(made, in_force=False)


@router.post(
    "/retention-rules/{id}/withdraw",
    **step(
        "withdrawCaseRetentionRule",
        "撤回办件个人信息保存期限",
        "撤回尚未执行的保存期限。",
        permission="erasure.decide",
        scope="county",
        refuses=(RetentionInForce,),
    ),
)
async def withdraw(
    id: RuleId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> CaseRetentionRuleView:
    """Take back a rule that does not hold yet."""
    gone = await hall.retentions.withdraw(principal, id, expected=expected)
    response.headers["ETag"] = etag_of(gone.version)
    return CaseRetentionRuleView.of(gone, in_force=False)
