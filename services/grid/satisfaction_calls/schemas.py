"""Bodies of satisfaction calls (满意度回访)."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.grid.incidents.domain.codes import Source
from services.grid.satisfaction_calls.service import CallRecord
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.satisfaction_calls import SatisfactionCallStatus
from shared.http.schemas import Body, Instant, View


class AnswerSatisfactionCall(Body):
    """What whoever reported the incident says of how it was handled."""

    rating: Annotated[int, Field(ge=1, le=5)] = Field(
        description="满意度 5 (非常满意) to 1 (非常不满意): code list `satisfaction_ratings`", examples=[4]
    )
    note: Annotated[str, StringConstraints(min_length=1, max_length=2_000)] | None = Field(
        default=None,
        description="备注 what they said, in words; encrypted; needed with a rating of 2 or 1",
        examples=["清理得很及时"],
    )


class SatisfactionCallView(View):
    """A call without its note."""

    id: UUID = Field(description="回访标识 id of the call", examples=["0197d0c0-b501-7a02-8b03-0c04d05e0f31"])
    version: int = Field(description="版本 counts the changes of the call, from 1", examples=[2])
    incident_id: UUID = Field(
        description="事件标识 id of the incident", examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"]
    )
    reported_id: UUID = Field(
        description="来件标识 id of the incident as it was reported: a duplicate's own if it was merged",
        examples=["0197d0c0-6203-7c32-9e50-2c6d7e8f90a1"],
    )
    area: AreaCode = Field(description="所属区域 grid or village of the incident", examples=["450481114201001"])
    source: Source = Field(
        description="来源 of the people: resident, public or hotline_12345", examples=["hotline_12345"]
    )
    category: str = Field(description="事件类别 category of the incident", examples=["environment"])
    status: SatisfactionCallStatus = Field(description="状态 due, answered or unreached", examples=["answered"])
    closed_at: Instant = Field(
        description="结案时间 when the incident was closed", examples=["2026-11-22T15:10:00+08:00"]
    )
    attempts: int = Field(description="未接通次数 how often nobody answered", examples=[1])
    ended_at: Instant | None = Field(
        description="回访时间 when it was answered or given up; null before", examples=["2026-11-23T10:00:00+08:00"]
    )
    rating: int | None = Field(description="满意度 5 to 1; null without an answer", examples=[4])


class SatisfactionCallDetail(SatisfactionCallView):
    """A call with its note."""

    note: str | None = Field(description="备注 what they said, in words", examples=["清理得很及时"])

    @classmethod
    def of(cls, record: CallRecord) -> Self:
        view = SatisfactionCallView.model_validate(record.call)
        return cls(**{name: getattr(view, name) for name in SatisfactionCallView.model_fields}, note=record.note)


class SatisfactionCallCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[12])
