"""Definitions as the house knows them."""

from services.indicators.definitions.api import router
from services.indicators.definitions.consumers import LEDGERS, ledger_announced
from services.indicators.definitions.domain import Direction, Kind
from shared.feature import Feature
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="figures",
    routes=tuple(Route(noun, ledger_announced) for noun in LEDGERS),
    code_lists=(
        published("indicator_kinds", "指标类型", Kind),
        published("directions", "指标方向", Direction),
    ),
)
