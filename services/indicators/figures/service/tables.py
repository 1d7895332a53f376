"""Tables of figures: several areas and indicators in one period, compared with others, or in many periods."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.indicators.definitions.domain import Definition
from services.indicators.definitions.service.definitions import Definitions
from services.indicators.deltas.domain import CHILD
from services.indicators.figures.domain import Figure
from services.indicators.figures.domain.periods import PeriodStep, Stretch, count_of, periods
from services.indicators.figures.service.reading import Reading, require_few
from services.indicators.figures.service.summing import PeriodOutOfRange
from shared.auth.principal import Principal
from shared.errors import FieldError
from shared.messaging.context import UseCaseContext
from shared.messaging.reading.progress import Freshness
from shared.reference.areas import VILLAGE_DIGITS, parent
from shared.reference.named_code import NamedCode


class Against(NamedCode):
    """What a figure is compared with."""

    PREVIOUS = "previous", "上期（环比）"
    LAST_YEAR = "last_year", "上年同期（同比）"
    PARENT = "parent", "上级区域"


@dataclass(frozen=True)
class Row:
    """The figures of an area, and beside each, in the same order, those that it is compared with.

    None: there is no such period, or the area above is out of the caller's scope.
    """

    area: str
    figures: tuple[Figure, ...]
    against: Mapping[Against, tuple[Figure, ...] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """Areas × indicators in a period. `previous`, `last_year`: what of those periods is compared with."""

    stretch: Stretch
    rows: tuple[Row, ...]
    previous: Stretch | None
    last_year: Stretch | None
    fresh: tuple[Freshness, ...]


@dataclass(frozen=True)
class PeriodSeries:
    """Areas × indicators × periods, the first period first."""

    stretches: tuple[Stretch, ...]
    rows: tuple[tuple[Row, ...], ...]
    fresh: tuple[Freshness, ...]


class FigureTables:
    """Reads; nothing is written here."""

    def __init__(self, context: UseCaseContext, definitions: Definitions, *, reader: str) -> None:
        self._reading = Reading(context, definitions, reader=reader)

    async def table(
        self,
        principal: Principal,
        areas: Sequence[str],
        codes: Collection[str] | None,
        period: str | None,
        *,
        against: Collection[Against] = (),
        breakdown: bool = False,
        dimension: str | None = None,
        tree: date | None = None,
    ) -> Table:
        """Several areas, each within scope, and several indicators in one period.

        A period that is not over is compared with as much of another. `tree`: areas as they were on that day.
        `breakdown`: with the areas one level below each, then as they were on the period's last day if `tree` does not
        say another. Raises `NotFound`, `PeriodUnknown`,
        `PeriodNotBegun`, `NoSuchAxis`, `AreaNotInTree`, `TooManyCells`.
        """
        reading, areas = self._reading, list(dict.fromkeys(areas))
        stretch = reading.stretch(period)
        known = await reading.known(principal, areas, codes)
        in_force = known.on(stretch.as_of)
        known = known.only([one.code for one in in_force if dimension is None or codes or _has(one, dimension)])
        if breakdown:
            tree = tree or stretch.as_of
            areas = await self._with_children(areas, tree)
        of_tree = None if tree is None else await reading.tree(areas, tree)
        wanted = {Against.PREVIOUS: stretch.previous(), Against.LAST_YEAR: stretch.last_year()}
        others = {one: found for one, found in wanted.items() if one in against and found is not None}
        require_few(len(areas), len(known.every(stretch.as_of)), 1 + len(others) + (Against.PARENT in against))
        above = self._above(principal, areas) if Against.PARENT in against else {}
        asked = [*areas, *sorted(set(above.values()) - set(areas))]
        found = await reading.told(
            principal, asked, known, [stretch, *others.values()], dimension=dimension, tree=of_tree
        )
        by_area = [{one.area: one.figures for one in of} for of in found]

        def compared(area: str) -> dict[Against, tuple[Figure, ...] | None]:
            told: dict[Against, tuple[Figure, ...] | None] = dict.fromkeys(against)
            for number, one in enumerate(others, 1):
                told[one] = by_area[number][area]
            if area in above:
                told[Against.PARENT] = by_area[0][above[area]]
            return told

        return Table(
            stretch=stretch,
            rows=tuple(Row(area, by_area[0][area], compared(area)) for area in areas),
            previous=others.get(Against.PREVIOUS),
            last_year=others.get(Against.LAST_YEAR),
            fresh=await reading.fresh(known, stretch.as_of),
        )

    async def series(
        self,
        principal: Principal,
        areas: Sequence[str],
        codes: Collection[str],
        step: PeriodStep,
        since: date,
        until: date,
        *,
        dimension: str | None = None,
        tree: date | None = None,
    ) -> PeriodSeries:
        """Several areas and indicators in each period from the one of `since` to the one of `until`, or to today's.

        Each period is told whole. Raises as `table`, and `PeriodOutOfRange`.
        """
        reading, areas = self._reading, list(dict.fromkeys(areas))
        if not since <= until:
            raise PeriodOutOfRange(errors=(FieldError("query.until", "period", "截止日期早于起始日期"),))
        until = min(until, reading.today)
        if since > until:
            raise PeriodOutOfRange(errors=(FieldError("query.since", "after_today", "起始日期晚于今天"),))
        require_few(len(areas), len(set(codes)), count_of(step, since, until))
        known = (await reading.known(principal, areas, codes)).only(sorted(set(codes)))
        of_tree = None if tree is None else await reading.tree(areas, tree)
        stretches = [one.through(reading.today) for one in periods(step, since, until)]
        found = await reading.told(principal, areas, known, stretches, dimension=dimension, tree=of_tree)
        return PeriodSeries(
            stretches=tuple(stretches),
            rows=tuple(tuple(Row(one.area, one.figures) for one in of) for of in found),
            fresh=await reading.fresh(known, until),
        )

    async def _with_children(self, areas: Sequence[str], day: date) -> list[str]:
        found = dict.fromkeys(areas)
        for area in areas:
            length = CHILD.get(len(area))
            if length is not None and length <= VILLAGE_DIGITS:
                found |= dict.fromkeys((await self._reading.tree([area], day)).below(area, length))
        return list(found)

    def _above(self, principal: Principal, areas: Sequence[str]) -> dict[str, str]:
        scope = principal.scope("indicator.read")
        above = {area: parent(area) for area in areas}
        return {area: one for area, one in above.items() if one is not None and scope.allows(one)}


def _has(one: Definition, dimension: str) -> bool:
    return dimension.partition(":")[0] in one.axes
