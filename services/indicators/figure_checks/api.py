"""Checks of figures over HTTP, for operators and auditors."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.indicators.deps import Indicators
from services.indicators.figure_checks.schemas import FigureCheckView, FigureDifferenceView
from shared.http.endpoint import creates, reads
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["figure-checks"])

StandingQuery = Annotated[bool, Query(description="仅未消除 only differences that stand")]


@router.post(
    "/figure-checks",
    **creates(
        "checkFigures",
        "立即核对数值",
        "逐区核对全部存储的数值：村级等于其记录，上级等于下级之和；平时每日自动进行。",
        permission="ops.reconcile",
        scope="county",
        status=202,
        etag=False,
        refusals=(),
    ),
)
async def begin(_: Authorised, indicators: Indicators) -> FigureCheckView:
    """Check all stored figures now, area by area; a check that is under way begins anew."""
    check = await indicators.figure_checks.begin()
    return FigureCheckView.of(check, (await indicators.figure_checks.read())[1])


@router.get(
    "/figure-checks/last",
    **reads(
        "getFigureCheck",
        "查询数值核对",
        "最近一次数值核对的进度和未消除的差异数。",
        permission="ops.differences",
        scope="county",
        refusals=(),
    ),
)
async def last(_: Authorised, indicators: Indicators) -> FigureCheckView:
    """How far the last check has come, and how many differences stand."""
    return FigureCheckView.of(*await indicators.figure_checks.read())


@router.get(
    "/figure-differences",
    **reads(
        "listFigureDifferences",
        "数值差异列表",
        "核对中发现的存储数值与下级之和或记录不一致之处，最新的在前；重新计算后消除。不含受限和涉及少数个人的指标。",
        permission="ops.differences",
        scope="county",
        refusals=(),
    ),
)
async def differences(
    page: PageQuery, _: Authorised, indicators: Indicators, standing: StandingQuery = False
) -> Page[FigureDifferenceView]:
    """What was found to differ, the newest first."""
    before = None if page.after is None else int(page.after[0])
    rows = await indicators.figure_checks.page(standing=standing, before=before, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.number,))
    return Page(items=[FigureDifferenceView.model_validate(one) for one in shown], next_cursor=cursor)
