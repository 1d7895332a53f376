"""Scope: the one area predicate of every query. `inside(column, area)` serves list, count, detail and roll-up alike."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, literal, or_

from shared.contracts.envelope import AreaCode
from shared.errors import NotFound
from shared.reference.areas import COUNTY_DIGITS, GRID_DIGITS


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

    @property
    def written(self) -> str:
        """The scope as text: equal texts reach equally far. To be compared with another, never to be judged by."""
        return ",".join(self.areas)

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

    def allows_for_any(self, area: str | None) -> bool:
        """Whether the area is open for a department at all: for what is asked once more, row by row."""
        open_for = [
            bound for bound, areas in self.parts if area is not None and any(is_inside(area, one) for one in areas)
        ]
        return bool(open_for) and self.allows(area, open_for[0])

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

    def at_level(self, digits: int) -> "DepartmentScope":
        """The part of this scope that grants at a level, or above it, open: areas with so many digits at most."""
        parts = tuple((bound, tuple(one for one in areas if len(one) <= digits)) for bound, areas in self.parts)
        return replace(self, parts=parts)

    def names_department(self) -> bool:
        """Whether a part of this scope holds for one department alone: to look for its rows, never to judge by."""
        return any(bound is not None for bound, _ in self.parts)

    def outermost_round(self, area: str, department: str | None) -> str:
        """The largest area of this scope that holds a row of this area and department. Raises `NotFound`."""
        round_it = [
            one for bound, areas in self.parts for one in areas if bound in (None, department) and is_inside(area, one)
        ]
        if not round_it:
            raise NotFound
        return min(round_it, key=len)

    def places(self) -> Scope:
        """The areas of this scope, for whichever department: to offer them by name. Permits nothing."""
        return Scope(outermost(area for _, areas in self.parts for area in areas))

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

    def judgements(self) -> tuple[Judgement, ...]:
        """One for each place of this scope: kept beside what is made of their rows, to be judged again."""
        places = [(area, department) for department, areas in self.parts for area in areas]
        return tuple(Judgement(self.permissions, (area,), department) for area, department in places)

    def require_area(self, area: str) -> None:
        """Raise `NotFound` unless rows of this area are in scope for one department or other; each is asked by itself.

        For work on rows that are not known yet, such as those of a table.
        """
        if not any(self.allows(area, department) for department, _ in self.parts):
            raise NotFound

    def require_all(self) -> None:
        """Judge each place of this scope, so that all are judged again if the request is repeated.

        Raises `NotFound` if there is none.
        """
        places = [(area, department) for department, areas in self.parts for area in areas]
        if not sum(self.allows(*place) for place in places):
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
