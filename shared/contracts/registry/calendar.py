"""工作日历: working days by year."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from shared.contracts.envelope import Code, Fact, State
from shared.contracts.topic import Topic


class CalendarState(State):
    """One year's working-day exceptions. `id` is the year as text. Days not named follow the week."""

    noun: ClassVar = "registry.calendar"
    channel: ClassVar = Topic(
        noun,
        "registry.calendar",
        readers=("services_hall", "grid", "indicators"),
        tells=(
            "节假日和调休，公开信息",
            "holidays and days worked in lieu: public",
        ),
    )
    id: str = Field(description="年份 the year as text", examples=["2026"])
    year: int = Field(description="年份 calendar year", examples=[2026])
    holidays: tuple[date, ...] = Field(
        description="放假日 days off, on whatever weekday", examples=[["2026-10-01", "2026-10-02"]]
    )
    working_weekends: tuple[date, ...] = Field(
        description="调休上班日 Saturdays and Sundays that are worked", examples=[["2026-10-10"]]
    )
    provisional: bool = Field(
        description="暂定 true until the State Council's notice of the year was imported", examples=[False]
    )
    source: Code = Field(
        description="来源 notice or data set of the year; `statutory` if provisional", examples=["gbf-2026-7"]
    )


class CalendarPublished(Fact[CalendarState]):
    """A year's calendar was set or replaced."""

    type: ClassVar = "registry.calendar.published"


class CalendarRestated(Fact[CalendarState]):
    """The same version again, on request."""

    type: ClassVar = "registry.calendar.restated"
