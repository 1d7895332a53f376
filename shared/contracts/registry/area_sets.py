"""服务社区、片区: sets of villages or grids beside the tree, dated, without their names."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Fact, Part, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class AreaSetKind(NamedCode):
    """What a set of areas is for, by the reports that know it."""

    SERVICE_COMMUNITY = (
        "service_community",
        "服务社区（农村社区）",
    )  # 张店: 22 over their villages; 保康; 岑溪: of a group
    JOINT_CENTRE = "joint_centre", "联合服务中心片区"  # 顾村: between the town and the committees
    SERVICE_RADIUS = "service_radius", "社区服务中心服务半径"  # 张店: 2 km, 15 minutes on foot
    DEMONSTRATION_LINE = "demonstration_line", "示范线"  # 孝感: 15 lines
    PILOT = "pilot", "试点（示范）村（社区）"  # 岑溪, 孝感


EXCLUSIVE = frozenset({AreaSetKind.SERVICE_COMMUNITY, AreaSetKind.JOINT_CENTRE})
"""Kinds of which an area belongs to one set at most on a day. Radii and lines overlap; a pilot may be one twice."""


class AreaSetStatus(NamedCode):
    """Where a set of areas stands in the register."""

    IN_USE = "in_use", "在用"
    DISSOLVED = "dissolved", "已撤销"
    WITHDRAWN = "withdrawn", "误登已撤回"


class SetMember(Part):
    """An area that belongs to a set from a day on, until another."""

    area: AreaCode = Field(description="成员 village (12 digits) or grid (15)", examples=["450481114201"])
    since: date = Field(description="加入日 first day", examples=["2026-01-01"])
    until: date | None = Field(default=None, description="退出日 first day on which it is no more one; null: it is")


class AreaSetState(State):
    """A set of villages or grids. It stands beside the tree: sets are summed up by membership and never added up."""

    noun: ClassVar = "registry.area_set"
    channel: ClassVar = Topic(
        noun,
        "registry.area_sets",
        readers=("indicators",),
        tells=(
            "哪些村（网格）自何时至何时属于同一服务社区、片区或示范线，不含名称和负责人",
            "which villages or grids belong to one service community, centre or line, since and until when",
        ),
    )
    id: UUID = Field(description="集合标识 id of the set", examples=["0197d0c0-7b01-7b02-8c03-0d04e05f0601"])
    area: AreaCode = Field(
        description="所属区划 the smallest area that holds all members: a village or above", examples=["450481114"]
    )
    kind: AreaSetKind = Field(description="类别 what the set is for", examples=["service_community"])
    status: AreaSetStatus = Field(description="状态 in use, dissolved or withdrawn", examples=["in_use"])
    formed_on: date = Field(description="设立日 first day", examples=["2026-01-01"])
    dissolved_on: date | None = Field(
        default=None, description="撤销日 first day on which it is no more; null while it is in use"
    )
    hall_id: UUID | None = Field(default=None, description="服务大厅 id of the facility that is its hall")
    members: tuple[SetMember, ...] = Field(
        default=(),
        description="成员 its members of all days, in the order in which they came",
        examples=[[{"area": "450481114201", "since": "2026-01-01", "until": None}]],
    )


class AreaSetFormed(Fact[AreaSetState]):
    """A set of areas was formed."""

    type: ClassVar = "registry.area_set.formed"


class AreaSetCorrected(Fact[AreaSetState]):
    """Name, hall or head of a set was set right."""

    type: ClassVar = "registry.area_set.corrected"
    example: ClassVar = {"state": {"version": 2, "hall_id": "0197d0c0-7a01-7b02-8c03-0d04e05f0601"}}


class AreaSetMembersChanged(Fact[AreaSetState]):
    """Areas joined or left a set."""

    type: ClassVar = "registry.area_set.members_changed"
    example: ClassVar = {
        "state": {
            "version": 2,
            "members": [
                {"area": "450481114201", "since": "2026-01-01", "until": "2026-11-01"},
                {"area": "450481114202", "since": "2026-11-01", "until": None},
            ],
        }
    }


class AreaSetDissolved(Fact[AreaSetState]):
    """A set was dissolved: from the day on it has no member."""

    type: ClassVar = "registry.area_set.dissolved"
    example: ClassVar = {
        "state": {
            "version": 2,
            "status": "dissolved",
            "dissolved_on": "2026-11-20",
            "members": [{"area": "450481114201", "since": "2026-01-01", "until": "2026-11-20"}],
        }
    }


class AreaSetWithdrawn(Fact[AreaSetState]):
    """A set was entered by mistake: it never was."""

    type: ClassVar = "registry.area_set.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn"}}


class AreaSetUndone(Fact[AreaSetState]):
    """The last correction, change of members, dissolution or withdrawal was undone: it is as it was before."""

    type: ClassVar = "registry.area_set.undone"
    example: ClassVar = {"state": {"version": 3}}


class AreaSetBoundaryChanged(Fact[AreaSetState]):
    """Members were merged, split or got other codes (区划调整), or this was undone."""

    type: ClassVar = "registry.area_set.boundary_changed"
    example: ClassVar = {
        "state": {
            "version": 2,
            "members": [
                {"area": "450481114201", "since": "2026-01-01", "until": "2026-11-20"},
                {"area": "450481114230", "since": "2026-11-20", "until": None},
            ],
        }
    }


class AreaSetRestated(Fact[AreaSetState]):
    """The same version again, on request."""

    type: ClassVar = "registry.area_set.restated"
