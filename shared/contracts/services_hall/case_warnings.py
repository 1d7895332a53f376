"""办件预警: a limit of a case comes near or is over, by a rule of the county; told to one receiver, once."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class WarningMetric(NamedCode):
    """What is measured against the threshold."""

    LIMIT = "limit", "办理时限"
    STEP = "step", "环节时限"
    DELIVERY = "delivery", "送达时限"
    TELLING = "telling", "一次性告知时限"
    SUPPLY = "supply", "补正期限"
    PROMISE = "promise", "容缺补交期限"
    RECTIFICATION = "rectification", "差评整改期限"


class WarningColour(NamedCode):
    """Colour of a warning: places disagree whether yellow means soon or over, so the rule says."""

    BLUE = "blue", "蓝色"
    YELLOW = "yellow", "黄色"
    ORANGE = "orange", "橙色"
    RED = "red", "红色"


class WarningReceiver(NamedCode):
    """To whom a warning goes."""

    HOLDER = "holder", "在办单位"
    COUNTER = "counter", "受理窗口"
    DEPARTMENT = "department", "县级主管部门"
    SUPERVISOR = "supervisor", "县级督办"


class WarningStatus(NamedCode):
    """Where a warning stands."""

    RAISED = "raised", "待签阅"
    ACKNOWLEDGED = "acknowledged", "已签阅"


class CaseWarningState(State):
    """A warning (预警). `area` and `department`: of its receiver; no department: whoever supervises the county."""

    noun: ClassVar = "services_hall.case_warning"
    channel: ClassVar = Topic(
        noun,
        "services_hall.case_warnings",
        tells=(
            "哪一办件（按标识）何时因哪项时限被预警、由谁接收",
            "which case (by id) was warned about, when, for which limit, and who was told",
        ),
    )
    id: UUID = Field(description="预警标识 id of the warning", examples=["0197d0c0-6301-7b21-8d4f-1b5c6d7e8f90"])
    case_id: UUID = Field(description="办件标识 id of the case", examples=["0197d0c0-6102-7b21-8d4f-1b5c6d7e8f90"])
    rule_id: UUID = Field(description="规则标识 id of the rule", examples=["0197d0c0-6302-7b21-8d4f-1b5c6d7e8f90"])
    metric: WarningMetric = Field(description="预警指标 which limit", examples=["limit"])
    level: int = Field(description="级别 from 1, the gravest last", examples=[1])
    colour: WarningColour = Field(description="颜色 as the rule says", examples=["yellow"])
    receiver: WarningReceiver = Field(description="接收方 to whom it went", examples=["holder"])
    area: AreaCode = Field(description="接收地 area of the receiver", examples=["450481114"])
    department: Code | None = Field(description="接收部门 department of the receiver", examples=["civil_affairs"])
    due_on: date = Field(description="到期日 end of the limit when it was raised", examples=["2026-11-10"])
    status: WarningStatus = Field(description="状态 raised or acknowledged", examples=["raised"])
    raised_at: datetime = Field(description="预警时间 when it was raised", examples=["2026-11-09T00:10:00Z"])
    acknowledged_at: datetime | None = Field(default=None, description="签阅时间 when somebody took note of it")


class CaseWarningRaised(Fact[CaseWarningState]):
    """A limit comes near, or is over (预警)."""

    type: ClassVar = "services_hall.case_warning.raised"
    example: ClassVar = {"state": {"version": 1}}


class CaseWarningAcknowledged(Fact[CaseWarningState]):
    """The receiver took note of it (签阅)."""

    type: ClassVar = "services_hall.case_warning.acknowledged"
    example: ClassVar = {"state": {"version": 2, "status": "acknowledged", "acknowledged_at": "2026-11-09T01:00:00Z"}}


class CaseWarningReopened(Fact[CaseWarningState]):
    """Taking note was taken back (撤销签阅)."""

    type: ClassVar = "services_hall.case_warning.reopened"
    example: ClassVar = {"state": {"version": 3}}


class CaseWarningBoundaryChanged(Fact[CaseWarningState]):
    """The area of its receiver got another code (区划调整): who carries on there has it."""

    type: ClassVar = "services_hall.case_warning.boundary_changed"
    example: ClassVar = {"state": {"version": 2, "area": "450481114"}}


class CaseWarningRestated(Fact[CaseWarningState]):
    """The same version again, on request."""

    type: ClassVar = "services_hall.case_warning.restated"
    example: ClassVar = {"state": {"version": 1}}
