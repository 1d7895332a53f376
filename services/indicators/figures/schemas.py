"""Bodies of figures. Counts are integers; a rate is a decimal string in per cent, half-up to two places."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from pydantic import Field

from services.indicators.definitions.domain import Definition, Kind
from services.indicators.figures.domain import per_cent
from services.indicators.figures.service import Answer, AreaFigures, Figure, Series
from shared.http.schemas import Instant, View
from shared.messaging.progress import Freshness


class DefinitionView(View):
    """What an indicator's code means."""

    code: str = Field(examples=["POP-RES"])
    version: int
    name: str
    unit: str
    kind: Kind
    direction: str
    meaning: str
    department: str

    @classmethod
    def of(cls, definition: Definition) -> Self:
        return cls.model_validate(definition)


class Definitions(View):
    """All definitions in force that the caller may use."""

    items: list[DefinitionView]


class FigureView(View):
    """One figure. Stocks and flows have `value`; a ratio has numerator, denominator and, unless that is 0, `rate`."""

    code: str
    definition_version: int
    value: int | None
    numerator: int | None
    denominator: int | None
    rate: str | None = Field(examples=["93.72"])

    @classmethod
    def of(cls, figure: Figure) -> Self:
        ratio = figure.definition.kind is Kind.RATIO
        rate = None if not ratio or figure.count is None else per_cent(figure.count, figure.base)
        return cls(
            code=figure.definition.code,
            definition_version=figure.definition.version,
            value=None if ratio else figure.count,
            numerator=figure.count if ratio else None,
            denominator=figure.base if ratio else None,
            rate=None if rate is None else str(rate),
        )


class AreaView(View):
    """The figures of one area."""

    area: str
    values: list[FigureView]

    @classmethod
    def of(cls, figures: AreaFigures) -> Self:
        return cls(area=figures.area, values=[FigureView.of(figure) for figure in figures.figures])


class FreshnessView(View):
    """Up to where one noun's states were counted: the newest one's time, and how many records are known to wait."""

    noun: str
    newest: Instant | None
    lag: int


class Values(View):
    """Figures as of a day. Flows run from `since` to `as_of`, both inclusive. Null before the county's opening day.

    `children` and `own` are null without a breakdown; with one, the area = Σ children + own, figure by figure.
    """

    area: str
    since: date
    as_of: date
    values: list[FigureView]
    children: list[AreaView] | None
    own: AreaView | None
    fresh_through: list[FreshnessView]

    @classmethod
    def of(cls, answer: Answer) -> Self:
        return cls(
            area=answer.whole.area,
            since=answer.since,
            as_of=answer.as_of,
            values=AreaView.of(answer.whole).values,
            children=None if answer.children is None else [AreaView.of(child) for child in answer.children],
            own=None if answer.own is None else AreaView.of(answer.own),
            fresh_through=_fresh(answer.fresh),
        )


class DayView(View):
    """One day of a series: the stock at its end, or what fell on it."""

    day: date
    value: int | None
    denominator: int | None


class SeriesView(View):
    """One indicator of one area, day by day."""

    area: str
    code: str
    definition_version: int
    days: list[DayView]
    fresh_through: list[FreshnessView]

    @classmethod
    def of(cls, series: Series) -> Self:
        return cls(
            area=series.area,
            code=series.definition.code,
            definition_version=series.definition.version,
            days=[DayView(day=day, value=count, denominator=base) for day, count, base in series.days],
            fresh_through=_fresh(series.fresh),
        )


def _fresh(found: Iterable[Freshness]) -> list[FreshnessView]:
    return [FreshnessView.model_validate(one) for one in found]
