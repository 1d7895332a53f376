"""Life events as the house knows them: the grids in which somebody may live are followed."""

from shared.feature import Feature
from shared.messaging.projection.routes import Route

FEATURE = Feature(
    routes=(Route("grid.grid"),),
)
