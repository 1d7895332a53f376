"""Editions as the house knows them."""

from services.registry.area_editions.api import router
from shared.feature import Feature

FEATURE = Feature(router=router, tag="areas")
