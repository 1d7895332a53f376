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


class FormerPlace(Part):
    """Where a household counted before a change of areas (区划调整)."""

    area: AreaCode = Field(description="原所在地 village or grid before the change", examples=["450481114202"])
    until: date = Field(description="截止日 first day on which it counted there no longer", examples=["2026-11-10"])


class HouseholdState(State):
    """A household: `legal` (户籍户) or `living`. Membership belongs to this state only."""

    noun: ClassVar = "registry.household"
    channel: ClassVar = Topic(
        noun,
        "registry.households",
        readers=("grid", "indicators"),
        tells=(
            "哪些居民（按标识）同住一户、与户主是什么关系、户在哪个村，以及何时加入或离开",
            "which persons (by id) share a household, how each is related to its head, in which village, and when",
        ),
    )
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
    former: tuple[FormerPlace, ...] = Field(
        default=(),
        description="原所在地 where it counted before changes of areas, oldest first; empty if it never changed",
        examples=[[]],
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
    """A household was founded with its first members."""

    type: ClassVar = "registry.household.founded"


_HEAD = {"person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77", "relation": "02", "since": "2026-11-01", "until": None}
_WIFE = {"person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a78", "relation": "12", "since": "2026-11-05", "until": None}
_LEFT = {**_WIFE, "until": "2026-11-20"}


class HouseholdMemberAdded(Fact[HouseholdState]):
    """A person became a member."""

    type: ClassVar = "registry.household.member_added"
    example: ClassVar = {"state": {"version": 2, "members": [_HEAD, _WIFE]}, "person_id": _WIFE["person_id"]}
    person_id: UUID = Field(description="居民 id of the new member", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a78"])


class HouseholdMemberRemoved(Fact[HouseholdState]):
    """A member left; others remain."""

    type: ClassVar = "registry.household.member_removed"
    example: ClassVar = {"state": {"version": 3, "members": [_HEAD, _LEFT]}, "person_id": _WIFE["person_id"]}
    person_id: UUID = Field(
        description="居民 id of the member who left", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a78"]
    )


class HouseholdMemberReturned(Fact[HouseholdState]):
    """A member came back, because the life event by which they had left was taken back; perhaps as the head."""

    type: ClassVar = "registry.household.member_returned"
    example: ClassVar = {"state": {"version": 4, "members": [_HEAD, _WIFE]}, "person_id": _WIFE["person_id"]}
    person_id: UUID = Field(
        description="居民 id of the member who came back", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a78"]
    )


class HouseholdDissolved(Fact[HouseholdState]):
    """The last member left, and the household ended."""

    type: ClassVar = "registry.household.dissolved"
    example: ClassVar = {
        "state": {
            "version": 4,
            "status": "dissolved",
            "dissolved_on": "2026-12-01",
            "members": [{**_HEAD, "until": "2026-12-01"}, _LEFT],
        }
    }


class HouseholdSplit(Fact[HouseholdState]):
    """Some members left together and are a household of their own."""

    type: ClassVar = "registry.household.split"
    example: ClassVar = {
        "state": {"version": 3, "members": [_HEAD, _LEFT]},
        "founded_id": "0197d0c0-5f20-7d11-8a52-6c1d0b7e4f11",
    }
    founded_id: UUID = Field(
        description="新户 id of the household that was founded", examples=["0197d0c0-5f20-7d11-8a52-6c1d0b7e4f11"]
    )


class HouseholdMerged(Fact[HouseholdState]):
    """All who remained in another household joined this one; the other one was dissolved."""

    type: ClassVar = "registry.household.merged"
    example: ClassVar = {
        "state": {"version": 2, "members": [_HEAD, _WIFE]},
        "merged_id": "0197d0c0-5f20-7d11-8a52-6c1d0b7e4f11",
    }
    merged_id: UUID = Field(
        description="并入的户 id of the household that ended", examples=["0197d0c0-5f20-7d11-8a52-6c1d0b7e4f11"]
    )


class HouseholdHeadChanged(Fact[HouseholdState]):
    """Another member is the head from a day on; the one of before stays a member."""

    type: ClassVar = "registry.household.head_changed"
    example: ClassVar = {
        "state": {
            "version": 3,
            "members": [
                {**_HEAD, "until": "2026-11-20"},
                {**_WIFE, "until": "2026-11-20"},
                {**_HEAD, "relation": "10", "since": "2026-11-20"},
                {**_WIFE, "relation": "02", "since": "2026-11-20"},
            ],
        },
        "person_id": _WIFE["person_id"],
    }
    person_id: UUID = Field(description="居民 id of the new head", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a78"])


class HouseholdRelationChanged(Fact[HouseholdState]):
    """A member is something else to the same head from a day on, because they married or were divorced."""

    type: ClassVar = "registry.household.relation_changed"
    example: ClassVar = {
        "state": {
            "version": 3,
            "members": [
                _HEAD,
                {**_WIFE, "relation": "99", "until": "2026-11-20"},
                {**_WIFE, "since": "2026-11-20"},
            ],
        },
        "person_id": _WIFE["person_id"],
    }
    person_id: UUID = Field(description="居民 id of the member", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a78"])


class HouseholdRestored(Fact[HouseholdState]):
    """A dissolution was undone: its last members belong to it again."""

    type: ClassVar = "registry.household.restored"
    example: ClassVar = {"state": {"version": 5, "members": [_HEAD]}}


class HouseholdBoundaryChanged(Fact[HouseholdState]):
    """The village of a household was merged, split or got another code (区划调整): nobody moved."""

    type: ClassVar = "registry.household.boundary_changed"
    example: ClassVar = {"state": {"version": 2, "former": [{"area": "450481114202", "until": "2026-11-10"}]}}


class HouseholdRestated(Fact[HouseholdState]):
    """The same version again, on request."""

    type: ClassVar = "registry.household.restated"
