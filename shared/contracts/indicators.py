"""What indicators (指标汇总与考评) announces: the county's figures, for whoever keeps a mirror."""

from datetime import date, datetime
from typing import ClassVar

from shared.contracts.envelope import AreaCode, Code, Fact, State


class ValueState(State):
    """One indicator of one area on one day. `id` is `<area>:<code>:<day>`. Both counts of a ratio are kept."""

    noun: ClassVar = "indicators.value"
    id: str
    area: AreaCode
    code: Code
    definition_version: int
    day: date
    value: int  # the count, or the numerator
    base: int | None = None  # the denominator of a ratio
    as_of: datetime


class ValueChanged(Fact[ValueState]):
    type: ClassVar = "indicators.value.changed"


class ValueRestated(Fact[ValueState]):
    type: ClassVar = "indicators.value.restated"
