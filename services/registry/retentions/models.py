"""Table of retention rules that the county has set."""

from typing import Any

from services.registry.base import Base
from services.registry.retentions.domain import RetentionKind
from shared.retentions.tables import RetentionRuleColumns, rule_arguments


class RetentionRuleRow(RetentionRuleColumns, Base):
    """How many years entries of a kind are kept, from a day on."""

    __tablename__ = "retention_rules"
    __table_args__: Any = rule_arguments(RetentionKind)
