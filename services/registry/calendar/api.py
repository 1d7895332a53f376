"""The calendar over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path, Response

from services.registry.calendar.domain import NoLunarDay, solar_day
from services.registry.calendar.schemas import CalendarView, ConvertLunarDay, PublishYear, SolarDayView, YearView
from services.registry.deps import Registry
from shared.http.endpoint import reads, step
from shared.http.etag import Expected, etag_of
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["calendar"])


@router.get(
    "/calendar",
    **reads(
        "getCalendar",
        "查询工作日历",
        "各年度的节假日和调休安排。",
        permission="calendar.read",
        scope="open",
        refusals=(),
    ),
)
async def read(_: Authorised, registry: Registry) -> CalendarView:
    """Working-day exceptions of all years."""
    return CalendarView(items=[YearView.model_validate(year) for year in await registry.calendar.read()])


@router.post(
    "/calendar/lunar-days/convert",
    **reads(
        "convertLunarDay",
        "农历换算公历",
        "把农历日期换算成公历日期，含闰月；生日以农历告知的，登记前先换算。",
        permission="calendar.read",
        scope="open",
        refusals=(),
        refuses=(NoLunarDay,),
    ),
)
async def convert(body: ConvertLunarDay, _: Authorised) -> SolarDayView:
    """A day of the lunar calendar in the solar one. A birthday stands in bodies only, never in URLs."""
    return SolarDayView(solar_on=solar_day(body.lunar()))


@router.post(
    "/calendar/{year}/publish",
    **step(
        "publishCalendarYear",
        "发布年度工作日历",
        "按通知设定或替换某年的节假日和调休安排；通知中涉及上一年的日期一并生效。重新发布时不再列出的，随之撤销。",
        permission="calendar.manage",
        scope="county",
        refusals=(409, 412),
    ),
)
async def publish(
    year: Annotated[int, Path(ge=1949, le=2100, description="年份 calendar year")],
    body: PublishYear,
    expected: Expected,
    _: Authorised,
    registry: Registry,
    response: Response,
) -> YearView:
    """Set or replace the exceptions of a year, by its notice."""
    stored = await registry.calendar.publish(
        year,
        holidays=body.holidays,
        working_weekends=body.working_weekends,
        provisional=body.provisional,
        source=body.source,
        expected=expected,
    )
    response.headers["ETag"] = etag_of(stored.version)
    return YearView.model_validate(stored)
