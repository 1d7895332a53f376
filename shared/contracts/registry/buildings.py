"""楼栋: buildings, without their addresses."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class BuildingKind(NamedCode):
    """What a building is for."""

    APARTMENTS = "apartments", "住宅楼"
    FARMHOUSE = "farmhouse", "农村自建房"
    DORMITORY = "dormitory", "集体宿舍"
    MIXED = "mixed", "商住楼"
    BUSINESS = "business", "经营用房"
    PUBLIC = "public", "公共用房"
    OTHER = "other", "其他"


class BuildingStatus(NamedCode):
    """Where a building stands in the register."""

    STANDING = "standing", "在用"
    DEMOLISHED = "demolished", "已拆除"
    WITHDRAWN = "withdrawn", "误登已撤回"


class BuildingState(State):
    """A building of a village or grid. Its address stays in the register."""

    noun: ClassVar = "registry.building"
    channel: ClassVar = Topic(
        noun,
        "registry.buildings",
        readers=("indicators",),
        tells=(
            "每个村（网格）有哪些楼栋、属于哪一类、几层、何时拆除，不含地址",
            "which buildings stand in a village or grid, of which kind, with how many floors, when demolished",
        ),
    )
    id: UUID = Field(description="楼栋标识 id of the building", examples=["0197d0c0-7a01-7b02-8c03-0d04e05f0601"])
    area: AreaCode = Field(
        description="所在地 village (12 digits) or grid (15) in which it stands", examples=["450481114201"]
    )
    kind: BuildingKind = Field(description="楼栋类别 what it is for", examples=["apartments"])
    floors: int | None = Field(default=None, description="层数 number of floors; null if unknown", examples=[6])
    status: BuildingStatus = Field(description="状态 standing, demolished or withdrawn", examples=["standing"])
    valid_from: date = Field(description="启用日 first day on which it stands", examples=["2026-11-01"])
    valid_to: date | None = Field(
        default=None, description="拆除日 first day on which it stands no longer; null while it does"
    )


class BuildingEntered(Fact[BuildingState]):
    """A building was entered."""

    type: ClassVar = "registry.building.entered"


class BuildingCorrected(Fact[BuildingState]):
    """What is known of a building was set right."""

    type: ClassVar = "registry.building.corrected"
    example: ClassVar = {"state": {"version": 2, "floors": 7}}


class BuildingDemolished(Fact[BuildingState]):
    """A building was pulled down."""

    type: ClassVar = "registry.building.demolished"
    example: ClassVar = {"state": {"version": 2, "status": "demolished", "valid_to": "2026-11-20"}}


class BuildingRestored(Fact[BuildingState]):
    """A demolition or withdrawal was undone: the building stands as before."""

    type: ClassVar = "registry.building.restored"
    example: ClassVar = {"state": {"version": 3}}


class BuildingWithdrawn(Fact[BuildingState]):
    """A building was entered by mistake: it never stood."""

    type: ClassVar = "registry.building.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn"}}


class BuildingBoundaryChanged(Fact[BuildingState]):
    """The village of a building was merged, split or got another code (区划调整)."""

    type: ClassVar = "registry.building.boundary_changed"
    example: ClassVar = {"state": {"version": 2}}


class BuildingRestated(Fact[BuildingState]):
    """The same version again, on request."""

    type: ClassVar = "registry.building.restated"
