"""Bodies of warning rules and warnings (预警)."""

from datetime import date
from uuid import UUID

from pydantic import ConfigDict, Field

from services.services_hall.case_warnings.domain import (
    MOST_AMOUNT,
    MOST_LEVELS,
    WarningRuleStatus,
    WarningTiming,
)
from services.services_hall.case_warnings.service.rules import NewRule
from shared.contracts.services_hall.case_warnings import WarningColour, WarningMetric, WarningReceiver, WarningStatus
from shared.http.schemas import Body, CodeWord, Day, Instant, View
from shared.worktime import ClockUnit


class SetWarningRule(Body):
    """A rule by which cases are warned about."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "metric": "limit",
                    "timing": "before",
                    "amount": 3,
                    "unit": "work_day",
                    "level": 5,
                    "colour": "blue",
                    "receiver": "counter",
                    "source": "gov-office-2026-8",
                    "effective_on": "2099-01-01",
                }
            ]
        }
    )

    metric: WarningMetric = Field(description="预警指标 code list `warning_metrics`", examples=["limit"])
    timing: WarningTiming = Field(description="时点 before the end or after it", examples=["before"])
    amount: int = Field(
        ge=0, le=MOST_AMOUNT, description="阈值 how many units; 0 after: as soon as it is over", examples=[3]
    )
    unit: ClockUnit = Field(description="单位 code list `clock_units`", examples=["work_day"])
    level: int = Field(
        ge=1, le=MOST_LEVELS, description="级别 the gravest last; one rule for each metric and level", examples=[5]
    )
    colour: WarningColour = Field(description="颜色 code list `warning_colours`", examples=["blue"])
    receiver: WarningReceiver = Field(description="接收方 code list `warning_receivers`", examples=["counter"])
    source: CodeWord = Field(description="依据 document that says so, as a code", examples=["gov-office-2026-8"])
    effective_on: Day = Field(description="执行日 first day on which it holds", examples=["2027-01-01"])

    def rule(self) -> NewRule:
        return NewRule(**{name: getattr(self, name) for name in type(self).model_fields})


class WarningRuleView(View):
    """A rule."""

    id: UUID = Field(description="规则标识 id of the rule")
    version: int = Field(description="版本 1, and 2 once it is withdrawn")
    metric: WarningMetric = Field(description="预警指标 which limit")
    timing: WarningTiming = Field(description="时点 before the end or after it")
    amount: int = Field(description="阈值 how many units")
    unit: ClockUnit = Field(description="单位 of the threshold")
    level: int = Field(description="级别 the gravest last")
    colour: WarningColour = Field(description="颜色 of the warning")
    receiver: WarningReceiver = Field(description="接收方 to whom it goes")
    source: str = Field(description="依据 document that says so; `shipped`: it came with the system")
    effective_on: date = Field(description="执行日 first day on which it holds")
    status: WarningRuleStatus = Field(description="状态 set or withdrawn")
    set_by: str = Field(description="设定人 subject of the token")
    set_at: Instant = Field(description="设定时间 when it was set")
    withdrawn_by: str | None = Field(description="撤回人 subject of the token; null if it was not withdrawn")
    withdrawn_at: Instant | None = Field(description="撤回时间 when it was withdrawn; null if it was not")


class WarningRulesView(View):
    """Every rule there is or was."""

    items: list[WarningRuleView] = Field(description="预警规则 by metric and level")


class CaseWarningView(View):
    """A warning."""

    id: UUID = Field(description="预警标识 id of the warning")
    version: int = Field(description="版本 grows with every step")
    case_id: UUID = Field(description="办件标识 id of the case")
    rule_id: UUID = Field(description="规则标识 id of the rule")
    metric: WarningMetric = Field(description="预警指标 which limit", examples=["limit"])
    level: int = Field(description="级别 the gravest last", examples=[1])
    colour: WarningColour = Field(description="颜色 as the rule says", examples=["yellow"])
    receiver: WarningReceiver = Field(description="接收方 to whom it went", examples=["holder"])
    area: str = Field(description="接收地 area of the receiver", examples=["450481114"])
    department: str | None = Field(description="接收部门 of the receiver; null: whoever supervises the county")
    due_on: date = Field(description="到期日 end of the limit when it was raised", examples=["2026-11-10"])
    status: WarningStatus = Field(description="状态 raised or acknowledged")
    raised_at: Instant = Field(description="预警时间 when it was raised")
    acknowledged_at: Instant | None = Field(description="签阅时间 when somebody took note of it; null: nobody has")
    acknowledged_by: str | None = Field(description="签阅人 subject of the token; null: nobody has")


class CaseWarningCount(View):
    """Length of the list."""

    count: int = Field(description="数量 how many the list has in all")
