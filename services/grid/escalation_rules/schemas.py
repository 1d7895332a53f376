"""Bodies of rules of escalation (升级规则)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.grid.escalation_rules.domain import LEVELS, Receiver, RuleStatus, RuleTerms
from shared.contracts.grid.escalations import EscalationMetric
from shared.contracts.severity import Severity
from shared.http.schemas import Body, CodeWord, Instant, View
from shared.worktime import ClockUnit

Level = Annotated[int, Field(ge=LEVELS.start, le=LEVELS[-1])]


class EscalationRuleBody(Body):
    """When whom an incident is brought before."""

    metric: EscalationMetric = Field(
        description="指标 from what the time runs: code list `escalation_metrics`", examples=["overdue"]
    )
    threshold: Annotated[int, Field(ge=0, le=2_000)] = Field(description="阈值 how many units", examples=[1])
    unit: ClockUnit = Field(description="单位 work_hour, work_day, hour or day", examples=["work_day"])
    level: Level = Field(description="级别 1 is the lowest, 5 the highest", examples=[2])
    receiver: Receiver = Field(
        description="接收岗位 before whom it is brought: code list `escalation_receivers`", examples=["town_officer"]
    )
    category: CodeWord | None = Field(
        default=None, description="事件类别 only of this one; null: all", examples=["fire"]
    )
    severity: Severity | None = Field(default=None, description="等级 only of this one; null: all", examples=["urgent"])
    around_the_clock: bool = Field(
        default=False, description="不分昼夜 fires at night and on days off as well", examples=[False]
    )

    def content(self) -> RuleTerms:
        return RuleTerms(
            metric=self.metric,
            threshold=self.threshold,
            unit=self.unit,
            level=self.level,
            receiver=self.receiver,
            category=self.category,
            severity=self.severity,
            around_the_clock=self.around_the_clock,
        )


class EscalationRuleView(View):
    """A rule as it stands."""

    id: UUID = Field(description="规则标识 id of the rule", examples=["0197d0c0-b400-7a02-8b03-0c04d05e0f20"])
    version: int = Field(description="版本 counts the changes of the rule, from 1", examples=[1])
    status: RuleStatus = Field(description="状态 in_force or retired", examples=["in_force"])
    metric: EscalationMetric = Field(
        description="指标 from what the time runs: code list `escalation_metrics`", examples=["overdue"]
    )
    threshold: int = Field(description="阈值 how many units", examples=[1])
    unit: ClockUnit = Field(description="单位 work_hour, work_day, hour or day", examples=["work_day"])
    level: int = Field(description="级别 1 is the lowest, 5 the highest", examples=[2])
    receiver: Receiver = Field(
        description="接收岗位 before whom it is brought: code list `escalation_receivers`", examples=["town_officer"]
    )
    category: str | None = Field(description="事件类别 only of this one; null: all", examples=[None])
    severity: Severity | None = Field(description="等级 only of this one; null: all", examples=[None])
    around_the_clock: bool = Field(description="不分昼夜 fires at night and on days off as well", examples=[False])
    changed_at: Instant = Field(description="修改时间 when it was last changed", examples=["2026-11-20T10:00:00+08:00"])


class EscalationRuleCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[5])
