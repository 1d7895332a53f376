"""Figures as the house knows them."""

from services.indicators.figures.api.values import router
from shared.contracts.registry.area_sets import AreaSetKind
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="figures",
    code_lists=(published("area_set_kinds", "片区类别", AreaSetKind),),
    about="指标：口径、数值和序列。 Definitions, values and series",
)
