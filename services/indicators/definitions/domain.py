"""Indicator definitions as data: what a code means, in which words, and what it is counted from."""

from dataclasses import dataclass

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
    """One indicator. `meaning` is the statistical meaning (口径) of this `version`. `base` is set for ratios only."""

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

    def __post_init__(self) -> None:
        if (self.kind is Kind.RATIO) != (self.base is not None):
            raise ValueError(f"{self.code}: a ratio has a base, and nothing else has one")

    @property
    def measures(self) -> tuple[Measure, ...]:
        """What it is counted from."""
        return (self.count,) if self.base is None else (self.count, self.base)
