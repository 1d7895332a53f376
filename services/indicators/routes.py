"""What indicators follows: every state that a figure counts, and the tree they are counted in."""

from services.indicators.deltas.service import count
from services.indicators.values.schedules import ANNOUNCE_VALUES
from shared.messaging.routes import Route

ROUTES: tuple[Route, ...] = (
    Route("registry.area"),
    Route("grid.grid"),
    Route("registry.person", count),
    Route("registry.posting", count),
    Route("registry.household", count),
    Route("registry.tag", count),
    Route("registry.restricted_tag", count),
    Route("services_hall.case", count),
    Route("grid.incident", count),
    Route("grid.visit", count),
)

SCHEDULES = (ANNOUNCE_VALUES,)
