"""住户: households and who belongs to them."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, Part, State
from shared.contracts.topic import Topic


class Membership(Part):
    """Who belongs to a household. `relation` is GB/T 4761; exactly one open `02` (户主) in an active household."""

    person_id: UUID = Field(description="居民 id of the member", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"])
    relation: Code = Field(description="与户主关系 GB/T 4761; 02 is the head", examples=["02"])
    since: date = Field(description="加入日 first day of the membership", examples=["2026-11-01"])
    until: date | None = Field(
        default=None, description="离户日 first day on which it no longer holds; null while it does"
    )


class HouseholdState(State):
    """A household: `legal` (户籍户) or `living`. Membership belongs to this state only."""

    noun: ClassVar = "registry.household"
    channel: ClassVar = Topic(noun, "registry.households", readers=("indicators",))
    id: UUID = Field(description="住户标识 id of the household", examples=["0197d0c0-5f20-7d11-8a52-6c1d0b7e4f10"])
    kind: Code = Field(description="户别 legal (户籍户) or living (居住户)", examples=["legal"])
    area: AreaCode = Field(
        description="所在地 village (12 digits) or grid (15) that it counts in", examples=["450481114201"]
    )
    status: Code = Field(description="状态 active or dissolved", examples=["active"])
    established_on: date = Field(description="立户日 day on which the household was founded", examples=["2026-11-01"])
    dissolved_on: date | None = Field(
        default=None, description="销户日 day on which the household ended; null while it lasts"
    )
    members: tuple[Membership, ...] = Field(
        default=(),
        description="成员 who belongs or belonged to it, in the order of joining",
        examples=[
            [
                {
                    "person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77",
                    "relation": "02",
                    "since": "2026-11-01",
                    "until": None,
                }
            ]
        ],
    )


class HouseholdFounded(Fact[HouseholdState]):
    type: ClassVar = "registry.household.founded"


class HouseholdMemberAdded(Fact[HouseholdState]):
    type: ClassVar = "registry.household.member_added"
    example: ClassVar = {"state": {"version": 2}, "person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"}
    person_id: UUID = Field(
        description="居民 id of the person in the register", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]
    )


class HouseholdMemberRemoved(Fact[HouseholdState]):
    type: ClassVar = "registry.household.member_removed"
    example: ClassVar = {"state": {"version": 3}, "person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a78"}
    person_id: UUID = Field(
        description="居民 id of the person in the register", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a78"]
    )


class HouseholdDissolved(Fact[HouseholdState]):
    type: ClassVar = "registry.household.dissolved"
    example: ClassVar = {"state": {"version": 4, "status": "dissolved", "dissolved_on": "2026-12-01"}}


class HouseholdRestated(Fact[HouseholdState]):
    type: ClassVar = "registry.household.restated"
