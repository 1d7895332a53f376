"""Indicator definitions as data: what a code means, in which words, and what it is counted from."""

from dataclasses import dataclass, replace

from shared.contracts.ledger_records import MADE_OF
from shared.reference.named_code import NamedCode


class Kind(NamedCode):
    """`stock`: how many on a day. `flow`: how many in a period. `ratio`: numerator of denominator in a period."""

    STOCK = "stock", "存量"
    FLOW = "flow", "流量"
    RATIO = "ratio", "比率"


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
class Definition:
    """One indicator. `meaning` is the statistical meaning (口径) of this `version`. `base` is set for ratios only.

    `axes`: by which its count is also kept in parts. `scale`: decimal places of its count. `least`: counts from 1 to
    below it are told to nobody, nor sums of so few records, because they would speak of single people; 0: all are told.
    Whoever may not read the records, by `read_by`, is told rounded ones. `retired`: nothing new is counted, the past
    stays. `of_stocks`: a ratio of how many there are on a day, not of how many came about in a period.
    """

    code: str
    name: str
    unit: str
    direction: Direction
    kind: Kind
    meaning: str
    department: str
    count: Measure
    base: Measure | None = None
    version: int = 1
    restricted: bool = False
    axes: tuple[str, ...] = ()
    scale: int = 0
    least: int = 0
    retired: bool = False
    read_by: str | None = None
    of_stocks: bool = False

    def __post_init__(self) -> None:
        if (self.kind is Kind.RATIO) != (self.base is not None):
            raise ValueError(f"{self.code}: a ratio has a base, and nothing else has one")

    @property
    def stands(self) -> bool:
        """Whether its counts are those of a day; else those of a period."""
        return self.kind is Kind.STOCK or self.of_stocks

    @property
    def announced(self) -> bool:
        """Whether its values go out on the bus, to whoever reads there."""
        return not (self.restricted or self.least or self.retired)

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What it is counted from."""
        return (self.count,) if self.base is None else (self.count, self.base)

    @property
    def made_of(self) -> tuple[Measure, ...]:
        """Of how many records its sums are made, if few of them would speak of single people."""
        return tuple(Measure(one.code + MADE_OF, one.dimension) for one in self.measures) if self.least else ()

    def part(self, dimension: str) -> "Definition":
        """The same indicator of one part, `<axis>:<value>`, of what it counts."""
        base = None if self.base is None else Measure(self.base.code, dimension)
        return replace(self, count=Measure(self.count.code, dimension), base=base)
