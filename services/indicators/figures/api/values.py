"""Figures of an area as of a day, by sets of areas, and day by day."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.indicators.deps import Indicators
from services.indicators.figures.domain.trees import AreaNotInTree
from services.indicators.figures.schemas.values import SeriesView, Values, ValuesBySet
from services.indicators.figures.service.summing import NoSuchAxis, PeriodOutOfRange
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.area_sets import AreaSetKind
from shared.http.endpoint import reads
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import CodeWord, Day
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["figures"])

Area = Annotated[AreaCode, Query(description="区划代码 area, 2 to 12 digits, or grid (15)", examples=["450481"])]
Codes = Annotated[
    list[CodeWord] | None, Query(max_length=100, description="指标代码 indicators asked for; all if absent")
]

Dimension = Annotated[
    str | None,
    Query(
        pattern=r"^[a-z][a-z0-9_]{0,40}:[A-Za-z0-9_.+-]{1,64}$",
        description="分组 only one part, `<axis>:<value>`, of the indicators that are kept by this axis",
        examples=["sex:2"],
    ),
]

TreeOf = Annotated[
    Day | None,
    Query(
        description="区划日期 areas as they were on that day: what has ended since counts in what carried it on, what "
        "began since in what it was of; absent: each as its code was written"
    ),
]


@router.get(
    "/values",
    **reads(
        "getValues",
        "查询指标数值",
        "按目前掌握的情况，某区域截至某日的指标数值；加 `breakdown=children` 同时给出下级。",
        permission="indicator.read",
        refuses=(PeriodOutOfRange, NoSuchAxis, AreaNotInTree),
    ),
)
async def values(
    principal: Authorised,
    _: MinPosition,
    indicators: Indicators,
    area: Area,
    code: Codes = None,
    as_of: Annotated[Day | None, Query(description="统计日 day as of which; today if absent")] = None,
    since: Annotated[
        Day | None, Query(description="起始日 first day of flows; 1 January of that year if absent")
    ] = None,
    breakdown: Annotated[Literal["children"] | None, Query(description="分解 also the areas one level below")] = None,
    dimension: Dimension = None,
    tree: TreeOf = None,
) -> Values:
    """Figures of an area as of a day, with today's knowledge; with `breakdown=children` also of what lies below."""
    answer = await indicators.figures.values(
        principal, area, code, as_of=as_of, since=since, breakdown=breakdown is not None, dimension=dimension, tree=tree
    )
    return Values.of(answer)


@router.get(
    "/values/by-set",
    **reads(
        "getValuesBySet",
        "按片区查询指标数值",
        "某区域内同类片区（服务社区、示范线等）截至某日的指标数值，按当日的成员汇总；不属于任何片区的部分单独列出，区域合计不重复计算。",
        permission="indicator.read",
        refuses=(PeriodOutOfRange, NoSuchAxis),
    ),
)
async def values_by_set(
    principal: Authorised,
    _: MinPosition,
    indicators: Indicators,
    area: Area,
    kind: Annotated[AreaSetKind, Query(description="片区类别 kind of the sets", examples=["service_community"])],
    code: Codes = None,
    as_of: Annotated[
        Day | None, Query(description="统计日 day as of which, and whose members count; today if absent")
    ] = None,
    since: Annotated[
        Day | None, Query(description="起始日 first day of flows; 1 January of that year if absent")
    ] = None,
    dimension: Dimension = None,
) -> ValuesBySet:
    """Figures of the sets of a kind inside an area, by their members of the day, and of what belongs to none."""
    answer = await indicators.set_figures.values(
        principal, area, kind, code, as_of=as_of, since=since, dimension=dimension
    )
    return ValuesBySet.of(answer)


@router.get(
    "/series",
    **reads(
        "getSeries",
        "查询指标序列",
        "一项指标逐日的数值。",
        permission="indicator.read",
        refuses=(PeriodOutOfRange, NoSuchAxis),
    ),
)
async def series(
    principal: Authorised,
    _: MinPosition,
    indicators: Indicators,
    area: Area,
    code: Annotated[CodeWord, Query(description="指标代码 code of one indicator")],
    since: Annotated[Day, Query(description="起始日 first day")],
    until: Annotated[Day, Query(description="截止日 last day, inclusive; at most 1100 days")],
) -> SeriesView:
    """Day values of one indicator."""
    return SeriesView.of(await indicators.figures.series(principal, area, code, since, until))
