"""Retention rules over HTTP: the county reads, sets and withdraws them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.registry.deps import Registry
from services.registry.retentions.schemas import RetentionRulesView, RetentionRuleView, SetRetentionRule
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
        "listRetentionRules",
        "保存期限",
        "全县各类登记在终止后的保存年数、依据和执行日，含尚未执行和已撤回的。",
        permission="erasure.decide",
        scope="county",
        refusals=(),
    ),
)
async def rules(principal: Authorised, registry: Registry) -> RetentionRulesView:
    """Every rule there is or was."""
    held = list((await registry.retentions.today()).values())
    found = await registry.retentions.all()
    return RetentionRulesView(items=[RetentionRuleView.of(one, in_force=one in held) for one in found])


@router.post(
    "/retention-rules",
    **creates(
        "setRetentionRule",
        "设定保存期限",
        "从今后的某日起设定一类登记的保存年数；此前已到期的不受影响。",
        permission="erasure.decide",
        scope="county",
        refusals=(409,),
        refuses=(RetentionNotAhead, RetentionRuleKnown),
    ),
)
async def set_rule(
    body: SetRetentionRule, principal: Authorised, registry: Registry, response: Response
) -> RetentionRuleView:
    """Set how many years entries of a kind are kept, from a day ahead."""
    made = await registry.retentions.set(
        principal, body.kind, body.years, source=body.source, effective_on=body.effective_on
    )
    response.headers["ETag"] = etag_of(made.version)
    return RetentionRuleView.of(made, in_force=False)


@router.post(
    "/retention-rules/{id}/withdraw",
    **step(
        "withdrawRetentionRule",
        "撤回保存期限",
        "撤回尚未执行的保存期限。",
        permission="erasure.decide",
        scope="county",
        refuses=(RetentionInForce,),
    ),
)
async def withdraw(
    id: RuleId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> RetentionRuleView:
    """Take back a rule that does not hold yet."""
    gone = await registry.retentions.withdraw(principal, id, expected=expected)
    response.headers["ETag"] = etag_of(gone.version)
    return RetentionRuleView.of(gone, in_force=False)
