"""Figures: what an area counts as of a day, live and by day, for itself and for the areas below it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.indicators.contributions.domain import CONTRIBUTIONS, contributions_of
from services.indicators.definitions.domain import Definition, Measure
from services.indicators.definitions.service import Definitions
from services.indicators.deltas.domain import CHILD
from services.indicators.deltas.repository import DayAmount, DeltaRepository, Sum
from services.indicators.figures.domain import AreaFigures, Figure, remainder, roughly, with_hidden
from shared.auth.principal import Principal
from shared.auth.roles import PERMISSIONS
from shared.clock import today
from shared.contracts.catalogue import TOPICS
from shared.contracts.grid.grids import GridState
from shared.contracts.registry.areas import AreaState
from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.messaging.context import UseCaseContext
from shared.messaging.reading.progress import Freshness, fresh_through
from shared.reference.areas import GRID_DIGITS, is_grid

LONGEST_SERIES = 1100
"""Days of one series, first and last included: three years."""


class PeriodOutOfRange(DomainError):
    """The period ends before it begins, or a series is longer than three years."""

    kind, code, title = ErrorKind.INVALID, "period_out_of_range", "统计期间不正确"
    advice = "请核对起止日期：起日不晚于止日，跨度不超过规定天数"


class NoSuchAxis(DomainError):
    """An indicator is asked for in parts that it is not kept by."""

    kind, code, title = ErrorKind.INVALID, "indicator_has_no_such_axis", "指标不按此分组统计"
    advice = "请查看指标口径中的分组，改选分组或指标"


@dataclass(frozen=True)
class Answer:
    """Figures of an area; with a breakdown also of those below it and the remainder that none of them holds.

    `after_today`: the day has not come yet; what is counted is what is known of it already.
    """

    whole: AreaFigures
    children: tuple[AreaFigures, ...] | None
    own: AreaFigures | None
    since: date
    as_of: date
    after_today: bool
    fresh: tuple[Freshness, ...]


@dataclass(frozen=True)
class DayFigure:
    """One day of a series; `count`, `base`, `hidden`, `rounded` as in `Figure`, `after_today` as in `Answer`."""

    day: date
    count: int | None
    base: int | None
    after_today: bool
    hidden: bool
    rounded: bool


@dataclass(frozen=True)
class Series:
    """One indicator of one area, day by day."""

    definition: Definition
    area: str
    days: tuple[DayFigure, ...]
    fresh: tuple[Freshness, ...]


Sums = Mapping[tuple[str, Measure], Sum]


class Figures:
    """Reads; nothing is written here."""

    def __init__(self, context: UseCaseContext, definitions: Definitions, *, reader: str) -> None:
        self._session = context.session
        self._clock = context.clock
        self._deltas = DeltaRepository(context.session)
        self._definitions = definitions
        self._reader = reader

    async def values(
        self,
        principal: Principal,
        area: str,
        codes: Collection[str] | None = None,
        *,
        as_of: date | None = None,
        since: date | None = None,
        breakdown: bool = False,
        dimension: str | None = None,
    ) -> Answer:
        """Figures as of a day (today), flows from `since` (1 January of that year), of an area within scope.

        An area above the counties counts those that have opened by that day. `dimension`, `<axis>:<value>`: only that
        part of what is counted, of the indicators that are kept by this axis. Raises `NoSuchAxis` for one asked for by
        code that is not.
        """
        principal.scope("indicator.read").require(area)
        as_of = as_of or today(self._clock)
        since = since or date(as_of.year, 1, 1)
        if since > as_of:
            raise PeriodOutOfRange(errors=(FieldError("query.since", "after_as_of", "起始日期晚于统计日期"),))
        definitions = await self._definitions.known_to(principal, area, codes)
        if dimension is not None:
            definitions = _parts(definitions, dimension, asked=codes is not None)
        openings = await self._deltas.openings(area)
        areas = [area, *(await self._children(area) if breakdown else ())]
        left_out = {one: openings.left_out(one, as_of) for one in areas}
        sums = await self._sums([*areas, *left_out[area]], definitions, since, as_of)
        whole, *children = (
            _figures(one, definitions, sums if openings.has_figures(one, as_of) else None, left_out[one])
            for one in areas
        )
        own = remainder(whole, children) if breakdown else None
        exactly = {one.code for one in definitions if _exactly(principal, one, area)}
        whole, *parts = (
            AreaFigures(
                one.area,
                tuple(figure if figure.definition.code in exactly else roughly(figure) for figure in one.figures),
            )
            for one in with_hidden(whole, [*children, own] if own is not None else [])
        )
        return Answer(
            whole=whole,
            children=tuple(parts[:-1]) if breakdown else None,
            own=parts[-1] if breakdown else None,
            since=since,
            as_of=as_of,
            after_today=as_of > today(self._clock),
            fresh=await self._fresh(definitions),
        )

    async def series(self, principal: Principal, area: str, code: str, since: date, until: date) -> Series:
        """Day values from `since` to `until`, both inclusive. A flow's day value is that day's own."""
        principal.scope("indicator.read").require(area)
        if not timedelta(0) <= until - since < timedelta(days=LONGEST_SERIES):
            raise PeriodOutOfRange(errors=(FieldError("query.until", "period", "期间应为 1 至 1100 天"),))
        if is_grid(area):
            raise Invalid(errors=(FieldError("query.area", "no_series_for_grid", "网格不提供日序列"),))
        (definition,) = await self._definitions.known_to(principal, area, [code])
        openings = await self._deltas.openings(area)
        columns = await self._columns(area, definition, since, until)
        late = {
            county: await self._columns(county, definition, since, until) for county in openings.left_out(area, since)
        }
        days, present, exactly = [], today(self._clock), _exactly(principal, definition, area)
        for number in range((until - since).days + 1):
            day = since + timedelta(days=number)
            left_out = openings.left_out(area, day)
            counts = [
                column[number] - sum(late[county][measure][number] for county in left_out)
                for measure, column in enumerate(columns)
            ]
            known = openings.has_figures(area, day)
            count, base = counts[0] if known else None, counts[1] if known and definition.base is not None else None
            one = Figure(definition, count, base, tuple(counts[len(definition.measures) :]) if known else ())
            told = one if exactly else roughly(one)
            days.append(DayFigure(day, told.count, told.base, day > present, hidden=one.small, rounded=told.rounded))
        return Series(definition, area, tuple(days), await self._fresh([definition]))

    async def _columns(self, area: str, definition: Definition, since: date, until: date) -> list[list[int]]:
        measures = (*definition.measures, *definition.made_of)
        rows = await self._deltas.days(area, measures, until)
        return [_running(rows[measure], since, until, stock=definition.stands) for measure in measures]

    async def _fresh(self, definitions: Iterable[Definition]) -> tuple[Freshness, ...]:
        """Freshness by noun; of restricted nouns only beside restricted figures: it says when one changed."""
        restricted = any(one.restricted for one in definitions)
        nouns = [noun for noun in sorted(CONTRIBUTIONS) if restricted or TOPICS[noun].published]
        return tuple(await fresh_through(self._session, self._reader, nouns))

    async def _children(self, area: str) -> list[str]:
        """The codes one level below that exist or ever existed: an abolished village keeps its past."""
        length = CHILD.get(len(area))
        if length is None:
            return []
        return await self._deltas.codes_below(area, length, GridState.noun if length == GRID_DIGITS else AreaState.noun)

    async def _sums(
        self, areas: Sequence[str], definitions: Iterable[Definition], since: date, until: date
    ) -> dict[tuple[str, Measure], Sum]:
        measures = {measure for one in definitions for measure in (*one.measures, *one.made_of)}
        grids = [code for code in areas if is_grid(code)]
        sums = await self._deltas.sums([code for code in areas if not is_grid(code)], measures, since, until)
        if grids:
            sums |= await self._sums_of_grids(areas[0], set(grids), measures, since, until)
        return sums

    async def _sums_of_grids(
        self, inside_area: str, grids: set[str], measures: set[Measure], since: date, until: date
    ) -> dict[tuple[str, Measure], Sum]:
        """The same sums from the grids' own states: an independent count, so that Σ grids = village says something."""
        sums: dict[tuple[str, Measure], Sum] = {}
        for state in await self._deltas.states_of_grids(inside_area):
            for code, area, day, amount, dimension in contributions_of(state):
                key = (area, Measure(code, dimension))
                if area in grids and key[1] in measures and day <= until:
                    known = sums.get(key, Sum())
                    sums[key] = Sum(known.stock + amount, known.flow + (amount if day >= since else 0))
        return sums


def _figures(
    area: str, definitions: Iterable[Definition], sums: Sums | None, left_out: Collection[str] = ()
) -> AreaFigures:
    def of(measure: Measure, stock: bool) -> int | None:
        if sums is None:
            return None
        found, *less = (sums.get((one, measure), Sum()) for one in (area, *left_out))
        return found.stock - sum(one.stock for one in less) if stock else found.flow - sum(one.flow for one in less)

    return AreaFigures(
        area,
        tuple(
            Figure(
                one,
                of(one.count, one.stands),
                None if one.base is None else of(one.base, one.stands),
                tuple(of(measure, one.stands) or 0 for measure in one.made_of),
            )
            for one in definitions
        ),
    )


def _exactly(principal: Principal, definition: Definition, area: str) -> bool:
    """Whether the caller is told more than rounded figures: where few may speak of single people, by the right to read
    every record of the area, of every department's."""
    if not definition.least:
        return True
    if definition.read_by is None or definition.read_by not in PERMISSIONS:
        return False
    return principal.department_scope("record.read", definition.read_by).allows(area, None)


def _parts(definitions: Iterable[Definition], dimension: str, *, asked: bool) -> list[Definition]:
    """The definitions kept by the dimension's axis, each of that part. Raises `NoSuchAxis` if one asked for is not."""
    axis = dimension.partition(":")[0]
    kept = [one.part(dimension) if axis in one.axes else None for one in definitions]
    if asked and None in kept:
        raise NoSuchAxis(errors=(FieldError("query.dimension", "axis", "所列指标中有的不按此分组统计"),))
    return [one for one in kept if one is not None]


def _running(rows: Iterable[DayAmount], since: date, until: date, *, stock: bool) -> list[int]:
    """The value on each day: of a stock everything up to it, of a flow what fell on it."""
    days = [0] * ((until - since).days + 1)
    before = 0
    for row in rows:
        if row.day < since:
            before += row.amount
        else:
            days[(row.day - since).days] += row.amount
    if stock:
        for number, amount in enumerate(days):
            before += amount
            days[number] = before
    return days
