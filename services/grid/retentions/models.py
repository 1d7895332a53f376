"""Table of retention rules that the county has set for grid."""

from typing import Any

from services.grid.base import Base
from services.grid.retentions.domain import GridRetentionKind
from shared.retentions.tables import RetentionRuleColumns, rule_arguments


class GridRetentionRule(RetentionRuleColumns, Base):
    """How many years words and contacts are kept whose matter ended so, from a day on."""

    __tablename__ = "retention_rules"
    __table_args__: Any = rule_arguments(GridRetentionKind)
