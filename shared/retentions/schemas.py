"""Bodies of retention rules (保存期限), but for the kind, which is each service's own."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Body, CodeWord, Day, Instant, View
from shared.retentions.rules import FEWEST, MOST, RetentionAction, RetentionRule, RetentionStatus


class SetRule(Body):
    """How many years what ended so is kept, from a day on."""

    years: int = Field(ge=FEWEST, le=MOST, description="保存年数 years after the end", examples=[6])
    source: CodeWord = Field(description="依据 document that says so, as a code", examples=["archives-2026-3"])
    effective_on: Day = Field(description="执行日 first day on which it holds, after today", examples=["2027-01-01"])


class RuleView(View):
    """A rule."""

    id: UUID | None = Field(description="期限标识 id of the rule; null of what is shipped")
    version: int = Field(description="版本 1, and 2 once it is withdrawn")
    years: int = Field(description="保存年数 years after the end")
    action: RetentionAction = Field(description="到期处理 what may happen then")
    source: str = Field(description="依据 document that says so; `shipped`: the county has set nothing")
    effective_on: date = Field(description="执行日 first day on which it holds")
    status: RetentionStatus = Field(description="状态 set or withdrawn")
    in_force: bool = Field(description="现行 whether it holds today")
    set_by: str | None = Field(description="设定人 subject of the token; null of what is shipped")
    set_at: Instant | None = Field(description="设定时间 when it was set; null of what is shipped")
    withdrawn_by: str | None = Field(description="撤回人 subject of the token; null if it was not withdrawn")
    withdrawn_at: Instant | None = Field(description="撤回时间 when it was withdrawn; null if it was not")

    @classmethod
    def of(cls, one: RetentionRule, *, in_force: bool) -> Self:
        named = {name: getattr(one, name) for name in cls.model_fields if hasattr(one, name)}
        return cls(action=RetentionAction.ERASE, in_force=in_force, **named)
