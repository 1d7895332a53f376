"""Trials over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from services.indicators.definitions.domain.refusals import DRAFTING, DefinesMore
from services.indicators.definitions.service.grammar import AnyIndicator
from services.indicators.deps import Indicators
from services.indicators.trials.schemas import TrialStarted, TrialView
from shared.http.endpoint import creates, reads
from shared.http.etag import Expected
from shared.http.limits import rate_limited
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.jobs.queue import JobAlreadyOpen

router = APIRouter(route_class=ServiceRoute, tags=["figures"])

AN_HOUR = 20
"""Trials of one person: each counts all that is held, and tells of whoever a condition picks out."""

Code = Annotated[AnyIndicator, Path(description="指标代码 code of the indicator")]


@router.post(
    "/definition-drafts/{code}/try",
    **creates(
        "tryDefinition",
        "试算指标草稿",
        "按草稿试算现有数据，逐区域与现行口径比较；不改变任何数值。",
        permission="indicator.draft",
        scope="county",
        refusals=(404, 409, 412, 429),
        refuses=(*DRAFTING, JobAlreadyOpen),
        status=202,
        etag=False,
        also=[Depends(rate_limited("definition_trial", per_hour=AN_HOUR))],
    ),
)
async def try_out(code: Code, expected: Expected, principal: Authorised, indicators: Indicators) -> TrialStarted:
    """Count what is held by a draft, and compare it with the version in force, area by area."""
    return TrialStarted.of(await indicators.trials.start(principal, code, expected))


@router.get(
    "/definition-drafts/{code}/trial",
    **reads(
        "getDefinitionTrial",
        "查询试算结果",
        "草稿试算的结果：与现行口径不同的区域及差额。",
        permission="indicator.draft",
        scope="county",
        refuses=(DefinesMore,),
    ),
)
async def trial(code: Code, principal: Authorised, indicators: Indicators) -> TrialView:
    """What came of trying a draft out."""
    return TrialView.of(await indicators.trials.read(principal, code))
