"""The dictionary of incidents as the house knows it."""

from services.grid.dictionaries.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="incidents",
)
