"""Ranks (排名): ties share a rank (1, 2, 2, 4); where a unit stands among all; quartiles."""

from collections.abc import Sequence
from decimal import Decimal

from services.indicators.definitions.domain import Direction
from services.indicators.figures.domain.figures import Figure, per_cent

Value = Decimal | int


def shown_value(figure: Figure) -> Value | None:
    """What a figure is compared by: its rate as it is shown, or its count. None: there is none, or it is not told."""
    if figure.hidden or figure.count is None:
        return None
    return figure.count if figure.definition.base is None else per_cent(figure.count, figure.base)


def ranks_of(values: Sequence[Value | None], direction: Direction) -> list[int | None]:
    """The rank of each, the best one's is 1; equal ones share theirs and the next one is as far down as there are
    before it. None has none. If neither more nor less is better the greatest is first.

    Vector: of 9, 7, 7, 5 → 1, 2, 2, 4.
    """
    known = sorted((one for one in values if one is not None), reverse=direction is not Direction.DOWN)
    first: dict[Value, int] = {}
    for number, one in enumerate(known, 1):
        first.setdefault(one, number)
    return [None if one is None else first[one] for one in values]


def percentiles_of(ranks: Sequence[int | None]) -> list[Decimal | None]:
    """Of each, how many per cent of all that have a rank it is no worse than: 100 for the first."""
    known = [one for one in ranks if one is not None]
    return [None if one is None else per_cent(sum(other >= one for other in known), len(known)) for one in ranks]


def quantile(values: Sequence[Value | None], percent: int) -> Value | None:
    """The least value that so many per cent of all do not exceed (nearest rank). None without any.

    Vector: of 1, 2, 2, 3, 9 the median is 2, the third quartile 3.
    """
    known = sorted(one for one in values if one is not None)
    return known[-(-len(known) * percent // 100) - 1] if known else None
