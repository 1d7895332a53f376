"""Bodies of cases (办件)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.services_hall.cases.domain import DenialReason, RefusalReason
from services.services_hall.cases.service.reads import CaseDetail
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.cases import CaseStatus
from shared.http.schemas import Body, Instant, View


class SubmitCase(Body):
    """A case for the person of an extract, at the counter of `area`. One extract serves one case."""

    item_id: UUID = Field(description="事项 id of the item that is applied for")
    area: AreaCode = Field(
        description="受理地 area of the counter, at one of the item's levels", examples=["450481114201"]
    )
    extract: Annotated[str, StringConstraints(min_length=20, max_length=8192)] = Field(
        description="身份摘要 made by registry for services_hall, case_handling and this area; at most ten minutes old",
        examples=["eyJhbGciOiJBMjU2S1cifQ.a2V5.bm9uY2U.c2VhbGVk.dGFn"],
    )


class RefuseCase(Body):
    """Why it is not accepted: a code of `case_refusal_reasons`."""

    reason: RefusalReason = Field(
        description="不予受理理由 why it is not accepted: code list `case_refusal_reasons`",
        examples=["not_in_authority"],
    )


class DecideCase(Body):
    """准予 (true, without a reason) or 不予 (false, with one of `case_denial_reasons`)."""

    granted: bool = Field(description="准予 true if it is granted", examples=[False])
    reason: DenialReason | None = Field(
        default=None,
        description="不予许可理由 why it is not granted: code list `case_denial_reasons`; required then, and only then",
        examples=["conditions_not_met"],
    )


class CaseView(View):
    """A case. `due_on` is the last working day, inclusive; provisional while the calendar's year is not set."""

    id: UUID = Field(description="办件标识 id of the case")
    version: int = Field(description="版本 counts the changes of the case, from 1", examples=[3])
    number: str = Field(
        description="办件编号 item code, day and daily serial", examples=["VILLAGE-CERT-01202611030001"]
    )
    item_id: UUID = Field(description="事项 id of the item")
    item_version: int = Field(
        description="事项版本 the item's published version that the case is held to", examples=[1]
    )
    category: str = Field(description="事项分类 category of the item", examples=["social_assistance"])
    area: str = Field(description="受理地 area of the counter that holds the case", examples=["450481114201"])
    person_id: UUID | None = Field(description="申请人 id of the applicant in the register")
    status: CaseStatus = Field(description="状态 where the case stands in its lifecycle", examples=["accepted"])
    submitted_at: Instant = Field(description="提交时间 when it was submitted", examples=["2026-11-03T09:00:00+08:00"])
    received_at: Instant | None = Field(
        description="收件时间 when the counter received the papers", examples=["2026-11-03T09:05:00+08:00"]
    )
    accepted_at: Instant | None = Field(
        description="受理时间 when it was accepted: the statutory clock started", examples=["2026-11-03T09:20:00+08:00"]
    )
    refused_at: Instant | None = Field(description="不予受理时间 when it was refused acceptance", examples=[None])
    decided_at: Instant | None = Field(description="决定时间 when it was decided", examples=[None])
    granted: bool | None = Field(description="准予 whether it was granted; null before the decision", examples=[None])
    closed_at: Instant | None = Field(description="办结时间 when it was closed", examples=[None])
    promised_days: int = Field(
        description="承诺时限 promised limit in working days; 0 is decided at once (即办件)", examples=[5]
    )
    due_on: date | None = Field(
        description="时限 last working day, inclusive; null before acceptance", examples=["2026-11-10"]
    )
    due_provisional: bool = Field(
        description="暂定时限 the due date rests on a year whose notice is not out; false once it has ended",
        examples=[False],
    )


class StepView(View):
    """One step that a case took."""

    version: int = Field(description="版本 version of the case after the step", examples=[2])
    step: str = Field(description="环节 step of the lifecycle", examples=["receive"])
    at: Instant = Field(description="时间 when it was taken", examples=["2026-11-03T09:05:00+08:00"])
    actor: str = Field(description="经办人 who took it: the subject of the token", examples=["village-clerk-7"])
    reason: str | None = Field(
        description="理由 why: code of `case_refusal_reasons` or `case_denial_reasons`, by step; null: none given",
        examples=[None],
    )


class CaseDetailView(CaseView):
    """A case and its steps."""

    steps: list[StepView] = Field(description="办理过程 every step so far, oldest first")

    @classmethod
    def of(cls, detail: CaseDetail) -> Self:
        shown = CaseView.model_validate(detail.case).model_dump()
        return cls(**shown, steps=[StepView.model_validate(step) for step in detail.steps])


class CaseCount(View):
    """How many cases the list has in all."""

    count: int = Field(description="数量 how many cases the list has in all")
