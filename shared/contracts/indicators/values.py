"""公布数值: announced values of indicators."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic


class ValueState(State):
    """One indicator of one area on one day. `id` is `<area>:<code>:<day>`. Both counts of a ratio are kept."""

    noun: ClassVar = "indicators.value"
    channel: ClassVar = Topic(
        noun,
        "indicators.values",
        tells=(
            "全县和各乡镇每日的指标数值，不涉及个人；敏感类指标不在其中",
            "the county's and its towns' figures by day; nobody's own. Restricted indicators are not among them",
        ),
    )
    id: str = Field(description="数值标识 `<area>:<code>:<day>`", examples=["450481114:POP-RES:2026-11-22"])
    area: AreaCode = Field(description="区划代码 county (6 digits) or town (9)", examples=["450481114"])
    code: Code = Field(description="指标代码 code of the indicator, see listDefinitions", examples=["POP-RES"])
    definition_version: int = Field(
        description="指标口径版本 version of the definition that was counted by", examples=[1]
    )
    day: date = Field(description="统计日 day that the value is of", examples=["2026-11-22"])
    value: int = Field(description="数值 count, or numerator of a ratio", examples=[31207])
    base: int | None = Field(default=None, description="分母 denominator of a ratio; null for a count")
    counted_at: datetime = Field(description="统计时间 when the value was counted", examples=["2026-11-22T08:00:00Z"])


class ValueChanged(Fact[ValueState]):
    """The figure of that day is another one now."""

    type: ClassVar = "indicators.value.changed"
    example: ClassVar = {"state": {"version": 4}}


class ValueRestated(Fact[ValueState]):
    """The same version again, on request."""

    type: ClassVar = "indicators.value.restated"
    example: ClassVar = {"state": {"version": 4}}
