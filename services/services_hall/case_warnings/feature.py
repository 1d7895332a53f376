"""Warnings of cases as the house knows them."""

from sqlalchemy import select

from services.services_hall.case_warnings.api import router
from services.services_hall.case_warnings.domain import WarningRuleKnown, WarningRuleStatus, WarningTiming
from services.services_hall.case_warnings.models import CaseWarning
from services.services_hall.case_warnings.schedules import CASE_WARNINGS
from services.services_hall.case_warnings.service.warnings import restate
from shared.contracts.services_hall.case_warnings import WarningColour, WarningMetric, WarningReceiver, WarningStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="case_warnings",
    about="办件预警：按规则在到期前、超期后提醒。 Warnings before and after limits of cases, by rules",
    constraints={"uq_warning_rules_level": WarningRuleKnown},
    states={"services_hall.case_warning": Restatement(restate, select(CaseWarning.id))},
    schedules=(CASE_WARNINGS,),
    code_lists=(
        published("warning_colours", "预警颜色", WarningColour),
        published("warning_metrics", "预警指标", WarningMetric),
        published("warning_receivers", "预警接收方", WarningReceiver),
        published("warning_rule_statuses", "预警规则状态", WarningRuleStatus),
        published("warning_statuses", "预警状态", WarningStatus),
        published("warning_timings", "预警时点", WarningTiming),
    ),
)
