"""Bodies of occupancies (住房关系)."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registry.occupancies.domain import NewOccupancy
from services.registry.occupancies.models import Located
from shared.contracts.registry.occupancies import OccupancyRole, OccupancyStatus
from shared.http.schemas import Body, Day, View


class BeginOccupancy(Body):
    """Who owns, rents or lives in a dwelling: one person or one household."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "role": "tenant",
                    "person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77",
                    "since": "2026-03-16",
                    "lease_until": "2027-03-15",
                }
            ]
        }
    )

    role: OccupancyRole = Field(description="关系 owner, tenant or occupant", examples=["occupant"])
    person_id: UUID | None = Field(default=None, description="居民 id of the person")
    household_id: UUID | None = Field(default=None, description="住户 id of the household")
    since: Day = Field(description="起始日 first day")
    until: Day | None = Field(
        default=None, description="结束日 first day on which it is no more, of what has ended already"
    )
    lease_until: Day | None = Field(default=None, description="租期届满日 agreed last day of a tenant's lease")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.person_id is None) == (self.household_id is None):
            raise PydanticCustomError("one_of_two", "person_id 与 household_id 须且只能填写一项")
        return self

    def content(self) -> NewOccupancy:
        return NewOccupancy(self.role, self.since, self.person_id, self.household_id, self.until, self.lease_until)


class EndOccupancy(Body):
    """The end of an occupancy."""

    until: Day = Field(
        description="结束日 first day on which it is no more, not in the future", examples=["2026-04-16"]
    )


class KeepLetter(Body):
    """A signed responsibility letter."""

    file: UUID = Field(description="责任书 id of the uploaded file: an image, PDF or OFD")


class OccupancyView(View):
    """An occupancy; `until` is exclusive."""

    id: UUID = Field(description="住房关系标识 id of it")
    version: int = Field(description="版本 counts the changes of it, from 1")
    dwelling_id: UUID = Field(description="房屋 id of the dwelling")
    area: str = Field(description="所在地 village (12 digits) or grid (15) of the dwelling", examples=["450481100201"])
    role: OccupancyRole = Field(description="关系 owner, tenant or occupant", examples=["occupant"])
    person_id: UUID | None = Field(description="居民 id of the person; null if it is a household's")
    household_id: UUID | None = Field(description="住户 id of the household; null if it is a person's")
    status: OccupancyStatus = Field(description="状态 current, ended or withdrawn", examples=["current"])
    since: date = Field(description="起始日 first day")
    until: date | None = Field(description="结束日 first day on which it is no more; null while it is")
    lease_until: date | None = Field(description="租期届满日 agreed last day of a tenant's lease; null without")
    letter_id: UUID | None = Field(description="责任书 id of the file that is kept; null without")

    @classmethod
    def of(cls, found: Located) -> "OccupancyView":
        """The view of an occupancy."""
        names = [name for name in cls.model_fields if name != "area"]
        return cls(area=found.area, **{name: getattr(found.occupancy, name) for name in names})


class OccupancyCount(View):
    """How many the list has in all."""

    count: int = Field(description="数量 how many the list has in all")
