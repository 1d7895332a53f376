"""Bodies of erasing in cases (办件个人信息清除)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.services_hall.case_erasures.domain import (
    CaseErasureGround,
    CaseErasureOutcome,
    CaseErasureRefusal,
    CaseErasureRow,
    CaseErasureStatus,
    CaseHold,
    DueEntry,
)
from services.services_hall.case_erasures.service.runs import DueReport, ShownErasure
from services.services_hall.retentions.domain import CaseRetentionKind
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, Instant, View
from shared.reference.areas import VILLAGE_DIGITS
from shared.reference.documents import DocumentType


class ErasureDocument(Body):
    """By what somebody who wishes it is found: the document that was shown. It is not stored."""

    type: DocumentType = Field(description="证件类型 type of the document", examples=["citizen_id"])
    number: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        description="证件号码 number of the document, however it is written", examples=["45048119900307019X"]
    )


class RequestCaseErasure(Body):
    """What is due in an area, or what is kept there of one person who wishes it, is to be erased."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"area": "450481114201", "document": {"type": "citizen_id", "number": "45048119900307019X"}}]
        }
    )

    area: AreaCode = Field(
        max_length=VILLAGE_DIGITS, description="区划代码 area of the counters", examples=["450481114201"]
    )
    kind: CaseRetentionKind | None = Field(
        default=None,
        description="起算事由 only what ended so: code list `case_retention_kinds`; null: all",
        examples=["withdrawn"],
    )
    document: ErasureDocument | None = Field(
        default=None, description="本人证件 of who wishes it, of whatever year; null: what is due by term"
    )

    def wished(self) -> tuple[DocumentType, str] | None:
        return None if self.document is None else (self.document.type, self.document.number)


class RefuseCaseErasure(Body):
    """Why nothing is erased."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "dispute"}]})

    reason: CaseErasureRefusal = Field(
        description="不予清除原因 code list `case_erasure_refusals`", examples=["dispute"]
    )


class CaseDueCountView(View):
    """How many entries of a kind are due."""

    kind: CaseRetentionKind = Field(description="起算事由 how the cases ended")
    years: int = Field(description="保存年数 by the rule of the day", examples=[2])
    due: int = Field(description="期满人次 of how many persons in cases the years are over")
    held: int = Field(description="其中有未了事项 of which something is open: not erased for now")


class CaseDueReportView(View):
    """Dry run: what is due today, by kind. Nothing was erased."""

    on: date = Field(description="截面日 day whose rules were taken")
    due: int = Field(description="期满人次 how many in all")
    items: list[CaseDueCountView] = Field(description="分事由 by kind")

    @classmethod
    def of(cls, report: DueReport) -> Self:
        items = [CaseDueCountView.model_validate(one) for one in report.counts]
        return cls(on=report.on, due=sum(one.due for one in items), items=items)


class CaseDueEntryView(View):
    """Somebody in a case of whom the years are over."""

    holder: UUID = Field(description="当事人标识 the case of an applicant, else the party in it")
    case_id: UUID = Field(description="办件标识 id of the case")
    kind: CaseRetentionKind = Field(description="起算事由 how the case ended")
    area: str = Field(description="受理地 area of the counter", examples=["450481114201"])
    ended_on: date = Field(description="终止日 when the case ended")
    kept_until: date = Field(description="保存至 first day on which it may be erased")
    held_by: CaseHold | None = Field(description="未了事项 code list `case_holds`; null: nothing")

    @classmethod
    def of(cls, one: DueEntry) -> Self:
        return cls.model_validate(one)


class CaseDueCount(View):
    """Length of the list."""

    count: int = Field(description="数量 how many the list has in all")


class CaseErasureView(View):
    """A run: whose area, why, who asked, who decided, and what became of its entries."""

    id: UUID = Field(description="批次标识 id of the run")
    version: int = Field(description="版本 grows with every step")
    status: CaseErasureStatus = Field(description="状态 code list `case_erasure_statuses`")
    ground: CaseErasureGround = Field(description="清除依据 code list `case_erasure_grounds`")
    area: str = Field(description="区划代码 area of the counters", examples=["450481114201"])
    kind: CaseRetentionKind | None = Field(description="起算事由 null: all")
    requested_by: str = Field(description="申请人 subject of the token", examples=["clerk-7"])
    requested_at: Instant = Field(description="申请时间 when it was asked for")
    decided_by: str | None = Field(description="决定人 subject of the token; null while it waits")
    decided_at: Instant | None = Field(description="决定时间 when it was decided; null while it waits")
    refusal: CaseErasureRefusal | None = Field(description="不予清除原因 why nothing is erased; null if it is")
    outcomes: dict[str, int] = Field(
        description="结果 how many entries became what; `waiting`: of which nothing was done",
        examples=[{"erased": 12, "held": 1}],
    )

    @classmethod
    def of(cls, shown: ShownErasure) -> Self:
        one = shown.record
        named = {name: getattr(one, name) for name in cls.model_fields if hasattr(one, name)}
        return cls(outcomes=dict(shown.outcomes), **named)


class CaseErasureRowView(View):
    """An entry of a run, and what became of it."""

    holder: UUID = Field(description="当事人标识 the case of an applicant, else the party in it")
    case_id: UUID = Field(description="办件标识 id of the case")
    kind: CaseRetentionKind = Field(description="起算事由 how the case ended")
    kept_until: date = Field(description="保存至 first day on which it may be erased by term, when it was asked for")
    outcome: CaseErasureOutcome | None = Field(description="结果 code list `case_erasure_outcomes`; null: nothing yet")

    @classmethod
    def of(cls, one: CaseErasureRow) -> Self:
        return cls.model_validate(one)
