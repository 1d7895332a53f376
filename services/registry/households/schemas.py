"""Bodies of households (住户)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, JsonValue, model_validator
from pydantic_core import PydanticCustomError

from services.registry.households.domain import (
    Change,
    HouseholdChangeKind,
    HouseholdKind,
    HouseholdStatus,
    Joining,
    Related,
    Succession,
)
from services.registry.persons.schemas import RegisterPerson, VillageOrGrid
from shared.http.schemas import Body, Day, Instant, OneOf, ToldOf, View
from shared.reference.relations import RELATIONS

Relation = Annotated[str, OneOf(RELATIONS)]
ToldRelation = Annotated[str, ToldOf(RELATIONS)]
"""GB/T 4761; 02 is the head."""


class NewRelation(Body):
    """Relation of a member to the new head."""

    person_id: UUID = Field(description="居民 member who stays")
    relation: Relation = Field(description="与户主关系 to the new head, GB/T 4761", examples=["10"])


class NewHead(Body):
    """Change of the head (户主变更): the new head, and the relations of the others to the new head."""

    head: UUID = Field(description="新户主 the member who becomes head")
    relations: list[NewRelation] = Field(
        default=[], max_length=100, description="关系 what the other members are to the new head"
    )

    def succession(self) -> Succession:
        return Succession(self.head, {one.person_id: one.relation for one in self.relations})


class JoinHousehold(Body):
    """A new member: a registered person by id, or a person registered with the same request."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"relation": "10", "person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"}]}
    )

    relation: Relation = Field(description="与户主关系 GB/T 4761; 02 is the head itself", examples=["10"])
    person_id: UUID | None = Field(default=None, description="居民 id of somebody who is registered already")
    person: RegisterPerson | None = Field(
        default=None, description="新居民 somebody who is registered with the same request"
    )
    since: Day | None = Field(
        default=None, description="加入日 first day of the membership; the earliest possible one if absent"
    )

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

    kind: HouseholdKind = Field(description="户别 legal (户籍户) or living (居住户)")
    area: VillageOrGrid = Field(
        examples=["450481100201"], description="区划代码 village (12 digits) or grid (15) that it counts in"
    )
    established_on: Day = Field(description="立户日 day on which the household was founded")
    members: list[JoinHousehold] = Field(
        min_length=1, max_length=50, description="成员 the first members; exactly one is the head"
    )


class LeaveHousehold(Body):
    """End of a membership."""

    left_on: Day = Field(description="离户日 first day on which the person no longer belongs to it")
    new_head: NewHead | None = Field(default=None, description="新户主 needed if a head leaves members behind")


class RelatedMember(Body):
    """A member and the relation to the head of the household that is joined."""

    person_id: UUID = Field(description="居民 member who changes over")
    relation: Relation = Field(description="与户主关系 to the head there, GB/T 4761; 02 is the head", examples=["20"])

    def content(self) -> Related:
        return Related(self.person_id, self.relation)


def _each_person_once(told: list[RelatedMember]) -> list[RelatedMember]:
    if len({one.person_id for one in told}) != len(told):
        raise PydanticCustomError("repeated", "不得重复")
    return told


RelatedMembers = Annotated[list[RelatedMember], AfterValidator(_each_person_once)]


class SplitHousehold(Body):
    """Some members leave together and are a household of their own (分户)."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "on": "2026-04-16",
                    "area": "450481100201",
                    "members": [{"person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77", "relation": "02"}],
                }
            ]
        }
    )

    on: Day = Field(description="分户日 first day of the new household, not in the future")
    area: VillageOrGrid | None = Field(
        default=None, examples=["450481100201"], description="新户所在地 village or grid; the same place if absent"
    )
    members: RelatedMembers = Field(
        min_length=1, max_length=50, description="分出的成员 and what they are to the new head; exactly one is the head"
    )
    new_head: NewHead | None = Field(default=None, description="原户新户主 needed if the head is among those who leave")


class ChangeHead(Body):
    """Another member is the head (户主变更); the one of before stays, with a relation to the new one."""

    on: Day = Field(description="变更日 first day of the new head, not in the future", examples=["2026-04-16"])
    new_head: NewHead = Field(description="新户主 and what everybody else is to that person, the head of before too")


class MergeHouseholds(Body):
    """All who remain in another household join this one (并户)."""

    household_id: UUID = Field(description="并入的户 household that ends, of the same kind and village")
    on: Day = Field(
        description="并户日 first day on which they belong to this one, not in the future", examples=["2026-05-16"]
    )
    relations: RelatedMembers = Field(
        min_length=1, max_length=50, description="关系 of each of its members to the head of this one"
    )


class DissolveHousehold(Body):
    """Everybody leaves, and the household ends (销户)."""

    on: Day = Field(description="销户日 first day on which it is no more, not in the future", examples=["2026-06-16"])


class MemberView(View):
    """A membership; `until` is exclusive."""

    person_id: UUID = Field(description="居民 id of the member")
    relation: ToldRelation = Field(description="与户主关系 GB/T 4761; 02 is the head", examples=["02"])
    since: date = Field(description="加入日 first day of the membership")
    until: date | None = Field(description="离户日 first day on which it no longer holds; null while it does")


class FormerPlaceView(View):
    """Where a household counted before a change of areas."""

    area: str = Field(description="原所在地 village or grid before the change", examples=["450481100202"])
    until: date = Field(description="截止日 first day on which it counted there no longer")


class HouseholdView(View):
    """A household."""

    id: UUID = Field(description="住户标识 id of the household")
    version: int = Field(description="版本 counts the changes of the household, from 1")
    kind: HouseholdKind = Field(description="户别 legal (户籍户) or living (居住户)")
    area: str = Field(
        description="所在地 village (12 digits) or grid (15) that it counts in", examples=["450481100201"]
    )
    status: HouseholdStatus = Field(description="状态 active or dissolved", examples=["active"])
    established_on: date = Field(description="立户日 day on which the household was founded")
    dissolved_on: date | None = Field(description="销户日 day on which the household ended; null while it lasts")
    former: list[FormerPlaceView] = Field(
        description="原所在地 where it counted before changes of areas, oldest first; empty if it never changed"
    )
    members: list[MemberView] = Field(description="成员 who belongs or belonged to it, in the order of joining")


class SplitView(View):
    """A household after a split, and the one that was founded."""

    household: HouseholdView = Field(description="原户 with those who stay")
    founded: HouseholdView = Field(description="新户 with those who left")


class HouseholdCount(View):
    """How many the list has in all."""

    count: int = Field(description="数量 how many the list has in all")


class HouseholdChangeView(View):
    """A change of a household."""

    version: int = Field(description="版本 version of the household to which the change led")
    kind: HouseholdChangeKind = Field(description="变更类别 of a member, or of the household as a whole")
    person_id: UUID | None = Field(description="居民 who joined, left or came back; null if it was no single person")
    occurred_on: date = Field(description="发生日 day from which it holds")
    recorded_at: Instant = Field(description="登记时间 when it was recorded")
    event_id: UUID | None = Field(
        description="人口事项 id of the life event that it follows from, or that was taken back; after a marriage or "
        "divorce the id under which the marriage names it; null if there is none"
    )
    new_head: UUID | None = Field(description="新户主 id of the member who became head with it; null if nobody did")

    @classmethod
    def of(cls, change: Change) -> Self:
        return cls(
            version=change.version,
            kind=change.kind,
            person_id=change.person_id,
            occurred_on=change.occurred_on,
            recorded_at=change.recorded_at,
            event_id=change.event_id,
            new_head=change.succession.head if change.succession else None,
        )


class HouseholdChangesView(View):
    """Changes of a household since its founding."""

    items: list[HouseholdChangeView] = Field(description="变更 oldest first")
