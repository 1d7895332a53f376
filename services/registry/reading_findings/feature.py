"""Unusual reading as the house knows it."""

from services.registry.reading_findings.api import router
from services.registry.reading_findings.domain import FindingReason, FindingStatus, ReadingLimit, ReadingRule
from services.registry.reading_findings.schedules import READING
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="reading_findings",
    about="异常查看：查看居民信息过多、过晚或范围异常的，由审计人员核查。 Unusual reading, decided by auditors",
    schedules=(READING,),
    code_lists=(
        published("reading_finding_reasons", "异常查看结论", FindingReason),
        published("reading_finding_statuses", "异常查看状态", FindingStatus),
        published("reading_limits", "异常查看限值", ReadingLimit),
        published("reading_rules", "异常查看规则", ReadingRule),
    ),
)
