"""What figures are made of: sums of areas and grids, figures of sums, parts of definitions, and who is told what."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.contributions.domain import CONTRIBUTIONS, contributions_of
from services.indicators.definitions.domain import Definition, Measure
from services.indicators.deltas.repository import DeltaRepository, Sum
from services.indicators.figures.domain import AreaFigures, Figure, roughly
from shared.auth.principal import Principal
from shared.auth.roles import PERMISSIONS
from shared.contracts.catalogue import TOPICS
from shared.errors import DomainError, ErrorKind, FieldError
from shared.reference.areas import is_grid, village_of

Sums = Mapping[tuple[str, Measure], Sum]


class NoSuchAxis(DomainError):
    """An indicator is asked for in parts that it is not kept by."""

    kind, code, title = ErrorKind.INVALID, "indicator_has_no_such_axis", "指标不按此分组统计"
    advice = "请查看指标口径中的分组，改选分组或指标"


class PeriodOutOfRange(DomainError):
    """The period ends before it begins, or a series is longer than three years."""

    kind, code, title = ErrorKind.INVALID, "period_out_of_range", "统计期间不正确"
    advice = "请核对起止日期：起日不晚于止日，跨度不超过规定天数"


class FigureSums:
    """Sums of measures by area: of villages and above as they were rolled up, of grids from their own states."""

    def __init__(self, session: AsyncSession) -> None:
        self._deltas = DeltaRepository(session)

    async def of(
        self, areas: Collection[str], definitions: Iterable[Definition], since: date, until: date
    ) -> dict[tuple[str, Measure], Sum]:
        """Per area and measure: all days up to `until` (stock), and the days from `since` to `until` (flow)."""
        measures = {measure for one in definitions for measure in (*one.measures, *one.made_of)}
        grids = {code for code in areas if is_grid(code)}
        sums = await self._deltas.sums([code for code in areas if not is_grid(code)], measures, since, until)
        for village in sorted({village_of(code) for code in grids}):
            sums |= await self._of_grids(village, grids, measures, since, until)
        return sums

    async def _of_grids(
        self, village: str, grids: Collection[str], measures: set[Measure], since: date, until: date
    ) -> dict[tuple[str, Measure], Sum]:
        """The same sums from the grids' own states: an independent count, so that Σ grids = village says something."""
        sums: dict[tuple[str, Measure], Sum] = {}
        for state in await self._deltas.states_of_grids(village):
            for code, area, day, amount, dimension in contributions_of(state):
                key = (area, Measure(code, dimension))
                if area in grids and village_of(area) == village and key[1] in measures and day <= until:
                    known = sums.get(key, Sum())
                    sums[key] = Sum(known.stock + amount, known.flow + (amount if day >= since else 0))
        return sums


def figures_of(
    area: str, definitions: Iterable[Definition], sums: Sums | None, left_out: Collection[str] = ()
) -> AreaFigures:
    """The figures of an area out of its sums, less those of the counties that are left out; unknown without sums."""

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
    return [noun for noun in sorted(CONTRIBUTIONS) if restricted or TOPICS[noun].published]
