"""How near two incidents lie to each other."""

from datetime import datetime
from math import asin, cos, radians, sin, sqrt
from typing import Protocol
from uuid import UUID

RADIUS = 6_371_008.8
"""Mean radius of the earth in metres (IUGG)."""
METRES_A_DEGREE = RADIUS * radians(1)
"""Of latitude; of longitude at the equator."""


class Placed(Protocol):
    """What may have a point, in degrees of WGS 84."""

    @property
    def longitude(self) -> float | None: ...
    @property
    def latitude(self) -> float | None: ...


class Reported(Placed, Protocol):
    """What is reported of some place and time, and may be about the same as an incident."""

    @property
    def id(self) -> UUID: ...
    @property
    def area(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def reported_at(self) -> datetime: ...


def metres_between(one: Placed, other: Placed) -> int | None:
    """Great-circle distance in whole metres; None if one of both has no point."""
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        return None
    north, south = radians(one.latitude), radians(other.latitude)
    half = sin((north - south) / 2) ** 2
    half += cos(north) * cos(south) * sin(radians(one.longitude - other.longitude) / 2) ** 2
    return round(2 * RADIUS * asin(sqrt(min(half, 1.0))))


def degrees_round(latitude: float, metres: float) -> tuple[float, float]:
    """Degrees of longitude and latitude that hold so many metres to each side of a point; all round at a pole."""
    north = metres / METRES_A_DEGREE
    narrow = cos(radians(min(90.0, abs(latitude) + north)))
    return (360.0 if narrow < 1e-6 else north / narrow), north
