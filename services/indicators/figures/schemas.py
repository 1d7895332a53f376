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

    code: str = Field(examples=["POP-RES"], description="代码 value of a code list")
    version: int = Field(description="版本 counts the changes of this object, from 1")
    name: str = Field(description="名称 name", examples=["示例"])
    unit: str = Field(description="单位 unit of the value", examples=["人"])
    kind: Kind = Field(description="类别 kind")
    direction: str = Field(description="方向 whether more is better, worse or neither", examples=["neutral"])
    meaning: str = Field(description="口径 what is counted", examples=["期末常住人口数"])
    department: str = Field(description="部门 department", examples=["civil_affairs"])

    @classmethod
    def of(cls, definition: Definition) -> Self:
        return cls.model_validate(definition)


class Definitions(View):
    """All definitions in force that the caller may use."""

    items: list[DefinitionView] = Field(description="条目 rows")


class FigureView(View):
    """One figure. Stocks and flows have `value`; a ratio has numerator, denominator and, unless that is 0, `rate`."""

    code: str = Field(description="指标代码 code of the indicator, see listDefinitions", examples=["elder_alone"])
    definition_version: int = Field(description="指标口径版本 version of the indicator's definition")
    value: int | None = Field(description="数值 the count; null for a ratio")
    numerator: int | None = Field(description="分子 of a ratio; else null")
    denominator: int | None = Field(description="分母 of a ratio; else null")
    rate: str | None = Field(examples=["93.72"], description="比率 in per cent, two places; null where there is none")

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

    area: str = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid", examples=["450481114201"]
    )
    values: list[FigureView] = Field(description="数值 figures")

    @classmethod
    def of(cls, figures: AreaFigures) -> Self:
        return cls(area=figures.area, values=[FigureView.of(figure) for figure in figures.figures])


class FreshnessView(View):
    """Up to where one noun's states were counted: the newest one's time, and how many records are known to wait."""

    noun: str = Field(description="名词 kind of aggregate", examples=["registry.person"])
    newest: Instant | None = Field(description="最新 time of the newest state that was counted")
    lag: int = Field(description="滞后 events not yet read")


class Values(View):
    """Figures as of a day. Flows run from `since` to `as_of`, both inclusive. Null before the county's opening day.

    `children` and `own` are null without a breakdown; with one, the area = Σ children + own, figure by figure.
    """

    area: str = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid", examples=["450481114201"]
    )
    since: date = Field(description="起始日 first day")
    as_of: date = Field(description="截至 the moment or day as of which this is told")
    values: list[FigureView] = Field(description="本区数值 figures of the area asked for")
    children: list[AreaView] | None = Field(
        description="下级 figures of the areas one level below; null without a breakdown"
    )
    own: AreaView | None = Field(
        description="本级剩余 what the area holds and none of its children does; null without a breakdown"
    )
    fresh_through: list[FreshnessView] = Field(description="时效 how far what the figures are made of has been read")

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

    day: date = Field(description="日期 the day that the figure is of")
    value: int | None = Field(description="数值 the count, or the numerator of a ratio")
    denominator: int | None = Field(description="分母 denominator; null for a count")


class SeriesView(View):
    """One indicator of one area, day by day."""

    area: str = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid", examples=["450481114201"]
    )
    code: str = Field(description="代码 value of a code list", examples=["elder_alone"])
    definition_version: int = Field(description="指标口径版本 version of the indicator's definition")
    days: list[DayView] = Field(description="逐日 values by day")
    fresh_through: list[FreshnessView] = Field(description="时效 how far what the figures are made of has been read")

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
