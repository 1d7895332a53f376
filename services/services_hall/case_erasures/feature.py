"""Erasing in cases as the house knows it."""

from services.services_hall.case_erasures.api import router
from services.services_hall.case_erasures.domain import (
    CaseErasureGround,
    CaseErasureOutcome,
    CaseErasureRefusal,
    CaseErasureStatus,
    CaseHold,
)
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="case_erasures",
    about="办件个人信息清除：保存期满或本人请求，按两人决定清除。 Personal data in cases, erased by order of two",
    code_lists=(
        published("case_erasure_grounds", "清除依据", CaseErasureGround),
        published("case_erasure_outcomes", "清除结果", CaseErasureOutcome),
        published("case_erasure_refusals", "不予清除原因", CaseErasureRefusal),
        published("case_erasure_statuses", "清除批次状态", CaseErasureStatus),
        published("case_holds", "未了事项", CaseHold),
    ),
)
