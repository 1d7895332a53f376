"""Closed months as the house knows them."""

from services.registry.book_closings.api import router
from shared.feature import Feature

FEATURE = Feature(router=router, tag="balances")
