"""Bodies of drafts of the dictionary of incidents (事件字典草稿)."""

from datetime import date, time
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from services.grid.dictionaries.domain import (
    WEEK,
    CategoryTerms,
    LimitTerms,
    SpecialHours,
    Terms,
    Treatment,
    WorkHours,
)
from services.grid.dictionaries.schemas import TermsView, of_terms
from services.grid.dictionary_drafts.domain import DraftStatus, read
from services.grid.dictionary_drafts.models import DictionaryDraft
from shared.contracts.severity import Severity
from shared.http.schemas import Body, CodeWord, Day, EachOnce, Instant, View, without_number
from shared.worktime import ClockUnit, Shift

ClockTime = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$")]
MonthDay = Annotated[
    str,
    StringConstraints(
        pattern=r"^((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|[12][0-9]))$"
    ),
]
Weekday = Annotated[int, Field(ge=1, le=7)]
Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class ShiftBody(Body):
    """A stretch of a working day (工时段), Shanghai time, by the minute."""

    start: ClockTime = Field(description="上班时间 when work begins", examples=["08:30"])
    end: ClockTime = Field(description="下班时间 when work ends", examples=["12:00"])

    def content(self) -> Shift:
        return Shift(time.fromisoformat(self.start), time.fromisoformat(self.end))


Shifts = Annotated[list[ShiftBody], Field(max_length=6)]


class SpecialHoursBody(Body):
    """Hours of work that differ from the usual ones (特别作息)."""

    begins: MonthDay | None = Field(
        default=None, description="起始月日 first day of the season; null: all year", examples=["05-01"]
    )
    ends: MonthDay | None = Field(
        default=None, description="截止月日 last day of the season, inclusive", examples=["09-30"]
    )
    weekdays: Annotated[list[Weekday], Field(min_length=1, max_length=7), EachOnce] = Field(
        default=list(WEEK),
        description="星期 1 (Monday) to 7; 6 and 7 for Saturdays and Sundays that are worked",
        examples=[[5]],
    )
    shifts: Shifts = Field(description="工作时间 hours of work on these days")

    def content(self) -> SpecialHours:
        return SpecialHours(
            shifts=tuple(one.content() for one in self.shifts),
            weekdays=tuple(sorted(self.weekdays)),
            begins=_month_day(self.begins),
            ends=_month_day(self.ends),
        )


class LimitBody(Body):
    """How long an incident of a severity and treatment may take (办理时限)."""

    severity: Severity = Field(description="等级 normal, serious or urgent", examples=["normal"])
    treatment: Treatment = Field(
        default=Treatment.ROUTINE,
        description="处置方式 how it has to be treated: code list `incident_treatments`",
        examples=["routine"],
    )
    amount: Annotated[int, Field(ge=1, le=8_760)] = Field(description="时长 how many units", examples=[2])
    unit: ClockUnit = Field(description="计时单位 work_hour, work_day, hour or day", examples=["work_day"])

    def content(self) -> LimitTerms:
        return LimitTerms(self.severity, self.amount, self.unit, self.treatment)


class CategoryBody(Body):
    """A category with its limits."""

    code: CodeWord = Field(description="类别代码 code of the category", examples=["environment"])
    name: Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(without_number)] = Field(
        description="类别名称 name of the category", examples=["环境卫生"]
    )
    limits: Annotated[list[LimitBody], Field(max_length=24)] = Field(
        default=[], description="办理时限 limits by severity and treatment"
    )

    def content(self) -> CategoryTerms:
        return CategoryTerms(self.code, self.name, tuple(one.content() for one in self.limits))


class BeginDictionaryDraft(Body):
    """With which version the draft begins."""

    based_on: Version | None = Field(
        default=None, description="基础版本 version whose content it begins with; null: the newest", examples=[1]
    )


class ReviseDictionaryDraft(Body):
    """The whole of what the draft shall say, complete or not."""

    shifts: Shifts = Field(description="工作时间 usual hours of work, also of Saturdays and Sundays that are worked")
    special_hours: Annotated[list[SpecialHoursBody], Field(max_length=20)] = Field(
        default=[], description="特别作息 hours of work of seasons and days of the week; no two of one day"
    )
    categories: Annotated[list[CategoryBody], Field(max_length=300)] = Field(
        description="事件类别 what may be reported"
    )

    def content(self) -> Terms:
        return Terms(
            hours=WorkHours(
                usual=tuple(one.content() for one in self.shifts),
                special=tuple(one.content() for one in self.special_hours),
            ),
            categories=tuple(one.content() for one in self.categories),
        )


class PublishDictionary(Body):
    """From when on the version is in force."""

    valid_from: Day = Field(description="启用日 first day, today or later", examples=["2026-12-01"])


class DictionaryDraftRow(View):
    """A draft as the list shows it."""

    id: UUID = Field(description="草稿标识 id of the draft", examples=["0197d0c0-b301-7a02-8b03-0c04d05e0f11"])
    version: int = Field(description="修订次数 counts the changes of the draft, from 1", examples=[3])
    status: DraftStatus = Field(description="状态 draft, published or discarded", examples=["draft"])
    based_on: int = Field(description="基础版本 version that it began with", examples=[1])
    published_version: int | None = Field(
        description="发布版本 version that was last made of it; null: none", examples=[2]
    )
    valid_from: date | None = Field(
        description="启用日 of what was published; null: nothing is", examples=["2026-12-01"]
    )
    begun_at: Instant = Field(description="起草时间 when it was begun", examples=["2026-11-20T10:00:00+08:00"])


class DictionaryDraftView(DictionaryDraftRow, TermsView):
    """A draft, whole."""

    @classmethod
    def of(cls, draft: DictionaryDraft) -> Self:
        said = of_terms(read(draft.content))
        row = DictionaryDraftRow.model_validate(draft)
        return cls(
            **{name: getattr(row, name) for name in DictionaryDraftRow.model_fields},
            **{name: getattr(said, name) for name in TermsView.model_fields},
        )


class DictionaryDraftCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[3])


def _month_day(text: str | None) -> tuple[int, int] | None:
    return None if text is None else (int(text[:2]), int(text[3:]))
