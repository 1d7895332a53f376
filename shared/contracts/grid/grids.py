"""网格: grids and their polygons."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic


class GridState(State):
    """A grid: 15 digits, one closed polygon in WGS 84 as (longitude, latitude), first point repeated last."""

    noun: ClassVar = "grid.grid"
    channel: ClassVar = Topic(noun, "grid.grids", readers=("registry", "indicators"))
    id: AreaCode = Field(description="网格代码 15 digits", examples=["450481114201001"])
    code: AreaCode = Field(description="网格代码 15 digits", examples=["450481114201001"])
    village: AreaCode = Field(description="村(社区)代码 village, 12 digits", examples=["450481114201"])
    kind: Code = Field(description="类别 comprehensive, dedicated or micro", examples=["comprehensive"])
    polygon: tuple[tuple[float, float], ...] = Field(
        description="边界 closed ring of (longitude, latitude) in WGS 84, first point repeated last",
        examples=[[[111.2, 22.9], [111.21, 22.9], [111.21, 22.91], [111.2, 22.91], [111.2, 22.9]]],
    )
    synthetic: bool = Field(default=False, description="虚构 drawn for demonstration, not surveyed", examples=[True])
    valid_from: date = Field(description="启用日 first day of validity", examples=["2026-01-01"])
    valid_to: date | None = Field(
        default=None, description="停用日 first day on which it is no longer valid; null while it is"
    )
    successors: tuple[AreaCode, ...] = Field(default=(), description="继任区划 codes that carry on", examples=[[]])


class GridDrawn(Fact[GridState]):
    type: ClassVar = "grid.grid.drawn"


class GridClosed(Fact[GridState]):
    """The grid ended; `successors` carry on."""

    type: ClassVar = "grid.grid.closed"
    example: ClassVar = {"state": {"version": 2, "valid_to": "2027-01-01", "successors": ["450481114201002"]}}


class GridRestated(Fact[GridState]):
    type: ClassVar = "grid.grid.restated"
