"""Figures as the house knows them."""

from fastapi import APIRouter

from services.indicators.figures.api import tables, values
from services.indicators.figures.domain.periods import PeriodStep
from services.indicators.figures.service.tables import Against
from shared.contracts.registry.area_sets import AreaSetKind
from shared.feature import Feature
from shared.reference.codes import published

router = APIRouter()
router.include_router(tables.router)
router.include_router(values.router)

FEATURE = Feature(
    router=router,
    tag="figures",
    code_lists=(
        published("area_set_kinds", "片区类别", AreaSetKind),
        published("comparisons", "对比对象", Against),
        published("period_steps", "统计期长度", PeriodStep),
    ),
    about="指标：口径、数值和序列。 Definitions, values and series",
)
