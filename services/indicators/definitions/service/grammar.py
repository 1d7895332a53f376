"""What a draft of a definition says: an indicator in words, and what it is made of in the closed grammar."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from services.indicators.contributions.service.grammar import Counted, written
from services.indicators.definitions.domain.definition import Direction, Kind
from shared.ledgers.grammar.body import Body, CodeWord, Day, without_number
from shared.ledgers.grammar.words import Name, Title

IndicatorCode = Annotated[
    str, StringConstraints(pattern=r"^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$", max_length=60), AfterValidator(without_number)
]
"""Code of an indicator that a county or the product defines. Those of ledgers have dots and are never drafted."""

AnyIndicator = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{1,140}$"), AfterValidator(without_number)]
"""Code of any indicator, of a ledger's measure too."""


class PartOf(Body):
    """A part of another indicator."""

    code: AnyIndicator = Field(description="指标代码 the whole", examples=["POP-RES"])
    dimension: str = Field(
        pattern=r"^[a-z][a-z0-9_]{0,40}:[A-Za-z0-9_.+-]{1,64}$",
        description="分组 `<axis>:<value>` of an axis by which the whole is kept",
        examples=["age:65+"],
    )


class RatioOf(Body):
    """Two indicators of one unit, the first a part of the second; told in per cent, with both counts."""

    numerator: AnyIndicator = Field(description="分子 indicator", examples=["POP-AGE-65"])
    denominator: AnyIndicator = Field(description="分母 indicator", examples=["POP-RES"])


class TermOf(Body):
    """An indicator that is added so many times, or subtracted."""

    code: AnyIndicator = Field(description="指标代码", examples=["BIRTHS"])
    factor: int = Field(
        default=1, ge=-1_000, le=1_000, description="系数 not 0; negative: it is subtracted", examples=[1]
    )


class DraftContent(Body):
    """A definition as it is drafted. Exactly what its kind needs says what it is made of."""

    code: IndicatorCode = Field(description="指标代码 for ever", examples=["CASE-REFUSED"])
    name: Title = Field(description="指标名称 Chinese name", examples=["不予受理办件"])
    unit: Annotated[str, StringConstraints(min_length=1, max_length=20)] = Field(
        description="单位 unit; of a ratio %, of a percentile 天", examples=["件"]
    )
    kind: Kind = Field(description="类别 stock, flow, ratio, percentile, reported or composite", examples=["flow"])
    direction: Direction = Field(description="方向 up: more is better, down: less is", examples=["neutral"])
    meaning: Annotated[str, StringConstraints(min_length=10, max_length=400, pattern=r"。$")] = Field(
        description="统计口径 in words, a whole sentence: what is counted, on which day, where, and what is left out",
        examples=["期内决定不予受理的办件数，按作出决定的日期统计。"],
    )
    department: CodeWord = Field(
        description="责任部门 department that answers for it", examples=["government_services"]
    )
    scale: int = Field(default=0, ge=0, le=6, description="小数位数 of sums and reported values", examples=[0])
    counted: Counted | None = Field(
        default=None,
        description="统计规则 of a stock, flow or percentile",
        examples=[{"noun": "services_hall.case", "day": ["refused_at"], "parts": ["category"]}],
    )
    percentile: int | None = Field(
        default=None, ge=1, le=99, description="百分位 of a percentile: 50 is the median", examples=[None]
    )
    part: PartOf | None = Field(
        default=None, description="部分 of a stock or flow that is part of another", examples=[None]
    )
    share: RatioOf | None = Field(default=None, description="比率 of a ratio", examples=[None])
    terms: list[TermOf] = Field(default_factory=list, max_length=20, description="组成 of a composite", examples=[[]])
    reported: Name | None = Field(
        default=None,
        description="填报项目 of a reported one: its name in the ledger of reported values",
        examples=[None],
    )
    opens_on: Day | None = Field(
        default=None,
        description="启用日 first day on which the version counts; null: the day on which it is published, of a first "
        "version since ever",
        examples=[None],
    )

    def formula(self) -> Mapping[str, Any]:
        """What it is made of, as it is stored."""
        if self.part is not None:
            return {"part": [self.part.code, self.part.dimension]}
        if self.share is not None:
            return {"ratio": [self.share.numerator, self.share.denominator]}
        if self.terms:
            return {"terms": [[one.factor, one.code] for one in self.terms]}
        if self.reported is not None:
            return {"reported": self.reported}
        assert self.counted is not None
        return {"counted": written(self.counted)}
