"""Bodies of incidents."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.grid.grids.schemas import PointBody
from services.grid.incidents.domain import Severity, Source
from services.grid.incidents.models import Incident
from services.grid.incidents.service.incidents import NewIncident, Remark
from services.grid.incidents.service.records import IncidentCounts, IncidentRecord
from shared.contracts.envelope import AreaCode, Code
from shared.contracts.grid.incidents import IncidentStatus
from shared.http.schemas import Body, Instant, View

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class ReportIncident(Body):
    """An incident at a point that lies in a grid, in an area (village or grid), or both. Free text is encrypted."""

    source: Source = Field(description="来源 where it came from")
    category: Annotated[Code, Field(examples=["environment"])] = Field(description="分类 category")
    severity: Severity = Field(default=Severity.NORMAL, description="严重程度 severity")
    point: PointBody | None = Field(default=None, description="位置 a point in WGS 84")
    area: Annotated[AreaCode | None, Field(examples=["450481100201"])] = Field(
        default=None, description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid"
    )
    description: FreeText | None = Field(default=None, description="描述 description", examples=["示例描述"])

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.point is None and self.area is None:
            raise PydanticCustomError("place_missing", "须给出位置或所属区域")
        return self

    def content(self) -> NewIncident:
        point = None if self.point is None else self.point.point()
        return NewIncident(self.source, self.category, self.severity, self.area, point, self.description)


class RemarkIncident(Body):
    """A step that needs no reason."""

    reason: Annotated[Code | None, Field(examples=["verified"])] = Field(default=None, description="理由 why")
    note: FreeText | None = Field(default=None, description="备注 a remark", examples=["示例备注"])

    def remark(self) -> Remark:
        return Remark(self.reason, self.note)


class ReasonIncident(Body):
    """A step that needs a reason or a result, as a code."""

    reason: Annotated[Code, Field(examples=["not_responsible"])] = Field(description="理由 why")
    note: FreeText | None = Field(default=None, description="备注 a remark", examples=["示例备注"])

    def remark(self) -> Remark:
        return Remark(self.reason, self.note)


class DispatchIncident(RemarkIncident):
    """The unit that shall deal with it."""

    unit_id: UUID = Field(description="处置单位 id of the unit")


class CheckIncident(RemarkIncident):
    """Whether it is done. If not, the unit handles it again."""

    passed: bool = Field(description="核查通过 false sends it back to the unit")


class IncidentView(View):
    """An incident without its free text. `area` is a grid (15 digits) or a village (12)."""

    id: UUID = Field(description="标识 identifier")
    version: int = Field(description="版本 counts the changes of this object, from 1")
    area: AreaCode = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid", examples=["450481114201"]
    )
    longitude: float | None = Field(description="经度 degrees, WGS 84")
    latitude: float | None = Field(description="纬度 degrees, WGS 84")
    source: str = Field(description="来源 where it came from", examples=["patrol"])
    category: str = Field(description="分类 category", examples=["environment"])
    severity: str = Field(description="严重程度 severity", examples=["normal"])
    status: IncidentStatus = Field(description="状态 where it stands in its lifecycle")
    unit_id: UUID | None = Field(description="处置单位 id of the unit")
    dictionary_version: int | None = Field(description="字典版本 version of the incident dictionary")
    reported_on: Instant = Field(description="上报时间 when it was reported")
    filed_on: Instant | None = Field(description="立案时间 when it was filed")
    dispatched_on: Instant | None = Field(description="派遣时间 when it was dispatched to a unit")
    accepted_on: Instant | None = Field(description="受理时间 when it was accepted")
    feedback_on: Instant | None = Field(description="反馈时间 when the unit gave feedback")
    checked_on: Instant | None = Field(description="核查时间 when the result was checked")
    closed_on: Instant | None = Field(description="结案时间 when it was closed")
    due_on: Instant | None = Field(description="时限 when it is due")
    due_provisional: bool = Field(
        description="暂定时限 the due date lies beyond the calendar's data and may still move"
    )
    returns: int = Field(description="退单次数 how often a unit sent it back")
    reworks: int = Field(description="返工次数 how often a check failed")

    @classmethod
    def of(cls, incident: Incident) -> Self:
        return cls.model_validate(incident)


class StepView(View):
    """One line of the history."""

    version: int = Field(description="版本 counts the changes of this object, from 1")
    step: str = Field(description="环节 step of the lifecycle", examples=["receive"])
    status: IncidentStatus = Field(description="状态 where it stands in its lifecycle")
    actor: str = Field(description="经办人 who did it: the subject of the token", examples=["village-clerk-7"])
    at: Instant = Field(description="时间 when")
    reason: str | None = Field(description="理由 why", examples=["示例理由"])
    unit_id: UUID | None = Field(description="处置单位 id of the unit")
    note: str | None = Field(description="备注 a remark", examples=["示例备注"])


class RequestView(View):
    """What the county's hotline told of the caller. `masked`: names and numbers are hidden, the address whole."""

    received_on: Instant = Field(description="收件时间 when it was received")
    caller_name: str | None = Field(description="来电人 the caller's name")
    caller_phone: str | None = Field(description="来电号码 the caller's phone number")
    address: str | None = Field(description="地址 address in words", examples=["三堡镇示例路1号"])
    masked: bool = Field(description="脱敏 true where name and number are shown in part only")


class IncidentDetail(View):
    """An incident with its free text and its history, oldest step first. `request`: where a hotline sent it in."""

    incident: IncidentView = Field(description="事件 the incident itself")
    description: str | None = Field(description="描述 description", examples=["示例描述"])
    request: RequestView | None = Field(
        description="来件 the county's request that it was made of; null where it was not"
    )
    steps: list[StepView] = Field(description="办理过程 every step so far")

    @classmethod
    def of(cls, record: IncidentRecord) -> Self:
        return cls(
            incident=IncidentView.of(record.incident),
            description=record.description,
            request=None if record.request is None else RequestView.model_validate(record.request),
            steps=[
                StepView(
                    version=step.version,
                    step=step.step,
                    status=IncidentStatus(step.status),
                    actor=step.actor,
                    at=step.at,
                    reason=step.reason,
                    unit_id=step.unit_id,
                    note=note,
                )
                for step, note in record.steps
            ],
        )


class IncidentCountsView(View):
    """How many the list with the same filter shows. The overdue ones are counted by status as well."""

    total: int = Field(description="总数 how many in all; null while nobody knows")
    overdue: int = Field(description="超期 past its deadline")
    by_status: dict[str, int] = Field(description="按状态 how many in each status")

    @classmethod
    def of(cls, counts: IncidentCounts) -> Self:
        return cls.model_validate(counts)
