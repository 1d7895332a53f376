"""Indicator definitions as data: what a code means, in which words, and what it is counted from."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from shared.contracts.ledger_records import MADE_OF
from shared.reference.named_code import NamedCode


class Kind(NamedCode):
    """`stock`: how many on a day. `flow`: how many in a period. `ratio`: numerator of denominator in a period.

    `percentile`: how many days so many per cent of all durations took at most. `reported`: what no event knows and
    somebody answers for, as it holds on a day. `composite`: other indicators of one unit, added and subtracted.
    """

    STOCK = "stock", "存量"
    FLOW = "flow", "流量"
    RATIO = "ratio", "比率"
    PERCENTILE = "percentile", "时长分位数"
    REPORTED = "reported", "填报"
    COMPOSITE = "composite", "合成"


class Direction(NamedCode):
    """Whether more is better."""

    UP = "up", "越高越好"
    DOWN = "down", "越低越好"
    NEUTRAL = "neutral", "不作评价"


@dataclass(frozen=True)
class Measure:
    """An additive count by its code and, for a part of it, its dimension."""

    code: str
    dimension: str = ""


@dataclass(frozen=True)
class Total:
    """Measures that are added and subtracted: `(factor, measure)`."""

    terms: tuple[tuple[int, Measure], ...]

    @classmethod
    def of(cls, code: str, dimension: str = "") -> "Total":
        """One measure alone."""
        return cls(((1, Measure(code, dimension)),))

    @classmethod
    def together(cls, terms: Iterable[tuple[int, Measure]]) -> "Total":
        """Each measure once, with all its factors added up; what cancels out is left with 0."""
        factors: dict[Measure, int] = {}
        for factor, measure in terms:
            factors[measure] = factors.get(measure, 0) + factor
        return cls(tuple((factor, measure) for measure, factor in factors.items()))

    @property
    def measures(self) -> tuple[Measure, ...]:
        return tuple(measure for _, measure in self.terms)

    @property
    def whole(self) -> bool:
        """Whether it counts wholes only, of which a part may be asked."""
        return not any(measure.dimension for measure in self.measures)

    def part(self, *dimensions: str) -> "Total":
        """The same of one part, or of several together."""
        return Total(
            tuple((factor, Measure(measure.code, one)) for factor, measure in self.terms for one in dimensions)
        )

    def times(self, factor: int) -> tuple[tuple[int, Measure], ...]:
        """Its terms so many times."""
        return tuple((factor * own, measure) for own, measure in self.terms)


@dataclass(frozen=True)
class Definition:
    """One indicator. `meaning` is the statistical meaning (口径) of this `version`. `base` is set for ratios only.

    `axes`: by which its count is also kept in parts. `scale`: decimal places of its count. `least`: counts from 1 to
    below it are told to nobody, nor sums of so few records, because they would speak of single people; 0: all are told.
    Whoever may not read the records, by `read_by`, is told rounded ones. `retired`: nothing new is counted, the past
    stays. `of_stocks`: a ratio or composite of how many there are on a day, not of how many came about in a period.
    `percentile`: of durations, how many per cent of them. `unknown`: there is no figure on the day, because the
    indicator is not in force on it, or because what is held is being counted by its rule still.
    """

    code: str
    name: str
    unit: str
    direction: Direction
    kind: Kind
    meaning: str
    department: str
    count: Total
    base: Total | None = None
    version: int = 1
    restricted: bool = False
    axes: tuple[str, ...] = ()
    scale: int = 0
    least: int = 0
    retired: bool = False
    read_by: str | None = None
    of_stocks: bool = False
    percentile: int | None = None
    unknown: bool = False

    def __post_init__(self) -> None:
        if (self.kind is Kind.RATIO) != (self.base is not None):
            raise ValueError(f"{self.code}: a ratio has a base, and nothing else has one")
        if (self.kind is Kind.PERCENTILE) != (self.percentile is not None):
            raise ValueError(f"{self.code}: a percentile says of how many per cent, and nothing else does")

    @property
    def stands(self) -> bool:
        """Whether its counts are those of a day; else those of a period."""
        return self.kind in (Kind.STOCK, Kind.REPORTED) or self.of_stocks

    @property
    def additive(self) -> bool:
        """Whether its values add up over areas. Of a ratio both counts do; of a percentile nothing does."""
        return self.kind not in (Kind.RATIO, Kind.PERCENTILE)

    @property
    def announced(self) -> bool:
        """Whether its values go out on the bus, to whoever reads there."""
        return not (self.restricted or self.least or self.retired or self.unknown or self.kind is Kind.PERCENTILE)

    @property
    def totals(self) -> tuple[Total, ...]:
        """What it is counted from: the count or numerator, and the denominator."""
        return (self.count,) if self.base is None else (self.count, self.base)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Every measure in its totals."""
        return tuple(measure for total in self.totals for measure in total.measures)

    @property
    def made_of(self) -> tuple[Total, ...]:
        """Of how many records its sums are made, if few of them would speak of single people."""
        if not self.least or self.percentile is not None:
            return ()
        return tuple(
            Total(tuple((abs(factor), Measure(one.code + MADE_OF, one.dimension)) for factor, one in total.terms))
            for total in self.totals
        )

    def part(self, *dimensions: str) -> "Definition":
        """The same indicator of one part, `<axis>:<value>`, of what it counts, or of several together."""
        base = None if self.base is None else self.base.part(*dimensions)
        return replace(self, count=self.count.part(*dimensions), base=base)
