"""The calendar over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Path

from services.registry.calendar.schemas import CalendarView, PublishYear, YearView
from services.registry.deps import Authorised, Registry
from shared.http.errors import problems
from shared.http.idempotency import Idempotent
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute, tags=["calendar"])


@router.get("/calendar", operation_id="getCalendar", responses=problems())
async def read(_: Authorised, registry: Registry) -> CalendarView:
    """Working-day exceptions of every year there is."""
    return CalendarView(items=[YearView.model_validate(year) for year in await registry.calendar.read()])


@router.post(
    "/calendar/{year}/publish", operation_id="publishCalendarYear", dependencies=[Idempotent], responses=problems(409)
)
async def publish(
    year: Annotated[int, Path(ge=1949, le=2100)], body: PublishYear, _: Authorised, registry: Registry
) -> YearView:
    """Set or replace a year by its notice."""
    stored = await registry.calendar.publish(
        year,
        holidays=body.holidays,
        working_weekends=body.working_weekends,
        provisional=body.provisional,
        source=body.source,
    )
    return YearView.model_validate(stored)
