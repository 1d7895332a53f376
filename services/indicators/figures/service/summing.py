"""What figures are made of: sums of areas and grids, figures of sums, parts of definitions, and who is told what."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.contributions.domain import CONTRIBUTIONS
from services.indicators.contributions.domain.base import DAYS
from services.indicators.contributions.service.counters import NounCounters
from services.indicators.contributions.service.nouns import COUNTED, NOUNS
from services.indicators.countings.repository import CountingRepository
from services.indicators.definitions.domain import Definition, Measure, Total
from services.indicators.definitions.service.definitions import Known
from services.indicators.deltas.domain import Openings
from services.indicators.deltas.repository import DeltaRepository, Sum
from services.indicators.deltas.service import counted_by
from services.indicators.figures.domain import AreaFigures, Figure, in_pieces, roughly
from shared.auth.principal import Principal
from shared.auth.roles import PERMISSIONS
from shared.contracts.catalogue import TOPICS
from shared.errors import DomainError, ErrorKind, FieldError
from shared.reference.areas import is_grid, village_of

Sums = Mapping[tuple[str, Measure], Sum]
Counters = Mapping[str, NounCounters]


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
        definitions = list(definitions)
        totals = [total for one in definitions for total in (*one.totals, *one.made_of)]
        measures = {measure for total in totals for measure in total.measures}
        durations = {one.count.measures[0].code for one in definitions if one.percentile is not None}
        grids = {code for code in areas if is_grid(code)}
        others = [code for code in areas if not is_grid(code)]
        sums = await self._deltas.sums(others, measures, since, until, durations) if others else {}
        if grids:
            counters = await self._countings.live({measure.code for measure in measures})
            for village in sorted({village_of(code) for code in grids}):
                sums |= await self._of_grids(village, grids, counters, measures, durations, since, until)
        return sums

    async def _of_grids(
        self,
        village: str,
        grids: Collection[str],
        counters: Counters,
        measures: set[Measure],
        durations: Collection[str],
        since: date,
        until: date,
    ) -> dict[tuple[str, Measure], Sum]:
        """The same sums from the grids' own states: an independent count, so that Σ grids = village says something."""
        sums: dict[tuple[str, Measure], Sum] = {}
        for state in await self._deltas.states_of_grids(village):
            for code, area, day, amount, dimension in counted_by(state, counters):
                key = (area, Measure(code, dimension))
                wanted = key[1] in measures or (code in durations and dimension.startswith(f"{DAYS}:"))
                if wanted and area in grids and village_of(area) == village and day <= until:
                    known = sums.get(key, Sum())
                    sums[key] = Sum(known.stock + amount, known.flow + (amount if day >= since else 0))
        return sums

    async def figures(
        self,
        areas: Collection[str],
        pieces: Sequence[Piece],
        openings: Openings,
        left_out: Mapping[str, Sequence[str]],
    ) -> list[AreaFigures]:
        """The figures of areas, less those of the counties that are left out; unknown before the opening day."""
        asked = [*areas, *dict.fromkeys(county for counties in left_out.values() for county in counties)]
        by_piece = []
        for piece in pieces:
            sums = await self.of(asked, piece.definitions, piece.since, piece.until)
            by_piece.append(
                [
                    figures_of(
                        one,
                        piece.definitions,
                        sums if openings.has_figures(one, pieces[-1].until) else None,
                        left_out.get(one, ()),
                    )
                    for one in areas
                ]
            )
        return [in_pieces(of) for of in zip(*by_piece, strict=True)]


def figures_of(
    area: str, definitions: Iterable[Definition], sums: Sums | None, left_out: Collection[str] = ()
) -> AreaFigures:
    """The figures of an area out of its sums, less those of the counties that are left out; unknown without sums."""
    definitions = list(definitions)
    durations = _durations(sums or {}) if any(one.percentile is not None for one in definitions) else {}

    def measured(measure: Measure, stock: bool) -> int:
        found, *less = (sums.get((one, measure), Sum()) if sums else Sum() for one in (area, *left_out))
        return found.stock - sum(one.stock for one in less) if stock else found.flow - sum(one.flow for one in less)

    def total(of: Total, stock: bool) -> int:
        return sum(factor * measured(measure, stock) for factor, measure in of.terms)

    def figure(one: Definition) -> Figure:
        known = sums is not None and not one.unknown
        if one.percentile is not None:
            code = one.count.measures[0].code
            observed = Counter(durations.get((area, code), {}))
            for county in left_out:
                observed.subtract(durations.get((county, code), {}))
            return Figure.of_durations(one, observed if known else None)
        return Figure(
            one,
            total(one.count, one.stands) if known else None,
            total(one.base, one.stands) if known and one.base is not None else None,
            tuple(total(of, one.stands) if known else 0 for of in one.made_of),
        )

    return AreaFigures(area, tuple(figure(one) for one in definitions))


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
