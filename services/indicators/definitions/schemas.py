"""Bodies of definitions (指标口径): what is in force, what was published, what is drafted."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Self

from pydantic import Field

from services.indicators.definitions.domain import Direction, Kind
from services.indicators.definitions.models import DefinitionDraft, DefinitionRow
from shared.http.schemas import Body, Day, Instant, View


class DefinitionView(View):
    """What an indicator's code means."""

    code: str = Field(description="指标代码 code of the indicator", examples=["POP-RES"])
    version: int = Field(description="口径版本 version of the definition; a changed meaning is a new one", examples=[1])
    name: str = Field(description="指标名称 name of the indicator", examples=["常住人口"])
    unit: str = Field(description="单位 unit of the value", examples=["人"])
    kind: Kind = Field(
        description="类别 stock (how many on a day), flow (how many in a period), ratio, percentile (of durations), "
        "reported (filled in) or composite (others added and subtracted)"
    )
    direction: Direction = Field(
        description="方向 up: more is better, down: less is better, or neutral", examples=["neutral"]
    )
    meaning: str = Field(description="统计口径 what is counted, in words", examples=["期末常住人口数"])
    department: str = Field(description="责任部门 department that answers for it", examples=["civil_affairs"])
    axes: list[str] = Field(
        description="分组 by which it may be asked in parts: `dimension=<axis>:<value>`", examples=[["sex", "age"]]
    )
    scale: int = Field(description="小数位数 decimal places of its count: 760 with a scale of 2 are 7.60", examples=[0])
    additive: bool = Field(
        description="可加 values of areas add up; of a ratio only its two counts do, of a percentile nothing",
        examples=[True],
    )
    announced: bool = Field(
        description="上总线 true: the county's and its towns' values of it go out on `indicators.values`; false for "
        "what is restricted, small enough to speak of single people, retired, or a percentile",
        examples=[True],
    )
    retired: bool = Field(description="已停用 true: nothing new is counted; the past stays", examples=[False])
    counting: bool = Field(
        description="正在统计 true: a new rule is being applied to what is held; until then there are no figures",
        validation_alias="unknown",
        serialization_alias="counting",
        examples=[False],
    )


class DefinitionsView(View):
    """All definitions in force that the caller may use."""

    items: list[DefinitionView] = Field(description="条目 definitions in the order of their codes")


class VersionView(View):
    """One version of a definition, in force from its day on until the next one opens."""

    version: int = Field(description="口径版本 from 1", examples=[1])
    name: str = Field(description="指标名称", examples=["常住人口"])
    meaning: str = Field(description="统计口径 in words", examples=["期末常住人口数"])
    opens_on: date | None = Field(description="启用日 first day on which it counts; null: since ever", examples=[None])
    ends_on: date | None = Field(description="停用日 first day without figures; null: it goes on", examples=[None])
    formula: dict[str, Any] | None = Field(
        description="统计规则 what it is made of, as `draftDefinition` takes it; null: of measures of the product"
    )
    drafted_by: str | None = Field(
        description="起草人 null for what ships, and for what ledgers bring", examples=["u-7"]
    )
    published_by: str | None = Field(description="发布人 another person", examples=["u-9"])
    published_at: Instant | None = Field(description="发布时间", examples=["2026-11-22T10:00:00+08:00"])


class VersionsView(View):
    """An indicator with all its versions, the first one first."""

    code: str = Field(description="指标代码", examples=["POP-RES"])
    items: list[VersionView] = Field(description="各版本口径 the first one first")

    @classmethod
    def of(cls, code: str, rows: Sequence[DefinitionRow]) -> Self:
        return cls(code=code, items=[VersionView.model_validate(row) for row in rows])


class DefinitionDraftView(View):
    """A draft of a definition."""

    code: str = Field(description="指标代码", examples=["CASE-REFUSED"])
    version: int = Field(description="草稿版本 counts the changes of the draft, from 1", examples=[1])
    content: dict[str, Any] = Field(description="定义 as it was drafted, without what was left out")
    drafted_by: str = Field(description="起草人 who changed it last, as the login service knows them", examples=["u-7"])
    drafted_at: Instant = Field(description="起草时间 when", examples=["2026-11-22T09:00:00+08:00"])

    @classmethod
    def of(cls, row: DefinitionDraft) -> Self:
        return cls.model_validate(row)


class EndDefinition(Body):
    """From when on an indicator has no figures."""

    ends_on: Day = Field(description="停用日 first day without figures, today or later", examples=["2027-01-01"])
