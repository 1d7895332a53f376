"""住房关系: who owns, rents or lives in a dwelling, and when."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class OccupancyRole(NamedCode):
    """What a person or household is to a dwelling."""

    OWNER = "owner", "产权人（房东）"
    TENANT = "tenant", "承租人"
    OCCUPANT = "occupant", "居住人（户）"


class OccupancyStatus(NamedCode):
    """Where an occupancy stands in the register."""

    CURRENT = "current", "存续"
    ENDED = "ended", "已结束"
    WITHDRAWN = "withdrawn", "误登已撤回"


class OccupancyState(State):
    """An occupancy: one person or one household is owner, tenant or occupant of one dwelling for some time."""

    noun: ClassVar = "registry.occupancy"
    channel: ClassVar = Topic(
        noun,
        "registry.occupancies",
        tells=(
            "哪位居民（按标识）或哪户拥有、承租或居住在哪套房屋、起止日期、租期，是否签有责任书",
            "which person (by id) or household owns, rents or lives in which dwelling, since when and until when",
        ),
    )
    id: UUID = Field(description="住房关系标识 id of it", examples=["0197d0c0-7a03-7b02-8c03-0d04e05f0603"])
    dwelling_id: UUID = Field(description="房屋 id of the dwelling", examples=["0197d0c0-7a02-7b02-8c03-0d04e05f0602"])
    role: OccupancyRole = Field(description="关系 owner, tenant or occupant", examples=["occupant"])
    person_id: UUID | None = Field(
        default=None,
        description="居民 id of the person; null if it is a household's",
        examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"],
    )
    household_id: UUID | None = Field(
        default=None, description="住户 id of the household; null if it is a person's", examples=[None]
    )
    status: OccupancyStatus = Field(description="状态 current, ended or withdrawn", examples=["current"])
    since: date = Field(description="起始日 first day", examples=["2026-11-01"])
    until: date | None = Field(default=None, description="结束日 first day on which it is no more; null while it is")
    lease_until: date | None = Field(
        default=None, description="租期届满日 agreed last day of a tenant's lease; null without", examples=[None]
    )
    letter: bool = Field(default=False, description="责任书 whether a signed responsibility letter is kept")


class OccupancyBegun(Fact[OccupancyState]):
    """Somebody began to own, rent or live in a dwelling."""

    type: ClassVar = "registry.occupancy.begun"


class OccupancyEnded(Fact[OccupancyState]):
    """An occupancy ended."""

    type: ClassVar = "registry.occupancy.ended"
    example: ClassVar = {"state": {"version": 2, "status": "ended", "until": "2026-11-20"}}


class OccupancyWithdrawn(Fact[OccupancyState]):
    """An occupancy was entered by mistake: it never was."""

    type: ClassVar = "registry.occupancy.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn"}}


class OccupancyRestored(Fact[OccupancyState]):
    """An end or withdrawal was undone."""

    type: ClassVar = "registry.occupancy.restored"
    example: ClassVar = {"state": {"version": 3}}


class OccupancyLetterKept(Fact[OccupancyState]):
    """A signed responsibility letter was handed in."""

    type: ClassVar = "registry.occupancy.letter_kept"
    example: ClassVar = {"state": {"version": 2, "letter": True}}


class OccupancyFollowed(Fact[OccupancyState]):
    """It ended, or holds on, because the person's residence or the household changed."""

    type: ClassVar = "registry.occupancy.followed"
    example: ClassVar = {"state": {"version": 2, "status": "ended", "until": "2026-11-20"}}


class OccupancyRestated(Fact[OccupancyState]):
    """The same version again, on request."""

    type: ClassVar = "registry.occupancy.restated"
