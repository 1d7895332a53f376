"""What grid follows: where grids may lie, which days are worked, and who is to be visited, where."""

from services.grid.visits import consumers as registry
from services.grid.visits.schedules import PLAN_VISITS
from shared.messaging.routes import Route

ROUTES: tuple[Route, ...] = (
    Route("registry.area"),
    Route("registry.calendar"),
    Route("registry.person", registry.persons_changed),
    Route("registry.tag", registry.tags_changed),
    Route("registry.restricted_tag", registry.tags_changed),
)

SCHEDULES = (PLAN_VISITS,)
