"""Movements as the house knows them."""

from services.registry.movements.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="movements",
    about="人口变动：迁入、迁出、死亡。 Moves and deaths",
)
