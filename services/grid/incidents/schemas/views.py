"""What is answered about incidents (事件)."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.grid.dictionaries.domain import Treatment
from services.grid.incidents.domain.codes import DeferralReason, IncidentLevel, LeaveKind, OrderStatus, Source
from services.grid.incidents.domain.lifecycle import Step
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.severity import Severity
from shared.http.schemas import Instant, View


class LeaveView(View):
    """What a unit asks for."""

    kind: LeaveKind = Field(description="申请类型 deferral or suspension", examples=["suspension"])
    reason: DeferralReason = Field(description="理由 code list `incident_deferral_reasons`", examples=["rainy_season"])
    until: date = Field(description="截止日 last day", examples=["2027-03-31"])
    at: Instant = Field(description="申请时间 when it was asked", examples=["2026-11-23T09:00:00+08:00"])


class OrderView(View):
    """An order to an assisting unit."""

    number: int = Field(description="序号 number of the order", examples=[1])
    unit_id: UUID = Field(description="协办单位 id of the unit", examples=["0197d0c0-6304-7d43-8f61-3d7e8f90a1b3"])
    department: str = Field(description="所属部门 department of the unit", examples=["water"])
    status: OrderStatus = Field(description="状态 code list `incident_order_statuses`", examples=["ordered"])
    ordered_at: Instant = Field(description="派单时间 when it was given", examples=["2026-11-22T09:20:00+08:00"])
    taken_at: Instant | None = Field(description="接单时间 when the unit took it; null before", examples=[None])
    ended_at: Instant | None = Field(
        description="结束时间 when it was finished, returned or withdrawn; null before", examples=[None]
    )
    reason: str | None = Field(
        description="结果 with which result it was finished, or why it was returned; null before", examples=[None]
    )


class IncidentView(View):
    """An incident without its free text."""

    id: UUID = Field(description="事件标识 id of the incident", examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"])
    version: int = Field(description="版本 counts the changes of the incident, from 1", examples=[7])
    area: AreaCode = Field(
        description="所属区域 grid (15 digits) or village (12) where it lies", examples=["450481114201001"]
    )
    longitude: float | None = Field(
        description="经度 degrees, WGS 84; null if only an area was named", examples=[111.205]
    )
    latitude: float | None = Field(
        description="纬度 degrees, WGS 84; null if only an area was named", examples=[22.905]
    )
    source: Source = Field(description="来源 code list `incident_sources`", examples=["hotline_12345"])
    category: str = Field(description="事件类别 category of the incident dictionary", examples=["environment"])
    severity: Severity = Field(description="等级 normal, serious or urgent", examples=["normal"])
    treatment: Treatment = Field(description="处置方式 said at filing: `incident_treatments`", examples=["routine"])
    status: IncidentStatus = Field(description="状态 where the incident stands in its lifecycle", examples=["closed"])
    held_level: IncidentLevel = Field(
        description="承办层级 whose office has it: code list `incident_levels`", examples=["grid"]
    )
    held_area: AreaCode = Field(
        description="承办区域 area whose office has it; with `unit_id` whose turn it is", examples=["450481114201001"]
    )
    act_by: Instant | None = Field(
        description="当前时限 until when the next thing is to be done: filing, the end of a leave or "
        "suspension, or the deadline; null once it has ended",
        examples=["2026-11-24T18:00:00+08:00"],
    )
    unplaced: bool = Field(
        description="待定网格 its grid is no more and nothing says where it lies: to be placed", examples=[False]
    )
    unit_id: UUID | None = Field(
        description="处置单位 id of the unit that it was dispatched to; null before, and after a return",
        examples=["0197d0c0-6304-7d43-8f61-3d7e8f90a1b2"],
    )
    dictionary_version: int | None = Field(
        description="字典版本 version of the incident dictionary that set the deadline; null before filing",
        examples=[1],
    )
    reported_at: Instant = Field(description="上报时间 when it was reported", examples=["2026-11-22T09:00:00+08:00"])
    filed_at: Instant | None = Field(
        description="立案时间 when it was filed; null before", examples=["2026-11-22T09:10:00+08:00"]
    )
    dispatched_at: Instant | None = Field(
        description="派遣时间 when it was dispatched to the present unit; null before",
        examples=["2026-11-22T09:20:00+08:00"],
    )
    accepted_at: Instant | None = Field(
        description="接单时间 when the unit accepted it; null before", examples=["2026-11-22T10:00:00+08:00"]
    )
    feedback_at: Instant | None = Field(
        description="反馈时间 when the unit gave feedback; null before, and again after a failed check",
        examples=["2026-11-22T14:00:00+08:00"],
    )
    checked_at: Instant | None = Field(
        description="核查时间 when the result was checked and passed; null before",
        examples=["2026-11-22T15:00:00+08:00"],
    )
    closed_at: Instant | None = Field(
        description="结案时间 when it was closed; null before", examples=["2026-11-22T15:10:00+08:00"]
    )
    due_at: Instant | None = Field(
        description="办理时限 until when it is closed in time, inclusive; null before filing",
        examples=["2026-11-24T18:00:00+08:00"],
    )
    due_provisional: bool = Field(
        description="暂定时限 the deadline rests on a year whose notice is not out; false once it has ended",
        examples=[False],
    )
    deferred: bool = Field(
        description="缓办 it was put off with leave, and is not counted among the due", examples=[False]
    )
    returns: int = Field(description="退单次数 how often a unit sent it back", examples=[0])
    reworks: int = Field(description="返工次数 how often a check failed", examples=[0])
    verified_at: Instant | None = Field(
        description="核实时间 when somebody saw that it is so; null if nobody said", examples=[None]
    )
    handling_at: Instant | None = Field(
        description="到场时间 when the unit began to handle it; null if it did not say", examples=[None]
    )
    deferred_until: Instant | None = Field(
        description="缓办至 until when leave was given; null without leave, or without end", examples=[None]
    )
    suspended_until: Instant | None = Field(
        description="挂起至 until when its clock may stand still; null while it runs", examples=[None]
    )
    leave: LeaveView | None = Field(description="待批申请 what its unit asks for; null if nothing waits for an answer")
    orders: list[OrderView] = Field(description="协办单 orders to assisting units, by number")
    on_spot: bool = Field(description="自处置 whoever found it settled it on the spot", examples=[False])
    reopens: int = Field(description="重新立案次数 how often it was taken up again", examples=[0])
    reopened_at: Instant | None = Field(
        description="重新立案时间 when it was last taken up again; null if it was not", examples=[None]
    )
    merged_into: UUID | None = Field(description="并入事件 id of the incident that goes on for both; null: none")
    duplicates: int = Field(description="并案数 how many others were merged into it", examples=[0])
    urges: int = Field(description="催办次数 how often it was urged", examples=[0])
    supervised_until: Instant | None = Field(
        description="督办期限 by when a level above wants it closed; null: not supervised", examples=[None]
    )


class StepView(View):
    """A line of the history."""

    version: int = Field(description="版本 version of the incident after the step", examples=[5])
    step: Step = Field(description="环节 what was done", examples=["feedback"])
    status: IncidentStatus = Field(description="状态 where the incident stood after the step", examples=["feedback"])
    actor: str | None = Field(
        description="经办人 who did it: the subject of the token; null for a reporter",
        examples=["department-officer-3"],
    )
    at: Instant = Field(description="办理时间 when it was done", examples=["2026-11-22T14:00:00+08:00"])
    reason: str | None = Field(
        description="理由 why or with which result: code of the step's list; a reporter sees a rejection's only",
        examples=["cleaned"],
    )
    unit_id: UUID | None = Field(
        description="处置单位 id of the unit that had it; null before it was dispatched",
        examples=["0197d0c0-6304-7d43-8f61-3d7e8f90a1b2"],
    )
    note: str | None = Field(description="备注 remark in words; null for a reporter", examples=["已清运"])
    photos: list[UUID] = Field(description="照片 ids of its photos; a reporter sees the own ones")
    undoes: int | None = Field(description="撤销的版本 of an undo, the version of the step taken back", examples=[None])


class RequestView(View):
    """What the county's hotline said of the caller. Masked: name and phone number in part, no address."""

    received_at: Instant = Field(
        description="受理时间 when the hotline took the request", examples=["2026-11-22T08:58:00+08:00"]
    )
    caller_name: str | None = Field(description="来电人 the caller's name; null if not given", examples=["示*甲"])
    caller_phone: str | None = Field(
        description="来电号码 the caller's phone number; null if not given", examples=["130****0000"]
    )
    address: str | None = Field(description="事发地址 address in words; null if not given", examples=["****"])
    masked: bool = Field(description="脱敏 whether name, phone number and address are masked", examples=[True])


class ProgressView(View):
    """How an incident fares, as whoever reported another about the same is told."""

    status: IncidentStatus = Field(description="状态 where it stands", examples=["accepted"])
    filed_at: Instant | None = Field(description="立案时间 when it was filed; null before", examples=[None])
    due_at: Instant | None = Field(description="办理时限 until when it is closed in time; null before", examples=[None])
    closed_at: Instant | None = Field(description="结案时间 when it was closed; null before", examples=[None])


class SimilarView(View):
    """An incident that may be about the same."""

    incident: IncidentView = Field(description="事件 the incident")
    metres: int | None = Field(description="距离 metres between both points; null if one has none", examples=[35])


class SimilarIncidents(View):
    """Incidents that may be about the same, the nearest first."""

    items: list[SimilarView] = Field(description="疑似重复事件 at most 50")


class IncidentDetail(View):
    """An incident with its free text and its history, oldest step first."""

    incident: IncidentView = Field(description="事件 the incident")
    description: str | None = Field(description="事件描述 what was found, in words", examples=["路边垃圾无人清运"])
    request: RequestView | None = Field(
        description="诉求 what the county's hotline said of the caller; null if it came through another door, "
        "and for a reporter"
    )
    main: ProgressView | None = Field(
        description="并案进度 how the incident that goes on for it fares; null if it was not merged"
    )
    steps: list[StepView] = Field(description="办理过程 the history, oldest step first")


class IncidentCountsView(View):
    """How many the list with the same filter shows. The overdue ones are counted by status as well."""

    count: int = Field(description="数量 how many in all", examples=[12])
    overdue: int = Field(description="超期 how many of them are open past their deadline", examples=[2])
    by_status: dict[str, int] = Field(
        description="按状态 how many in each status", examples=[{"reported": 3, "filed": 4, "closed": 5}]
    )
