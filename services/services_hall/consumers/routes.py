"""What the hall follows: where counters are, which days are worked, and whether a person exists and where."""

from services.services_hall.consumers import registry
from shared.messaging.routes import Route

ROUTES: tuple[Route, ...] = (
    Route("registry.area"),
    Route("registry.calendar", registry.calendar_set),
    Route("registry.person"),
)
