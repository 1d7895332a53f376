"""Bodies of public reports (随手拍)."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.grid.grids.schemas.grids import PointBody
from services.grid.incidents.domain.codes import FilingGround
from services.grid.public_reports.domain import PublicDismissal
from services.grid.public_reports.service.deciding import PublicReportRecord
from services.grid.public_reports.service.receiving import NewPublicReport, Progress, Receipt
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.public_reports import PublicReportStatus
from shared.contracts.severity import Severity
from shared.http.schemas import Body, CodeWord, Instant, View
from shared.reference.phones import MAX_PHONE, MESSAGE, clean_phone

Words = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]
ProgressCode = Annotated[str, StringConstraints(min_length=1, max_length=60)]


def _phone(text: str) -> str:
    phone = clean_phone(text)
    if phone is None:
        raise PydanticCustomError("phone", MESSAGE)
    return phone


class ReportInPublic(Body):
    """What somebody saw, at a point that lies in a grid, in an area (village or grid), or both. Words are encrypted."""

    category: CodeWord = Field(
        description="事件类别 category of the dictionary in force: GET /grid/v1/incident-dictionary",
        examples=["environment"],
    )
    point: PointBody | None = Field(default=None, description="位置 where it is; may be left out if `area` is given")
    area: AreaCode | None = Field(
        default=None,
        description="所属区域 village (12 digits) or grid (15); used if no grid holds the point",
        examples=["450481114201"],
    )
    description: Words | None = Field(
        default=None, description="情况描述 what was seen, in words", examples=["路边垃圾无人清运"]
    )
    phone: Annotated[str, StringConstraints(max_length=MAX_PHONE), AfterValidator(_phone)] | None = Field(
        default=None, description="联系电话 only if you want to be called; encrypted", examples=["13000000000"]
    )

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.point is None and self.area is None:
            raise PydanticCustomError("place_missing", "须给出位置或所属区域")
        return self

    def content(self) -> NewPublicReport:
        point = None if self.point is None else self.point.content()
        return NewPublicReport(self.category, self.area, point, self.description, self.phone)


class AskProgress(Body):
    """The progress code, however it is typed."""

    progress_code: ProgressCode = Field(
        description="查询码 as it was shown after reporting; small letters, blanks and hyphens do not matter",
        examples=["7K3M-9QTX-2HNB-W6VD"],
    )


class FilePublicReport(Body):
    """How serious it is, and upon what it is filed."""

    severity: Severity = Field(
        default=Severity.NORMAL, description="等级 normal, serious or urgent", examples=["normal"]
    )
    reason: FilingGround | None = Field(
        default=None, description="立案依据 code list `incident_filing_grounds`", examples=["verified"]
    )


class JoinPublicReport(Body):
    """The incident that it is about."""

    incident_id: UUID = Field(
        description="事件标识 id of the open incident of the same village",
        examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"],
    )


class DismissPublicReport(Body):
    """Why it is not taken up."""

    reason: PublicDismissal = Field(
        description="不予受理理由 code list `public_report_dismissals`", examples=["nothing_there"]
    )
    note: Words | None = Field(
        default=None, description="备注 in words, encrypted; needed with `other`", examples=["已到现场查看"]
    )


class PublicReceiptView(View):
    """What somebody who reported is told, once: the code is kept nowhere."""

    progress_code: str = Field(
        description="查询码 by which the report is followed; keep it, it cannot be found again",
        examples=["7K3M-9QTX-2HNB-W6VD"],
    )
    reported_at: Instant = Field(description="上报时间 when it was received", examples=["2026-11-22T09:00:00+08:00"])
    similar: int = Field(
        description="疑似重复 how many open incidents of this kind are known near it in place and time", examples=[0]
    )

    @classmethod
    def of(cls, receipt: Receipt) -> Self:
        return cls(progress_code=receipt.progress_code, reported_at=receipt.report.reported_at, similar=receipt.similar)


class PublicProgressView(View):
    """How a report fares. Nobody is named, and no words are repeated."""

    status: PublicReportStatus = Field(description="状态 where the report stands", examples=["filed"])
    reported_at: Instant = Field(description="上报时间 when it was received", examples=["2026-11-22T09:00:00+08:00"])
    decided_at: Instant | None = Field(
        description="审核时间 when it was filed, joined, dismissed or withdrawn; null before", examples=[None]
    )
    reason: PublicDismissal | None = Field(
        description="不予受理理由 code list `public_report_dismissals`; null unless dismissed", examples=[None]
    )
    incident_status: IncidentStatus | None = Field(
        description="事件状态 where the incident stands that goes on for it; null without one", examples=["accepted"]
    )
    due_at: Instant | None = Field(description="办理时限 until when it is closed in time; null before", examples=[None])
    closed_at: Instant | None = Field(description="结案时间 when it was closed; null before", examples=[None])

    @classmethod
    def of(cls, progress: Progress) -> Self:
        report, incident = progress.report, progress.incident
        return cls(
            status=PublicReportStatus(report.status),
            reported_at=report.reported_at,
            decided_at=report.decided_at,
            reason=None if report.reason is None else PublicDismissal(report.reason),
            incident_status=None if incident is None else IncidentStatus(incident.status),
            due_at=None if incident is None else incident.due_at,
            closed_at=None if incident is None else incident.closed_at,
        )


class PublicReportView(View):
    """A report without its words."""

    id: UUID = Field(description="随手拍标识 id of the report", examples=["0197d0c0-b601-7b02-8c03-0d04e05f0a41"])
    version: int = Field(description="版本 counts the changes of the report, from 1", examples=[1])
    area: AreaCode = Field(description="所属区域 grid or village where it lies", examples=["450481114201001"])
    longitude: float | None = Field(description="经度 degrees, WGS 84; null without a point", examples=[111.205])
    latitude: float | None = Field(description="纬度 degrees, WGS 84; null without a point", examples=[22.905])
    category: str = Field(description="事件类别 category of the incident dictionary", examples=["environment"])
    status: PublicReportStatus = Field(description="状态 where the report stands", examples=["held"])
    reported_at: Instant = Field(description="上报时间 when it was received", examples=["2026-11-22T09:00:00+08:00"])
    decided_at: Instant | None = Field(description="审核时间 when it was decided; null before", examples=[None])
    reason: PublicDismissal | None = Field(
        description="不予受理理由 code list `public_report_dismissals`; null unless dismissed", examples=[None]
    )
    incident_id: UUID | None = Field(
        description="事件标识 id of the incident that it was filed as or joined to; null otherwise", examples=[None]
    )


class PublicReportDetail(View):
    """A report with its words. Whoever calls back reads the number in the incident, for a purpose and on record."""

    report: PublicReportView = Field(description="随手拍 the report")
    description: str | None = Field(description="情况描述 what was seen, in words", examples=["路边垃圾无人清运"])
    phone: str | None = Field(description="联系电话 masked; null if none was left", examples=["130****0000"])
    note: str | None = Field(description="审核备注 in words; null if there is none", examples=[None])

    @classmethod
    def of(cls, record: PublicReportRecord) -> Self:
        return cls(
            report=PublicReportView.model_validate(record.report),
            description=record.description,
            phone=record.phone,
            note=record.note,
        )


class PublicReportCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[3])
