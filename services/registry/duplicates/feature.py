"""Duplicates as the house knows them."""

from services.registry.duplicates.api import router
from services.registry.duplicates.domain import DuplicateDecision, DuplicateSource, DuplicateStatus, MergeRefusal
from services.registry.duplicates.schedules import DUPLICATES
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="duplicates",
    about="疑似重复：同一人的两份登记，核定、合并、恢复。 Duplicates: one person entered twice",
    schedules=(DUPLICATES,),
    code_lists=(
        published("duplicate_decisions", "疑似重复核定", DuplicateDecision),
        published("duplicate_sources", "疑似重复来源", DuplicateSource),
        published("duplicate_statuses", "疑似重复状态", DuplicateStatus),
        published("merge_refusals", "不批准合并原因", MergeRefusal),
    ),
)
