"""Bodies of facilities (设施)."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.registry.facilities.domain import FacilityFields, FacilityFilter, FacilityStep, Hours, read_back
from services.registry.facilities.models import Facility, FacilityVersion
from services.registry.persons.schemas import Text, VillageOrGrid
from shared.contracts.envelope import AreaCode
from shared.contracts.points import Latitude, Longitude
from shared.contracts.registry.facilities import DailyNeed, FacilityKind, FacilityStatus
from shared.contracts.registry.organisations import Stay
from shared.http.schemas import Body, Day, Instant, View

MOST_HOURS = 21
"""Opening hours of one facility: three times on each day of the week."""


def _some(area: str) -> str:
    if not Decimal(area):
        raise PydanticCustomError("area", "面积须大于 0")
    return area


SquareMetres = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,2})?$"), AfterValidator(_some)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Weekday = Annotated[int, Field(ge=1, le=7)]


class OpeningHours(Body):
    """Days of the week on which it is open from a time to a time."""

    days: list[Weekday] = Field(
        min_length=1, max_length=7, description="星期 1 is Monday, 7 Sunday", examples=[[1, 2, 3, 4, 5]]
    )
    opens: TimeOfDay = Field(description="开门 HH:MM", examples=["08:30"])
    closes: TimeOfDay = Field(description="关门 HH:MM, at most 24:00", examples=["17:30"])


class FacilityPoint(Body):
    """A point in WGS 84."""

    longitude: Longitude
    latitude: Latitude


class FacilityBody(Body):
    """What is known of a facility, all of it: a correction replaces it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "area": "450481100201",
                    "kind": "convenience_store",
                    "name": "探花村便民超市",
                    "serves": ["shopping", "farm_supplies"],
                    "address": "岑城镇探花村示例路3号",
                    "point": {"longitude": 110.765, "latitude": 23.155},
                    "floor_area": "120.50",
                    "staff": 2,
                    "hours": [{"days": [1, 2, 3, 4, 5, 6, 7], "opens": "07:30", "closes": "21:00"}],
                    "opened_on": "2023-05-01",
                }
            ]
        }
    )

    area: VillageOrGrid = Field(description="所在地 village (12 digits) or grid (15) in which it is")
    kind: FacilityKind = Field(description="设施类别 what it is", examples=["service_hall"])
    name: Text = Field(description="名称 its name, once in a village")
    serves: list[DailyNeed] = Field(
        default_factory=list, max_length=6, description="满足需要 which daily needs it serves (六不出社区)"
    )
    address: Text | None = Field(default=None, description="地址 where it is found; not sealed, open like the place")
    point: FacilityPoint | None = Field(
        default=None,
        description="坐标 WGS 84; checked to lie within some five kilometres of the village's grids, or in China as "
        "long as no grid is known: the register keeps no borders of villages",
    )
    floor_area: SquareMetres | None = Field(
        default=None, description="面积 in m², a decimal of at most two places", examples=["120.50"]
    )
    staff: int | None = Field(default=None, ge=0, le=100_000, description="工作人员数 how many work there")
    hours: list[OpeningHours] = Field(
        default_factory=list, max_length=MOST_HOURS, description="开放时间 by day of the week"
    )
    organisation_id: UUID | None = Field(
        default=None, description="运营组织 id of the organisation that runs it; null: the committee itself"
    )
    opened_on: Day = Field(description="开放日 first day, not in the future")

    def fields(self) -> FacilityFields:
        return FacilityFields(
            area=self.area,
            kind=self.kind,
            name=self.name,
            opened_on=self.opened_on,
            serves=tuple(self.serves),
            address=self.address,
            longitude=None if self.point is None else self.point.longitude,
            latitude=None if self.point is None else self.point.latitude,
            floor_area=None if self.floor_area is None else Decimal(self.floor_area),
            staff=self.staff,
            hours=tuple(Hours(tuple(one.days), one.opens, one.closes) for one in self.hours),
            organisation_id=self.organisation_id,
        )


class CloseFacility(Body):
    """The closing of a facility."""

    closed_on: Day = Field(
        description="关闭日 first day on which it is closed, not in the future", examples=["2026-04-16"]
    )


class ReopenFacility(Body):
    """A facility that was closed opens again."""

    opened_on: Day = Field(description="恢复日 first day, not before the last closing", examples=["2026-05-16"])


class SearchFacilities(Body):
    """A search by a part of the name. Names are sent in bodies only, never in URLs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "超市"}]})

    area: AreaCode | None = Field(default=None, description="区划代码 only inside this area", examples=["450481100201"])
    kind: FacilityKind | None = Field(default=None, description="设施类别 only of this kind")
    serves: DailyNeed | None = Field(default=None, description="满足需要 only what serves this need")
    status: FacilityStatus | None = Field(default=None, description="状态 only in this status")
    name: Text | None = Field(default=None, description="名称 a part of the name, however it is written")

    def wanted(self) -> FacilityFilter:
        return FacilityFilter(self.kind, self.serves, self.status, self.name)


class HoursView(View):
    """Days of the week on which it is open from a time to a time."""

    days: list[int] = Field(description="星期 1 is Monday, 7 Sunday", examples=[[1, 2, 3, 4, 5]])
    opens: str = Field(description="开门 HH:MM", examples=["08:30"])
    closes: str = Field(description="关门 HH:MM", examples=["17:30"])


class FacilityPointView(View):
    """A point in WGS 84."""

    longitude: float = Field(description="经度 degrees, WGS 84", examples=[111.205])
    latitude: float = Field(description="纬度 degrees, WGS 84", examples=[22.905])


class FacilityView(View):
    """A facility."""

    id: UUID = Field(description="设施标识 id of the facility")
    version: int = Field(description="版本 counts the changes of the facility, from 1")
    area: str = Field(description="所在地 village (12 digits) or grid (15) in which it is", examples=["450481100201"])
    kind: FacilityKind = Field(description="设施类别 what it is", examples=["service_hall"])
    name: str = Field(description="名称 its name", examples=["探花村便民超市"])
    serves: list[DailyNeed] = Field(description="满足需要 which daily needs it serves")
    address: str | None = Field(description="地址 where it is found; null if unknown")
    point: FacilityPointView | None = Field(description="坐标 WGS 84; null if unknown")
    floor_area: str | None = Field(description="面积 in m²; null if unknown", examples=["120.50"])
    staff: int | None = Field(description="工作人员数 null if unknown", examples=[2])
    hours: list[HoursView] = Field(description="开放时间 by day of the week")
    organisation_id: UUID | None = Field(description="运营组织 null: the committee itself")
    status: FacilityStatus = Field(description="状态 open, closed or withdrawn", examples=["open"])
    opened_on: date = Field(description="开放日 first day of the present time or of the last")
    closed_on: date | None = Field(description="关闭日 first day on which it is closed; null while it is open")
    earlier: list[Stay] = Field(description="以往开放 times before it opened again, oldest first")

    @classmethod
    def of(cls, facility: Facility) -> "FacilityView":
        """The view of a facility."""
        point = None
        if facility.longitude is not None and facility.latitude is not None:
            point = FacilityPointView(longitude=facility.longitude, latitude=facility.latitude)
        area = None if facility.floor_area is None else f"{facility.floor_area:.2f}"
        names = [name for name in cls.model_fields if name not in ("point", "floor_area")]
        return cls(point=point, floor_area=area, **{name: getattr(facility, name) for name in names})


class FacilityVersionView(View):
    """What a facility was from a step on."""

    step: FacilityStep = Field(description="办理 what was done", examples=["corrected"])
    done_by: str | None = Field(description="办理人 subject of who did it; null for a change of areas")
    done_at: Instant = Field(description="办理时间 when")
    facility: FacilityView = Field(description="办理后 the facility after it")

    @classmethod
    def of(cls, one: FacilityVersion) -> "FacilityVersionView":
        was = Facility(id=one.facility_id, version=one.version, **read_back(one.content))
        return cls(step=FacilityStep(one.step), done_by=one.done_by, done_at=one.done_at, facility=FacilityView.of(was))


class FacilityCount(View):
    """How many the list has in all."""

    count: int = Field(description="数量 how many the list has in all")
