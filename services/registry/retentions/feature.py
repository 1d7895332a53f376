"""Retention rules as the house knows them."""

from services.registry.retentions.api import router
from services.registry.retentions.domain import RetentionKind
from shared.feature import Feature
from shared.reference.codes import published
from shared.retentions.rules import RetentionAction, RetentionRuleKnown, RetentionStatus

FEATURE = Feature(
    router=router,
    tag="retentions",
    about="保存期限：各类登记终止后保存几年，从何日起执行。 How many years entries are kept after their end",
    constraints={"uq_retention_rules_day": RetentionRuleKnown},
    code_lists=(
        published("retention_kinds", "保存期限起算事由", RetentionKind),
        published("retention_actions", "保存期满处理", RetentionAction),
        published("retention_statuses", "保存期限状态", RetentionStatus),
    ),
)
