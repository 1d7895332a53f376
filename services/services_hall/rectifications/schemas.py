"""Bodies and views of rectifications (差评整改)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.services_hall.rectifications.domain import (
    MOST_NOTE,
    AppealReason,
    RectificationAction,
    RectificationResult,
    ReopenReason,
)
from services.services_hall.rectifications.service.rectifying import RectificationDetail
from shared.contracts.services_hall.rectifications import CallOutcome, RectificationStatus
from shared.http.schemas import Body, Instant, View

Note = Annotated[str, StringConstraints(min_length=1, max_length=MOST_NOTE)]
NOTE_FIELD = Field(default=None, description="备注 in words; sealed", examples=["已电话说明办理进度"])


class CallBack(Body):
    """What calling back came to."""

    outcome: CallOutcome = Field(description="回访结果 code list `rectification_call_outcomes`", examples=["confirmed"])
    note: Note | None = NOTE_FIELD


class Rectify(Body):
    """What the office did."""

    result: RectificationResult = Field(description="整改结果 code list `rectification_results`", examples=["redone"])
    note: Note | None = NOTE_FIELD


class Appeal(Body):
    """Why the rating should not count."""

    reason: AppealReason = Field(description="申诉理由 code list `rectification_appeal_reasons`", examples=["mistaken"])


class Review(Body):
    """What the review of the appeal came to."""

    upheld: bool = Field(description="申诉成立 true: the rating counts no more", examples=[False])
    note: Note | None = NOTE_FIELD


class Reopen(Body):
    """Why it begins anew."""

    reason: ReopenReason = Field(
        description="重新整改理由 code list `rectification_reopen_reasons`", examples=["not_satisfied"]
    )


class RectificationView(View):
    """What is done about a low rating."""

    id: UUID = Field(description="整改标识 id of the rectification")
    version: int = Field(description="版本 grows with every step", examples=[1])
    status: RectificationStatus = Field(description="状态 code list `rectification_statuses`", examples=["open"])
    rating_id: UUID = Field(description="评价标识 id of the rating")
    case_id: UUID = Field(description="办件标识 id of the case")
    area: str = Field(description="整改地 area of the office", examples=["450481114201"])
    department: str = Field(description="整改部门 department of the office", examples=["civil_affairs"])
    days: int = Field(description="期限天数 working days of the limit", examples=[5])
    opened_on: date = Field(description="开始日 day of the rating")
    due_on: date = Field(description="整改期限 last working day to put it right")
    due_provisional: bool = Field(description="暂定期限 it rests on a year whose notice is not out", examples=[False])
    attempts: int = Field(description="未接通次数 calls that nobody answered", examples=[0])
    called_on: date | None = Field(description="回访日 when whoever rated was called back")
    outcome: CallOutcome | None = Field(description="回访结果 what the call came to")
    called_by: str | None = Field(description="回访人 who called")
    result: RectificationResult | None = Field(description="整改结果 what the office did")
    rectified_on: date | None = Field(description="整改日 when it was put right")
    rectified_by: str | None = Field(description="整改人 who put it right")
    appeal_reason: AppealReason | None = Field(description="申诉理由 why the office appealed")
    appealed_on: date | None = Field(description="申诉日 when it appealed")
    appealed_by: str | None = Field(description="申诉人 who appealed")
    upheld: bool | None = Field(description="申诉成立 what the review came to; null: no review")
    reviewed_on: date | None = Field(description="复核日 when it was reviewed")
    reviewed_by: str | None = Field(description="复核人 who reviewed it")
    closed_on: date | None = Field(description="办结日 when somebody else had checked it")
    closed_by: str | None = Field(description="核实人 who checked it")
    reopened: int = Field(description="重新整改次数 how often it was reopened", examples=[0])
    reopen_reason: ReopenReason | None = Field(description="重新整改理由 why, the last time")


class RectificationStepView(View):
    """A step of a rectification."""

    version: int = Field(description="版本 to which the step led", examples=[2])
    step: RectificationAction = Field(description="操作 code list `rectification_actions`", examples=["call_back"])
    done_at: Instant = Field(description="时间 when")
    done_by: str | None = Field(description="办理人 who; null: it followed from something else")
    note: str | None = Field(description="备注 what was written; null: nothing, or erased")


class RectificationDetailView(RectificationView):
    """A rectification with its steps, oldest first."""

    steps: list[RectificationStepView] = Field(description="办理过程 every step so far")

    @classmethod
    def of(cls, detail: RectificationDetail) -> Self:
        steps = [
            RectificationStepView(
                version=one.version,
                step=RectificationAction(one.step),
                done_at=one.done_at,
                done_by=one.done_by,
                note=detail.notes.get(one.version),
            )
            for one in detail.steps
        ]
        return cls(**RectificationView.model_validate(detail.row).model_dump(), steps=steps)


class RectificationCount(View):
    """Length of the list."""

    count: int = Field(description="数量 how many the list has in all")
