"""Grids (网格) as grid announces them."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, State
from shared.contracts.topic import Topic


class GridState(State):
    """A grid (网格): a code of 15 digits that begins with its village's, and one closed polygon in WGS 84."""

    noun: ClassVar = "grid.grid"
    channel: ClassVar = Topic(
        noun,
        "grid.grids",
        readers=("registry", "indicators"),
        tells=(
            "网格的边界，公开信息",
            "the grids' borders: public",
        ),
    )
    id: AreaCode = Field(description="网格标识 the code of the grid", examples=["450481114201001"])
    code: AreaCode = Field(description="网格代码 code of the grid, 15 digits", examples=["450481114201001"])
    village: AreaCode = Field(description="村（社区）代码 code of the village, 12 digits", examples=["450481114201"])
    kind: Code = Field(
        description="网格类别 comprehensive (综合网格), dedicated (专属网格) or micro (微网格)",
        examples=["comprehensive"],
    )
    net: Code = Field(
        default="committees",
        description="所属的网 committees (村居委会), quarters (小区) or organisations (单位): nets lie over each other",
        examples=["committees"],
    )
    villagers_group: int | None = Field(
        default=None,
        description="村民小组 number of the villagers' group whose ground it is; null for none",
        examples=[1],
    )
    polygon: tuple[tuple[float, float], ...] = Field(
        description="边界 closed ring of (longitude, latitude) in WGS 84, first point repeated last",
        examples=[[[111.2, 22.9], [111.21, 22.9], [111.21, 22.91], [111.2, 22.91], [111.2, 22.9]]],
    )
    synthetic: bool = Field(default=False, description="虚构 drawn for demonstration, not surveyed", examples=[True])
    valid_from: date = Field(description="启用日 first day on which the grid exists", examples=["2026-01-01"])
    valid_to: date | None = Field(
        default=None, description="撤销日 first day on which the grid is no more; null while it exists"
    )
    successors: tuple[AreaCode, ...] = Field(
        default=(), description="承接网格 codes of the grids that carry on; empty while it exists", examples=[[]]
    )


class GridDrawn(Fact[GridState]):
    """The grid was drawn (划定)."""

    type: ClassVar = "grid.grid.drawn"


class GridRedrawn(Fact[GridState]):
    """Its border changed (重划), or the change of its border was undone."""

    type: ClassVar = "grid.grid.redrawn"
    example: ClassVar = {"state": {"version": 2}}


class GridClosed(Fact[GridState]):
    """The grid was closed (撤销); its successors carry on."""

    type: ClassVar = "grid.grid.closed"
    example: ClassVar = {"state": {"version": 2, "valid_to": "2026-11-20", "successors": ["450481114201002"]}}


class GridRecoded(Fact[GridState]):
    """Its village became another one (区划调整): the same grid goes on under the code of its successor."""

    type: ClassVar = "grid.grid.recoded"
    example: ClassVar = {"state": {"version": 2, "valid_to": "2026-11-10", "successors": ["450481114202001"]}}


class GridReopened(Fact[GridState]):
    """It exists on under its code: the change of areas that gave it another one was undone."""

    type: ClassVar = "grid.grid.reopened"
    example: ClassVar = {"state": {"version": 3}}


class GridRestated(Fact[GridState]):
    """The grid is announced again, unchanged."""

    type: ClassVar = "grid.grid.restated"
