"""Rebuilds over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Request

from services.indicators.deps import Indicators
from services.indicators.rebuilds.schemas import RebuildView, StartRebuild
from shared.http.endpoint import creates, reads
from shared.http.kit import kit_of
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.jobs.queue import JobAlreadyOpen

router = APIRouter(route_class=ServiceRoute, tags=["rebuilds"])

RebuildId = Annotated[UUID, Path(description="重算标识 id of the rebuild")]


@router.post(
    "/rebuilds",
    **creates(
        "startRebuild",
        "开始重算",
        "从主题重新计算全部指标，核对后切换。期间照常查询；同时只能有一次重算。",
        permission="indicator.rebuild",
        scope="county",
        refusals=(409,),
        status=202,
        etag=False,
        refuses=(JobAlreadyOpen,),
    ),
)
async def start(request: Request, body: StartRebuild, principal: Authorised, indicators: Indicators) -> RebuildView:
    """Build every figure again from the topics, compare, and switch. Reads go on; one rebuild at a time."""
    followed = kit_of(request).projects
    runs = [{noun: count for noun, count in run.nouns.items() if noun in followed} for run in body.runs]
    return RebuildView.of(await indicators.rebuilds.start(principal, runs))


@router.get(
    "/rebuilds/{id}",
    **reads(
        "getRebuild", "查询重算", "一次重算的进度；完成后给出差异。", permission="indicator.rebuild", scope="county"
    ),
)
async def get(id: RebuildId, principal: Authorised, indicators: Indicators) -> RebuildView:
    """A rebuild with its progress and, at the end, its differences."""
    return RebuildView.of(await indicators.rebuilds.find(id))
