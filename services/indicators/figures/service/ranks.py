"""Ranks (排名) of areas by an indicator: ties, where each stands, and how far they lie apart."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from services.indicators.definitions.domain import Definition
from services.indicators.definitions.service.definitions import Definitions
from services.indicators.deltas.domain import CHILD
from services.indicators.figures.domain import Figure
from services.indicators.figures.domain.periods import Stretch
from services.indicators.figures.domain.ranks import Value, percentiles_of, quantile, ranks_of, shown_value
from services.indicators.figures.service.reading import Reading, require_few
from shared.auth.principal import Principal
from shared.contracts.grid.grids import GridState
from shared.errors import DomainError, ErrorKind, FieldError
from shared.messaging.context import UseCaseContext
from shared.messaging.reading.progress import Freshness
from shared.reference.areas import GRID_DIGITS, LEVELS


class NoSuchLevel(DomainError):
    """Areas are ranked that do not lie below the area: a level above it, or none."""

    kind, code, title = ErrorKind.INVALID, "no_such_level", "该区域之下没有这一级"
    advice = "请改选排名的级别：下级区划代码的位数"


@dataclass(frozen=True)
class Standing:
    """An area in a ranking. Without a rank: its figure is not known, or not told."""

    area: str
    figure: Figure
    rank: int | None
    percentile: Decimal | None


@dataclass(frozen=True)
class Ranking:
    """The areas of one level inside an area, the best one first, those without a rank at the end.

    `quartiles`: the least value that a quarter, half and three quarters of all do not exceed.
    """

    area: str
    level: int
    definition: Definition
    stretch: Stretch
    tree: date
    standings: tuple[Standing, ...]
    quartiles: tuple[Value | None, ...]
    fresh: tuple[Freshness, ...]


class Ranks:
    """Reads; nothing is written here."""

    def __init__(self, context: UseCaseContext, definitions: Definitions, *, reader: str) -> None:
        self._reading = Reading(context, definitions, reader=reader)

    async def rank(
        self,
        principal: Principal,
        area: str,
        code: str,
        period: str | None,
        *,
        level: int | None = None,
        dimension: str | None = None,
        tree: date | None = None,
    ) -> Ranking:
        """Rank the areas of one level (the next one) inside an area by an indicator, as they are shown.

        They are those of the tree of the period's last day, each with what it has come out of, unless `tree` says
        another day. Raises `NotFound`, `NoSuchLevel`, `NoSuchAxis`, `PeriodUnknown`, `PeriodNotBegun`,
        `TooManyCells`.
        """
        reading = self._reading
        stretch = reading.stretch(period)
        known = (await reading.known(principal, [area], [code])).only([code])
        level = level or CHILD.get(len(area))
        if level not in LEVELS or level <= len(area):
            raise NoSuchLevel(errors=(FieldError("query.level", "no_such_level", "该区域之下没有这一级"),))
        of_tree = await reading.tree([area], tree or stretch.as_of)
        if level == GRID_DIGITS:
            areas = await reading.deltas.codes_below(area, level, GridState.noun)
        else:
            areas = of_tree.below(area, level)
        require_few(len(areas))
        told = await reading.told(principal, areas, known, [stretch], dimension=dimension, tree=of_tree)
        figures = {one.area: one.figures[0] for one in told[0]} if areas else {}
        (definition,) = known.every(stretch.as_of)
        values = [shown_value(figures[one]) for one in areas]
        ranks = ranks_of(values, definition.direction)
        standings = [
            Standing(one, figures[one], rank, percentile)
            for one, rank, percentile in zip(areas, ranks, percentiles_of(ranks), strict=True)
        ]
        return Ranking(
            area=area,
            level=level,
            definition=definition,
            stretch=stretch,
            tree=tree or stretch.as_of,
            standings=tuple(sorted(standings, key=lambda one: (one.rank is None, one.rank or 0, one.area))),
            quartiles=tuple(quantile(values, percent) for percent in (25, 50, 75)),
            fresh=await reading.fresh(known, stretch.as_of),
        )
