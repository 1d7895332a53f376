"""Bodies of the dictionary of incidents."""

from datetime import date, time
from typing import Annotated

from pydantic import Field, WithJsonSchema

from services.grid.dictionaries.domain import DeadlineUnit
from shared.http.schemas import View

LocalTime = Annotated[
    time, WithJsonSchema({"type": "string", "pattern": r"^\d{2}:\d{2}:\d{2}$", "examples": ["08:00:00"]})
]
"""Without an offset, so not JSON Schema's format `time`."""


class ShiftView(View):
    """A stretch of the working day, Shanghai time."""

    start: LocalTime = Field(description="起始日 first day")
    end: LocalTime = Field(description="截止日 end of the span, exclusive; null while it lasts")


class LimitView(View):
    """How long an incident of this severity may take from its filing on."""

    severity: str = Field(description="严重程度 severity", examples=["normal"])
    amount: int = Field(description="时限 how many units")
    unit: DeadlineUnit = Field(description="计时单位 unit of `amount`")


class CategoryView(View):
    """A category with its limits."""

    code: str = Field(description="代码 value of a code list", examples=["elder_alone"])
    name: str = Field(description="名称 name", examples=["示例"])
    limits: list[LimitView] = Field(description="时限 time limits by severity")


class DictionaryView(View):
    """A version of the dictionary; published versions never change."""

    version: int = Field(description="版本 counts the changes of this object, from 1")
    valid_from: date = Field(description="启用日 first day of validity")
    shifts: list[ShiftView] = Field(description="工时 working hours in which limits run")
    categories: list[CategoryView] = Field(description="分类 what may be reported")
