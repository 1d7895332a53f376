"""Discrepancies as the house knows them."""

from services.registry.discrepancies.api import router
from services.registry.discrepancies.domain import DiscrepancyStatus
from services.registry.discrepancies.schedules import COMPARE_BOOKS
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="balances",
    schedules=(COMPARE_BOOKS,),
    code_lists=(published("discrepancy_statuses", "账实不符状态", DiscrepancyStatus),),
)
