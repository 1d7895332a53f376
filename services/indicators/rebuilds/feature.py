"""Rebuilds as the house knows them."""

from services.indicators.rebuilds.api import router
from services.indicators.rebuilds.jobs import jobs
from services.indicators.rebuilds.service import REBUILD
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="rebuilds",
    about="重算：在现行数值之外重新计算全部指标。 All figures once more, beside the live ones",
    jobs=jobs,
    rebuild=REBUILD,
)
