"""Bodies of dwellings (房屋)."""

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.registry.dwellings.domain import DwellingFields, in_effect
from services.registry.dwellings.service.conditions import NewCondition
from services.registry.dwellings.service.handling import ShownDwelling
from shared.contracts.registry.dwellings import ConditionTopic, DwellingStatus
from shared.http.schemas import Body, Day, View


def _some(area: str) -> str:
    if not Decimal(area):
        raise PydanticCustomError("area", "面积须大于 0")
    return area


Room = Annotated[str, StringConstraints(min_length=1, max_length=40)]
SquareMetres = Annotated[str, StringConstraints(pattern=r"^(0|[1-9][0-9]{0,5})(\.[0-9]{1,2})?$"), AfterValidator(_some)]


class RecordCondition(Body):
    """What a dwelling has been since a day, by topic."""

    topic: ConditionTopic = Field(description="项目 what is told", examples=["use"])
    value: str = Field(
        pattern="^[a-z_]{1,40}$", description="情况 a code of the topic's list (`dwelling_uses` …)", examples=["let"]
    )
    since: Day = Field(description="起始日 first day on which it is so")

    def condition(self) -> NewCondition:
        return NewCondition(self.topic, self.value, self.since)


class CorrectDwelling(Body):
    """What is known of a dwelling, all of it: a correction replaces it."""

    unit: Room | None = Field(default=None, description="单元 as it is written; sealed", examples=["2单元"])
    room: Room = Field(description="房号 as it is written; sealed", examples=["301室"])
    floor_area: SquareMetres | None = Field(
        default=None, description="建筑面积 in m², a decimal of at most two places", examples=["89.50"]
    )

    def fields(self) -> DwellingFields:
        area = None if self.floor_area is None else Decimal(self.floor_area)
        return DwellingFields(self.room, self.unit, area)


class EnterDwelling(CorrectDwelling):
    """What is entered of a dwelling."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "building_id": "0197d0c0-7a01-7b02-8c03-0d04e05f0601",
                    "unit": "2单元",
                    "room": "301室",
                    "floor_area": "98.50",
                    "valid_from": "2026-03-01",
                    "conditions": [{"topic": "use", "value": "let", "since": "2026-03-01"}],
                }
            ]
        }
    )

    building_id: UUID = Field(description="楼栋 id of the building in which it lies")
    valid_from: Day = Field(description="启用日 first day of the dwelling, not before its building")
    conditions: list[RecordCondition] = Field(
        default=[], max_length=20, description="情况 what is known from the start"
    )


class EndDwelling(Body):
    """The end of a dwelling."""

    valid_to: Day = Field(
        description="灭失日 first day on which it is no more, not in the future", examples=["2026-04-16"]
    )


class ConditionView(View):
    """A condition of a dwelling; withdrawn ones are not shown."""

    number: int = Field(description="序号 by which it is withdrawn", examples=[0])
    topic: ConditionTopic = Field(description="项目 what is told", examples=["use"])
    value: str = Field(description="情况 how it is", examples=["let"])
    since: date = Field(description="起始日 first day")
    until: date | None = Field(description="截止日 first day of the next of its topic; null while it holds")


class DwellingView(View):
    """A dwelling."""

    id: UUID = Field(description="房屋标识 id of the dwelling")
    version: int = Field(description="版本 counts the changes of the dwelling, from 1")
    building_id: UUID = Field(description="楼栋 id of the building in which it lies")
    area: str = Field(description="所在地 village (12 digits) or grid (15) of the building", examples=["450481100201"])
    unit: str | None = Field(description="单元; null if it has none or may not be seen", examples=["2单元"])
    room: str | None = Field(description="房号; null for who may not see it", examples=["301室"])
    address: str | None = Field(
        description="完整地址 of building, unit and room; null in lists and for who may not see it",
        examples=["岑城镇探花村示例路1号3栋2单元301室"],
    )
    floor_area: str | None = Field(description="建筑面积 in m²; null if unknown", examples=["89.50"])
    status: DwellingStatus = Field(description="状态 standing, ended or withdrawn", examples=["standing"])
    valid_from: date = Field(description="启用日 first day of the dwelling")
    valid_to: date | None = Field(description="灭失日 first day on which it is no more; null while it is")
    conditions: list[ConditionView] = Field(description="情况 by topic, oldest first")

    @classmethod
    def of(cls, shown: ShownDwelling) -> "DwellingView":
        """The view of a dwelling as this caller may see it."""
        dwelling = shown.dwelling
        return cls(
            id=dwelling.id,
            version=dwelling.version,
            building_id=dwelling.building_id,
            area=dwelling.area,
            unit=shown.unit,
            room=shown.room,
            address=shown.address,
            floor_area=None if dwelling.floor_area is None else f"{dwelling.floor_area:.2f}",
            status=DwellingStatus(dwelling.status),
            valid_from=dwelling.valid_from,
            valid_to=dwelling.valid_to,
            conditions=[
                ConditionView(number=number, topic=one.topic, value=one.value, since=one.since, until=one.until)
                for number, one in in_effect(shown.conditions).items()
            ],
        )


class DwellingCount(View):
    """How many the list has in all."""

    count: int = Field(description="数量 how many the list has in all")
