"""Benefits as the house knows them."""

from services.registry.benefits.api import router
from services.registry.benefits.domain import BenefitStatus, KeepingReason
from shared.contracts.county.lists import ListKind
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="benefits",
    about="待遇：各部门名单上的居民所享的待遇。 What departments' lists say that residents receive",
    code_lists=(
        published("list_kinds", "名单类别", ListKind),
        published("benefit_statuses", "待遇状态", BenefitStatus),
        published("benefit_keeping_reasons", "待遇保留原因", KeepingReason),
    ),
)
