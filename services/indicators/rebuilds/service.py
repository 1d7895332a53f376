"""Rebuilding: all figures once more from the topics, beside the live ones, compared, switched."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from sqlalchemy import Table, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.base import Base
from services.indicators.deltas.models import AreaMember, Delta, GridMember
from shared.auth.principal import Principal
from shared.errors import NotFound
from shared.jobs.queue import Job, enqueue, find
from shared.messaging.context import UseCaseContext
from shared.messaging.rebuild.comparison import Difference

REBUILD = "rebuild"
"""The kind of the job, and its lane: one at a time."""

TABLES: tuple[Table, ...] = tuple(Base.metadata.tables[kind.__tablename__] for kind in (Delta, GridMember, AreaMember))
"""What is built again beside the states."""

_FIGURES = text(
    """
    SELECT 'figures of ' || measure AS what, slot, count(*) AS rows,
      sum(hashtextextended(concat_ws('|', area, dimension, day, amount), 0)) AS total
    FROM deltas WHERE amount <> 0 GROUP BY measure, slot
    UNION ALL
    SELECT 'members of grids', slot, count(*), sum(hashtextextended(concat_ws('|', grid, noun, aggregate), 0))
    FROM grid_members GROUP BY slot
    UNION ALL
    SELECT 'members of areas', slot, count(*), sum(hashtextextended(concat_ws('|', area, noun, aggregate), 0))
    FROM area_members GROUP BY slot
    ORDER BY 1
    """
)


class Rebuilds:
    """Use cases of operators."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session

    async def start(self, principal: Principal, runs: Iterable[Mapping[str, int]]) -> Job:
        """Ask for a rebuild that waits for what republish runs announce: so many aggregates of each noun.

        Two runs that name one noun announce the same aggregates: the higher count holds. Raises `JobAlreadyOpen`.
        """
        expected: dict[str, int] = {}
        for run in runs:
            for noun, count in run.items():
                expected[noun] = max(count, expected.get(noun, 0))
        return await enqueue(
            self._session, REBUILD, {"expected": expected}, lane=REBUILD, requested_by=principal.subject
        )

    async def find(self, id: UUID) -> Job:
        """A rebuild with its progress and, at the end, its differences. Raises `NotFound`, also for other jobs."""
        job = await find(self._session, id)
        if job.kind != REBUILD:
            raise NotFound(id)
        return job


async def compare_figures(session: AsyncSession, live: int, shadow: int) -> Sequence[Difference]:
    """Measures whose rows differ between the generations. A sum that came to nothing is as good as no row."""
    sums: dict[str, dict[int, str]] = {}
    for row in await session.execute(_FIGURES):
        sums.setdefault(row.what, {})[row.slot] = f"{row.rows} rows, hash {int(row.total) % 2**64:016x}"
    nothing = "0 rows"
    return [
        Difference(what, of.get(live, nothing), of.get(shadow, nothing))
        for what, of in sums.items()
        if of.get(live) != of.get(shadow)
    ]
