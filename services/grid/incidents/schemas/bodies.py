"""Bodies of incidents (事件) that come in."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.grid.dictionaries.domain import Treatment
from services.grid.grids.schemas.grids import PointBody
from services.grid.incidents.domain.codes import (
    DeferralReason,
    FilingGround,
    HandlingResult,
    IncidentLevel,
    IncidentUndoReason,
    LeaveKind,
    LeaveRefusal,
    RejectionReason,
    ReopenReason,
    ReturnReason,
    ReworkReason,
    Source,
    TransferReason,
)
from services.grid.incidents.service.photos import MOST_PHOTOS
from services.grid.incidents.service.remarks import Remark
from services.grid.incidents.service.reporting import NewIncident
from shared.contracts.envelope import AreaCode
from shared.contracts.severity import Severity
from shared.http.schemas import Body, CodeWord, Day, EachOnce

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Photos = Annotated[
    tuple[UUID, ...],
    Field(
        max_length=MOST_PHOTOS,
        description="照片 ids of pictures handed in by `uploadFile`; they are read through the incident",
        examples=[[]],
    ),
    EachOnce,
]
UnitId = Annotated[
    UUID, Field(description="处置单位 id of the unit", examples=["0197d0c0-6304-7d43-8f61-3d7e8f90a1b2"])
]


class ReportIncident(Body):
    """An incident at a point that lies in a grid, in an area (village or grid), or both. Free text is encrypted."""

    source: Source = Field(
        description="来源 code list `incident_sources`; residents report as `resident`",
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
    photos: Photos = ()

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
            photos=self.photos,
        )


class RemarkIncident(Body):
    """A step that has no reason, and may have a remark and photos."""

    note: FreeText | None = Field(default=None, description="备注 remark in words; encrypted", examples=["已现场核实"])
    photos: Photos = ()

    def remark(self) -> Remark:
        return Remark(note=self.note, photos=self.photos)


class ReasonedIncident(Body):
    """A step with a reason, a remark and photos; `other` needs a remark."""

    note: FreeText | None = Field(
        default=None, description="备注 in words, encrypted; needed with `other`", examples=["汛期过后施工"]
    )
    photos: Photos = ()


class FileIncident(RemarkIncident):
    """What it is filed upon, if anybody says it, and how it has to be treated."""

    treatment: Treatment = Field(default=Treatment.ROUTINE, description="处置方式 `incident_treatments`")
    reason: FilingGround | None = Field(
        default=None,
        description="立案依据 what it is filed upon: code list `incident_filing_grounds`",
        examples=["verified"],
    )

    def remark(self) -> Remark:
        return Remark(self.reason, self.note, self.photos)


class RejectIncident(ReasonedIncident):
    """Why it is not filed."""

    reason: RejectionReason = Field(
        description="不予立案理由 why it is not filed: code list `incident_rejection_reasons`",
        examples=["nothing_there"],
    )

    def remark(self) -> Remark:
        return Remark(self.reason, self.note, self.photos)


class ReturnIncident(ReasonedIncident):
    """Why the unit sends it back."""

    reason: ReturnReason = Field(
        description="退单理由 why it is sent back: code list `incident_return_reasons`", examples=["not_responsible"]
    )

    def remark(self) -> Remark:
        return Remark(self.reason, self.note, self.photos)


class DeferIncident(ReasonedIncident):
    """Why it may be handled later, and until when."""

    reason: DeferralReason = Field(
        description="缓办理由 why it may be handled later: code list `incident_deferral_reasons`",
        examples=["rainy_season"],
    )
    until: Day | None = Field(
        default=None,
        description="缓办至 last day of the leave, after the deadline; null: no end",
        examples=["2027-03-31"],
    )

    def remark(self) -> Remark:
        return Remark(self.reason, self.note, self.photos)


class SuspendIncident(ReasonedIncident):
    """Why its clock shall stand still, and until when at the latest."""

    reason: DeferralReason = Field(
        description="挂起理由 why: code list `incident_deferral_reasons`", examples=["approval_pending"]
    )
    until: Day = Field(description="挂起至 last day, within a year", examples=["2027-03-31"])

    def remark(self) -> Remark:
        return Remark(self.reason, self.note, self.photos)


class AskLeave(SuspendIncident):
    """What the unit asks for, why, and until when."""

    kind: LeaveKind = Field(description="申请类型 deferral (缓办) or suspension (挂起)", examples=["suspension"])


class RefuseLeave(ReasonedIncident):
    """Why leave is refused."""

    reason: LeaveRefusal = Field(
        description="不同意理由 why: code list `incident_leave_refusals`", examples=["can_be_done"]
    )

    def remark(self) -> Remark:
        return Remark(self.reason, self.note, self.photos)


class FeedbackIncident(ReasonedIncident):
    """The unit's feedback."""

    reason: HandlingResult = Field(
        description="处置结果 with which result it was handled: code list `incident_results`", examples=["cleaned"]
    )

    def remark(self) -> Remark:
        return Remark(self.reason, self.note, self.photos)


class DispatchIncident(RemarkIncident):
    """The unit that shall handle it."""

    unit_id: UnitId


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
    photos: Photos = ()

    def remark(self) -> Remark:
        return Remark(self.reason, self.note, self.photos)


class ReopenIncident(ReasonedIncident):
    """Why it is taken up again."""

    reason: ReopenReason = Field(
        description="重新立案理由 why: code list `incident_reopen_reasons`", examples=["came_back"]
    )

    def remark(self) -> Remark:
        return Remark(self.reason, self.note, self.photos)


class TransferIncident(ReasonedIncident):
    """Which level's office shall have it, and why."""

    level: IncidentLevel = Field(
        description="承办层级 grid, village, town or county: code list `incident_levels`", examples=["town"]
    )
    reason: TransferReason = Field(
        description="理由 why: code list `incident_transfer_reasons`", examples=["beyond_authority"]
    )

    def remark(self) -> Remark:
        return Remark(self.reason, self.note, self.photos)


class PlaceIncident(RemarkIncident):
    """Where it lies."""

    area: AreaCode = Field(
        description="所属区域 village (12 digits) or open grid (15) in which it lies", examples=["450481114201002"]
    )


class MergeIncident(RemarkIncident):
    """The incident that goes on for both."""

    into: UUID = Field(
        description="并入事件 id of the incident that goes on", examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90b2"]
    )


class SuperviseIncident(RemarkIncident):
    """Until when the level above wants it closed."""

    until: Day = Field(description="督办期限 last day, within a year", examples=["2026-12-04"])


class UndoIncident(RemarkIncident):
    """Why the last step is taken back."""

    reason: IncidentUndoReason = Field(
        description="撤销理由 code list `incident_undo_reasons`", examples=["wrong_entry"]
    )
