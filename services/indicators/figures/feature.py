"""Figures as the house knows them."""

from services.indicators.figures.api import router
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="figures",
    about="指标：口径、数值和序列。 Definitions, values and series",
)
