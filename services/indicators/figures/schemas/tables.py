"""Bodies of tables, series by period, ranks and parts."""

from datetime import date
from decimal import Decimal
from typing import Self

from pydantic import Field

from services.indicators.definitions.domain import Direction
from services.indicators.figures.domain import Figure
from services.indicators.figures.domain.periods import PeriodStep, Stretch
from services.indicators.figures.domain.ranks import Value, shown_value
from services.indicators.figures.schemas.values import FigureView, FreshnessView, fresh
from services.indicators.figures.service.parts import Part, Parted, PartedFigures
from services.indicators.figures.service.ranks import Ranking, Standing
from services.indicators.figures.service.tables import Against, PeriodSeries, Row, Table
from shared.http.schemas import View


class StretchView(View):
    """A period as far as it is counted."""

    period: str = Field(description="统计期 name: a year, quarter, month, ISO week or day", examples=["2026-Q1"])
    step: PeriodStep = Field(description="期长 how long it is", examples=["quarter"])
    since: date = Field(description="起始日 first day", examples=["2026-01-01"])
    as_of: date = Field(description="统计日 last day that is counted", examples=["2026-03-16"])
    running: bool = Field(
        description="未结束 true: the period is not over; it is counted up to today, and is no figure to report yet",
        examples=[True],
    )

    @classmethod
    def of(cls, one: Stretch) -> Self:
        return cls(period=one.period.name, step=one.period.step, since=one.since, as_of=one.as_of, running=one.running)


class ComparedView(FigureView):
    """The figure that another one is compared with, and by how much that is more."""

    against: Against = Field(description="对比 with what: the period before, a year ago, the area above")
    change: int | None = Field(
        description="增减量 how much more it is now; null of a ratio, and if one of both is not told", examples=[120]
    )
    change_rate: str | None = Field(
        description="增减率 the same in per cent of the other; null of a ratio, and if the other is 0",
        examples=["3.40"],
    )
    points: str | None = Field(
        description="百分点 of a ratio, by how many points it is more; null of other kinds", examples=[None]
    )

    @classmethod
    def compared(cls, against: Against, here: Figure, there: Figure) -> Self:
        now, then = shown_value(here), shown_value(there)
        ratio = here.definition.base is not None
        known = now is not None and then is not None
        change = now - then if now is not None and then is not None else None
        return cls(
            **FigureView.fields_of(there),
            against=against,
            change=None if ratio or change is None else int(change),
            change_rate=None if ratio or not known else _change_rate(change, then),
            points=str(change) if ratio and change is not None else None,
        )


def _change_rate(change: Value | None, then: Value | None) -> str | None:
    if change is None or not then:
        return None
    rate = (Decimal(change) * 100 / abs(Decimal(then))).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    return str(rate)


class CellView(FigureView):
    """One figure of a table."""

    compared: list[ComparedView] = Field(
        description="对比 what it is compared with, as far as there is such a period and the caller may see it"
    )


class RowView(View):
    """The figures of one area."""

    area: str = Field(description="区划代码 area of 2 to 12 digits, or grid of 15", examples=["450481114"])
    values: list[CellView] = Field(description="数值 figures of this area, in the order of their codes")

    @classmethod
    def of(cls, row: Row) -> Self:
        return cls(area=row.area, values=[_cell(row, number) for number in range(len(row.figures))])


def _cell(row: Row, number: int) -> CellView:
    here = row.figures[number]
    compared = [
        ComparedView.compared(against, here, figures[number])
        for against, figures in row.against.items()
        if figures is not None
    ]
    return CellView(**FigureView.fields_of(here), compared=compared)


class TableView(View):
    """Areas × indicators in one period."""

    period: StretchView = Field(description="统计期 period that is told")
    previous: StretchView | None = Field(
        description="上期 period before, as far as it is compared; null if that was not asked for"
    )
    last_year: StretchView | None = Field(
        description="上年同期 same period a year ago, as far as it is compared; null if that was not asked for"
    )
    areas: list[RowView] = Field(description="区域 areas in the order in which they were asked for, then those below")
    fresh_through: list[FreshnessView] = Field(description="时效 how far what the figures are made of has been read")

    @classmethod
    def of(cls, table: Table) -> Self:
        return cls(
            period=StretchView.of(table.stretch),
            previous=None if table.previous is None else StretchView.of(table.previous),
            last_year=None if table.last_year is None else StretchView.of(table.last_year),
            areas=[RowView.of(row) for row in table.rows],
            fresh_through=fresh(table.fresh),
        )


class AreaSeriesView(View):
    """One indicator of one area, period by period."""

    area: str = Field(description="区划代码 area", examples=["450481114"])
    code: str = Field(description="指标代码 indicator", examples=["BIRTHS"])
    values: list[FigureView] = Field(description="数值 its figures, in the order of `periods`")


class PeriodSeriesView(View):
    """Areas × indicators × periods."""

    periods: list[StretchView] = Field(description="统计期 periods, the first one first")
    series: list[AreaSeriesView] = Field(description="序列 a series of each area and indicator")
    fresh_through: list[FreshnessView] = Field(description="时效 how far what the figures are made of has been read")

    @classmethod
    def of(cls, answer: PeriodSeries) -> Self:
        return cls(
            periods=[StretchView.of(one) for one in answer.stretches],
            series=[
                AreaSeriesView(
                    area=row.area,
                    code=figure.definition.code,
                    values=[FigureView.of(of[place].figures[number]) for of in answer.rows],
                )
                for place, row in enumerate(answer.rows[0])
                for number, figure in enumerate(row.figures)
            ],
            fresh_through=fresh(answer.fresh),
        )


class StandingView(View):
    """Where one area stands."""

    area: str = Field(description="区划代码 area", examples=["450481114"])
    rank: int | None = Field(
        description="名次 1 is the best; equal figures share a rank, the next one counts them all (1, 2, 2, 4); null "
        "if the figure is not known or not told",
        examples=[2],
    )
    percentile: str | None = Field(
        description="百分位 how many per cent of all areas with a rank it is no worse than", examples=["85.71"]
    )
    value: FigureView = Field(description="数值 its figure")

    @classmethod
    def of(cls, one: Standing) -> Self:
        return cls(
            area=one.area,
            rank=one.rank,
            percentile=None if one.percentile is None else str(one.percentile),
            value=FigureView.of(one.figure),
        )


class RankingView(View):
    """The areas of one level inside an area, ranked by an indicator as it is shown."""

    area: str = Field(description="区划代码 area inside which they lie", examples=["450481"])
    level: int = Field(description="级别 digits of their codes", examples=[9])
    code: str = Field(description="指标代码 indicator", examples=["CASE-IN-TIME-RATE"])
    direction: Direction = Field(
        description="方向 up: more is better and first; down: less is; neutral: the greatest is first and no judgement",
        examples=["up"],
    )
    period: StretchView = Field(description="统计期 period")
    tree: date = Field(
        description="区划日期 day whose areas are ranked, each with what it came out of", examples=["2026-03-16"]
    )
    quartiles: list[str | None] = Field(
        description="四分位数 the least figures that 25, 50 and 75 per cent of the areas do not exceed",
        examples=[["3", "5", "9"]],
    )
    areas: list[StandingView] = Field(description="区域 the best one first; without a rank at the end")
    fresh_through: list[FreshnessView] = Field(description="时效 how far what the figures are made of has been read")

    @classmethod
    def of(cls, ranking: Ranking) -> Self:
        return cls(
            area=ranking.area,
            level=ranking.level,
            code=ranking.definition.code,
            direction=ranking.definition.direction,
            period=StretchView.of(ranking.stretch),
            tree=ranking.tree,
            quartiles=[None if one is None else str(one) for one in ranking.quartiles],
            areas=[StandingView.of(one) for one in ranking.standings],
            fresh_through=fresh(ranking.fresh),
        )


class PartView(FigureView):
    """One part of an indicator."""

    part: str = Field(description="分组值 value of the axis; `unknown`: not known or not said", examples=["2"])
    inside: str | None = Field(
        description="所属 the part that it is a part of itself, and is not added beside; else null", examples=[None]
    )

    @classmethod
    def of_part(cls, one: Part) -> Self:
        return cls(**FigureView.fields_of(one.figure), part=one.value, inside=one.inside)


class PartedView(View):
    """One indicator by the parts of the axis. Unless parts overlap: whole = Σ parts that lie in no other + rest."""

    code: str = Field(description="指标代码 indicator", examples=["POP-RES"])
    whole: FigureView = Field(description="合计 the indicator itself")
    parts: list[PartView] = Field(description="分组 its parts; what is not known is one of them")
    rest: FigureView | None = Field(
        description="其余 what is in no part: 0 if the parts are all there is; null if something may count in several"
    )

    @classmethod
    def of(cls, one: Parted) -> Self:
        return cls(
            code=one.whole.definition.code,
            whole=FigureView.of(one.whole),
            parts=[PartView.of_part(part) for part in one.parts],
            rest=None if one.rest is None else FigureView.of(one.rest),
        )


class PartedValues(View):
    """Indicators of an area in a period by one axis."""

    area: str = Field(description="区划代码 area of 2 to 12 digits, or grid of 15", examples=["450481114"])
    axis: str = Field(description="分组 axis", examples=["sex"])
    period: StretchView = Field(description="统计期 period")
    indicators: list[PartedView] = Field(description="指标 in the order of their codes")
    fresh_through: list[FreshnessView] = Field(description="时效 how far what the figures are made of has been read")

    @classmethod
    def of(cls, answer: PartedFigures) -> Self:
        return cls(
            area=answer.area,
            axis=answer.axis,
            period=StretchView.of(answer.stretch),
            indicators=[PartedView.of(one) for one in answer.indicators],
            fresh_through=fresh(answer.fresh),
        )
