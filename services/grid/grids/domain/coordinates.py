"""Coordinate systems in which borders come in: WGS 84, CGCS2000, GCJ-02 (火星坐标) and BD-09 (百度坐标).

GCJ-02 is published by nobody: the formula is the one that is generally known, an approximation of the official offset.
Converted coordinates are therefore told with an accuracy, and never called surveyed.
"""

from collections.abc import Sequence
from math import atan2, cos, hypot, pi, sin, sqrt

from shared.reference.named_code import NamedCode

Pair = tuple[float, float]
"""(longitude, latitude) in degrees."""


class CoordinateSystem(NamedCode):
    """Coordinate system of what comes in. What is kept and told is WGS 84."""

    WGS84 = "wgs84", "世界大地坐标系 WGS 84"
    CGCS2000 = "cgcs2000", "国家大地坐标系 CGCS2000"
    GCJ02 = "gcj02", "国测局坐标 GCJ-02"
    BD09 = "bd09", "百度坐标 BD-09"


ACCURACY: dict[CoordinateSystem, float] = {
    CoordinateSystem.WGS84: 0.0,
    CoordinateSystem.CGCS2000: 1.0,
    CoordinateSystem.GCJ02: 5.0,
    CoordinateSystem.BD09: 5.0,
}
"""Metres that the conversion adds at most, as we state it.

CGCS2000 is taken as WGS 84: the frames differ by centimetres, and plates have moved by less than a metre since epoch
2000.0. GCJ-02 and BD-09: of the known formula against published pairs of points.
"""

_AXIS, _FLATNESS = 6378245.0, 0.00669342162296594323  # Krasovsky 1940
_TURN = pi * 3000.0 / 180.0
_CLOSE = 1e-11
"""Degrees, about a micrometre: where the inversion of the formula ends."""


def to_wgs84(points: Sequence[Pair], system: CoordinateSystem) -> tuple[Pair, ...]:
    """The points in WGS 84."""
    match system:
        case CoordinateSystem.GCJ02:
            return tuple(gcj02_to_wgs84(*point) for point in points)
        case CoordinateSystem.BD09:
            return tuple(gcj02_to_wgs84(*bd09_to_gcj02(*point)) for point in points)
        case _:
            return tuple((longitude, latitude) for longitude, latitude in points)


def wgs84_to_gcj02(longitude: float, latitude: float) -> Pair:
    """The known formula of the offset, which holds within China."""
    x, y = longitude - 105.0, latitude - 35.0
    wave = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + wave
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + wave
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    angle = latitude / 180.0 * pi
    magic = 1.0 - _FLATNESS * sin(angle) ** 2
    north = north * 180.0 / ((_AXIS * (1.0 - _FLATNESS)) / (magic * sqrt(magic)) * pi)
    east = east * 180.0 / (_AXIS / sqrt(magic) * cos(angle) * pi)
    return longitude + east, latitude + north


def gcj02_to_wgs84(longitude: float, latitude: float) -> Pair:
    """The point whose offset is this one, by fixed-point iteration: it converges by a factor of some hundred a step."""
    guess = longitude, latitude
    for _ in range(20):
        there = wgs84_to_gcj02(*guess)
        off = longitude - there[0], latitude - there[1]
        guess = guess[0] + off[0], guess[1] + off[1]
        if max(abs(off[0]), abs(off[1])) < _CLOSE:
            break
    return guess


def gcj02_to_bd09(longitude: float, latitude: float) -> Pair:
    """GCJ-02 → BD-09."""
    radius = hypot(longitude, latitude) + 0.00002 * sin(latitude * _TURN)
    angle = atan2(latitude, longitude) + 0.000003 * cos(longitude * _TURN)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def bd09_to_gcj02(longitude: float, latitude: float) -> Pair:
    """BD-09 → GCJ-02, the inverse of `gcj02_to_bd09` by iteration: the commonly used formula is off by half a metre."""
    guess = longitude - 0.0065, latitude - 0.006
    for _ in range(20):
        there = gcj02_to_bd09(*guess)
        off = longitude - there[0], latitude - there[1]
        guess = guess[0] + off[0], guess[1] + off[1]
        if max(abs(off[0]), abs(off[1])) < _CLOSE:
            break
    return guess


CHINA = (73.0, 3.0, 136.0, 54.0)
"""West, south, east and north of China in whole degrees."""


def in_china(longitude: float, latitude: float) -> bool:
    """Whether a point lies in China's box: where GCJ-02 and BD-09 are defined, and their formula converges."""
    west, south, east, north = CHINA
    return west <= longitude <= east and south <= latitude <= north


def looks_swapped(points: Sequence[Sequence[float]]) -> bool:
    """Whether the points read as (latitude, longitude): so in China, and not in it as they stand."""
    return all(in_china(second, first) and not in_china(first, second) for first, second in points)
