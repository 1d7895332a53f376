"""Extracts as the house knows them."""

from services.registry.extracts.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="persons",
)
