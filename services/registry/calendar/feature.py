"""The calendar as the house knows it."""

from sqlalchemy import select

from services.registry.calendar import service
from services.registry.calendar.api import router
from services.registry.calendar.models import CalendarYear
from services.registry.calendar.schedules import CALENDAR
from shared.feature import Feature, Restatement

FEATURE = Feature(
    router=router,
    tag="calendar",
    about="工作日历：各年的节假日和调休。 Working days of a year",
    states={"registry.calendar": Restatement(service.restate, select(CalendarYear.year))},
    schedules=(CALENDAR,),
)
