"""居民情况: circumstances of persons that hold from a day to a day, as others may know them."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import Code, Fact, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class CircumstanceStatus(NamedCode):
    """Where an entry stands. What holds on a day follows from its days."""

    VALID = "valid", "有效"
    ENDED = "ended", "已结束"
    WITHDRAWN = "withdrawn", "误登已撤回"


class CircumstanceState(State):
    """A dated circumstance of a person, by codes alone; political status, party and family planning never."""

    noun: ClassVar = "registry.circumstance"
    channel: ClassVar = Topic(
        noun,
        "registry.circumstances",
        tells=(
            "某位居民（按标识）的居住证、参保、文化程度、在学和就业情况，起止日期和最近核实日期；不含政治面貌和党员信息",
            "a person's (by id) permit, insurance, education and employment, since and until when, last verified when",
        ),
    )
    id: UUID = Field(description="情况标识 id of the entry", examples=["0197d0c0-7a04-7b02-8c03-0d04e05f0604"])
    person_id: UUID = Field(description="居民 id of the person", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"])
    kind: Code = Field(description="类别 code of the kind in the catalogue", examples=["residence_permit"])
    details: dict[Code, Code] = Field(
        default_factory=dict,
        description="内容 codes of the kind's lists, by the detail",
        examples=[{"basis": "employment"}],
    )
    status: CircumstanceStatus = Field(description="状态 valid, ended or withdrawn", examples=["valid"])
    began_on: date = Field(description="起始日 first day", examples=["2026-11-01"])
    until: date | None = Field(
        default=None,
        description="截止日 first day on which it holds no more; null if it is open-ended",
        examples=["2027-11-01"],
    )
    verified_on: date = Field(description="核实日 day on which somebody last looked", examples=["2026-11-01"])


class CircumstanceRecorded(Fact[CircumstanceState]):
    """A circumstance of a person was entered, or goes on at the survivor of a merge."""

    type: ClassVar = "registry.circumstance.recorded"


class CircumstanceEnded(Fact[CircumstanceState]):
    """A circumstance ended, by itself or with a death, departure or merge of the person."""

    type: ClassVar = "registry.circumstance.ended"
    example: ClassVar = {"state": {"version": 2, "status": "ended", "until": "2026-11-20"}}


class CircumstanceWithdrawn(Fact[CircumstanceState]):
    """A circumstance was entered by mistake: it never was."""

    type: ClassVar = "registry.circumstance.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn"}}


class CircumstanceRestored(Fact[CircumstanceState]):
    """An end or a withdrawal was undone, or what had ended it was."""

    type: ClassVar = "registry.circumstance.restored"
    example: ClassVar = {"state": {"version": 3}}


class CircumstanceVerified(Fact[CircumstanceState]):
    """Somebody looked and found it so; or took that back: the day of the last look changed."""

    type: ClassVar = "registry.circumstance.verified"
    example: ClassVar = {"state": {"version": 2, "verified_on": "2026-11-20"}}


class CircumstanceRestated(Fact[CircumstanceState]):
    """The same version again, on request."""

    type: ClassVar = "registry.circumstance.restated"
