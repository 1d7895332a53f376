"""Checks of figures as the house knows them."""

from services.indicators.figure_checks.api import router
from services.indicators.figure_checks.schedules import CHECK_FIGURES
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="figure-checks",
    about="数值核对：村级等于其记录，上级等于下级之和。 Stored figures are what is below them",
    schedules=(CHECK_FIGURES,),
)
