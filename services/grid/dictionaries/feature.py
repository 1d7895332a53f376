"""The dictionary of incidents as the house knows it."""

from services.grid.dictionaries.api import router
from shared.feature import Feature
from shared.messaging.projection.routes import Route

FEATURE = Feature(
    router=router,
    tag="incidents",
    routes=(Route("registry.calendar"),),
)
