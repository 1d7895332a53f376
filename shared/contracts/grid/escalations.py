"""Escalations (事件升级) as grid announces them."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class EscalationStatus(NamedCode):
    """Statuses of an escalation: 待签收, 已签收."""

    FIRED = "fired", "待签收"
    ACKNOWLEDGED = "acknowledged", "已签收"


class EscalationMetric(NamedCode):
    """From what the time of a rule runs, and until what it must not have run out."""

    UNFILED = "unfiled", "上报后未立案"
    UNASSIGNED = "unassigned", "立案后未派遣"
    UNACCEPTED = "unaccepted", "派遣后未接单"
    BEFORE_DUE = "before_due", "临近办理时限"
    OVERDUE = "overdue", "超过办理时限"


class EscalationState(State):
    """An incident was brought before somebody by a rule, once per rule and level. Nobody is named."""

    noun: ClassVar = "grid.escalation"
    channel: ClassVar = Topic(
        noun,
        "grid.escalations",
        tells=(
            "哪个网格的哪件事件因何超时升级到哪一级、何时签收；不涉及任何个人",
            "which incident of which grid was brought before which level, why, and when; nobody is named",
        ),
    )
    id: UUID = Field(description="升级标识 id of the escalation", examples=["0197d0c0-b401-7a02-8b03-0c04d05e0f21"])
    incident_id: UUID = Field(
        description="事件标识 id of the incident", examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"]
    )
    rule_id: UUID = Field(description="规则标识 rule that fired", examples=["0197d0c0-b400-7a02-8b03-0c04d05e0f20"])
    area: AreaCode = Field(
        description="所属区域 grid (15 digits) or village (12) of the incident", examples=["450481114201001"]
    )
    metric: EscalationMetric = Field(
        description="指标 unfiled, unassigned, unaccepted, before_due or overdue", examples=["overdue"]
    )
    level: int = Field(description="级别 1 is the lowest", examples=[2])
    receiver: Code = Field(description="接收岗位 role before which it was brought", examples=["town_officer"])
    status: EscalationStatus = Field(description="状态 fired or acknowledged", examples=["acknowledged"])
    reached_at: datetime = Field(
        description="到点时间 when the time of the rule had run out", examples=["2026-11-24T10:00:00Z"]
    )
    fired_at: datetime = Field(
        description="升级时间 when it was fired, in hours of work", examples=["2026-11-25T00:00:00Z"]
    )
    acknowledged_at: datetime | None = Field(
        default=None,
        description="签收时间 when somebody acknowledged it; null before",
        examples=["2026-11-25T00:20:00Z"],
    )
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原所属区域 where the incident lay before changes of areas, oldest first"
    )


class EscalationFired(Fact[EscalationState]):
    """A rule fired (升级)."""

    type: ClassVar = "grid.escalation.fired"
    example: ClassVar = {"state": {"version": 1, "status": "fired", "acknowledged_at": None}}


class EscalationAcknowledged(Fact[EscalationState]):
    """Somebody before whom it was brought took note of it (签收)."""

    type: ClassVar = "grid.escalation.acknowledged"
    example: ClassVar = {"state": {"version": 2}}


class EscalationTakenBack(Fact[EscalationState]):
    """The acknowledgement was a mistake and was taken back (撤回签收)."""

    type: ClassVar = "grid.escalation.taken_back"
    example: ClassVar = {"state": {"version": 3, "status": "fired", "acknowledged_at": None}}


class EscalationBoundaryChanged(Fact[EscalationState]):
    """The incident's village or grid got another code (区划调整)."""

    type: ClassVar = "grid.escalation.boundary_changed"
    example: ClassVar = {"state": {"version": 3, "former": [{"area": "450481114202001", "until": "2026-11-26"}]}}


class EscalationRestated(Fact[EscalationState]):
    """The escalation is announced again, unchanged."""

    type: ClassVar = "grid.escalation.restated"
    example: ClassVar = {"state": {"version": 2}}
