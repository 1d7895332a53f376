"""Bodies of the hall's retention rules (保存期限)."""

from pydantic import ConfigDict, Field

from services.services_hall.retentions.domain import CaseRetentionKind
from shared.http.schemas import View
from shared.retentions.schemas import RuleView, SetRule


class SetCaseRetentionRule(SetRule):
    """How many years personal data of cases that ended so are kept, from a day on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "withdrawn", "years": 3, "source": "archives-2026-3", "effective_on": "2099-01-01"}]
        }
    )

    kind: CaseRetentionKind = Field(
        description="起算事由 how the case ended: code list `case_retention_kinds`", examples=["withdrawn"]
    )


class CaseRetentionRuleView(RuleView):
    """A rule."""

    kind: CaseRetentionKind = Field(description="起算事由 how the case ended: code list `case_retention_kinds`")


class CaseRetentionRulesView(View):
    """Every rule there is or was."""

    items: list[CaseRetentionRuleView] = Field(description="保存期限 the rules, those that are shipped first")
