"""Bodies of buildings (楼栋)."""

from datetime import date
from uuid import UUID

from pydantic import ConfigDict, Field

from services.registry.buildings.domain import BuildingFields
from services.registry.buildings.service import ShownBuilding
from services.registry.persons.schemas import Text, VillageOrGrid
from shared.contracts.registry.buildings import BuildingKind, BuildingStatus
from shared.contracts.registry.households import FormerPlace
from shared.http.schemas import Body, Day, View


class CorrectBuilding(Body):
    """What is known of a building, all of it: a correction replaces it."""

    area: VillageOrGrid = Field(description="所在地 village (12 digits) or grid (15)", examples=["450481100201"])
    kind: BuildingKind = Field(description="楼栋类别 what it is for", examples=["apartments"])
    address: Text = Field(
        description="标准地址 address down to the building; sealed", examples=["岑城镇探花村示例路1号3栋"]
    )
    floors: int | None = Field(default=None, ge=1, le=200, description="层数 number of floors", examples=[6])

    def fields(self) -> BuildingFields:
        return BuildingFields(self.area, self.kind, self.address, self.floors)


class EnterBuilding(CorrectBuilding):
    """What is entered of a building."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "area": "450481100201",
                    "kind": "apartments",
                    "address": "岑城镇探花村示例路1号3栋",
                    "floors": 5,
                    "valid_from": "2019-09-01",
                }
            ]
        }
    )

    valid_from: Day = Field(description="启用日 first day on which it stands, not in the future")


class DemolishBuilding(Body):
    """The end of a building."""

    valid_to: Day = Field(
        description="拆除日 first day on which it stands no longer, not in the future", examples=["2026-04-16"]
    )


class BuildingView(View):
    """A building."""

    id: UUID = Field(description="楼栋标识 id of the building")
    version: int = Field(description="版本 counts the changes of the building, from 1")
    area: str = Field(description="所在地 village (12 digits) or grid (15)", examples=["450481100201"])
    kind: BuildingKind = Field(description="楼栋类别 what it is for", examples=["apartments"])
    address: str | None = Field(
        description="标准地址 address; null for who may not see it", examples=["岑城镇探花村示例路1号3栋"]
    )
    floors: int | None = Field(description="层数 number of floors; null if unknown", examples=[6])
    status: BuildingStatus = Field(description="状态 standing, demolished or withdrawn", examples=["standing"])
    valid_from: date = Field(description="启用日 first day on which it stands")
    valid_to: date | None = Field(description="拆除日 first day on which it stands no longer; null while it does")
    former: list[FormerPlace] = Field(
        description="原所在地 where it stood before changes of areas, oldest first; empty if it never changed"
    )

    @classmethod
    def of(cls, shown: ShownBuilding) -> "BuildingView":
        """The view of a building as this caller may see it."""
        names = [name for name in cls.model_fields if name != "address"]
        return cls(address=shown.address, **{name: getattr(shown.building, name) for name in names})


class BuildingCount(View):
    """How many the list has in all."""

    count: int = Field(description="数量 how many the list has in all")
