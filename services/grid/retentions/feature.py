"""Retention rules of grid as the house knows them."""

from services.grid.retentions.api import router
from services.grid.retentions.domain import GridRetentionKind
from shared.feature import Feature
from shared.reference.codes import published
from shared.retentions.rules import RetentionAction, RetentionRuleKnown, RetentionStatus

FEATURE = Feature(
    router=router,
    tag="retentions",
    about="保存期限：随手拍、信访、事件和回访的文字及联系方式保存几年。 How many years words and contacts are kept",
    constraints={"uq_retention_rules_day": RetentionRuleKnown},
    code_lists=(
        published("grid_retention_kinds", "网格保存期限起算事由", GridRetentionKind),
        published("retention_actions", "保存期满处理", RetentionAction),
        published("retention_statuses", "保存期限状态", RetentionStatus),
    ),
)
