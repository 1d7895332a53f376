"""Syncs as the house knows them."""

from services.registry.person_syncs.api import router
from shared.feature import Feature

FEATURE = Feature(router=router, tag="persons")
