"""Balances as the house knows them."""

from services.registry.balances.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="balances",
    about="人口台账 Opening, flows and closing of the two books",
)
