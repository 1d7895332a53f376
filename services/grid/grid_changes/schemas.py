"""Bodies of changes of grids (网格调整)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.grid.grid_changes.domain import GridChangeKind, GridChangeStatus, GridPlan, Part, Resident
from services.grid.grid_changes.models import GridChange
from services.grid.grids.domain import Border, CoordinateSystem, GridKind, NewGrid
from services.grid.grids.schemas.grids import RING, GridCode, Group, Name, PointBody, Ring, System
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, Day, Instant, View

MAX_GRIDS, MAX_RESIDENTS = 50, 2_000
Seen = Annotated[
    int | None, Field(ge=1, description="所见版本 version of the grid as you saw it; null: whichever", examples=[1])
]


class EndedGrid(Body):
    """A grid that ends by the change."""

    code: GridCode = Field(description="网格代码 code of the grid")
    seen: Seen = None


class NewGridOfChange(Body):
    """A grid that the change draws, of the kind and net of those of before."""

    code: GridCode = Field(description="网格代码 a code of the village that was never used")
    name: Name | None = Field(default=None, description="网格名称 name of the grid", examples=["第一网格"])
    villagers_group: Group | None = Field(
        default=None,
        description="村民小组 number of the villagers' group; 0: none; by default of its own number",
        examples=[1],
    )
    polygon: Ring = Field(description=RING)
    coordinate_system: System = CoordinateSystem.WGS84

    def content(self) -> NewGrid:
        return NewGrid(
            code=self.code,
            kind=GridKind.COMPREHENSIVE,
            polygon=self.polygon,
            name=self.name,
            villagers_group=self.villagers_group,
            system=self.coordinate_system,
        )


class RedrawnGrid(Body):
    """A grid that goes on with another border."""

    code: GridCode = Field(description="网格代码 code of the grid")
    polygon: Ring = Field(description=RING)
    coordinate_system: System = CoordinateSystem.WGS84
    seen: Seen = None


class PlacedResident(Body):
    """Where a resident lives after the change: in a grid, or at a point. The point is not kept."""

    person_id: UUID = Field(description="居民标识 id of the person", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"])
    code: GridCode | None = Field(default=None, description="网格代码 grid in which the person lives")
    point: PointBody | None = Field(default=None, description="坐标 where the person's dwelling is, WGS 84")

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.code is None) == (self.point is None):
            raise PydanticCustomError("one_of", "请填写网格代码或坐标其中一项")
        return self

    def content(self) -> Resident:
        return Resident(self.person_id, self.code, None if self.point is None else self.point.content())


Residents = Annotated[
    tuple[PlacedResident, ...],
    Field(max_length=MAX_RESIDENTS, description="居民 residents of the grids of before, and where each lives"),
]


class ChangeGrids(Body):
    """A split, a merger, or borders that are drawn anew, of grids of one village."""

    kind: GridChangeKind = Field(description="调整方式 split, merge or redraw", examples=["split"])
    effective_on: Day = Field(description="生效日 first day, today at the latest", examples=["2026-11-20"])
    ends: tuple[EndedGrid, ...] = Field(default=(), max_length=MAX_GRIDS, description="撤销的网格 grids that end")
    draws: tuple[NewGridOfChange, ...] = Field(
        default=(), max_length=MAX_GRIDS, description="新划的网格 grids that begin"
    )
    redraws: tuple[RedrawnGrid, ...] = Field(
        default=(), max_length=MAX_GRIDS, description="重划边界的网格 grids that go on with another border"
    )
    heir: GridCode | None = Field(
        default=None,
        description="承接网格 of a split: the new grid of all residents of whom nothing else is said; null: none",
    )
    residents: Residents = ()

    def content(self) -> GridPlan:
        return GridPlan(
            kind=self.kind,
            effective_on=self.effective_on,
            ends=[Part(one.code, one.seen) for one in self.ends],
            draws=[one.content() for one in self.draws],
            redraws=[Part(one.code, one.seen, Border(one.polygon, one.coordinate_system)) for one in self.redraws],
            heir=self.heir,
            residents=[one.content() for one in self.residents],
        )


class PlaceResidents(Body):
    """Further residents of a change, and where each lives."""

    residents: Residents = Field(min_length=1)


class ChangedGrid(View):
    """What a change did to a grid."""

    code: AreaCode = Field(description="网格代码 code of the grid", examples=["450481114201001"])
    did: str = Field(description="结果 ended, drawn or redrawn", examples=["ended"])
    version: int = Field(description="版本 version of the grid after the change", examples=[2])


class GridChangeView(View):
    """A change of grids."""

    id: UUID = Field(description="网格调整标识 id of the change", examples=["0197d0c0-b102-7a02-8b03-0c04d05e0f02"])
    version: int = Field(description="版本 counts the changes of it, from 1", examples=[1])
    village: AreaCode = Field(description="村（社区）代码 village whose grids they are", examples=["450481114201"])
    kind: GridChangeKind = Field(description="调整方式 split, merge or redraw", examples=["split"])
    status: GridChangeStatus = Field(description="状态 in_force or undone", examples=["in_force"])
    effective_on: date = Field(description="生效日 first day", examples=["2026-11-20"])
    grids: list[ChangedGrid] = Field(description="所涉网格 what it did to each grid")
    heir: AreaCode | None = Field(
        description="承接网格 grid of all residents of whom nothing else was said; null for none",
        examples=["450481114201003"],
    )
    proposed: int = Field(description="建议数 how many residents it proposed elsewhere", examples=[12])
    recorded_at: Instant = Field(description="登记时间 when it was carried out", examples=["2026-11-20T10:00:00+08:00"])
    undone_at: Instant | None = Field(description="撤销时间 when it was undone; null if it was not", examples=[None])

    @classmethod
    def of(cls, change: GridChange) -> Self:
        return cls.model_validate(change)


class GridChangeCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[3])
