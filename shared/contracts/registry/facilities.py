"""设施: places of public service of a village, without names, addresses and points."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Fact, State
from shared.contracts.registry.households import FormerPlace
from shared.contracts.registry.organisations import Stay
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class FacilityKind(NamedCode):
    """What a facility is: the nine of 保康's "1+8", then what the other places' reports count."""

    COMMITTEE_OFFICE = "committee_office", "“两委”会办公场所"
    SERVICE_HALL = "service_hall", "便民服务大厅"
    SECURITY_CENTRE = "security_centre", "综治维稳中心"
    CULTURE_SPORTS_CENTRE = "culture_sports_centre", "文体活动中心"
    TRAINING_CENTRE = "training_centre", "就业培训中心"
    HEALTH_CENTRE = "health_centre", "卫生服务中心（卫生室）"
    FAMILY_PLANNING_CENTRE = "family_planning_centre", "计生服务中心"
    MEDIA_CENTRE = "media_centre", "党员群众电教中心"
    CONVENIENCE_STORE = "convenience_store", "便民超市"
    FARM_SERVICE_STATION = "farm_service_station", "农村科技生产服务站"
    ELDERS_ROOM = "elders_room", "老年活动室"
    READING_ROOM = "reading_room", "图书阅览室"
    SQUARE = "square", "文体活动广场"
    KINDERGARTEN = "kindergarten", "幼儿园"
    OUTLET = "outlet", "社区服务网点"
    OTHER = "other", "其他"


ONE_AND_EIGHT = tuple(FacilityKind)[:9]
"""The "1+8" of a community (保康): the committees' office and eight places of service."""


class DailyNeed(NamedCode):
    """What nobody needs to leave the community for (张店 六不出社区)."""

    SHOPPING = "shopping", "日常购物"
    FARM_SUPPLIES = "farm_supplies", "农资购买"
    FARM_ADVICE = "farm_advice", "咨询农技"
    MINOR_ILLNESS = "minor_illness", "小痛小病"
    RECREATION = "recreation", "文体娱乐"
    TRAINING_READING = "training_reading", "培训阅读"


class FacilityStatus(NamedCode):
    """Where a facility stands in the register."""

    OPEN = "open", "开放"
    CLOSED = "closed", "已关闭"
    WITHDRAWN = "withdrawn", "误登已撤回"


class FacilityState(State):
    """A facility of a village or grid. Its name, address and point stay in the register."""

    noun: ClassVar = "registry.facility"
    channel: ClassVar = Topic(
        noun,
        "registry.facilities",
        readers=("indicators",),
        tells=(
            "每个村（网格）有哪类服务设施、多少平方米、满足哪些日常需要、何时开放和关闭，不含名称、地址和坐标",
            "which places of service a village has, how large, for which daily needs, open since and until when",
        ),
    )
    id: UUID = Field(description="设施标识 id of the facility", examples=["0197d0c0-7a01-7b02-8c03-0d04e05f0601"])
    area: AreaCode = Field(
        description="所在地 village (12 digits) or grid (15) in which it is", examples=["450481114201"]
    )
    kind: FacilityKind = Field(description="设施类别 what it is", examples=["service_hall"])
    serves: tuple[DailyNeed, ...] = Field(
        default=(), description="满足需要 which daily needs it serves", examples=[["shopping"]]
    )
    floor_area: str | None = Field(
        default=None, description="面积 in m², a decimal; null if unknown", examples=["320.50"]
    )
    organisation_id: UUID | None = Field(
        default=None, description="运营组织 id of the organisation that runs it; null: the committee itself"
    )
    status: FacilityStatus = Field(description="状态 open, closed or withdrawn", examples=["open"])
    opened_on: date = Field(description="开放日 first day of the present time or of the last", examples=["2026-11-01"])
    closed_on: date | None = Field(
        default=None, description="关闭日 first day on which it is closed; null while it is open"
    )
    earlier: tuple[Stay, ...] = Field(default=(), description="以往开放 times before it opened again, oldest first")
    former: tuple[FormerPlace, ...] = Field(
        default=(), description="原所在地 where it was before changes of areas, oldest first"
    )


class FacilityEntered(Fact[FacilityState]):
    """A facility was entered."""

    type: ClassVar = "registry.facility.entered"


class FacilityCorrected(Fact[FacilityState]):
    """What is known of a facility was set right."""

    type: ClassVar = "registry.facility.corrected"
    example: ClassVar = {"state": {"version": 2, "floor_area": "330.00"}}


class FacilityClosed(Fact[FacilityState]):
    """A facility was closed."""

    type: ClassVar = "registry.facility.closed"
    example: ClassVar = {"state": {"version": 2, "status": "closed", "closed_on": "2026-11-20"}}


class FacilityReopened(Fact[FacilityState]):
    """A facility that was closed opened again."""

    type: ClassVar = "registry.facility.reopened"
    example: ClassVar = {
        "state": {
            "version": 3,
            "opened_on": "2026-11-22",
            "earlier": [{"since": "2026-11-01", "until": "2026-11-20"}],
        }
    }


class FacilityWithdrawn(Fact[FacilityState]):
    """A facility was entered by mistake: it never was."""

    type: ClassVar = "registry.facility.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn"}}


class FacilityUndone(Fact[FacilityState]):
    """The last correction, closing, reopening or withdrawal was undone: it is as it was before."""

    type: ClassVar = "registry.facility.undone"
    example: ClassVar = {"state": {"version": 3}}


class FacilityBoundaryChanged(Fact[FacilityState]):
    """The village of a facility was merged, split or got another code (区划调整)."""

    type: ClassVar = "registry.facility.boundary_changed"
    example: ClassVar = {"state": {"version": 2, "former": [{"area": "450481114202", "until": "2026-11-20"}]}}


class FacilityRestated(Fact[FacilityState]):
    """The same version again, on request."""

    type: ClassVar = "registry.facility.restated"
