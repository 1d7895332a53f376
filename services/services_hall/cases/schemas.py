"""Bodies of cases."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.services_hall.cases.models import Case, CaseStep
from shared.contracts.envelope import AreaCode, Code
from shared.contracts.services_hall.cases import CaseStatus
from shared.http.schemas import Body, Instant, View


class SubmitCase(Body):
    """A case for the person of a signed extract, at the counter of `area`."""

    item_id: UUID = Field(description="事项 id of the item")
    area: Annotated[AreaCode, Field(examples=["450481114201"])] = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid"
    )
    extract: Annotated[
        str,
        StringConstraints(min_length=20, max_length=8192),
        Field(description="signed by registry for the audience services_hall, at most ten minutes old"),
    ] = Field(examples=["eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl"])


class RefuseCase(Body):
    """Why it is not accepted, as a code."""

    reason: Annotated[Code, Field(examples=["not_in_authority"])] = Field(description="理由 why")


class DecideCase(Body):
    """准予 (true) or 不予 (false, with a coded reason)."""

    granted: bool = Field(description="准予 whether it was granted")
    reason: Annotated[Code, Field(examples=["conditions_not_met"])] | None = Field(default=None, description="理由 why")


class CaseView(View):
    """A case. `due_on` is the last working day, inclusive; provisional while the calendar's year is not set."""

    id: UUID = Field(description="标识 identifier")
    version: int = Field(description="版本 counts the changes of this object, from 1")
    number: str = Field(description="号 running number", examples=["0001"])
    item_id: UUID = Field(description="事项 id of the item")
    item_version: int = Field(description="事项版本 the item's published version that the case is held to")
    category: str = Field(description="分类 category", examples=["environment"])
    area: str = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid", examples=["450481114201"]
    )
    person_id: UUID | None = Field(description="居民 id of the person in the register")
    status: CaseStatus = Field(description="状态 where it stands in its lifecycle")
    submitted_at: Instant = Field(description="提交时间 when the case was submitted")
    received_at: Instant | None = Field(description="收件时间 when it was received")
    accepted_at: Instant | None = Field(description="受理时间 when it was accepted")
    refused_at: Instant | None = Field(description="不予受理时间 when it was refused")
    decided_at: Instant | None = Field(description="办结时间 when it was decided")
    granted: bool | None = Field(description="准予 whether it was granted")
    closed_at: Instant | None = Field(description="结案时间 when it was closed")
    promised_days: int = Field(description="承诺时限 promised limit in working days; 0 is decided at once (即办件)")
    due_on: date | None = Field(description="时限 when it is due")
    due_provisional: bool = Field(
        description="暂定时限 the due date lies beyond the calendar's data and may still move"
    )

    @classmethod
    def of(cls, case: Case) -> Self:
        return cls.model_validate(case)


class StepView(View):
    """One step that a case took."""

    version: int = Field(description="版本 counts the changes of this object, from 1")
    step: str = Field(description="环节 step of the lifecycle", examples=["receive"])
    at: Instant = Field(description="时间 when")
    actor: str = Field(description="经办人 who did it: the subject of the token", examples=["village-clerk-7"])
    reason: str | None = Field(description="理由 why", examples=["示例理由"])


class CaseDetailView(CaseView):
    """A case and its steps."""

    steps: list[StepView] = Field(description="办理过程 every step so far")

    @classmethod
    def detailed(cls, case: Case, steps: Sequence[CaseStep]) -> Self:
        shown = CaseView.of(case).model_dump()
        return cls(**shown, steps=[StepView.model_validate(step) for step in steps])


class CaseCount(View):
    """How many cases the list has in all."""

    count: int = Field(description="数量 how many")
