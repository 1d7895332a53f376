"""Explanations over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Query

from services.indicators.deps import Indicators
from services.indicators.explanations.schemas import ExplanationView
from services.indicators.figures.service.summing import NoSuchAxis, PeriodOutOfRange
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import reads
from shared.http.pagination import PageQuery
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import CodeWord, Day
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["explanations"])


@router.get(
    "/explanations",
    **reads(
        "explainValue",
        "查看数值来源",
        "一个数值的下级、算式、口径版本和计入的每条记录（只给标识和日期，身份信息请到来源服务查看）；查看涉及个人的来源会被记录。",
        permission="indicator.read",
        refuses=(PeriodOutOfRange, NoSuchAxis),
    ),
)
async def explain(
    page: PageQuery,
    principal: Authorised,
    _: MinPosition,
    indicators: Indicators,
    area: Annotated[
        AreaCode, Query(description="区划代码 area, 2 to 12 digits, or grid (15)", examples=["450481114201"])
    ],
    code: Annotated[CodeWord, Query(description="指标代码 indicator", examples=["CASE-IN-TIME-RATE"])],
    as_of: Annotated[Day | None, Query(description="统计日 day as of which; today if absent")] = None,
    since: Annotated[
        Day | None, Query(description="起始日 first day of flows; 1 January of that year if absent")
    ] = None,
    dimension: Annotated[
        str | None,
        Query(
            pattern=r"^[a-z][a-z0-9_]{0,40}:[A-Za-z0-9_.+-]{1,64}$",
            description="分组 only one part, `<axis>:<value>`",
            examples=["sex:2"],
        ),
    ] = None,
) -> ExplanationView:
    """What a figure is made of: children, formula with both counts, versions, and the records that were counted."""
    after = None if page.after is None else (str(page.after[0]), str(page.after[1]))
    found = await indicators.explanations.explain(
        principal, area, code, as_of=as_of, since=since, dimension=dimension, after=after, limit=page.limit
    )
    shown, cursor = page.cut(found.sources, key=lambda one: (one.noun, one.id))
    return ExplanationView.of(found, shown, cursor)
