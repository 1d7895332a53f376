"""Bodies of reversals (撤销)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.registry.life_events.domain import LifeEventKind, ReversalReason, ReversalStatus
from shared.http.schemas import Body, Day, Instant, View

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class ReverseEvent(Body):
    """A life event is taken back; or, with `corrected_on`, stands with another day."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "wrong_person"}]})

    reason: ReversalReason = Field(description="撤销原因 why it is taken back", examples=["wrong_person"])
    note: FreeText | None = Field(
        default=None, description="说明 in words; kept encrypted", examples=["与同名邻居混淆"]
    )
    corrected_on: Day | None = Field(
        default=None, description="更正后的发生日 the right day, if only the day was wrong; else absent"
    )


class RefuseReversal(Body):
    """A request is refused."""

    note: FreeText = Field(description="答复 why, in words; kept encrypted", examples=["已核实确已死亡"])


class ReversalCount(View):
    """Length of the list of reversals."""

    count: int = Field(description="数量 reversals that the list has in all")


class ReversalView(View):
    """A reversal of a life event: requested, done, refused or withdrawn."""

    id: UUID = Field(description="撤销标识 id of the reversal")
    version: int = Field(description="版本 grows with every step")
    person_id: UUID = Field(description="居民 id of the person")
    event_id: UUID = Field(description="人口事项 id of the life event")
    kind: LifeEventKind = Field(description="事项类别 kind of the life event")
    occurred_on: date = Field(description="发生日 day of the life event as it was recorded")
    status: ReversalStatus = Field(description="状态 requested, done, refused or withdrawn")
    reason: ReversalReason = Field(description="撤销原因 why it is taken back")
    note: str | None = Field(description="说明 in words; null in lists")
    corrected_on: date | None = Field(description="更正后的发生日 the right day; null if the event is taken back whole")
    replaced_by: UUID | None = Field(description="更正后的事项 id under which the event stands with the right day")
    requested_by: str = Field(description="申请人 subject of the token that asked for it", examples=["clerk-7"])
    requested_at: Instant = Field(description="申请时间 when it was asked for")
    decided_by: str | None = Field(description="办理人 subject of the token that decided; null while it waits")
    decided_at: Instant | None = Field(description="办理时间 when it was decided; null while it waits")
    answer: str | None = Field(description="答复 in words, if it was refused; null in lists")
