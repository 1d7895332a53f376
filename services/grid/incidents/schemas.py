"""Bodies of incidents (事件)."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.grid.dictionaries.domain import Treatment
from services.grid.grids.schemas.grids import PointBody
from services.grid.incidents.domain import (
    DeferralReason,
    FilingGround,
    HandlingResult,
    RejectionReason,
    ReturnReason,
    ReworkReason,
    Source,
    Step,
)
from services.grid.incidents.service.history import Remark
from services.grid.incidents.service.reporting import NewIncident
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.severity import Severity
from shared.http.schemas import Body, CodeWord, Instant, View

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class ReportIncident(Body):
    """An incident at a point that lies in a grid, in an area (village or grid), or both. Free text is encrypted."""

    source: Source = Field(
        description="来源 patrol (巡查), resident (居民), hotline_12345, superior (上级) or media (媒体)",
        examples=["patrol"],
    )
    category: CodeWord = Field(
        description="事件类别 category of the dictionary in force: GET /grid/v1/incident-dictionary",
        examples=["environment"],
    )
    severity: Severity = Field(
        default=Severity.NORMAL,
        description="等级 normal (一般), serious (严重) or urgent (紧急)",
        examples=["normal"],
    )
    point: PointBody | None = Field(default=None, description="位置 where it is; may be left out if `area` is given")
    area: AreaCode | None = Field(
        default=None,
        description="所属区域 village (12 digits) or grid (15); used if no grid holds the point",
        examples=["450481114201"],
    )
    description: FreeText | None = Field(
        default=None, description="事件描述 what was found, in words", examples=["路边垃圾无人清运"]
    )

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.point is None and self.area is None:
            raise PydanticCustomError("place_missing", "须给出位置或所属区域")
        return self

    def content(self) -> NewIncident:
        return NewIncident(
            source=self.source,
            category=self.category,
            severity=self.severity,
            area=self.area,
            point=None if self.point is None else self.point.content(),
            description=self.description,
        )


class RemarkIncident(Body):
    """A step that has no reason, and may have a remark."""

    note: FreeText | None = Field(default=None, description="备注 remark in words; encrypted", examples=["已现场核实"])

    def remark(self) -> Remark:
        return Remark(note=self.note)


class FileIncident(Body):
    """What it is filed upon, if anybody says it, and how it has to be treated."""

    treatment: Treatment = Field(default=Treatment.ROUTINE, description="处置方式 `incident_treatments`")
    reason: FilingGround | None = Field(
        default=None,
        description="立案依据 what it is filed upon: code list `incident_filing_grounds`",
        examples=["verified"],
    )
    note: FreeText | None = Field(default=None, description="备注 remark in words; encrypted", examples=["已现场核实"])

    def remark(self) -> Remark:
        return Remark(reason=self.reason, note=self.note)


class RejectIncident(Body):
    """Why it is not filed."""

    reason: RejectionReason = Field(
        description="不予立案理由 why it is not filed: code list `incident_rejection_reasons`",
        examples=["nothing_there"],
    )
    note: FreeText | None = Field(
        default=None, description="备注 in words, encrypted; needed with `other`", examples=["到场未见垃圾堆放"]
    )

    def remark(self) -> Remark:
        return Remark(reason=self.reason, note=self.note)


class ReturnIncident(Body):
    """Why the unit sends it back."""

    reason: ReturnReason = Field(
        description="退单理由 why it is sent back: code list `incident_return_reasons`", examples=["not_responsible"]
    )
    note: FreeText | None = Field(
        default=None, description="备注 in words, encrypted; needed with `other`", examples=["不属本部门职责"]
    )

    def remark(self) -> Remark:
        return Remark(reason=self.reason, note=self.note)


class DeferIncident(Body):
    """Why it may be handled later."""

    reason: DeferralReason = Field(
        description="缓办理由 why it may be handled later: code list `incident_deferral_reasons`",
        examples=["rainy_season"],
    )
    note: FreeText | None = Field(
        default=None, description="备注 in words, encrypted; needed with `other`", examples=["汛期过后施工"]
    )

    def remark(self) -> Remark:
        return Remark(reason=self.reason, note=self.note)


class FeedbackIncident(Body):
    """The unit's feedback."""

    reason: HandlingResult = Field(
        description="处置结果 with which result it was handled: code list `incident_results`", examples=["cleaned"]
    )
    note: FreeText | None = Field(
        default=None, description="备注 in words, encrypted; needed with `other`", examples=["已清运"]
    )

    def remark(self) -> Remark:
        return Remark(reason=self.reason, note=self.note)


class DispatchIncident(RemarkIncident):
    """The unit that shall handle it."""

    unit_id: UUID = Field(
        description="处置单位 id of the unit that shall handle it", examples=["0197d0c0-6304-7d43-8f61-3d7e8f90a1b2"]
    )


class CheckIncident(Body):
    """Whether it is done. If not, the unit handles it again, for a reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"passed": True}]})
    passed: bool = Field(description="核查通过 false sends it back to the unit", examples=[False])
    reason: ReworkReason | None = Field(
        default=None,
        description="核查不通过理由 why it did not pass: code list `incident_rework_reasons`; only and always then",
        examples=["still_dirty"],
    )
    note: FreeText | None = Field(
        default=None, description="备注 in words, encrypted; needed with `other`", examples=["路边仍有垃圾"]
    )

    def remark(self) -> Remark:
        return Remark(reason=self.reason, note=self.note)


class IncidentView(View):
    """An incident without its free text."""

    id: UUID = Field(description="事件标识 id of the incident", examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"])
    version: int = Field(description="版本 counts the changes of the incident, from 1", examples=[7])
    area: AreaCode = Field(
        description="所属区域 grid (15 digits) or village (12) where it lies", examples=["450481114201001"]
    )
    longitude: float | None = Field(description="经度 WGS 84; null if only an area was named", examples=[111.205])
    latitude: float | None = Field(description="纬度 WGS 84; null if only an area was named", examples=[22.905])
    source: Source = Field(
        description="来源 patrol, resident, hotline_12345, superior or media", examples=["hotline_12345"]
    )
    category: str = Field(description="事件类别 category of the incident dictionary", examples=["environment"])
    severity: Severity = Field(description="等级 normal, serious or urgent", examples=["normal"])
    treatment: Treatment = Field(description="处置方式 said at filing: `incident_treatments`", examples=["routine"])
    status: IncidentStatus = Field(description="状态 where the incident stands in its lifecycle", examples=["closed"])
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


class IncidentDetail(View):
    """An incident with its free text and its history, oldest step first."""

    incident: IncidentView = Field(description="事件 the incident")
    description: str | None = Field(description="事件描述 what was found, in words", examples=["路边垃圾无人清运"])
    request: RequestView | None = Field(
        description="诉求 what the county's hotline said of the caller; null if it came through another door, "
        "and for a reporter"
    )
    steps: list[StepView] = Field(description="办理过程 the history, oldest step first")


class IncidentCountsView(View):
    """How many the list with the same filter shows. The overdue ones are counted by status as well."""

    count: int = Field(description="数量 how many in all", examples=[12])
    overdue: int = Field(description="超期 how many of them are open past their deadline", examples=[2])
    by_status: dict[str, int] = Field(
        description="按状态 how many in each status", examples=[{"reported": 3, "filed": 4, "closed": 5}]
    )
