"""Coverage of a village (网格覆盖情况): what is to be repaired between its grids, and where nobody answers for one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shapely.geometry import Polygon

from services.grid.coverage.domain import Finding, findings
from services.grid.grids.domain import GridKind, GridNet, Ground
from services.grid.grids.models import Grid
from services.grid.grids.repository import GridRepository
from services.grid.staff.domain import Spell, StaffDuty, gaps
from services.grid.staff.models import GridStaff
from services.grid.staff.repository import StaffRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.areas import AreaState
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected

LOOKED_BACK = timedelta(days=90)


@dataclass(frozen=True)
class GridCoverage:
    """A grid in the report: its area in square metres, who answers for it today, and the days when nobody did."""

    grid: Grid
    area: float
    responsible: str | None
    gaps: Sequence[Spell]


@dataclass(frozen=True)
class Coverage:
    """The report of a village. `since`, `until`: the days that were looked at for gaps of staff."""

    village: str
    since: date
    until: date
    grids: Sequence[GridCoverage]
    findings: Sequence[Finding]


class Coverages:
    """Use case of the report. Nothing is stored: it is true of the moment in which it is asked for."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._grids = GridRepository(context.session)
        self._staff = StaffRepository(context.session)

    async def of(
        self, principal: Principal, village: str, *, kind: GridKind, net: GridNet, since: date | None = None
    ) -> Coverage:
        """The report of a village in the caller's areas, for its open grids of a net and kind. Raises `NotFound`.

        `since`: the first day that is looked at for gaps of staff, 90 days ago if None; the last one is today.
        """
        principal.scope("grid.read").require(village)
        if await projected(self._session, AreaState, village) is None:
            raise NotFound(village)
        day = today(self._clock)
        begin = min(since or day - LOOKED_BACK, day)
        open_ones = [one for one in await self._grids.open_of([village]) if (one.kind, one.net) == (kind, net)]
        polygons = {one.code: Polygon(one.polygon) for one in open_ones}
        answering = await self._staff.answering(list(polygons))
        rows: list[GridCoverage] = []
        for grid in open_ones:
            staff = answering.get(grid.code, ())
            spells = [Spell(one.since, one.until) for one in staff]
            now = _answering_on(day, staff)
            missing = gaps(spells, max(begin, grid.valid_from), day + timedelta(days=1))
            metres = Ground.under([polygons[grid.code]]).metres(polygons[grid.code]).area
            rows.append(GridCoverage(grid, round(metres, 1), now, missing))
        return Coverage(village, begin, day, rows, findings(polygons))


def _answering_on(day: date, staff: Sequence[GridStaff]) -> str | None:
    """Who answers on a day: whoever stands in, else whoever it is otherwise."""
    there = [one for one in staff if one.since <= day and (one.until is None or one.until > day)]
    there.sort(key=lambda one: one.duty == StaffDuty.RESPONSIBLE)
    return there[0].worker if there else None
