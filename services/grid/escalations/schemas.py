"""Bodies of escalations (事件升级)."""

from uuid import UUID

from pydantic import Field

from services.grid.escalation_rules.domain import Receiver
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.escalations import EscalationMetric, EscalationStatus
from shared.http.schemas import Instant, View
from shared.worktime import ClockUnit


class EscalationView(View):
    """An incident that was brought before somebody, by what the rule said when it fired."""

    id: UUID = Field(description="升级标识 id of the escalation", examples=["0197d0c0-b401-7a02-8b03-0c04d05e0f21"])
    version: int = Field(description="版本 counts the changes of the escalation, from 1", examples=[1])
    incident_id: UUID = Field(
        description="事件标识 id of the incident", examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"]
    )
    rule_id: UUID = Field(description="规则标识 rule that fired", examples=["0197d0c0-b400-7a02-8b03-0c04d05e0f20"])
    area: AreaCode = Field(description="所属区域 grid or village of the incident", examples=["450481114201001"])
    metric: EscalationMetric = Field(
        description="指标 from what the time ran: code list `escalation_metrics`", examples=["overdue"]
    )
    threshold: int = Field(description="阈值 how many units", examples=[1])
    unit: ClockUnit = Field(description="单位 work_hour, work_day, hour or day", examples=["work_day"])
    level: int = Field(description="级别 1 is the lowest, 5 the highest", examples=[2])
    receiver: Receiver = Field(
        description="接收岗位 before whom it was brought: code list `escalation_receivers`", examples=["town_officer"]
    )
    status: EscalationStatus = Field(description="状态 fired or acknowledged", examples=["fired"])
    reached_at: Instant = Field(
        description="到点时间 when the time of the rule had run out", examples=["2026-11-24T18:00:00+08:00"]
    )
    fired_at: Instant = Field(
        description="升级时间 when it was fired, in hours of work", examples=["2026-11-25T08:00:00+08:00"]
    )
    acknowledged_at: Instant | None = Field(
        description="签收时间 when somebody acknowledged it; null before", examples=[None]
    )


class EscalationCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[12])
