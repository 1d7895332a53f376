"""Trials as the house knows them."""

from services.indicators.trials.api import router
from services.indicators.trials.jobs import jobs
from shared.feature import Feature

FEATURE = Feature(router=router, tag="figures", jobs=jobs)
