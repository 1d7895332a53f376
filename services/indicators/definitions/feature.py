"""Definitions as the house knows them."""

from services.indicators.definitions.api import router
from services.indicators.definitions.domain import Direction, Kind
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="figures",
    code_lists=(
        published("indicator_kinds", "指标类型", Kind),
        published("directions", "指标方向", Direction),
    ),
)
