"""Bodies of the working calendar (工作日历)."""

from datetime import date

from pydantic import Field

from shared.http.schemas import Body, CodeWord, Day, View
from shared.reference.lunar import LunarDay


class YearView(View):
    """A year's exceptions from the week."""

    year: int = Field(description="年份 calendar year")
    holidays: list[date] = Field(description="放假日 days off, on whatever weekday")
    working_weekends: list[date] = Field(description="调休上班日 Saturdays and Sundays that are worked")
    by_next_notice: list[date] = Field(
        description="下一年度通知所定 which of these days the notice of the next year says", examples=[["2026-12-31"]]
    )
    provisional: bool = Field(description="暂定 true until the State Council's notice of the year was imported")
    source: str = Field(
        description="来源 notice or data set of the year; `statutory` if provisional", examples=["gbf-2026-7"]
    )
    version: int = Field(description="版本 counts how often the year was set, from 1")


class CalendarView(View):
    """All years."""

    items: list[YearView] = Field(description="年度 years in their order")


class PublishYear(Body):
    """The exceptions of a year, as its notice lists them, with those of the last days of the year before."""

    holidays: list[Day] = Field(
        max_length=60, examples=[["2026-10-01", "2026-10-02"]], description="放假日 days off, on whatever weekday"
    )
    working_weekends: list[Day] = Field(
        max_length=30, examples=[["2026-10-10"]], description="调休上班日 Saturdays and Sundays that are worked"
    )
    source: CodeWord = Field(
        examples=["gbf-2026-7"],
        description="来源 notice of the State Council (国办发明电), as a code",
    )
    provisional: bool = Field(default=False, description="暂定 true if the notice is not out yet")


class ConvertLunarDay(Body):
    """A day of the lunar calendar (农历), as birthdays are often told."""

    year: int = Field(ge=1900, le=2100, description="农历年 lunar year", examples=[1978])
    month: int = Field(ge=1, le=12, description="农历月 lunar month", examples=[7])
    day: int = Field(ge=1, le=30, description="农历日 day of the lunar month", examples=[30])
    leap: bool = Field(default=False, description="闰月 whether it is the leap month of this number")

    def lunar(self) -> LunarDay:
        return LunarDay(self.year, self.month, self.day, self.leap)


class SolarDayView(View):
    """The same day in the solar calendar (公历)."""

    solar_on: date = Field(description="公历日期 the day in the solar calendar", examples=["1978-09-02"])
