"""婚姻: who of the register is married, until a divorce or a death. Names no person."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class MarriageStatus(NamedCode):
    """Where a marriage stands. `withdrawn`: it was an entry by mistake."""

    MARRIED = "married", "存续"
    DIVORCED = "divorced", "已离婚"
    WIDOWED = "widowed", "一方死亡"
    WITHDRAWN = "withdrawn", "已撤回"


class MarriageState(State):
    """A marriage. Who is married to whom is told to nobody: the state counts, it does not point."""

    noun: ClassVar = "registry.marriage"
    channel: ClassVar = Topic(
        noun,
        "registry.marriages",
        readers=("indicators",),
        tells=(
            "某村（社区）何时登记了一件婚姻、是否存续、何时因离婚或死亡终止",
            "in which village a marriage was recorded and when, whether it stands, when divorce or death ended it",
        ),
    )
    id: UUID = Field(description="婚姻标识 id of the marriage", examples=["0197d0c0-7b01-7b02-8c03-0d04e05f0705"])
    area: AreaCode = Field(
        description="登记地 village or grid of the spouse at whom it was recorded, on that day",
        examples=["450481114201"],
    )
    status: MarriageStatus = Field(description="状态 where the marriage stands", examples=["married"])
    outside: bool = Field(description="配偶在册外 true if the other spouse is not in the register", examples=[False])
    married_on: date = Field(description="结婚日 day of the marriage", examples=["2026-10-01"])
    ended_on: date | None = Field(
        default=None, description="终止日 day of the divorce or of the death that ended it; null while it stands"
    )


class MarriageRegistered(Fact[MarriageState]):
    """A marriage was recorded; one that has ended since is recorded so."""

    type: ClassVar = "registry.marriage.registered"


class MarriageDivorced(Fact[MarriageState]):
    """The spouses were divorced."""

    type: ClassVar = "registry.marriage.divorced"
    example: ClassVar = {"state": {"version": 2, "status": "divorced", "ended_on": "2026-11-10"}}


class MarriageWidowed(Fact[MarriageState]):
    """One of the spouses died, or the day of the death that ended it is another one."""

    type: ClassVar = "registry.marriage.widowed"
    example: ClassVar = {"state": {"version": 2, "status": "widowed", "ended_on": "2026-11-10"}}


class MarriageRestored(Fact[MarriageState]):
    """A divorce, or the death of a spouse, was taken back: the marriage stands again."""

    type: ClassVar = "registry.marriage.restored"
    example: ClassVar = {"state": {"version": 3}}


class MarriageWithdrawn(Fact[MarriageState]):
    """The marriage was an entry by mistake."""

    type: ClassVar = "registry.marriage.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn"}}


class MarriageRestated(Fact[MarriageState]):
    """The same version again, on request."""

    type: ClassVar = "registry.marriage.restated"
