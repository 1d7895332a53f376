"""What all questions for several figures have in common: limits, periods, and who is told what of which area."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from itertools import groupby

from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.definitions.service.definitions import Definitions, Known
from services.indicators.deltas.domain import Openings
from services.indicators.deltas.repository import DeltaRepository
from services.indicators.figures.domain import AreaFigures
from services.indicators.figures.domain.figures import with_siblings
from services.indicators.figures.domain.periods import Period, PeriodStep, Stretch
from services.indicators.figures.domain.trees import Tree
from services.indicators.figures.service.summing import FigureSums, as_told, counted_at, counted_nouns, pieces_of
from services.indicators.figures.service.trees import tree_of
from shared.auth.principal import Principal
from shared.clock import today
from shared.errors import DomainError, ErrorKind
from shared.messaging.context import UseCaseContext
from shared.messaging.reading.progress import Freshness, fresh_through
from shared.reference.areas import parent

MOST_CELLS = 20_000
"""Figures of one answer: areas × indicators × periods."""


class TooManyCells(DomainError):
    """More figures are asked for at once than are told in one answer."""

    kind, code, title = ErrorKind.INVALID, "too_many_cells", "一次查询的数值过多"
    advice = "请减少区域、指标或统计期，分几次查询"

    @classmethod
    def over(cls, asked: int) -> "TooManyCells":
        return cls(detail=f"一次最多查询 {MOST_CELLS} 个数值，本次为 {asked} 个。")


def require_few(*numbers: int) -> None:
    """Raises `TooManyCells` if so many areas, indicators, periods … come to too many figures together."""
    asked = 1
    for number in numbers:
        asked *= number
    if asked > MOST_CELLS:
        raise TooManyCells.over(asked)


class Reading:
    """One question: which definitions, which tree, which counties have opened."""

    def __init__(self, context: UseCaseContext, definitions: Definitions, *, reader: str) -> None:
        self.session: AsyncSession = context.session
        self.deltas = DeltaRepository(context.session)
        self.sums = FigureSums(context.session)
        self._clock = context.clock
        self._definitions = definitions
        self._reader = reader

    @property
    def today(self) -> date:
        return today(self._clock)

    def stretch(self, period: str | None) -> Stretch:
        """A period by its name as far as it has passed; this year so far if none is named.

        Raises `PeriodUnknown`, `PeriodNotBegun`.
        """
        found = Period.holding(self.today, PeriodStep.YEAR) if period is None else Period.named(period)
        return found.through(self.today)

    async def known(self, principal: Principal, areas: Sequence[str], codes: Collection[str] | None) -> Known:
        """The definitions that the caller may use in all of these areas, each of which lies in scope.

        Raises `NotFound`.
        """
        principal.scope("indicator.read").require(*areas)
        return await self._definitions.known_over(principal, areas, codes)

    async def tree(self, areas: Sequence[str], day: date) -> Tree:
        """The tree of a day around all of these areas."""
        first, last = min(areas), max(areas)
        pairs = zip(first, last, strict=False)
        common = next((at for at, (one, other) in enumerate(pairs) if one != other), len(first))
        return await tree_of(self.deltas, first[:common], day)

    async def openings(self) -> Openings:
        return await self.deltas.openings()

    async def told(
        self,
        principal: Principal,
        areas: Sequence[str],
        known: Known,
        stretches: Sequence[Stretch],
        *,
        dimension: str | None,
        tree: Tree | None,
    ) -> list[list[AreaFigures]]:
        """The figures of areas in each of some periods, as the caller is told them. Raises `NoSuchAxis`."""
        periods = [pieces_of(known, one.since, one.as_of, dimension, asked=True) for one in stretches]
        openings = await self.openings()
        found = await self.sums.several(areas, periods, openings, counted_at(openings, tree))
        return [[_as_told(principal, one) for one in marked(of)] for of in found]

    async def fresh(self, known: Known, day: date) -> tuple[Freshness, ...]:
        """How far what these indicators count has been read."""
        return tuple(await fresh_through(self.session, self._reader, counted_nouns(known.every(day))))


def _as_told(principal: Principal, one: AreaFigures) -> AreaFigures:
    (told,) = as_told(principal, one.area, [figure.definition for figure in one.figures], [one])
    return told


def marked(areas: Iterable[AreaFigures]) -> list[AreaFigures]:
    """Figures of areas in their order, with what would speak of single people marked, and among areas of one parent
    what that could be worked out from."""
    areas = list(areas)
    order = {one.area: number for number, one in enumerate(areas)}
    found: list[AreaFigures] = []
    in_families = sorted(areas, key=lambda one: (_above(one.area), one.area))
    for _, siblings in groupby(in_families, lambda one: _above(one.area)):
        found += with_siblings(list(siblings))
    return sorted(found, key=lambda one: order[one.area])


def _above(area: str) -> str:
    return parent(area) or ""
