"""Index of the open grids in memory: point → grid, one by one and many at once. Exact.

Of each net and kind the ground is cut into cells. A cell that lies wholly within one grid, or outside of all, answers
for its points by itself; what a cell is, is found out when it is first asked for. Points of the other cells are asked
for exactly, by GEOS's robust predicate.
"""

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isqrt
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Polygon

from services.grid.grids.domain.kinds import GridKind, GridNet
from shared.contracts.points import Point

_UNKNOWN, _MIXED, _NOBODY = -3, -2, -1
_A_SIDE = 64, 2_048
"""Fewest and most cells of a side; 16 MiB at most."""
_MARGIN = 1e-9
"""Degrees by which a cell is taken larger than it is: far more than the rounding by which a point gets its cell."""


@dataclass(frozen=True)
class Placed:
    """An open grid as the index keeps it."""

    code: str
    kind: str
    polygon: Polygon
    synthetic: bool
    changed: int  # the number of the change that it was read at
    net: str = GridNet.COMMITTEES


@dataclass(frozen=True)
class Closed:
    """A grid that the index holds no more."""

    code: str
    changed: int  # the number of the change that closed it


class _Layer:
    """The open grids of one net and kind, in the order of their codes."""

    def __init__(self, grids: Iterable[Placed]) -> None:
        self.grids = sorted(grids, key=lambda one: one.code)
        self._polygons = np.array([one.polygon for one in self.grids], dtype=object)
        shapely.prepare(self._polygons)
        self._tree = shapely.STRtree(self._polygons)
        west, south, east, north = shapely.total_bounds(self._polygons).tolist()
        self._west, self._south, self._east, self._north = west, south, east, north
        fewest, most = _A_SIDE
        self._side = min(most, max(fewest, 32 * isqrt(len(self.grids))))
        self._across, self._up = self._side / (east - west), self._side / (north - south)
        self._cells = array("i", [_UNKNOWN]) * (self._side * self._side)
        self._view = np.frombuffer(self._cells, dtype=np.intc)
        self._candidates: dict[int, tuple[int, ...]] = {}

    def first(self, x: float, y: float) -> Placed | None:
        """The grid of the smallest code that holds the point."""
        cell = self._cell(x, y)
        if cell < 0:
            return None
        found = self._cells[cell]
        if found == _UNKNOWN:
            self._resolve(np.array([cell]))
            found = self._cells[cell]
        if found != _MIXED:
            return None if found == _NOBODY else self.grids[found]
        polygons = self._polygons
        for index in self._candidates[cell]:
            if shapely.intersects_xy(polygons[index], x, y):
                return self.grids[index]
        return None

    def all(self, x: float, y: float) -> Sequence[Placed]:
        """The grids that hold the point, by code."""
        cell = self._cell(x, y)
        if cell < 0 or (one := self.first(x, y)) is None:
            return ()
        if self._cells[cell] != _MIXED:
            return (one,)
        holding = (i for i in self._candidates[cell] if shapely.intersects_xy(self._polygons[i], x, y))
        return tuple(self.grids[index] for index in holding)

    def first_of_each(self, points: Any) -> Any:
        """Of each point the place in `grids`, or -1. `points`: an array of (longitude, latitude)."""
        x, y = points[:, 0], points[:, 1]
        found = np.full(len(points), _NOBODY, dtype=np.intc)
        inside = (x >= self._west) & (x <= self._east) & (y >= self._south) & (y <= self._north)
        (chosen,) = inside.nonzero()
        last = self._side - 1
        columns = np.minimum(((x[chosen] - self._west) * self._across).astype(np.int64), last)
        rows = np.minimum(((y[chosen] - self._south) * self._up).astype(np.int64), last)
        cells = rows * self._side + columns
        answers = self._view[cells]
        unknown = np.unique(cells[answers == _UNKNOWN])
        if len(unknown):
            self._resolve(unknown)
            answers = self._view[cells]
        mixed = chosen[answers == _MIXED]
        found[chosen] = answers
        found[mixed] = self._exactly(points[mixed])
        return found

    def _exactly(self, points: Any) -> Any:
        answers = np.full(len(points), len(self.grids), dtype=np.intc)
        which, grids = self._tree.query(shapely.points(points), predicate="intersects")
        np.minimum.at(answers, which, grids.astype(np.intc))
        answers[answers == len(self.grids)] = _NOBODY
        return answers

    def _cell(self, x: float, y: float) -> int:
        """The cell of a point; -1 outside of all grids' bounds."""
        if not (self._west <= x <= self._east and self._south <= y <= self._north):
            return -1
        last = self._side - 1
        column, row = int((x - self._west) * self._across), int((y - self._south) * self._up)
        return min(row, last) * self._side + min(column, last)

    def _resolve(self, cells: Any) -> None:
        """Find out what these cells are."""
        rows, columns = np.divmod(cells, self._side)
        boxes = shapely.box(
            self._west + columns / self._across - _MARGIN,
            self._south + rows / self._up - _MARGIN,
            self._west + (columns + 1) / self._across + _MARGIN,
            self._south + (rows + 1) / self._up + _MARGIN,
        )
        which, grids = self._tree.query(boxes, predicate="intersects")
        touching: dict[int, list[int]] = {}
        for place, grid in zip(which.tolist(), grids.tolist(), strict=True):
            touching.setdefault(place, []).append(grid)
        whole = shapely.covers(self._polygons[grids], boxes[which])
        covered = set(which[whole].tolist())
        for place, cell in enumerate(cells.tolist()):
            over = touching.get(place, [])
            if not over:
                self._cells[cell] = _NOBODY
            elif len(over) == 1 and place in covered:
                self._cells[cell] = over[0]
            else:
                self._candidates[cell] = tuple(sorted(over))
                self._cells[cell] = _MIXED


class GridIndex:
    """Open grids in memory: point → grid. Exact (the predicate is GEOS's robust one).

    A point on an edge or corner that several grids share, or on a sliver where their borders overlap, belongs to the
    one with the smallest code: exactly one, always the same. `seen` is the number of the newest change that it holds.
    """

    def __init__(self) -> None:
        self.seen = 0
        self._open: dict[str, Placed] = {}
        self._changed: dict[str, int] = {}
        self._layers: dict[tuple[str, str], _Layer] = {}

    def apply(self, opened: Iterable[Placed], closed: Iterable[Closed]) -> None:
        """Take in changes, in any order and any number of times: a code's older change never undoes a newer one."""
        touched: set[tuple[str, str]] = set()
        for placed in opened:
            if placed.changed > self._changed.get(placed.code, 0):
                self._changed[placed.code] = placed.changed
                touched |= {_layer(one) for one in (placed, self._open.get(placed.code)) if one is not None}
                self._open[placed.code] = placed
        for gone in closed:
            if gone.changed > self._changed.get(gone.code, 0):
                self._changed[gone.code] = gone.changed
                if (before := self._open.pop(gone.code, None)) is not None:
                    touched.add(_layer(before))
        self.seen = max(self._changed.values(), default=0)
        layers: dict[tuple[str, str], list[Placed]] = {}
        for placed in self._open.values():
            if _layer(placed) in touched:
                layers.setdefault(_layer(placed), []).append(placed)
        for layer in touched:
            self._layers.pop(layer, None)
        self._layers |= {layer: _Layer(grids) for layer, grids in layers.items()}

    def forget(self) -> None:
        """Empty again, for a database that is behind what was seen (restored from a backup)."""
        self.seen = 0
        self._open.clear()
        self._changed.clear()
        self._layers.clear()

    def locate(self, point: Point, kind: str = GridKind.COMPREHENSIVE, net: str = GridNet.COMMITTEES) -> Placed | None:
        """The grid of this kind and net to which the point belongs; None outside of all."""
        layer = self._layers.get((net, kind))
        return None if layer is None else layer.first(point.longitude, point.latitude)

    def locate_all(
        self,
        points: Sequence[tuple[float, float]],
        kind: str = GridKind.COMPREHENSIVE,
        net: str = GridNet.COMMITTEES,
    ) -> Sequence[Placed | None]:
        """The same of many points, (longitude, latitude) each, at once."""
        layer = self._layers.get((net, kind))
        if layer is None or not len(points):
            return [None] * len(points)
        answers = layer.first_of_each(np.asarray(points, dtype=np.float64)).tolist()
        return [None if one < 0 else layer.grids[one] for one in answers]

    def holding(
        self, point: Point, kind: str = GridKind.COMPREHENSIVE, net: str = GridNet.COMMITTEES
    ) -> Sequence[Placed]:
        """The grids of this kind and net that hold the point, by code: several only where they share a border."""
        layer = self._layers.get((net, kind))
        return () if layer is None else layer.all(point.longitude, point.latitude)


def _layer(placed: Placed) -> tuple[str, str]:
    return placed.net, placed.kind
