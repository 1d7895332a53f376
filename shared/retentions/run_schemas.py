"""Bodies of erasing runs (清除批次), but for the kind, which is each service's own."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from shared.http.schemas import Body, Instant, View
from shared.retentions.run_service import ShownRun
from shared.retentions.runs import RunGround, RunOutcome, RunRefusal, RunStatus


class RefuseErasure(Body):
    """Why nothing is erased."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "dispute"}]})

    reason: RunRefusal = Field(description="不予清除原因 code list `erasure_refusals`", examples=["dispute"])


class RunView(View):
    """A run: whose area, why, who asked, who decided, and what became of its entries."""

    id: UUID = Field(description="批次标识 id of the run")
    version: int = Field(description="版本 grows with every step")
    status: RunStatus = Field(description="状态 code list `erasure_statuses`")
    ground: RunGround = Field(description="清除依据 code list `erasure_grounds`")
    area: str = Field(description="区划代码 area of the entries", examples=["450481114201"])
    requested_by: str = Field(description="申请人 subject of the token", examples=["clerk-7"])
    requested_at: Instant = Field(description="申请时间 when it was asked for")
    decided_by: str | None = Field(description="决定人 subject of the token; null while it waits")
    decided_at: Instant | None = Field(description="决定时间 when it was decided; null while it waits")
    refusal: RunRefusal | None = Field(description="不予清除原因 why nothing is erased; null if it is")
    outcomes: dict[str, int] = Field(
        description="结果 how many entries became what; `waiting`: of which nothing was done",
        examples=[{"erased": 12, "held": 1}],
    )

    @classmethod
    def of(cls, shown: ShownRun) -> Self:
        named: dict[str, Any] = {
            name: getattr(shown.record, name) for name in cls.model_fields if hasattr(shown.record, name)
        }
        return cls(outcomes=dict(shown.outcomes), **named)


class RunEntryView(View):
    """An entry of a run, and what became of it."""

    holder: UUID = Field(description="标识 id of the entry")
    kept_until: date = Field(description="保存至 first day on which it may be erased by term, when it was asked for")
    outcome: RunOutcome | None = Field(description="结果 code list `erasure_outcomes`; null: nothing yet")
