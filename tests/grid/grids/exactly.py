"""The slow, exact check of which grid holds a point: rational arithmetic, no library of geometry, no index."""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from random import Random

Vertex = tuple[float, float]
Ring = Sequence[Vertex]


def holds(ring: Ring, point: Vertex) -> bool:
    """Whether a closed ring holds a point, its border included: crossings of a ray, in rational numbers."""
    x, y = Fraction(point[0]), Fraction(point[1])
    inside = False
    for (ax, ay), (bx, by) in itertools.pairwise(ring):
        x1, y1, x2, y2 = Fraction(ax), Fraction(ay), Fraction(bx), Fraction(by)
        side = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if side == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return True
        if (y1 > y) != (y2 > y) and (side > 0) == (y2 > y1):
            inside = not inside
    return inside


def slowly(grids: Mapping[str, Ring], point: Vertex) -> str | None:
    """The smallest code among the grids that hold a point."""
    for code in sorted(grids):
        ring = grids[code]
        xs, ys = [x for x, _ in ring], [y for _, y in ring]
        near = min(xs) <= point[0] <= max(xs) and min(ys) <= point[1] <= max(ys)
        if near and holds(ring, point):
            return code
    return None


def a_tiling(random: Random, columns: int, rows: int, *, west: float = 111.0, south: float = 22.9) -> dict[str, Ring]:
    """Grids with crooked borders that share their vertices, coded so that neighbours are in no order."""
    side = 0.01

    def corner(column: int, row: int) -> Vertex:
        shift = Random(f"{column}-{row}")
        away = (shift.uniform(-0.004, 0.004), shift.uniform(-0.004, 0.004))
        return west + column * side + away[0], south + row * side + away[1]

    numbers = list(range(1, columns * rows + 1))
    random.shuffle(numbers)
    grids: dict[str, Ring] = {}
    for column in range(columns):
        for row in range(rows):
            places = (column, row), (column + 1, row), (column + 1, row + 1), (column, row + 1), (column, row)
            grids[f"450481100{numbers.pop():06d}"] = [corner(*place) for place in places]
    return grids


def some_points(random: Random, grids: Mapping[str, Ring], count: int, on_borders: int) -> Iterator[Vertex]:
    """Random points over all of it and a little beyond; of these so many on borders: corners, and along edges."""
    xs = [x for ring in grids.values() for x, _ in ring]
    ys = [y for ring in grids.values() for _, y in ring]
    west, east, south, north = min(xs), max(xs), min(ys), max(ys)
    edges = [pair for ring in grids.values() for pair in itertools.pairwise(ring)]
    for number in range(count):
        if number >= on_borders:
            yield random.uniform(west - 0.01, east + 0.01), random.uniform(south - 0.01, north + 0.01)
            continue
        (ax, ay), (bx, by) = random.choice(edges)
        part = random.choice((0.0, 1.0, 0.5, random.random()))
        yield ax + (bx - ax) * part, ay + (by - ay) * part
