"""Changes of areas as grid follows them."""

from services.grid.area_changes.consumers import areas_changed
from shared.feature import Feature
from shared.messaging.projection.routes import Route

FEATURE = Feature(routes=(Route("registry.area_change", areas_changed),))
