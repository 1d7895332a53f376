"""Bodies of the dictionary of incidents (事件字典)."""

from collections.abc import Sequence
from datetime import date, time
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, WithJsonSchema

from services.grid.dictionaries.domain import (
    CategoryTerms,
    Change,
    LimitTerms,
    SpecialHours,
    Terms,
    Treatment,
)
from services.grid.dictionaries.service import PublishedTerms
from shared.contracts.severity import Severity
from shared.http.schemas import Instant, View
from shared.worktime import ClockUnit

LocalTime = Annotated[
    time, WithJsonSchema({"type": "string", "pattern": r"^[0-9]{2}:[0-9]{2}:[0-9]{2}$", "examples": ["08:00:00"]})
]
"""Without an offset, so not JSON Schema's format `time`."""


class ShiftView(View):
    """A stretch of a working day (工时段), Shanghai time."""

    start: LocalTime = Field(description="上班时间 when work begins", examples=["08:00:00"])
    end: LocalTime = Field(description="下班时间 when work ends", examples=["12:00:00"])


class SpecialHoursView(View):
    """Hours of work that differ from the usual ones (特别作息), in a season or on days of the week."""

    begins: str | None = Field(
        description="起始月日 first day of the season, MM-DD; null: all year", examples=["05-01"]
    )
    ends: str | None = Field(description="截止月日 last day of the season, inclusive", examples=["09-30"])
    weekdays: list[int] = Field(description="星期 1 (Monday) to 7", examples=[[1, 2, 3, 4, 5, 6, 7]])
    shifts: list[ShiftView] = Field(description="工作时间 hours of work on these days")

    @classmethod
    def of(cls, one: SpecialHours) -> Self:
        return cls(
            begins=None if one.begins is None else "{:02}-{:02}".format(*one.begins),
            ends=None if one.ends is None else "{:02}-{:02}".format(*one.ends),
            weekdays=list(one.weekdays),
            shifts=[ShiftView.model_validate(shift) for shift in one.shifts],
        )


class LimitView(View):
    """How long an incident of a severity and treatment may take from its filing on (办理时限)."""

    severity: Severity = Field(description="等级 normal, serious or urgent", examples=["normal"])
    treatment: Treatment = Field(
        description="处置方式 how it has to be treated: code list `incident_treatments`", examples=["routine"]
    )
    amount: int = Field(description="时长 how many units", examples=[2])
    unit: ClockUnit = Field(
        description="计时单位 work_hour (工作小时), work_day (工作日), hour (小时) or day (自然日)",
        examples=["work_day"],
    )


class CategoryView(View):
    """A category of incidents with its limits."""

    code: str = Field(description="类别代码 code of the category", examples=["environment"])
    name: str = Field(description="类别名称 name of the category", examples=["环境卫生"])
    limits: list[LimitView] = Field(description="办理时限 limits by severity and treatment")

    @classmethod
    def of(cls, one: CategoryTerms) -> Self:
        limits: Sequence[LimitTerms] = one.limits
        return cls(code=one.code, name=one.name, limits=[LimitView.model_validate(limit) for limit in limits])


class TermsView(View):
    """What a version says: hours of work, categories, limits."""

    shifts: list[ShiftView] = Field(description="工作时间 usual hours of work, in which work hours run")
    special_hours: list[SpecialHoursView] = Field(description="特别作息 hours of work of seasons and days of the week")
    categories: list[CategoryView] = Field(description="事件类别 what may be reported")


def of_terms(terms: Terms) -> TermsView:
    """The view of what a version, or a draft, says."""
    return TermsView(
        shifts=[ShiftView.model_validate(one) for one in terms.hours.usual],
        special_hours=[SpecialHoursView.of(one) for one in terms.hours.special],
        categories=[CategoryView.of(one) for one in terms.categories],
    )


class DictionaryView(TermsView):
    """A version of the dictionary; published versions never change."""

    version: int = Field(description="字典版本 number of the version, from 1", examples=[1])
    valid_from: date = Field(description="启用日 first day on which it is in force", examples=["2026-01-01"])

    @classmethod
    def of(cls, one: PublishedTerms) -> Self:
        said = of_terms(one.terms)
        return cls(
            version=one.version,
            valid_from=one.valid_from,
            shifts=said.shifts,
            special_hours=said.special_hours,
            categories=said.categories,
        )


class DictionaryVersionView(View):
    """A version as the list shows it."""

    version: int = Field(description="字典版本 number of the version, from 1", examples=[2])
    valid_from: date = Field(description="启用日 first day on which it is in force", examples=["2026-12-01"])
    draft_id: UUID | None = Field(
        description="草稿标识 draft that was published; null: it came with the system",
        examples=["0197d0c0-b301-7a02-8b03-0c04d05e0f11"],
    )
    published_at: Instant | None = Field(
        description="发布时间 when it was published; null: it came with the system",
        examples=["2026-11-22T15:10:00+08:00"],
    )
    withdrawn_at: Instant | None = Field(
        description="撤回时间 when it was withdrawn, before its first day; null: it was not", examples=[None]
    )


class DifferenceView(View):
    """One thing that a version changes."""

    change: Change = Field(
        description="变化 what changes: code list `incident_dictionary_changes`", examples=["limit_changed"]
    )
    category: str | None = Field(description="类别代码 category; null for hours of work", examples=["environment"])
    severity: Severity | None = Field(description="等级 of a limit; null otherwise", examples=["normal"])
    treatment: Treatment | None = Field(description="处置方式 of a limit; null otherwise", examples=["routine"])
    before: str | None = Field(description="原为 as it was, in words; null: it was not there", examples=["2 工作日"])
    after: str | None = Field(description="改为 as it is, in words; null: it is gone", examples=["1 工作日"])


class DifferencesView(View):
    """What a version changes."""

    items: list[DifferenceView] = Field(description="变化 in the order of category codes")
