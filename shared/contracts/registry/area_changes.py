"""区划调整: changes of areas that were carried out, and which were undone."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Fact, Part, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class AreaChangeKind(NamedCode):
    """What kind of change it is (民政部令第79号): it decides what a plan may hold."""

    MERGE = "merge", "合并"
    SPLIT = "split", "分设"
    REGROUP = "regroup", "重新划分"
    CONVERT = "convert", "撤村建居"
    TRANSFER = "transfer", "隶属变更"
    ABOLISH = "abolish", "撤销"


class AreaChangeStatus(NamedCode):
    """Where a change of areas stands."""

    DONE = "done", "已实施"
    UNDONE = "undone", "已撤销"


class AreaSuccession(Part):
    """What became of an area."""

    origin: AreaCode = Field(description="原区划 code of the area", examples=["450481100201"])
    to: AreaCode | None = Field(
        default=None,
        description="承接区划 where all went that no share named; null if the area went on, or nobody carried it on",
        examples=["450481100202"],
    )


class GridSuccession(Part):
    """Which code a grid has from the day on."""

    origin: AreaCode = Field(description="原网格代码 code of the grid before", examples=["450481100201001"])
    to: AreaCode = Field(description="新网格代码 code of the grid from the day on", examples=["450481100202004"])


class AreaChangeState(State):
    """A change of areas: what became of each area and each grid on its day. Who lived there stays in the register."""

    noun: ClassVar = "registry.area_change"
    channel: ClassVar = Topic(
        noun,
        "registry.area_changes",
        readers=("services_hall", "grid"),
        tells=(
            "何时哪些区划、网格并入或改为哪些区划、网格，公开信息",
            "which areas and grids became which others, and when: public",
        ),
    )
    id: UUID = Field(description="区划调整标识 id of the change", examples=["0197d0c0-8101-7a02-9b03-0c04d05e0601"])
    area: AreaCode = Field(description="所在区划 area that holds all that it names", examples=["450481100"])
    kind: AreaChangeKind = Field(description="调整类别 what kind of change it is", examples=["merge"])
    status: AreaChangeStatus = Field(description="状态 done or undone", examples=["done"])
    effective_on: date = Field(description="生效日 first day of the new areas", examples=["2026-11-10"])
    moves: tuple[AreaSuccession, ...] = Field(
        description="区划去向 what became of each area", examples=[[{"origin": "450481100201", "to": "450481100202"}]]
    )
    grids: tuple[GridSuccession, ...] = Field(
        default=(),
        description="网格改码 grids that have another code, which begins with that of their new village",
        examples=[[{"origin": "450481100201001", "to": "450481100202004"}]],
    )


class AreaChangeCarriedOut(Fact[AreaChangeState]):
    """A change of areas was carried out: residents, households and buildings are where it says."""

    type: ClassVar = "registry.area_change.carried_out"


class AreaChangeTakenBack(Fact[AreaChangeState]):
    """A change of areas was undone: everything is where it was."""

    type: ClassVar = "registry.area_change.undone"
    example: ClassVar = {"state": {"version": 2, "status": "undone"}}


class AreaChangeRestated(Fact[AreaChangeState]):
    """The same version again, on request."""

    type: ClassVar = "registry.area_change.restated"
