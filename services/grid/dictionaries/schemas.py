"""Bodies of the dictionary of incidents (事件字典)."""

from datetime import date, time
from typing import Annotated

from pydantic import Field, WithJsonSchema

from shared.contracts.severity import Severity
from shared.http.schemas import View
from shared.worktime import ClockUnit

LocalTime = Annotated[
    time, WithJsonSchema({"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}:[0-9]{2}$", "examples": ["08:00:00"]})
]
"""Without an offset, so not JSON Schema's format `time`."""


class ShiftView(View):
    """A stretch of a working day (工时段), Shanghai time."""

    start: LocalTime = Field(description="上班时间 when work begins", examples=["08:00:00"])
    end: LocalTime = Field(description="下班时间 when work ends", examples=["12:00:00"])


class LimitView(View):
    """How long an incident of a severity may take from its filing on (办理时限)."""

    severity: Severity = Field(description="等级 normal, serious or urgent", examples=["normal"])
    amount: int = Field(description="时长 how many units", examples=[2])
    unit: ClockUnit = Field(
        description="计时单位 work_hour (工作小时), work_day (工作日), hour (小时) or day (自然日)",
        examples=["work_day"],
    )


class CategoryView(View):
    """A category of incidents with its limits."""

    code: str = Field(description="类别代码 code of the category", examples=["environment"])
    name: str = Field(description="类别名称 name of the category", examples=["环境卫生"])
    limits: list[LimitView] = Field(description="办理时限 limits by severity")


class DictionaryView(View):
    """A version of the dictionary; published versions never change."""

    version: int = Field(description="字典版本 number of the version, from 1", examples=[1])
    valid_from: date = Field(description="启用日 first day on which it is in force", examples=["2026-01-01"])
    shifts: list[ShiftView] = Field(description="工作时间 hours of work in which work hours run")
    categories: list[CategoryView] = Field(description="事件类别 what may be reported")
