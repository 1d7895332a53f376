"""Bodies of grid's retention rules (保存期限)."""

from pydantic import ConfigDict, Field

from services.grid.retentions.domain import GridRetentionKind
from shared.http.schemas import View
from shared.retentions.schemas import RuleView, SetRule


class SetGridRetentionRule(SetRule):
    """How many years words and contacts are kept whose matter ended so, from a day on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"kind": "report_dismissed", "years": 2, "source": "archives-2026-3", "effective_on": "2099-01-01"}
            ]
        }
    )

    kind: GridRetentionKind = Field(
        description="起算事由 how the matter ended: code list `grid_retention_kinds`", examples=["report_dismissed"]
    )


class GridRetentionRuleView(RuleView):
    """A rule."""

    kind: GridRetentionKind = Field(description="起算事由 how the matter ended: code list `grid_retention_kinds`")


class GridRetentionRulesView(View):
    """Every rule there is or was."""

    items: list[GridRetentionRuleView] = Field(description="保存期限 the rules, those that are shipped first")
