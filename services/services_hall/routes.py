"""What the hall follows: where counters are, which days are worked, and whether a person exists and where."""

from services.services_hall.cases import consumers as registry
from shared.messaging.routes import Route
from shared.schedules import Schedule

ROUTES: tuple[Route, ...] = (
    Route("registry.area"),
    Route("registry.calendar", registry.calendar_set),
    Route("registry.person"),
)

SCHEDULES: tuple[Schedule, ...] = ()
