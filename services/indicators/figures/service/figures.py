"""Figures: what an area counts as of a day, live and by day, for itself and for the areas below it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from services.indicators.definitions.domain import Definition
from services.indicators.definitions.service import Definitions
from services.indicators.deltas.domain import CHILD
from services.indicators.deltas.repository import DayAmount, DeltaRepository
from services.indicators.figures.domain import AreaFigures, Figure, remainder, roughly, with_hidden
from services.indicators.figures.service.summing import (
    FigureSums,
    PeriodOutOfRange,
    as_told,
    counted_nouns,
    figures_of,
    is_told_exactly,
    parts_of,
    require_in_order,
)
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.grid.grids import GridState
from shared.contracts.registry.areas import AreaState
from shared.errors import FieldError, Invalid
from shared.messaging.context import UseCaseContext
from shared.messaging.reading.progress import Freshness, fresh_through
from shared.reference.areas import GRID_DIGITS, is_grid

LONGEST_SERIES = 1100
"""Days of one series, first and last included: three years."""


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


class Figures:
    """Reads; nothing is written here."""

    def __init__(self, context: UseCaseContext, definitions: Definitions, *, reader: str) -> None:
        self._session = context.session
        self._clock = context.clock
        self._deltas = DeltaRepository(context.session)
        self._sums = FigureSums(context.session)
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
        require_in_order(since, as_of)
        definitions = await self._definitions.known_to(principal, area, codes)
        if dimension is not None:
            definitions = parts_of(definitions, dimension, asked=codes is not None)
        openings = await self._deltas.openings(area)
        areas = [area, *(await self._children(area) if breakdown else ())]
        left_out = {one: openings.left_out(one, as_of) for one in areas}
        sums = await self._sums.of([*areas, *left_out[area]], definitions, since, as_of)
        whole, *children = (
            figures_of(one, definitions, sums if openings.has_figures(one, as_of) else None, left_out[one])
            for one in areas
        )
        own = remainder(whole, children) if breakdown else None
        hidden = with_hidden(whole, [*children, own] if own is not None else [])
        whole, *parts = as_told(principal, area, definitions, hidden)
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
        days, present, exactly = [], today(self._clock), is_told_exactly(principal, definition, area)
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
        return tuple(await fresh_through(self._session, self._reader, counted_nouns(definitions)))

    async def _children(self, area: str) -> list[str]:
        """The codes one level below that exist or ever existed: an abolished village keeps its past."""
        length = CHILD.get(len(area))
        if length is None:
            return []
        return await self._deltas.codes_below(area, length, GridState.noun if length == GRID_DIGITS else AreaState.noun)


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
