"""Lineage of areas: granted areas resolved through the dated area tree.

A granted area that was abolished opens its successors; a living area sees the rows of what it took over, under whatever
code they were written. So does a grid that carries another one on.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

import structlog
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.scope import is_inside, outermost
from shared.clock import Clock, today
from shared.db.engine import GONE, Database
from shared.errors import Unavailable

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AreaLine:
    """An area that ends: from `valid_to` on, `successors` carry on."""

    code: str
    valid_to: date
    successors: tuple[str, ...]

    def at_its_level(self) -> "AreaLine":
        """The same with the successors of its own level only."""
        return replace(self, successors=tuple(one for one in self.successors if len(one) == len(self.code)))


@dataclass(frozen=True)
class Lineage:
    """Lineage: which area succeeds which, as of one day. Immutable; answers are remembered per granted area."""

    lines: tuple[AreaLine, ...] = ()
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, lines: Iterable[AreaLine], on: date) -> "Lineage":
        """The lines that have taken effect on the day. A successor of another level is none: it would widen grants."""
        taken = (line.at_its_level() for line in lines if line.valid_to <= on)
        return cls(tuple(line for line in taken if line.successors))

    def expand(self, area: str) -> tuple[str, ...]:
        """The area itself, what carries it on if it was abolished, and whatever these took over."""
        if not self.lines:
            return (area,)
        if (known := self._known.get(area)) is not None:
            return known
        successors = {line.code: line.successors for line in self.lines}
        roots, queue = {area}, [area]
        while queue:
            fresh = [one for one in successors.get(queue.pop(), ()) if one not in roots]
            roots.update(fresh)
            queue.extend(fresh)
        # Predecessors are followed backwards only: one part of a split village does not see the other part.
        seen, queue = set(roots), list(roots)
        while queue:
            root = queue.pop()
            fresh = [
                line.code
                for line in self.lines
                if line.code not in seen and any(is_inside(one, root) for one in line.successors)
            ]
            seen.update(fresh)
            queue.extend(fresh)
        return self._known.setdefault(area, outermost(seen))


NO_LINEAGE = Lineage()


class LineageSource(Protocol):
    """Source of the present lineage."""

    async def lineage(self) -> Lineage:
        """The lineage now; may be some seconds old."""
        ...


class FixedLineage:
    """A lineage that never changes: for processes without a tree."""

    def __init__(self, lineage: Lineage | None = None) -> None:
        self._lineage = lineage or NO_LINEAGE

    async def lineage(self) -> Lineage:
        return self._lineage


LineageLoader = Callable[[AsyncSession], Awaitable[Sequence[AreaLine]]]
"""Reads every area and grid that has an end and successors. Read-only; the session is closed by the caller."""

_PROJECTED = text(
    """
    SELECT state->>'code' AS code, (state->>'valid_to')::date AS valid_to, state->'successors' AS successors
    FROM projected_states
    WHERE slot = coalesce((SELECT live FROM projection_slots), 0) AND noun IN ('registry.area', 'grid.grid')
      AND state->>'valid_to' IS NOT NULL AND state->'successors' <> '[]'::jsonb
    """
)


async def projected_lineage(session: AsyncSession) -> Sequence[AreaLine]:
    """The loader of a service that owns neither areas nor grids: out of their projected states."""
    rows = await session.execute(_PROJECTED)
    return [AreaLine(code=row.code, valid_to=row.valid_to, successors=tuple(row.successors)) for row in rows]


class CachedLineage:
    """A lineage read from the database at most every `ttl` seconds; while the database is away the last one serves."""

    def __init__(self, database: Database, load: LineageLoader, clock: Clock, *, ttl: float = 10.0) -> None:
        self._database = database
        self._load = load
        self._clock = clock
        self._ttl = ttl
        self._lineage: Lineage | None = None
        self._until = 0.0
        self._reading = False

    async def lineage(self) -> Lineage:
        """Raises `Unavailable` only if none was ever read."""
        now = self._clock.now().timestamp()
        if self._lineage is not None and (now < self._until or self._reading):
            return self._lineage
        self._reading = True
        try:
            async with self._database.session() as session:
                lines = await self._load(session)
        except GONE as error:
            if self._lineage is None:
                raise Unavailable(retry_after=1) from error
            log.warning("lineage_stale", error=type(error).__name__)
            self._until = now + 1.0
            return self._lineage
        finally:
            self._reading = False
        fresh = Lineage.of(lines, today(self._clock))
        # An equal lineage keeps its object, and with it the answers that it remembers.
        self._lineage = self._lineage if fresh == self._lineage else fresh
        self._until = now + self._ttl
        assert self._lineage is not None
        return self._lineage
