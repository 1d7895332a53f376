"""Bodies of changes of areas (区划调整)."""

from datetime import date
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.registry.area_changes.domain import LeftBehind, LeftKind, Move, Opening, Placing, Plan, Share
from services.registry.area_changes.models import AreaChange
from services.registry.areas.schemas import Code
from shared.contracts.registry.area_changes import AreaChangeKind, AreaChangeStatus
from shared.http.schemas import Body, Day, Instant, View

GridCode = Annotated[str, StringConstraints(pattern=r"^[0-9]{15}$")]
IDS = 2_000
"""How many ids of one kind a share may name."""


class OpenedArea(Body):
    """An area that the change opens."""

    code: Code = Field(description="区划代码 a code that was never used", examples=["450481100203"])
    name: str = Field(min_length=1, max_length=100, description="区划名称 name of the area", examples=["思榔村委会"])
    village_type: str | None = Field(
        default=None,
        max_length=3,
        description="城乡分类 urban-rural class of a village, three digits",
        examples=["220"],
    )


class ShareOfVillage(Body):
    """What of a village goes to another one than the rest."""

    to: Code = Field(description="划入区划 code of the village to which it goes", examples=["450481100203"])
    households: list[UUID] = Field(default_factory=list, max_length=IDS, description="住户 ids of households")
    persons: list[UUID] = Field(default_factory=list, max_length=IDS, description="居民 ids of persons without one")
    buildings: list[UUID] = Field(default_factory=list, max_length=IDS, description="建筑 ids of buildings")
    grids: list[GridCode] = Field(
        default_factory=list, max_length=200, description="网格 codes of grids, with all who live there"
    )


class AreaMove(Body):
    """What becomes of an area."""

    origin: Code = Field(description="原区划 code of the area", examples=["450481100201"])
    to: Code | None = Field(
        default=None,
        description="承接区划 where all goes that no share names; null if the village goes on with it",
        examples=["450481100203"],
    )
    shares: list[ShareOfVillage] = Field(
        default_factory=list, max_length=50, description="分划 what goes elsewhere; empty if it goes as a whole"
    )

    def as_move(self) -> Move:
        """The move as the use case takes it."""
        shares = (
            Share(one.to, tuple(one.households), tuple(one.persons), tuple(one.buildings), tuple(one.grids))
            for one in self.shares
        )
        return Move(self.origin, self.to, tuple(shares))


class ChangeAreas(Body):
    """A change of areas, whole: what is opened, and what becomes of each area on the day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "merge",
                    "effective_on": "2026-11-01",
                    "opens": [],
                    "moves": [{"origin": "450481100201", "to": "450481100202"}],
                }
            ]
        }
    )

    kind: AreaChangeKind = Field(
        description="调整类别 merge, split, regroup, convert, transfer or abolish", examples=["merge"]
    )
    effective_on: Day = Field(description="生效日 first day of the new areas, today at the latest")
    opens: list[OpenedArea] = Field(default_factory=list, max_length=200, description="新设区划 areas that are opened")
    moves: list[AreaMove] = Field(min_length=1, max_length=400, description="调整 what becomes of which area")

    def as_plan(self) -> Plan:
        """The plan as the use case takes it."""
        return Plan(
            kind=self.kind,
            effective_on=self.effective_on,
            opens=tuple(Opening(one.code, one.name, one.village_type) for one in self.opens),
            moves=tuple(one.as_move() for one in self.moves),
        )


class AbolishArea(Body):
    """Abolition of an area (撤销): one heir takes over whoever is there; without one, or with several, nobody is."""

    valid_to: Day = Field(description="停用日 first day on which the code is no longer valid")
    successors: list[Code] = Field(
        max_length=50, description="继任区划 codes of living areas that carry on", examples=[["450481100202"]]
    )


class AreaMoveView(View):
    """What became of an area."""

    origin: str = Field(description="原区划 code of the area")
    to: str | None = Field(description="承接区划 where all went that no share named; null if the village went on")
    shared_with: list[str] = Field(description="分划区划 codes of the villages to which shares went")


class GridMoveView(View):
    """A grid that has another code."""

    origin: str = Field(description="原网格代码 code of the grid before", examples=["450481100201001"])
    to: str = Field(description="新网格代码 code of the grid from the day on", examples=["450481100202004"])


class AreaChangeView(View):
    """A change of areas that was carried out."""

    id: UUID = Field(description="区划调整标识 id of the change")
    version: int = Field(description="版本 counts the steps of the change, from 1")
    area: str = Field(description="所在区划 code of the area that holds all that it names", examples=["450481100"])
    kind: AreaChangeKind = Field(description="调整类别 merge, split, regroup, convert, transfer or abolish")
    status: AreaChangeStatus = Field(description="状态 done or undone")
    effective_on: date = Field(description="生效日 first day of the new areas")
    opened: list[str] = Field(description="新设区划 codes of areas that it opened")
    moves: list[AreaMoveView] = Field(description="调整 what became of which area")
    grids: list[GridMoveView] = Field(description="网格改码 grids that have another code from the day on")
    persons: int = Field(description="居民数 how many persons followed")
    households: int = Field(description="户数 how many households followed")
    buildings: int = Field(description="建筑数 how many buildings followed")
    recorded_by: str = Field(description="办理人 subject of the token that carried it out", examples=["registrar-1"])
    recorded_at: Instant = Field(description="办理时间 when it was carried out")
    undone_by: str | None = Field(description="撤销人 subject of the token that undid it; null while it stands")
    undone_at: Instant | None = Field(description="撤销时间 when it was undone; null while it stands")

    @classmethod
    def of(cls, change: AreaChange) -> Self:
        plan = change.plan
        return cls(
            id=change.id,
            version=change.version,
            area=change.area,
            kind=AreaChangeKind(change.kind),
            status=AreaChangeStatus(change.status),
            effective_on=change.effective_on,
            opened=plan["opens"],
            moves=[AreaMoveView(**one) for one in plan["moves"]],
            grids=[GridMoveView(**one) for one in plan.get("grids", ())],
            persons=change.persons,
            households=len(change.households),
            buildings=len(change.buildings),
            recorded_by=change.recorded_by,
            recorded_at=change.recorded_at,
            undone_by=change.undone_by,
            undone_at=change.undone_at,
        )


class LeftBehindView(View):
    """Something in use in a village that ended, until somebody places it."""

    kind: LeftKind = Field(
        description="种类 what it is; a grid is drawn anew, the others are placed", examples=["building"]
    )
    id: str = Field(description="标识 its id; of a grid its code", examples=["0197d0c0-7a01-7b02-8c03-0d04e05f0601"])
    area: str = Field(description="所在地 village that ended, or a grid of it", examples=["450481100201"])
    ended_on: date = Field(description="停用日 first day on which the village was no more")
    heirs: list[str] = Field(description="继任区划 who carries the village on; none: it ended without", examples=[[]])
    change_id: UUID | None = Field(description="区划调整标识 change by which the village ended; null if none is kept")

    @classmethod
    def of(cls, one: LeftBehind) -> Self:
        return cls(
            kind=one.kind, id=one.id, area=one.area, ended_on=one.ended_on, heirs=list(one.heirs), change_id=one.change
        )


class LeftBehindCount(View):
    """Length of the list of what is left behind."""

    count: int = Field(description="数量 how many the list has in all")


class PlaceLeftBehind(Body):
    """Where something that a change of areas left behind goes."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"kind": "facility", "id": "0197d0c0-7a01-7b02-8c03-0d04e05f0601", "to": "450481100202"}]
        }
    )

    kind: Literal[LeftKind.BUILDING, LeftKind.FACILITY, LeftKind.ORGANISATION] = Field(
        description="种类 what it is", examples=["facility"]
    )
    id: UUID = Field(description="标识 its id")
    to: Code | None = Field(description="承接区划 an heir of the village that ended; null: back to where it was")

    def asked(self) -> Placing:
        return Placing(LeftKind(self.kind), self.id, self.to)


class AreaChangeCount(View):
    """Length of the list of changes of areas."""

    count: int = Field(description="数量 changes that the list has in all")
