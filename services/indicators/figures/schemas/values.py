"""Bodies of figures. Counts are integers; a rate is a decimal string in per cent, half-up to two places."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import Field

from services.indicators.definitions.domain import Kind
from services.indicators.figures.domain import AreaFigures, Figure, per_cent
from services.indicators.figures.service.figures import Answer, Series
from services.indicators.figures.service.sets import SetAnswer, SetFigure
from shared.contracts.registry.area_sets import AreaSetKind
from shared.http.schemas import Instant, View
from shared.messaging.reading.progress import Freshness


class CountedView(View):
    """What was counted: `value` of a stock or flow; numerator, denominator and (unless that is 0) `rate` of a ratio."""

    value: int | None = Field(
        description="数值 the count; null for a ratio and before the opening day", examples=[31207]
    )
    numerator: int | None = Field(description="分子 numerator of a ratio; else null", examples=[None])
    denominator: int | None = Field(description="分母 denominator of a ratio; else null", examples=[None])
    rate: str | None = Field(
        examples=[None], description='比率 of a ratio, in per cent with two places: "93.72"; null if there is none'
    )
    hidden: bool = Field(
        description="不予显示 true: the count is so small that it would speak of single people, or another such count "
        "could be worked out from it; everything else is null then",
        examples=[False],
    )
    rounded: bool = Field(
        description="约数 true: the caller may not read the records that are counted, and is told counts to the "
        "nearest five and sums as roughly, so that two figures do not name a person; parts may not add up then",
        examples=[False],
    )


def counted(kind: Kind, count: int | None, base: int | None, *, hidden: bool, rounded: bool) -> dict[str, Any]:
    """The fields of a `CountedView`. `count`: the value or the numerator; `base`: the denominator of a ratio."""
    if hidden:
        count = base = None
    marks = {"hidden": hidden, "rounded": rounded and not hidden}
    if kind is not Kind.RATIO:
        return {"value": count, "numerator": None, "denominator": None, "rate": None, **marks}
    rate = None if count is None else str(per_cent(count, base)) if base else None
    return {"value": None, "numerator": count, "denominator": base, "rate": rate, **marks}


class FigureView(CountedView):
    """One figure."""

    code: str = Field(description="指标代码 code of the indicator, see listDefinitions", examples=["POP-RES"])
    definition_version: int = Field(
        description="指标口径版本 version of the indicator's definition that is in force on the day"
    )
    definition_versions: list[int] = Field(
        description="所用口径版本 versions that were counted by: several if others came into force in the period, each "
        "day of which is counted by the version of that day",
        examples=[[1]],
    )
    observations: int | None = Field(
        description="个数 of a percentile: of how many durations it is; null for other kinds", examples=[None]
    )

    @classmethod
    def of(cls, figure: Figure) -> Self:
        return cls(**cls.fields_of(figure))

    @staticmethod
    def fields_of(figure: Figure) -> dict[str, Any]:
        """The fields by their names."""
        definition = figure.definition
        fields = counted(definition.kind, figure.count, figure.base, hidden=figure.hidden, rounded=figure.rounded)
        observed = None if figure.observed is None or figure.hidden else sum(figure.observed.values())
        return {
            "code": definition.code,
            "definition_version": definition.version,
            "definition_versions": list(figure.versions or (definition.version,)),
            "observations": observed,
            **fields,
        }


class AreaView(View):
    """The figures of one area."""

    area: str = Field(description="区划代码 area of 2 to 12 digits, or grid of 15", examples=["450481114"])
    values: list[FigureView] = Field(description="数值 figures of this area, in the order of their codes")

    @classmethod
    def of(cls, figures: AreaFigures) -> Self:
        return cls(area=figures.area, values=[FigureView.of(figure) for figure in figures.figures])


class FreshnessView(View):
    """Up to where one noun's states were counted: the newest one's time, and how many records are known to wait."""

    noun: str = Field(description="名词 noun whose states are counted", examples=["registry.person"])
    newest: Instant | None = Field(description="最新 time of the newest state that was counted")
    lag: int = Field(description="滞后 records known to wait unread", examples=[0])


class Values(View):
    """Figures as of a day. Flows run from `since` to `as_of`, both inclusive. Null before the county's opening day.

    `children` and `own` are null without a breakdown; with one, the area = Σ children + own, figure by figure.
    """

    area: str = Field(description="区划代码 area of 2 to 12 digits, or grid of 15", examples=["450481"])
    since: date = Field(description="起始日 first day of the flows")
    as_of: date = Field(description="统计日 day as of which the figures are")
    after_today: bool = Field(
        description="晚于今天 true if that day has not come yet: what is known of it already, and no figure to report",
        examples=[False],
    )
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
            after_today=answer.after_today,
            values=AreaView.of(answer.whole).values,
            children=None if answer.children is None else [AreaView.of(child) for child in answer.children],
            own=None if answer.own is None else AreaView.of(answer.own),
            fresh_through=fresh(answer.fresh),
        )


class SetValuesView(View):
    """The figures of one set of areas."""

    id: UUID = Field(description="片区标识 id of the set; its name is asked of registry")
    members: list[str] = Field(
        description="成员 the villages or grids that belong to it on the day", examples=[["450481114201"]]
    )
    values: list[FigureView] = Field(description="数值 figures of its members together, in the order of their codes")

    @classmethod
    def of(cls, one: SetFigure) -> Self:
        values = [FigureView.of(figure) for figure in one.figures.figures]
        return cls(id=one.id, members=list(one.members), values=values)


class ValuesBySet(View):
    """Figures by set of areas as of a day. Membership is that of the day, for flows since before it too.

    Unless sets may overlap, area = Σ sets + beyond + none, figure by figure. `values` counts nothing twice.
    """

    area: str = Field(description="区划代码 area of 2 to 12 digits, or grid of 15", examples=["450481"])
    kind: AreaSetKind = Field(description="片区类别 kind of the sets", examples=["service_community"])
    overlapping: bool = Field(
        description="可交叉 true: an area may belong to several sets of this kind, whose sum is no figure of anything",
        examples=[False],
    )
    since: date = Field(description="起始日 first day of the flows")
    as_of: date = Field(description="统计日 day as of which the figures are, and whose members count")
    after_today: bool = Field(
        description="晚于今天 true if that day has not come yet: what is known of it already", examples=[False]
    )
    values: list[FigureView] = Field(description="本区数值 figures of the area asked for, each of its parts once")
    sets: list[SetValuesView] = Field(description="片区 the sets whose members of the day all lie in the area")
    beyond: list[FigureView] = Field(
        description="跨区 what of the area belongs to sets that reach beyond it, which are told for a larger area"
    )
    none: list[FigureView] = Field(description="不属于片区 what of the area belongs to no set of the kind")
    fresh_through: list[FreshnessView] = Field(description="时效 how far what the figures are made of has been read")

    @classmethod
    def of(cls, answer: SetAnswer) -> Self:
        return cls(
            area=answer.whole.area,
            kind=answer.kind,
            overlapping=answer.overlapping,
            since=answer.since,
            as_of=answer.as_of,
            after_today=answer.after_today,
            values=AreaView.of(answer.whole).values,
            sets=[SetValuesView.of(one) for one in answer.sets],
            beyond=AreaView.of(answer.beyond).values,
            none=AreaView.of(answer.none).values,
            fresh_through=fresh(answer.fresh),
        )


class DayView(CountedView):
    """One day of a series: the stock at its end, or what fell on it."""

    day: date = Field(description="日期 day that the figure is of")
    after_today: bool = Field(
        description="晚于今天 true if the day has not come yet: what is known of it already", examples=[False]
    )
    definition_version: int = Field(description="口径版本 version of the definition that held on the day", examples=[1])


class SeriesView(View):
    """One indicator of one area, day by day."""

    area: str = Field(description="区划代码 area of 2 to 12 digits, or grid of 15", examples=["450481114"])
    code: str = Field(description="指标代码 code of the indicator", examples=["POP-RES"])
    definition_version: int = Field(
        description="指标口径版本 version of the indicator's definition that is in force on the last day"
    )
    days: list[DayView] = Field(description="逐日 values by day")
    fresh_through: list[FreshnessView] = Field(description="时效 how far what the figures are made of has been read")

    @classmethod
    def of(cls, series: Series) -> Self:
        return cls(
            area=series.area,
            code=series.definition.code,
            definition_version=series.definition.version,
            days=[
                DayView(
                    day=one.day,
                    after_today=one.after_today,
                    definition_version=one.version,
                    **counted(series.definition.kind, one.count, one.base, hidden=one.hidden, rounded=one.rounded),
                )
                for one in series.days
            ],
            fresh_through=fresh(series.fresh),
        )


def fresh(found: Iterable[Freshness]) -> list[FreshnessView]:
    return [FreshnessView.model_validate(one) for one in found]
