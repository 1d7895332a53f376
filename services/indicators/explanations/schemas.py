"""Bodies of explanations."""

from collections.abc import Sequence
from datetime import date
from typing import Self

from pydantic import Field

from services.indicators.definitions.domain import Kind
from services.indicators.explanations.domain import AmountRole, Source, Withheld
from services.indicators.explanations.service import Explanation, Formula, NounBehind, Term
from services.indicators.figures.domain import Figure, per_cent
from shared.http.schemas import Instant, View


class ExplainedFigure(View):
    """One figure: `value` of a count; numerator, denominator and rate of a ratio."""

    code: str = Field(description="指标代码 indicator", examples=["CASE-IN-TIME-RATE"])
    value: int | None = Field(
        description="数值 count; null of a ratio, and if it is not known or not told", examples=[None]
    )
    numerator: int | None = Field(description="分子 of a ratio; else null", examples=[41])
    denominator: int | None = Field(description="分母 of a ratio; else null", examples=[48])
    rate: str | None = Field(
        description='比率 of a ratio, in per cent with two places: "93.72"; null if there is none', examples=["85.42"]
    )
    hidden: bool = Field(description="不予显示 it would speak of single people", examples=[False])
    rounded: bool = Field(description="约数 the caller is told it roughly", examples=[False])

    @classmethod
    def of(cls, figure: Figure) -> Self:
        definition, hidden = figure.definition, figure.hidden
        count, base = (None, None) if hidden else (figure.count, figure.base)
        ratio = definition.kind is Kind.RATIO
        rate = per_cent(count, base) if ratio and count is not None else None
        return cls(
            code=definition.code,
            value=None if ratio else count,
            numerator=count if ratio else None,
            denominator=base,
            rate=None if rate is None else str(rate),
            hidden=hidden,
            rounded=figure.rounded and not hidden,
        )


class ExplainedChild(View):
    """The same figure of an area one level below."""

    area: str = Field(description="区划代码 area below", examples=["450481114"])
    figure: ExplainedFigure = Field(description="数值 its figure")


class TermView(View):
    """A measure in the formula: `factor` × what it comes to is added."""

    role: AmountRole = Field(description="计入 of the value or numerator, or of the denominator", examples=["count"])
    factor: int = Field(description="系数 how often it is added; negative: taken off", examples=[1])
    measure: str = Field(description="计量 what is counted", examples=["CASE-IN-TIME-OF-DUE"])
    dimension: str = Field(description="分组 which part of it; empty: the whole", examples=[""])
    value: int | None = Field(
        description="数量 what it comes to; null if the figure is not told exactly", examples=[41]
    )

    @classmethod
    def of(cls, one: Term) -> Self:
        measure = one.measure
        return cls(role=one.role, factor=one.factor, measure=measure.code, dimension=measure.dimension, value=one.value)


class FormulaView(View):
    """What is counted in which days, by the version of the definition that holds in them."""

    definition_version: int = Field(description="口径版本 version of the definition", examples=[1])
    since: date = Field(description="起始日 first day of the period in which it holds", examples=["2026-01-01"])
    until: date = Field(description="截止日 last day", examples=["2026-03-16"])
    name: str = Field(description="指标名称 name", examples=["办件按期办结率"])
    unit: str = Field(description="计量单位 unit", examples=["%"])
    meaning: str = Field(description="统计口径 meaning in words", examples=["统计期内到期的办件中，按期办结的占比。"])
    department: str = Field(description="责任部门 department that answers for it", examples=["民政局"])
    terms: list[TermView] = Field(description="算式 what is added and taken off; of a ratio both counts")

    @classmethod
    def of(cls, one: Formula) -> Self:
        definition = one.definition
        return cls(
            definition_version=definition.version,
            since=one.since,
            until=one.until,
            name=definition.name,
            unit=definition.unit,
            meaning=definition.meaning,
            department=definition.department,
            terms=[TermView.of(term) for term in one.terms],
        )


class NounBehindView(View):
    """A kind of records that is counted, and who owns it."""

    noun: str = Field(description="名词 noun that is counted", examples=["services_hall.case"])
    kept_by: str = Field(
        description="来源服务 service that owns it and shows who and what it is", examples=["services_hall"]
    )
    withheld: Withheld | None = Field(
        description="不列原因 why its records are not named; null: they are", examples=[None]
    )

    @classmethod
    def of(cls, one: NounBehind) -> Self:
        return cls(noun=one.noun, kept_by=one.noun.partition(".")[0], withheld=one.withheld)


class AmountView(View):
    """What one record adds to the figure."""

    role: AmountRole = Field(description="计入 as what it counts", examples=["count"])
    measure: str = Field(description="计量 measure", examples=["CASE-IN-TIME-OF-DUE"])
    area: str = Field(description="区域 where it counts", examples=["450481114201"])
    day: date = Field(description="日期 from when on, or on which day", examples=["2026-03-09"])
    amount: int = Field(
        description="数量 how much, negative at the end of a stay; of a duration how many days it was", examples=[1]
    )


class SourceView(View):
    """One record that was counted, by its id: who and what it is its owner shows, to whom it may."""

    noun: str = Field(description="名词 noun", examples=["services_hall.case"])
    id: str = Field(description="标识 id at its owner", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"])
    version: int = Field(description="版本 version that was counted", examples=[3])
    changed_at: Instant = Field(description="变动时间 when this version came about")
    late: bool = Field(
        description="事后变动 true: it came about after the last day that is told, with today's knowledge",
        examples=[False],
    )
    amounts: list[AmountView] = Field(description="计入 what it adds")

    @classmethod
    def of(cls, one: Source) -> Self:
        amounts = [AmountView.model_validate(amount) for amount in one.amounts]
        return cls(
            noun=one.noun, id=one.id, version=one.version, changed_at=one.changed_at, late=one.late, amounts=amounts
        )


class ExplanationView(View):
    """A figure and what it is made of.

    Figure = Σ children + own. Of a village or grid the records that are named, on all pages, add up to the figure; of a
    larger area to what it holds at its own level.
    """

    area: str = Field(description="区划代码 area of 2 to 12 digits, or grid of 15", examples=["450481114201"])
    since: date = Field(description="起始日 first day of flows", examples=["2026-01-01"])
    as_of: date = Field(description="统计日 day as of which", examples=["2026-03-16"])
    after_today: bool = Field(description="晚于今天 the day has not come yet", examples=[False])
    figure: ExplainedFigure = Field(description="数值 the figure that is explained")
    made_of: list[ExplainedFigure] = Field(description="组成 indicators that it is calculated from, of the same area")
    formulas: list[FormulaView] = Field(description="算式 by version of the definition, the first days first")
    children: list[ExplainedChild] = Field(description="下级 the same figure of the areas one level below")
    own: ExplainedFigure = Field(description="本级剩余 what the area holds and none of its children does")
    nouns: list[NounBehindView] = Field(description="来源 kinds of records that are counted")
    sources: list[SourceView] = Field(description="来源记录 records that were counted, by kind and id; a page of them")
    next_cursor: str | None = Field(
        description="翻页标记 passed as `cursor` for the next page; null on the last one", examples=[None]
    )

    @classmethod
    def of(cls, one: Explanation, shown: Sequence[Source], next_cursor: str | None) -> Self:
        answer = one.answer
        assert answer.children is not None
        assert answer.own is not None
        code = one.figure.definition.code
        place = [figure.definition.code for figure in answer.whole.figures].index(code)
        return cls(
            area=answer.whole.area,
            since=answer.since,
            as_of=answer.as_of,
            after_today=answer.after_today,
            figure=ExplainedFigure.of(one.figure),
            made_of=[ExplainedFigure.of(figure) for figure in one.of],
            formulas=[FormulaView.of(formula) for formula in one.formulas],
            children=[
                ExplainedChild(area=child.area, figure=ExplainedFigure.of(child.figures[place]))
                for child in answer.children
            ],
            own=ExplainedFigure.of(answer.own.figures[place]),
            nouns=[NounBehindView.of(noun) for noun in one.nouns],
            sources=[SourceView.of(source) for source in shown],
            next_cursor=next_cursor,
        )
