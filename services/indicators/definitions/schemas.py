"""Bodies of definitions (指标口径)."""

from pydantic import Field

from services.indicators.definitions.domain import Direction, Kind
from shared.http.schemas import View


class DefinitionView(View):
    """What an indicator's code means."""

    code: str = Field(description="指标代码 code of the indicator", examples=["POP-RES"])
    version: int = Field(description="口径版本 version of the definition; a changed meaning is a new one", examples=[1])
    name: str = Field(description="指标名称 name of the indicator", examples=["常住人口"])
    unit: str = Field(description="单位 unit of the value", examples=["人"])
    kind: Kind = Field(description="类别 stock (how many on a day), flow (how many in a period) or ratio")
    direction: Direction = Field(
        description="方向 up: more is better, down: less is better, or neutral", examples=["neutral"]
    )
    meaning: str = Field(description="统计口径 what is counted, in words", examples=["期末常住人口数"])
    department: str = Field(description="责任部门 department that answers for it", examples=["civil_affairs"])
    axes: list[str] = Field(
        description="分组 by which it may be asked in parts: `dimension=<axis>:<value>`", examples=[["sex", "age"]]
    )
    scale: int = Field(description="小数位数 decimal places of its count: 760 with a scale of 2 are 7.60", examples=[0])
    retired: bool = Field(description="已停用 true: nothing new is counted; the past stays", examples=[False])


class DefinitionsView(View):
    """All definitions in force that the caller may use."""

    items: list[DefinitionView] = Field(description="条目 definitions in the order of their codes")
