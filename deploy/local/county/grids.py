"""Synthetic grid boundaries: a lattice of rectangles over the real place of 岑溪, two for every village.

Real boundaries of villages are not published; what matters for a demonstration is that every point belongs to one grid.
"""

from collections.abc import Sequence
from dataclasses import dataclass

WEST, NORTH = 110.72, 23.20
CELL = 0.03
"""Degrees; about three kilometres."""
COLUMNS = 18
GRIDS = ("001", "002")


@dataclass(frozen=True)
class GridOutline:
    """One grid: its code and its closed ring of (longitude, latitude)."""

    code: str
    ring: tuple[tuple[float, float], ...]

    @property
    def middle(self) -> tuple[float, float]:
        """A point well inside."""
        return round((self.ring[0][0] + self.ring[2][0]) / 2, 6), round((self.ring[0][1] + self.ring[2][1]) / 2, 6)


def outlines(villages: Sequence[str]) -> list[GridOutline]:
    """Two grids a village, side by side; villages of a town lie together. Equal lists give equal boundaries."""
    drawn = []
    for place, village in enumerate(sorted(villages)):
        west = WEST + CELL * (place % COLUMNS)
        north = NORTH - CELL * (place // COLUMNS)
        half = CELL / len(GRIDS)
        for number, grid in enumerate(GRIDS):
            drawn.append(GridOutline(village + grid, _rectangle(west + half * number, north, half, CELL)))
    return drawn


def _rectangle(west: float, north: float, width: float, height: float) -> tuple[tuple[float, float], ...]:
    east, south = round(west + width, 6), round(north - height, 6)
    west, north = round(west, 6), round(north, 6)
    return (west, north), (east, north), (east, south), (west, south), (west, north)
