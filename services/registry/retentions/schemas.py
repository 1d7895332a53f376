"""Bodies of retention rules (保存期限)."""

from pydantic import ConfigDict, Field

from services.registry.retentions.domain import RetentionKind
from shared.http.schemas import View
from shared.retentions.schemas import RuleView, SetRule


class SetRetentionRule(SetRule):
    """How many years entries of a kind are kept, from a day on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "moved_out", "years": 6, "source": "archives-2026-3", "effective_on": "2099-01-01"}]
        }
    )

    kind: RetentionKind = Field(description="起算事由 how the entry ended", examples=["moved_out"])


class RetentionRuleView(RuleView):
    """A rule."""

    kind: RetentionKind = Field(description="起算事由 how the entry ended")


class RetentionRulesView(View):
    """Every rule there is or was."""

    items: list[RetentionRuleView] = Field(description="保存期限 the rules, those that are shipped first")
