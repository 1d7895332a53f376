"""Definitions as the house knows them."""

from services.indicators.definitions.api import router
from shared.feature import Feature

FEATURE = Feature(router=router, tag="figures")
