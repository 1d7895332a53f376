"""Rules of escalation as the house knows them."""

from services.grid.escalation_rules.api import router
from services.grid.escalation_rules.domain import Receiver, RuleKnown, RuleStatus
from shared.contracts.grid.escalations import EscalationMetric
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="escalations",
    about="事件升级：规则、升级、签收。 Incidents that stood still for too long, brought before somebody above",
    constraints={"uq_escalation_rules_in_force": RuleKnown},
    code_lists=(
        published("escalation_metrics", "升级指标", EscalationMetric),
        published("escalation_receivers", "升级接收岗位", Receiver),
        published("escalation_rule_statuses", "升级规则状态", RuleStatus),
    ),
)
