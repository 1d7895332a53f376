"""Retention rules of the hall as the house knows them."""

from services.services_hall.retentions.api import router
from services.services_hall.retentions.domain import CaseRetentionKind
from shared.feature import Feature
from shared.reference.codes import published
from shared.retentions.rules import RetentionAction, RetentionRuleKnown, RetentionStatus

FEATURE = Feature(
    router=router,
    tag="retentions",
    about="保存期限：办件终止后个人信息保存几年。 How many years personal data of a case are kept after its end",
    constraints={"uq_retention_rules_day": RetentionRuleKnown},
    code_lists=(
        published("case_retention_kinds", "办件保存期限起算事由", CaseRetentionKind),
        published("retention_actions", "保存期满处理", RetentionAction),
        published("retention_statuses", "保存期限状态", RetentionStatus),
    ),
)
