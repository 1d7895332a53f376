"""Figures: what an area counts as of a day, live and by day, for itself and for the areas below it."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.indicators.contributions.domain.base import DAYS
from services.indicators.definitions.domain import Definition, Measure, Total
from services.indicators.definitions.service.definitions import Definitions, Known
from services.indicators.deltas.domain import CHILD, Openings
from services.indicators.deltas.repository import DayAmount, DeltaRepository
from services.indicators.figures.domain import AreaFigures, Figure, remainder, roughly, with_hidden
from services.indicators.figures.domain.trees import Tree
from services.indicators.figures.service.summing import (
    FigureSums,
    PeriodOutOfRange,
    as_told,
    counted_at,
    counted_nouns,
    is_told_exactly,
    pieces_of,
    require_in_order,
)
from services.indicators.figures.service.trees import tree_of
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.grid.grids import GridState
from shared.contracts.registry.areas import AreaState
from shared.errors import FieldError, Invalid
from shared.messaging.context import UseCaseContext
from shared.messaging.reading.progress import Freshness, fresh_through
from shared.reference.areas import COUNTY_DIGITS, GRID_DIGITS, VILLAGE_DIGITS, is_grid

Columns = Mapping[Measure, Sequence[int]]
"""Of each measure the value on each day of a period."""

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
    """One day of a series; `count`, `base`, `hidden`, `rounded` as in `Figure`, `after_today` as in `Answer`.

    `version`: of the definition that held on the day.
    """

    day: date
    count: int | None
    base: int | None
    after_today: bool
    hidden: bool
    rounded: bool
    version: int


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
        tree: date | None = None,
        known: Known | None = None,
    ) -> Answer:
        """Figures as of a day (today), flows from `since` (1 January of that year), of an area within scope.

        An area above the counties counts those that have opened by that day. `dimension`, `<axis>:<value>`: only that
        part of what is counted, of the indicators that are kept by this axis. `tree`: areas as they were on that day,
        with the figures of what they have come out of or went into; else each as its code was written, and children
        that do not exist any more among them. `known`: the definitions of these codes, if they are at hand. Raises
        `NoSuchAxis` for one asked for by code that is not, `AreaNotInTree`.
        """
        principal.scope("indicator.read").require(area)
        as_of = as_of or today(self._clock)
        since = since or date(as_of.year, 1, 1)
        require_in_order(since, as_of)
        known = known or await self._definitions.known_to(principal, area, codes)
        pieces = pieces_of(known, since, as_of, dimension, asked=codes is not None)
        definitions = pieces[-1].definitions
        openings = await self._deltas.openings(area)
        found = None if tree is None else await tree_of(self._deltas, area, tree)
        areas = [area, *(await self._children(area, found) if breakdown else ())]
        whole, *children = await self._sums.figures(areas, pieces, openings, counted_at(openings, found))
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
        known = await self._definitions.known_to(principal, area, [code])
        openings = await self._deltas.openings(area)
        days: list[DayFigure] = []
        for piece in pieces_of(known, since, until, asked=True):
            (definition,) = piece.definitions
            days += await self._days(principal, area, definition, openings, piece.since, piece.until)
        (last,) = known.on(until)
        return Series(last, area, tuple(days), await self._fresh([last]))

    async def _days(
        self, principal: Principal, area: str, definition: Definition, openings: Openings, since: date, until: date
    ) -> list[DayFigure]:
        """The days of one version of an indicator."""
        found = await self._columns(area, definition, since, until)
        late = {
            county: await self._columns(county, definition, since, until) for county in openings.left_out(area, since)
        }
        days, present, exactly = [], today(self._clock), is_told_exactly(principal, definition, area)
        for number in range((until - since).days + 1):
            day = since + timedelta(days=number)
            columns = [found, *(late[county] for county in openings.left_out(area, day))]
            known = openings.has_figures(area, day) and not definition.unknown
            one = _day_figure(definition, columns, number) if known else Figure(definition, None, None)
            told = one if exactly else roughly(one)
            days.append(
                DayFigure(
                    day,
                    told.count,
                    told.base,
                    day > present,
                    hidden=one.small,
                    rounded=told.rounded,
                    version=definition.version,
                )
            )
        return days

    async def _columns(self, area: str, definition: Definition, since: date, until: date) -> Columns:
        """Of each measure the value on each day."""
        totals = (*definition.totals, *definition.made_of)
        measures = {measure for total in totals for measure in total.measures}
        axes = [] if definition.percentile is None else [(measure.code, DAYS) for measure in definition.count.measures]
        rows = await self._deltas.days(area, measures, until, axes)
        return {measure: _running(of, since, until, stock=definition.stands) for measure, of in rows.items()}

    async def _fresh(self, definitions: Iterable[Definition]) -> tuple[Freshness, ...]:
        return tuple(await fresh_through(self._session, self._reader, counted_nouns(definitions)))

    async def _children(self, area: str, tree: Tree | None) -> list[str]:
        """The codes one level below that exist or ever existed (an abolished village keeps its past), or of a tree."""
        length = CHILD.get(len(area))
        if length is None:
            return []
        if tree is not None and COUNTY_DIGITS <= len(area) < VILLAGE_DIGITS:
            return tree.below(area, length)
        return await self._deltas.codes_below(area, length, GridState.noun if length == GRID_DIGITS else AreaState.noun)


def _day_figure(definition: Definition, columns: Sequence[Columns], number: int) -> Figure:
    """The figure of a day, by its number: of the area, the first, less the counties that do not count in it yet."""
    of_area, *left_out = columns
    if definition.percentile is not None:
        observed = Counter[int]()
        for measure, days in of_area.items():
            axis, _, length = measure.dimension.partition(":")
            if axis == DAYS:
                observed[int(length)] = days[number] - sum(one[measure][number] for one in left_out if measure in one)
        return Figure.of_durations(definition, observed)

    def total(of: Total) -> int:
        return sum(
            factor * (of_area[measure][number] - sum(one[measure][number] for one in left_out))
            for factor, measure in of.terms
        )

    base = None if definition.base is None else total(definition.base)
    return Figure(definition, total(definition.count), base, tuple(total(of) for of in definition.made_of))


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
