"""Tables of figures, series by period, ranks and parts."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.indicators.deps import Indicators
from services.indicators.figures.api.values import Area, Codes, Dimension, TreeOf
from services.indicators.figures.domain.periods import NAMED, PeriodNotBegun, PeriodStep, PeriodUnknown
from services.indicators.figures.domain.trees import AreaNotInTree
from services.indicators.figures.schemas.tables import PartedValues, PeriodSeriesView, RankingView, TableView
from services.indicators.figures.service.ranks import NoSuchLevel
from services.indicators.figures.service.reading import TooManyCells
from services.indicators.figures.service.summing import NoSuchAxis, PeriodOutOfRange
from services.indicators.figures.service.tables import Against
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import reads
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute
from shared.http.schemas import CodeWord, Day
from shared.http.security import Authorised
from shared.reference.areas import GRID_DIGITS, PREFECTURE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["figures"])

Areas = Annotated[
    list[AreaCode],
    Query(
        min_length=1, max_length=400, description="区划代码 areas of 2 to 12 digits, or grids", examples=[["450481"]]
    ),
]
SeveralCodes = Annotated[
    list[CodeWord], Query(min_length=1, max_length=100, description="指标代码 indicators", examples=[["POP-RES"]])
]
PeriodName = Annotated[
    str | None,
    Query(
        pattern=NAMED,
        description="统计期 `2026`, `2026-Q1`, `2026-03`, `2026-W12` or `2026-03-16`; absent: this year so far",
        examples=["2026-Q1"],
    ),
]
PERIOD = (PeriodUnknown, PeriodNotBegun)


@router.get(
    "/values/table",
    **reads(
        "getValuesTable",
        "查询指标表",
        "多个区域、多项指标在一个统计期的数值，可与上期、上年同期和上级区域对比；统计期未结束的，与对方的同一进度对比。",
        permission="indicator.read",
        refuses=(*PERIOD, NoSuchAxis, AreaNotInTree, TooManyCells),
    ),
)
async def table(
    principal: Authorised,
    _: MinPosition,
    indicators: Indicators,
    area: Areas,
    code: Codes = None,
    period: PeriodName = None,
    compare: Annotated[
        list[Against] | None, Query(max_length=3, description="对比 with what each figure is compared")
    ] = None,
    breakdown: Annotated[
        Literal["children"] | None, Query(description="分解 also the areas one level below, down to villages")
    ] = None,
    dimension: Dimension = None,
    tree: TreeOf = None,
) -> TableView:
    """Several areas and indicators in one period, each figure beside those that it is compared with."""
    answer = await indicators.figure_tables.table(
        principal,
        area,
        code,
        period,
        against=list(dict.fromkeys(compare or ())),
        breakdown=breakdown is not None,
        dimension=dimension,
        tree=tree,
    )
    return TableView.of(answer)


@router.get(
    "/series/by-period",
    **reads(
        "getSeriesByPeriod",
        "查询指标分期序列",
        "多个区域、多项指标逐日、逐周、逐月、逐季或逐年的数值，每期为整期；当前一期计到今天。",
        permission="indicator.read",
        refuses=(PeriodOutOfRange, NoSuchAxis, AreaNotInTree, TooManyCells),
    ),
)
async def series_by_period(
    principal: Authorised,
    _: MinPosition,
    indicators: Indicators,
    area: Areas,
    code: SeveralCodes,
    step: Annotated[PeriodStep, Query(description="期长 how long each period is", examples=["month"])],
    since: Annotated[Day, Query(description="起始日 a day of the first period")],
    until: Annotated[Day, Query(description="截止日 a day of the last period; none after today's is told")],
    dimension: Dimension = None,
    tree: TreeOf = None,
) -> PeriodSeriesView:
    """Several areas and indicators in each of many periods."""
    answer = await indicators.figure_tables.series(
        principal, area, code, step, since, until, dimension=dimension, tree=tree
    )
    return PeriodSeriesView.of(answer)


@router.get(
    "/ranks",
    **reads(
        "getRanks",
        "查询指标排名",
        "某区域内同级区域按一项指标的排名：同值同名次，并给出百分位和四分位数。",
        permission="indicator.read",
        refuses=(*PERIOD, NoSuchAxis, NoSuchLevel, TooManyCells),
    ),
)
async def ranks(
    principal: Authorised,
    _: MinPosition,
    indicators: Indicators,
    area: Area,
    code: Annotated[CodeWord, Query(description="指标代码 indicator", examples=["POP-RES"])],
    period: PeriodName = None,
    level: Annotated[
        int | None,
        Query(
            ge=PREFECTURE_DIGITS,
            le=GRID_DIGITS,
            description="级别 digits of the codes of what is ranked: 4, 6, 9, 12 or 15; the next level below if absent",
            examples=[9],
        ),
    ] = None,
    dimension: Dimension = None,
    tree: TreeOf = None,
) -> RankingView:
    """The areas of one level inside an area by an indicator, ties sharing a rank."""
    answer = await indicators.ranks.rank(principal, area, code, period, level=level, dimension=dimension, tree=tree)
    return RankingView.of(answer)


@router.get(
    "/values/by-part",
    **reads(
        "getValuesByPart",
        "按分组查询指标数值",
        "指标按一种分组的各部分数值；不详的单列一组，各部分与其余之和等于合计。",
        permission="indicator.read",
        refuses=(*PERIOD, NoSuchAxis, TooManyCells),
    ),
)
async def by_part(
    principal: Authorised,
    _: MinPosition,
    indicators: Indicators,
    area: Area,
    code: SeveralCodes,
    axis: Annotated[
        str, Query(pattern=r"^[a-z][a-z0-9_]{0,40}$", description="分组 axis that they are kept by", examples=["sex"])
    ],
    period: PeriodName = None,
) -> PartedValues:
    """Indicators in the parts of one axis; what is not known is a part of its own."""
    return PartedValues.of(await indicators.figure_parts.parts(principal, area, code, axis, period))
