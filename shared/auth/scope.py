"""Scope: the one area predicate of every query, and granted areas resolved through the dated area tree.

`inside(column, area)` serves scope, list, count, detail, export and roll-up alike. A granted area that was abolished
opens its successors; a living area sees the rows of what it took over, under whatever code they were written.
"""

import contextlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, NamedTuple, Protocol

import structlog
from sqlalchemy import ColumnElement, and_, false, literal, or_, text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock, today
from shared.contracts.envelope import AreaCode
from shared.db.engine import GONE, Database
from shared.errors import NotFound, Unavailable
from shared.reference.areas import COUNTY_DIGITS, GRID_DIGITS

log = structlog.get_logger(__name__)


def inside(column: Any, area: AreaCode) -> ColumnElement[bool]:
    """`column` is `area` or lies below it. The column must have collation C (`shared.db.base.AreaText`)."""
    return and_(column >= area, column < area + "~")


def is_inside(code: AreaCode, area: AreaCode) -> bool:
    """The same predicate in Python: what `inside` selects, this accepts."""
    return area <= code < area + "~"


def outermost(areas: Iterable[str]) -> tuple[str, ...]:
    """The areas without those that lie inside another of them, sorted."""
    kept: list[str] = []
    for area in sorted(set(areas)):
        if not kept or not is_inside(area, kept[-1]):
            kept.append(area)
    return tuple(kept)


class Judgement(NamedTuple):
    """A decision that let a caller go on: which permissions, held by one grant, in one of which areas, for whom.

    Without an area: for what is the county's as a whole.
    """

    permissions: tuple[str, ...]
    areas: tuple[str | None, ...]
    department: str | None = None


class _NoTruth:
    """A scope is no yes or no: whether a permission holds is asked with an area at hand."""

    __slots__ = ()

    def __bool__(self) -> bool:
        raise TypeError("a scope is asked with an area: allows, require, where")


@dataclass(frozen=True, slots=True)
class Scope(_NoTruth):
    """Scope: the areas in which a permission holds for a principal. No areas: nothing is visible."""

    areas: tuple[str, ...]
    permissions: tuple[str, ...] = ()
    judged: list[Judgement] | None = field(default=None, compare=False, repr=False)

    def allows(self, area: str | None) -> bool:
        """Whether a row of this area may be seen. A row without an area is in nobody's scope."""
        return self.allows_any(area)

    def allows_any(self, *areas: str | None) -> bool:
        """Whether one of a row's areas (residence, registration) is in scope."""
        allowed = any(area is not None and any(is_inside(area, one) for one in self.areas) for area in areas)
        if allowed and self.judged is not None:
            self.judged.append(Judgement(self.permissions, areas))
        return allowed

    def has_below(self, area: str, *, digits: int = GRID_DIGITS) -> bool:
        """Whether an area of the scope is this one or lies inside it; `digits`: one at this level or above."""
        below = tuple(one for one in self.areas if is_inside(one, area) and len(one) <= digits)
        if below and self.judged is not None:
            self.judged.append(Judgement(self.permissions, below))
        return bool(below)

    def narrowed(self, areas: Iterable[str]) -> "Scope":
        """Intersection of this scope and `areas`. Raises `NotFound` if it is empty."""
        return replace(self, areas=_common(self.areas, tuple(areas)))

    def where(self, *columns: Any) -> ColumnElement[bool]:
        """The rows of which at least one of `columns` is in scope; an empty scope gives `false`."""
        return or_(false(), *(inside(column, area) for column in columns for area in self.areas))

    def require(self, *areas: str | None) -> None:
        """Raise `NotFound`, as for what does not exist, unless each of `areas` is in scope: for what is written there.

        Without any area nothing is in scope.
        """
        if not areas or not all(self.allows(area) for area in areas):
            raise NotFound

    def require_any(self, *areas: str | None) -> None:
        """Raise `NotFound` unless one of `areas` is in scope: for a row that belongs to several places."""
        if not self.allows_any(*areas):
            raise NotFound


@dataclass(frozen=True, slots=True)
class DepartmentScope(_NoTruth):
    """Scope of a permission on what a department answers for: by department, the areas in which it holds.

    Under None stand the areas of grants for no single department: they open the rows of all, and those of none.
    """

    parts: tuple[tuple[str | None, tuple[str, ...]], ...]
    permissions: tuple[str, ...] = ()
    judged: list[Judgement] | None = field(default=None, compare=False, repr=False)

    def allows(self, area: str | None, department: str | None) -> bool:
        """Whether a row of this area and department may be seen. What no department has yet is no department's."""
        allowed = area is not None and any(
            bound in (None, department) and any(is_inside(area, one) for one in areas) for bound, areas in self.parts
        )
        if allowed and self.judged is not None:
            self.judged.append(Judgement(self.permissions, (area,), department))
        return allowed

    def allows_county(self, department: str | None) -> bool:
        """Whether what is the county's as a whole, and this department's, may be changed: at a county or above."""
        allowed = any(
            bound in (None, department) and any(len(one) <= COUNTY_DIGITS for one in areas)
            for bound, areas in self.parts
        )
        if allowed and self.judged is not None:
            self.judged.append(Judgement(self.permissions, (), department))
        return allowed

    def narrowed(self, areas: Iterable[str]) -> "DepartmentScope":
        """Intersection of this scope and `areas`. Raises `NotFound` if it is empty."""
        wanted, parts = tuple(areas), []
        for bound, granted in self.parts:
            with contextlib.suppress(NotFound):
                parts.append((bound, _common(granted, wanted)))
        if not parts:
            raise NotFound
        return replace(self, parts=tuple(parts))

    def where(self, area: Any, department: Any) -> ColumnElement[bool]:
        """The rows whose area and department, both columns, are in scope; an empty scope gives `false`."""
        return self._any(department, lambda one: inside(area, one))

    def where_above(self, area: Any, department: Any) -> ColumnElement[bool]:
        """The rows whose area contains one in scope: what serves it from above."""
        return self._any(department, lambda one: literal(one).startswith(area))

    def require(self, area: str | None, department: str | None) -> None:
        """Raise `NotFound`, as for what does not exist, unless a row of this area and department is in scope."""
        if not self.allows(area, department):
            raise NotFound

    def _any(self, department: Any, of_area: Callable[[str], ColumnElement[bool]]) -> ColumnElement[bool]:
        parts = []
        for bound, areas in self.parts:
            place = or_(false(), *(of_area(one) for one in areas))
            parts.append(place if bound is None else and_(department.is_not(None), department == bound, place))
        return or_(false(), *parts)


def _common(granted: tuple[str, ...], areas: tuple[str, ...]) -> tuple[str, ...]:
    """What both have in common. Raises `NotFound` for nothing."""
    common = [
        area if is_inside(area, one) else one
        for area in areas
        for one in granted
        if is_inside(area, one) or is_inside(one, area)
    ]
    if not common:
        raise NotFound
    return outermost(common)


@dataclass(frozen=True, slots=True)
class AreaLine:
    """An area that ends: from `valid_to` on, `successors` carry on."""

    code: str
    valid_to: date
    successors: tuple[str, ...]

    def at_its_level(self) -> "AreaLine":
        """The same with the successors of its own level only."""
        return replace(self, successors=tuple(heir for heir in self.successors if len(heir) == len(self.code)))


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
        heirs = {line.code: line.successors for line in self.lines}
        roots, queue = {area}, [area]
        while queue:
            fresh = [heir for heir in heirs.get(queue.pop(), ()) if heir not in roots]
            roots.update(fresh)
            queue.extend(fresh)
        # Predecessors are followed backwards only: one part of a split village does not see the other part.
        seen, queue = set(roots), list(roots)
        while queue:
            root = queue.pop()
            fresh = [
                line.code
                for line in self.lines
                if line.code not in seen and any(is_inside(heir, root) for heir in line.successors)
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
"""Reads every area that has an end and successors. Read-only; the session is closed by the caller."""

_PROJECTED = text(
    """
    SELECT state->>'code' AS code, (state->>'valid_to')::date AS valid_to, state->'successors' AS successors
    FROM projected_states
    WHERE slot = coalesce((SELECT live FROM projection_slots), 0) AND noun = 'registry.area'
      AND state->>'valid_to' IS NOT NULL AND state->'successors' <> '[]'::jsonb
    """
)


async def projected_lineage(session: AsyncSession) -> Sequence[AreaLine]:
    """The loader of every service but registry: out of the projected area states."""
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
