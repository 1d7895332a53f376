"""Accesses as the house knows them."""

from services.registry.accesses.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="persons",
)
