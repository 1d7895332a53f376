"""Bodies of unusual reading (异常查看)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.registry.reading_findings.domain import (
    LIMITS,
    FindingReason,
    FindingStatus,
    LimitRecord,
    ReadingLimit,
    ReadingRule,
)
from shared.http.schemas import Body, Instant, View

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class DecideFinding(Body):
    """What an auditor has found out."""

    reason: FindingReason = Field(description="结论 why it was in order, or what follows", examples=["campaign"])
    note: FreeText | None = Field(default=None, description="说明 in words; kept encrypted", examples=["三月入户核查"])


class SetReadingLimit(Body):
    """A limit of the county."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"value": 60}]})

    value: int = Field(
        ge=0, le=1_000_000, description="限值 new value, within its bounds; 0 turns a rule off", examples=[60]
    )


class FindingCount(View):
    """Number of findings."""

    count: int = Field(description="数量 findings that the list has in all")


class FindingView(View):
    """A day of reading that was unusual by a rule. No person who was read is named."""

    id: UUID = Field(description="异常查看标识 id of the finding")
    version: int = Field(description="版本 grows with every step")
    status: FindingStatus = Field(description="状态 open, explained, confirmed or closed")
    rule: ReadingRule = Field(description="规则 by which it is unusual", examples=["full"])
    reader: str = Field(description="查看人 subject of the token that read", examples=["village-clerk-7"])
    day: date = Field(description="日期 the day that was judged")
    area: str = Field(description="区划代码 the smallest area in which all of it was read", examples=["450481100201"])
    measured: int = Field(description="实际 what was measured by the rule")
    bound: int = Field(description="限值 above which it is unusual")
    villages: list[str] = Field(description="村（社区） villages that it is about", examples=[["450481100201"]])
    found_at: Instant = Field(description="发现时间 when it was found")
    reason: FindingReason | None = Field(description="结论 what was decided; null while it is open")
    note: str | None = Field(description="说明 in words; null in lists")
    decided_by: str | None = Field(description="核查人 subject of the token that decided; null while it is open")
    decided_at: Instant | None = Field(description="核查时间 when it was decided; null while it is open")
    closed_by: str | None = Field(description="办结人 subject of the token that closed it; null until then")
    closed_at: Instant | None = Field(description="办结时间 when it was closed; null until then")


class LimitView(View):
    """A limit as it holds."""

    code: ReadingLimit = Field(description="限值代码 which limit", examples=["full"])
    title: str = Field(description="名称 the same in Chinese", examples=["每日完整查看人数上限"])
    value: int = Field(description="限值 as it holds; 0 turns a rule off", examples=[50])
    default: int = Field(description="默认值 unless the county sets another", examples=[50])
    least: int = Field(description="最小值 that it may be set to")
    most: int = Field(description="最大值 that it may be set to")
    version: int = Field(description="版本 counts the changes; 0 while it is the default")
    changed_by: str | None = Field(description="设定人 subject of the token that set it; null while it is the default")
    changed_at: Instant | None = Field(description="设定时间 when it was set; null while it is the default")

    @classmethod
    def of(cls, one: LimitRecord) -> Self:
        bounds = LIMITS[one.code]
        return cls(
            code=one.code,
            title=one.code.label,
            value=one.value,
            default=bounds.default,
            least=bounds.least,
            most=bounds.most,
            version=one.version,
            changed_by=one.changed_by,
            changed_at=one.changed_at,
        )


class LimitsView(View):
    """Every limit."""

    items: list[LimitView] = Field(description="限值 as they hold today")
