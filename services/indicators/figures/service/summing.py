"""What figures are made of: sums of areas and grids, figures of sums, parts of definitions, and who is told what."""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import accumulate

from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.contributions.domain import CONTRIBUTIONS
from services.indicators.contributions.domain.base import DAYS
from services.indicators.contributions.service.counters import NounCounters
from services.indicators.contributions.service.nouns import COUNTED, NOUNS
from services.indicators.countings.repository import CountingRepository
from services.indicators.definitions.domain import Definition, Measure, Total
from services.indicators.definitions.service.definitions import Known
from services.indicators.deltas.domain import Openings
from services.indicators.deltas.repository import Axis, DeltaRepository
from services.indicators.deltas.service import counted_by
from services.indicators.figures.domain import AreaFigures, Figure, in_pieces, roughly
from services.indicators.figures.domain.trees import Terms, Tree
from shared.auth.principal import Principal
from shared.auth.roles import PERMISSIONS
from shared.contracts.catalogue import TOPICS
from shared.errors import DomainError, ErrorKind, FieldError
from shared.reference.areas import COUNTY_DIGITS, is_grid, village_of

Counters = Mapping[str, NounCounters]
TermsOf = Callable[[str, date], Terms]
"""What an area is the sum of in a period that ends on a day."""


@dataclass(frozen=True, slots=True)
class Sum:
    """What a measure comes to in an area: the stock at the end of a period, and what fell into it."""

    stock: int = 0
    flow: int = 0


NOTHING = Sum()
Sums = Mapping[tuple[str, Measure], Sum]


class NoSuchAxis(DomainError):
    """An indicator is asked for in parts that it is not kept by."""

    kind, code, title = ErrorKind.INVALID, "indicator_has_no_such_axis", "指标不按此分组统计"
    advice = "请查看指标口径中的分组，改选分组或指标"


class PeriodOutOfRange(DomainError):
    """The period ends before it begins, or a series is longer than three years."""

    kind, code, title = ErrorKind.INVALID, "period_out_of_range", "统计期间不正确"
    advice = "请核对起止日期：起日不晚于止日，跨度不超过规定天数"


@dataclass(frozen=True)
class Piece:
    """Days of a period in which the same versions of definitions hold, first and last included."""

    since: date
    until: date
    definitions: Sequence[Definition]


class Amounts:
    """What came about between some days, by area and measure."""

    def __init__(self, cuts: Sequence[date], amounts: Mapping[tuple[str, Measure], Sequence[int]]) -> None:
        self._cuts = cuts
        self._until = {key: list(accumulate(of)) for key, of in amounts.items()}

    def sums(self, since: date, until: date) -> dict[tuple[str, Measure], Sum]:
        """Of two of the days: everything up to the second, and from the first to the second."""
        begin, end = (bisect_left(self._cuts, day) for day in (since, until + timedelta(days=1)))
        return {key: Sum(of[end], of[end] - of[begin]) for key, of in self._until.items()}

    def dimensions(self, axes: Collection[Axis]) -> set[str]:
        """The parts by these axes of which anything was ever counted in these days or before."""
        found = {measure for _, measure in self._until}
        return {one.dimension for one in found if (one.code, one.dimension.partition(":")[0]) in axes}


def pieces_of(known: Known, since: date, until: date, dimension: str | None = None, *, asked: bool) -> list[Piece]:
    """A period cut where other versions open; the definitions in force at its end are those of every piece.

    `dimension`: only that part of each. Raises `NoSuchAxis` if one `asked` for by code is not kept by it.
    """
    last = known.on(until)
    if dimension is not None:
        last = parts_of(last, dimension, asked=asked)
    codes = {one.code for one in last}
    openings = known.openings(since, until)
    starts, ends = [since, *openings], [*(day - timedelta(days=1) for day in openings), until]
    found = []
    for start, end in zip(starts[:-1], ends[:-1], strict=True):
        earlier = [one for one in known.every(start) if one.code in codes]
        found.append(Piece(start, end, [one if dimension is None else one.part(dimension) for one in earlier]))
    return [*found, Piece(starts[-1], until, last)]


class FigureSums:
    """Sums of measures by area: of villages and above as they were rolled up, of grids from their own states."""

    def __init__(self, session: AsyncSession) -> None:
        self._deltas = DeltaRepository(session)
        self._countings = CountingRepository(session)

    async def of(
        self, areas: Collection[str], definitions: Iterable[Definition], since: date, until: date
    ) -> dict[tuple[str, Measure], Sum]:
        """Per area and measure: all days up to `until` (stock), and the days from `since` to `until` (flow)."""
        return (await self.amounts(areas, [Piece(since, until, list(definitions))])).sums(since, until)

    async def amounts(self, areas: Collection[str], pieces: Sequence[Piece], axes: Collection[Axis] = ()) -> Amounts:
        """What came about in each of these pieces, of which some may overlap, and before them. `axes`: every part."""
        cuts = sorted({day for piece in pieces for day in (piece.since, piece.until + timedelta(days=1))})
        definitions = {id(one): one for piece in pieces for one in piece.definitions}.values()
        totals = [total for one in definitions for total in (*one.totals, *one.made_of)]
        measures = {measure for total in totals for measure in total.measures}
        durations = {(one.count.measures[0].code, DAYS) for one in definitions if one.percentile is not None}
        wanted = durations.union(axes)
        grids = {code for code in areas if is_grid(code)}
        others = [code for code in areas if not is_grid(code)]
        found = await self._deltas.amounts(others, measures, cuts, wanted) if others else {}
        if grids:
            counters = await self._countings.live({measure.code for measure in measures})
            for village in sorted({village_of(code) for code in grids}):
                found |= await self._of_grids(village, grids, counters, measures, wanted, cuts)
        return Amounts(cuts, found)

    async def _of_grids(
        self,
        village: str,
        grids: Collection[str],
        counters: Counters,
        measures: set[Measure],
        axes: Collection[Axis],
        cuts: Sequence[date],
    ) -> dict[tuple[str, Measure], list[int]]:
        """The same amounts from the grids' own states: an independent count, so that Σ grids = village says
        something."""
        found: dict[tuple[str, Measure], list[int]] = {}
        for state in await self._deltas.states_of_grids(village):
            for code, area, day, amount, dimension in counted_by(state, counters):
                measure = Measure(code, dimension)
                wanted = measure in measures or (code, dimension.partition(":")[0]) in axes
                if wanted and area in grids and village_of(area) == village and day < cuts[-1]:
                    found.setdefault((area, measure), [0] * len(cuts))[bisect_right(cuts, day)] += amount
        return found

    async def figures(
        self, areas: Collection[str], pieces: Sequence[Piece], openings: Openings, terms: TermsOf
    ) -> list[AreaFigures]:
        """The figures of areas in one period; unknown before the opening day."""
        (found,) = await self.several(areas, [pieces], openings, terms)
        return found

    async def several(
        self, areas: Collection[str], periods: Sequence[Sequence[Piece]], openings: Openings, terms: TermsOf
    ) -> list[list[AreaFigures]]:
        """The figures of areas in each of several periods, out of one look at the table."""
        of = {(one, pieces[-1].until): terms(one, pieces[-1].until) for pieces in periods for one in areas}
        asked = list(dict.fromkeys(code for one in of.values() for code in one))
        amounts = await self.amounts(asked, [piece for pieces in periods for piece in pieces])
        found = []
        for pieces in periods:
            day, by_piece = pieces[-1].until, []
            for piece in pieces:
                sums = amounts.sums(piece.since, piece.until)
                by_piece.append(
                    [
                        figures_of(
                            one, piece.definitions, sums if openings.has_figures(one, day) else None, of[one, day]
                        )
                        for one in areas
                    ]
                )
            found.append([in_pieces(several) for several in zip(*by_piece, strict=True)])
        return found


def counted_at(openings: Openings, tree: Tree | None = None) -> TermsOf:
    """What an area counts on a day: above the counties only those that have opened by then; by a tree what it says."""

    def terms(area: str, day: date) -> Terms:
        if tree is not None and len(area) >= COUNTY_DIGITS:
            return tree.terms(area)
        return {area: 1, **dict.fromkeys(openings.left_out(area, day), -1)}

    return terms


def figures_of(
    area: str, definitions: Iterable[Definition], sums: Sums | None, terms: Terms | None = None
) -> AreaFigures:
    """The figures of an area out of its sums, or of those of its `terms`; unknown without sums. Hidden if a term is
    small: with the area's own figure it could be worked out."""
    definitions = list(definitions)
    terms = terms or {area: 1}
    durations = _durations(sums or {}) if any(one.percentile is not None for one in definitions) else {}
    single = terms.get(area) == len(terms) == 1

    def total(of: Total, stock: bool) -> int:
        added = 0
        for factor, measure in of.terms:
            for code, sign in terms.items():
                found = sums.get((code, measure), NOTHING) if sums else NOTHING
                added += factor * sign * (found.stock if stock else found.flow)
        return added

    def figure(one: Definition) -> Figure:
        known = sums is not None and not one.unknown
        if one.percentile is not None:
            code = one.count.measures[0].code
            observed = Counter[int]()
            for part, sign in terms.items():
                for days, number in durations.get((part, code), {}).items():
                    observed[days] += sign * number
            return Figure.of_durations(one, observed if known else None)
        return Figure(
            one,
            total(one.count, one.stands) if known else None,
            total(one.base, one.stands) if known and one.base is not None else None,
            tuple(total(of, one.stands) if known else 0 for of in one.made_of),
        )

    figures = [figure(one) for one in definitions]
    if not single and (guarded := [one for one in definitions if one.least]):
        alone = [figures_of(code, guarded, sums).figures for code in terms]
        small = {one.code for number, one in enumerate(guarded) if any(part[number].small for part in alone)}
        figures = [replace(one, hidden=one.definition.code in small) for one in figures]
    return AreaFigures(area, tuple(figures))


def _durations(sums: Sums) -> dict[tuple[str, str], dict[int, int]]:
    """By area and measure, how many there are of each duration in the period."""
    found: dict[tuple[str, str], dict[int, int]] = {}
    for (area, measure), of in sums.items():
        axis, _, days = measure.dimension.partition(":")
        if axis == DAYS:
            found.setdefault((area, measure.code), {})[int(days)] = of.flow
    return found


def is_told_exactly(principal: Principal, definition: Definition, area: str) -> bool:
    """Whether the caller is told more than rounded figures: where few may speak of single people, by the right to read
    every record of the area, of every department's."""
    if not definition.least:
        return True
    if definition.read_by is None or definition.read_by not in PERMISSIONS:
        return False
    return principal.department_scope("record.read", definition.read_by).allows(area, None)


def as_told(
    principal: Principal, area: str, definitions: Iterable[Definition], parts: Iterable[AreaFigures]
) -> list[AreaFigures]:
    """Figures of an area and of its parts as the caller is told them: exactly, or roughly."""
    exactly = {one.code for one in definitions if is_told_exactly(principal, one, area)}
    return [
        AreaFigures(
            one.area,
            tuple(figure if figure.definition.code in exactly else roughly(figure) for figure in one.figures),
        )
        for one in parts
    ]


def parts_of(definitions: Iterable[Definition], dimension: str, *, asked: bool) -> list[Definition]:
    """The definitions kept by the dimension's axis, each of that part. Raises `NoSuchAxis` if one asked for is not."""
    axis = dimension.partition(":")[0]
    kept = [one.part(dimension) if axis in one.axes else None for one in definitions]
    if asked and None in kept:
        raise NoSuchAxis(errors=(FieldError("query.dimension", "axis", "所列指标中有的不按此分组统计"),))
    return [one for one in kept if one is not None]


def require_in_order(since: date, as_of: date) -> None:
    """Raises `PeriodOutOfRange` if flows would begin after the day."""
    if since > as_of:
        raise PeriodOutOfRange(errors=(FieldError("query.since", "after_as_of", "起始日期晚于统计日期"),))


def counted_nouns(definitions: Iterable[Definition]) -> Sequence[str]:
    """The nouns whose states are counted; restricted ones only beside restricted figures: it says when one changed."""
    restricted = any(one.restricted for one in definitions)
    nouns = sorted({*CONTRIBUTIONS, *COUNTED})
    return [noun for noun in nouns if restricted or not _is_restricted(noun)]


def _is_restricted(noun: str) -> bool:
    """Of what rules count, what takes a permission to know of; of the rest what is published to nobody."""
    return NOUNS[noun].restricted if noun in NOUNS else not TOPICS[noun].published
