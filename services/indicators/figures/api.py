"""Figures over HTTP."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.indicators.deps import Authorised, FiguresUse
from services.indicators.figures.schemas import Definitions, DefinitionView, SeriesView, Values
from shared.contracts.envelope import AreaCode, Code
from shared.http.endpoint import reads
from shared.http.position import MinPosition
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute, tags=["figures"])

Area = Annotated[AreaCode, Query(description="area or grid", examples=["450481"])]
Codes = Annotated[list[Code] | None, Query(max_length=100, description="indicator codes; all when absent")]


@router.get(
    "/definitions", **reads("listDefinitions", "指标口径列表", permission="indicator.read", scope="open", refusals=())
)
async def definitions(principal: Authorised, figures: FiguresUse) -> Definitions:
    """What every indicator means, in force now."""
    return Definitions(items=[DefinitionView.of(one) for one in await figures.definitions(principal)])


@router.get("/values", **reads("getValues", "查询指标数值", permission="indicator.read"))
async def values(
    principal: Authorised,
    arrived: MinPosition,
    figures: FiguresUse,
    area: Area,
    code: Codes = None,
    as_of: Annotated[date | None, Query(description="valid date asked for; today when absent")] = None,
    since: Annotated[date | None, Query(description="first day of flows; 1 January of that year when absent")] = None,
    breakdown: Annotated[Literal["children"] | None, Query(description="also the areas one level below")] = None,
) -> Values:
    """Figures of an area as of a day, with today's knowledge; with `breakdown=children` also of what lies below."""
    answer = await figures.values(principal, area, code, as_of=as_of, since=since, breakdown=breakdown is not None)
    return Values.of(answer)


@router.get("/series", **reads("getSeries", "查询指标序列", permission="indicator.read"))
async def series(
    principal: Authorised,
    arrived: MinPosition,
    figures: FiguresUse,
    area: Area,
    code: Annotated[Code, Query(description="one indicator")],
    since: Annotated[date, Query(description="first day")],
    until: Annotated[date, Query(description="last day, inclusive; at most 1100 days")],
) -> SeriesView:
    """Day values of one indicator."""
    return SeriesView.of(await figures.series(principal, area, code, since, until))
