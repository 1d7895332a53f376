"""The calendar as JSON."""

from datetime import date

from pydantic import Field

from shared.http.schemas import Body, View


class YearView(View):
    """A year's exceptions from the week."""

    year: int
    holidays: list[date] = Field(description="days off, on whatever weekday")
    working_weekends: list[date] = Field(description="Saturdays and Sundays that are worked")
    provisional: bool = Field(description="no notice of the State Council was imported yet")
    source: str
    version: int


class CalendarView(View):
    """Every year there is."""

    items: list[YearView]


class PublishYear(Body):
    """A year as its notice says."""

    holidays: list[date] = Field(max_length=60)
    working_weekends: list[date] = Field(max_length=30)
    source: str = Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$", examples=["gbf-2026-7"])
    provisional: bool = False
