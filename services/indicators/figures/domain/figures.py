"""Figures: rates by exact arithmetic, half-up to two decimals of a per cent; remainders; cells too small to be told."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from services.indicators.definitions.domain import Definition


def per_cent(count: int, base: int | None) -> Decimal | None:
    """`count` of `base` in per cent. None when `base` is 0 or unknown: neither 0 % nor 100 % is meant.

    Vector (Tianmen, 2016-12): 911 of 972 → 93.72; 737 of 972 → 75.82.
    """
    if not base:
        return None
    return (Decimal(count) * 100 / Decimal(base)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def is_small(count: int | None, base: int | None, least: int, made_of: Iterable[int] = ()) -> bool:
    """Whether a count, a ratio's base, or what a ratio leaves over lies between 1 and below `least`.

    `made_of`: of how many records each of them is made if it is a sum, which says nothing by its size.
    """
    cells = (count, base, None if count is None or base is None else base - count)
    return any(cell is not None and 0 < cell < least for cell in (*cells, *map(abs, made_of)))


def hidden_parts(counts: Sequence[int | None], small: Sequence[bool]) -> tuple[bool, ...]:
    """Which parts of a whole that is told are hidden: the small ones, and if there is just one of them another one too.

    The whole less the other parts would give it away. The other one is the smallest that is not 0.
    """
    hidden = list(small)
    if hidden.count(True) == 1:
        others = [(count, number) for number, count in enumerate(counts) if count and not hidden[number]]
        if others:
            hidden[min(others)[1]] = True
    return tuple(hidden)


def rough(count: int, least: int, records: int = 0) -> int:
    """A count to the nearest multiple of `least`; a sum of so many records to a multiple of 1, 2 or 5 times a power of
    ten that is no less than `least` average ones.

    The same count is told the same on every day, in every area and period: from two of them nobody works out one
    record. Vectors: 7 → 5, 8 → 10; 51,200 of 40 → 50,000.
    """
    step = _step(-(-least * abs(count) // records)) if records else least
    rounded = (abs(count) + step // 2) // step * step
    return rounded if count >= 0 else -rounded


def _step(least: int) -> int:
    power = 1
    while True:
        for digit in (1, 2, 5):
            if digit * power >= least:
                return digit * power
        power *= 10


def percentile_of(observed: Mapping[int, int], per_cent: int) -> int | None:
    """The shortest duration that so many per cent of all did not exceed (nearest rank). None without any.

    Vector: of 1, 2, 2, 3, 9 days the median is 2, the 90th percentile 9.
    """
    rank = -(-sum(observed.values()) * per_cent // 100)
    if rank <= 0:
        return None
    seen = 0
    for duration in sorted(observed):
        seen += observed[duration]
        if seen >= rank:
            return duration
    return None


@dataclass(frozen=True)
class Figure:
    """One indicator of one area. `count` is the value or the numerator; both are None before the opening day.

    `made_of`: of how many records its sums are made. `hidden`: it is told to nobody, because a small count could be
    read off it. `rounded`: the caller may not read the records, and is told how many there are roughly. `observed`:
    of a percentile, how many there are of each duration. `versions`: those of its definition that it was counted by.
    """

    definition: Definition
    count: int | None
    base: int | None
    made_of: tuple[int, ...] = ()
    hidden: bool = False
    rounded: bool = False
    observed: Mapping[int, int] | None = None
    versions: tuple[int, ...] = ()

    @classmethod
    def of_durations(
        cls, definition: Definition, observed: Mapping[int, int] | None, *, hidden: bool = False
    ) -> "Figure":
        """A percentile out of its durations; unknown without them."""
        kept = None if observed is None else {days: number for days, number in observed.items() if number}
        assert definition.percentile is not None
        count = None if kept is None else percentile_of(kept, definition.percentile)
        return cls(definition, count, None, observed=kept, hidden=hidden)

    @property
    def small(self) -> bool:
        """Whether it speaks of single people by itself."""
        if self.definition.percentile is not None:
            return 0 < sum((self.observed or {}).values()) < self.definition.least
        return is_small(self.count, self.base, self.definition.least, self.made_of)


@dataclass(frozen=True)
class AreaFigures:
    """The figures of one area."""

    area: str
    figures: tuple[Figure, ...]


def remainder(whole: AreaFigures, children: Iterable[AreaFigures]) -> AreaFigures:
    """What the area holds and none of its children does: rows written at its own level, or outside every grid."""
    rest = []
    for number, figure in enumerate(whole.figures):
        parts = [child.figures[number] for child in children]
        if figure.definition.percentile is not None:
            rest.append(Figure.of_durations(figure.definition, _durations([figure], parts)))
            continue
        rest.append(
            Figure(
                figure.definition,
                None if figure.count is None else figure.count - sum(part.count or 0 for part in parts),
                None if figure.base is None else figure.base - sum(part.base or 0 for part in parts),
                tuple(of - sum(part.made_of[at] for part in parts) for at, of in enumerate(figure.made_of)),
            )
        )
    return AreaFigures(whole.area, tuple(rest))


def with_hidden(whole: AreaFigures, parts: Sequence[AreaFigures]) -> list[AreaFigures]:
    """The whole and its parts, with what would speak of single people marked. A small whole hides all that it is of."""
    areas = [
        [replace(figure, hidden=figure.hidden or figure.small) for figure in one.figures] for one in (whole, *parts)
    ]
    for number, figure in enumerate(areas[0]):
        below = [area[number] for area in areas[1:]]
        marks = (
            tuple(bool(part.count) for part in below)
            if figure.hidden
            else hidden_parts([part.count for part in below], [part.hidden for part in below])
        )
        for area, mark in zip(areas[1:], marks, strict=True):
            area[number] = replace(area[number], hidden=mark)
    return [AreaFigures(one.area, tuple(area)) for one, area in zip((whole, *parts), areas, strict=True)]


def with_siblings(areas: Sequence[AreaFigures]) -> list[AreaFigures]:
    """Areas of one parent, with what would speak of single people marked: what the parent less the others tells too."""
    marks = [
        hidden_parts([one.count for one in of], [one.hidden or one.small for one in of])
        for of in zip(*(area.figures for area in areas), strict=True)
    ]
    return [
        AreaFigures(
            area.area,
            tuple(
                one if one.hidden is mark[number] else replace(one, hidden=mark[number])
                for one, mark in zip(area.figures, marks, strict=True)
            ),
        )
        for number, area in enumerate(areas)
    ]


def together(area: str, parts: Sequence[AreaFigures], definitions: Sequence[Definition]) -> AreaFigures:
    """The sum of several areas: unknown if each is; hidden if one is small, which the others would give away."""
    figures = []
    for number, one in enumerate(definitions):
        of = [part.figures[number] for part in parts]
        known = [figure for figure in of if figure.count is not None]
        if one.percentile is not None:
            small = any(figure.small for figure in of)
            figures.append(Figure.of_durations(one, _durations(of) if of else {}, hidden=small))
            continue
        figures.append(
            Figure(
                one,
                sum(figure.count or 0 for figure in known) if known or not of else None,
                None if one.base is None or (of and not known) else sum(figure.base or 0 for figure in known),
                tuple(sum(figure.made_of[at] for figure in of) for at in range(len(one.made_of))),
                hidden=any(figure.small for figure in of),
            )
        )
    return AreaFigures(area, tuple(figures))


def in_pieces(pieces: Sequence[AreaFigures]) -> AreaFigures:
    """The figures of a period out of those of its pieces, in each of which other versions of definitions hold.

    What is of a day is that of the last piece. What is of a period is added up, each day by the version of that day.
    """
    last = pieces[-1]
    if len(pieces) == 1:
        return last
    figures = []
    for number, figure in enumerate(last.figures):
        of = [piece.figures[number] for piece in pieces]
        known = [one for one in of if one.count is not None]
        versions = tuple(dict.fromkeys(one.definition.version for one in known or of[-1:]))
        if figure.definition.stands:
            figures.append(replace(figure, versions=(figure.definition.version,)))
        elif figure.definition.percentile is not None:
            whole = Figure.of_durations(figure.definition, _durations(of))
            figures.append(replace(whole, versions=versions))
        else:
            figures.append(
                Figure(
                    figure.definition,
                    sum(one.count or 0 for one in known) if known else None,
                    sum(one.base or 0 for one in known) if known and figure.definition.base is not None else None,
                    tuple(
                        sum(one.made_of[at] for one in of if len(one.made_of) > at) for at in range(len(figure.made_of))
                    ),
                    versions=versions,
                )
            )
    return AreaFigures(last.area, tuple(figures))


def _durations(figures: Sequence[Figure], less: Sequence[Figure] = ()) -> Mapping[int, int] | None:
    """All durations of these together, less those of the others. None: of none of them anything is known."""
    if all(one.observed is None for one in figures):
        return None
    total = Counter[int]()
    for one in figures:
        total.update(one.observed or {})
    for one in less:
        total.subtract(one.observed or {})
    return total


def roughly(figure: Figure) -> Figure:
    """The figure as somebody is told it who may not read the records. A duration counts nobody."""
    if figure.definition.percentile is not None:
        return figure
    least = figure.definition.least
    of, in_all = (*map(abs, figure.made_of), 0, 0)[:2]
    count = None if figure.count is None else rough(figure.count, least, of)
    base = None if figure.base is None else rough(figure.base, least, in_all)
    if count is not None and base is not None:
        count = min(count, base)
    return replace(figure, count=count, base=base, rounded=True)
