"""Table of retention rules that the county has set for the hall."""

from typing import Any

from services.services_hall.base import Base
from services.services_hall.retentions.domain import CaseRetentionKind
from shared.retentions.tables import RetentionRuleColumns, rule_arguments


class CaseRetentionRule(RetentionRuleColumns, Base):
    """How many years personal data of a case are kept that ended so, from a day on."""

    __tablename__ = "retention_rules"
    __table_args__: Any = rule_arguments(CaseRetentionKind)
