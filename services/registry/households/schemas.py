"""Households as JSON."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, JsonValue, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.registry.households.domain import HouseholdKind, Succession
from services.registry.households.service import Joining
from services.registry.persons.schemas import RegisterPerson, VillageOrGrid
from shared.http.schemas import Body, View

Relation = Annotated[str, StringConstraints(pattern=r"^\d{2}$")]
"""GB/T 4761; 02 is the head."""


class NewRelation(Body):
    """What a member is to the new head."""

    person_id: UUID = Field(description="居民 id of the person in the register")
    relation: Relation = Field(description="与户主关系 GB/T 4761; 02 is the head", examples=["02"])


class NewHead(Body):
    """Who becomes head of the household that is left, and what the others are to the new head."""

    head: UUID = Field(description="新户主 the member who becomes head")
    relations: list[NewRelation] = Field(
        default=[], max_length=100, description="关系 the others' relations to the new head"
    )

    def succession(self) -> Succession:
        return Succession(self.head, {one.person_id: one.relation for one in self.relations})


class JoinHousehold(Body):
    """Somebody who joins: known by id, or registered with the same request."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"relation": "10", "person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"}]}
    )

    relation: Relation = Field(description="to the head, GB/T 4761; 02 is the head", examples=["02"])
    person_id: UUID | None = Field(default=None, description="居民 id of the person in the register")
    person: RegisterPerson | None = Field(
        default=None, description="新居民 somebody who is registered with the same request"
    )
    since: date | None = Field(default=None, description="the earliest possible day where absent")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.person_id is None) == (self.person is None):
            raise PydanticCustomError("one_of_two", "person_id 与 person 须且只能填写一项")
        return self

    def joining(self) -> Joining:
        return Joining(
            relation=self.relation,
            person_id=self.person_id,
            person=self.person.person() if self.person else None,
            since=self.since,
        )


_FAMILY: dict[str, JsonValue] = {
    "kind": "legal",
    "area": "450481100201",
    "established_on": "2026-03-16",
    "members": [
        {
            "relation": "02",
            "person": {
                "entry": "move_in",
                "occurred_on": "2026-03-16",
                "name": "李秀英",
                "sex": "1",
                "birth_date": "1990-03-07",
                "document": {"number": "45048119900307019X"},
                "residence": {"area": "450481100201"},
                "registration": {"area": "450481100201"},
            },
        }
    ],
}


class FoundHousehold(Body):
    """A household with its first members; exactly one is the head."""

    model_config = ConfigDict(json_schema_extra={"examples": [_FAMILY]})

    kind: HouseholdKind = Field(description="类别 kind")
    area: VillageOrGrid = Field(
        examples=["450481100201"], description="区划代码 village (12 digits) or grid (15) that it counts in"
    )
    established_on: date = Field(description="立户日 day on which the household was founded")
    members: list[JoinHousehold] = Field(min_length=1, max_length=50, description="成员 who belongs or belonged to it")


class LeaveHousehold(Body):
    """The end of a membership."""

    on: date = Field(description="日期 the day on which it happens")
    new_head: NewHead | None = Field(default=None, description="needed where a head leaves members behind")


class MemberView(View):
    """A membership; `until` is exclusive."""

    person_id: UUID = Field(description="居民 id of the person in the register")
    relation: str = Field(description="与户主关系 GB/T 4761; 02 is the head", examples=["02"])
    since: date = Field(description="起始日 first day")
    until: date | None = Field(description="截止日 end of the span, exclusive; null while it lasts")


class HouseholdView(View):
    """A household."""

    id: UUID = Field(description="标识 identifier")
    version: int = Field(description="版本 counts the changes of this object, from 1")
    kind: HouseholdKind = Field(description="类别 kind")
    area: str = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid", examples=["450481114201"]
    )
    status: str = Field(description="状态 where it stands in its lifecycle", examples=["active"])
    established_on: date = Field(description="立户日 day on which the household was founded")
    dissolved_on: date | None = Field(description="销户日 day on which the household ended")
    members: list[MemberView] = Field(description="成员 who belongs or belonged to it")
