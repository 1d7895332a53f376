"""房屋: dwellings, without their addresses, and their dated conditions."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Code, Fact, Part, State
from shared.contracts.topic import Topic
from shared.reference.named_code import NamedCode


class DwellingStatus(NamedCode):
    """Where a dwelling stands in the register."""

    STANDING = "standing", "在册"
    ENDED = "ended", "已灭失"
    WITHDRAWN = "withdrawn", "误登已撤回"


class ConditionTopic(NamedCode):
    """What of a dwelling is recorded by the day on which it changed."""

    USE = "use", "使用情况"
    WATER = "water", "供水"
    ROAD = "road", "通路"
    GAS = "gas", "用气"
    CLEAN_ENERGY = "clean_energy", "清洁能源"
    POWER = "power", "供电"
    TELECOM = "telecom", "通信"
    TOILET = "toilet", "厕所"


class Condition(Part):
    """A condition of a dwelling: what it has been since a day, until the next one of its topic."""

    topic: ConditionTopic = Field(description="项目 what is told", examples=["use"])
    value: Code = Field(description="情况 how it is", examples=["let"])
    since: date = Field(description="起始日 first day", examples=["2026-11-01"])
    until: date | None = Field(default=None, description="截止日 first day of the next; null while it holds")


class DwellingState(State):
    """A dwelling of a building. Unit and room stay in the register; who lives there is told elsewhere."""

    noun: ClassVar = "registry.dwelling"
    channel: ClassVar = Topic(
        noun,
        "registry.dwellings",
        readers=("indicators",),
        tells=(
            "每栋楼有哪些房屋、建筑面积、各时期自住、出租、空置或搬迁，以及水路气电通信厕所情况，不含门牌和住户",
            "which dwellings a building has, their floor area, use and utilities over time; no address, nobody in them",
        ),
    )
    id: UUID = Field(description="房屋标识 id of the dwelling", examples=["0197d0c0-7a02-7b02-8c03-0d04e05f0602"])
    building_id: UUID = Field(
        description="楼栋 id of the building in which it lies", examples=["0197d0c0-7a01-7b02-8c03-0d04e05f0601"]
    )
    area: AreaCode = Field(
        description="所在地 village (12 digits) or grid (15) of the building, repeated", examples=["450481114201"]
    )
    floor_area: str | None = Field(
        default=None, description="建筑面积 in m², a decimal; null if unknown", examples=["89.50"]
    )
    status: DwellingStatus = Field(description="状态 standing, ended or withdrawn", examples=["standing"])
    valid_from: date = Field(description="启用日 first day of the dwelling", examples=["2026-11-01"])
    valid_to: date | None = Field(default=None, description="灭失日 first day on which it is no more; null while it is")
    conditions: tuple[Condition, ...] = Field(
        default=(),
        description="情况 by topic, oldest first, without what was withdrawn",
        examples=[[{"topic": "use", "value": "let", "since": "2026-11-01", "until": None}]],
    )


class DwellingEntered(Fact[DwellingState]):
    """A dwelling was entered."""

    type: ClassVar = "registry.dwelling.entered"


class DwellingCorrected(Fact[DwellingState]):
    """Unit, room or floor area were set right."""

    type: ClassVar = "registry.dwelling.corrected"
    example: ClassVar = {"state": {"version": 2, "floor_area": "90.00"}}


class DwellingConditionRecorded(Fact[DwellingState]):
    """A condition began to hold: the one of its topic before ended with it."""

    type: ClassVar = "registry.dwelling.condition_recorded"
    example: ClassVar = {"state": {"version": 2}}


class DwellingConditionWithdrawn(Fact[DwellingState]):
    """A condition was recorded by mistake: the one before holds on."""

    type: ClassVar = "registry.dwelling.condition_withdrawn"
    example: ClassVar = {"state": {"version": 3, "conditions": []}}


class DwellingEnded(Fact[DwellingState]):
    """A dwelling is no more: pulled down, or made one with another."""

    type: ClassVar = "registry.dwelling.ended"
    example: ClassVar = {"state": {"version": 2, "status": "ended", "valid_to": "2026-11-20"}}


class DwellingWithdrawn(Fact[DwellingState]):
    """A dwelling was entered by mistake: it never was."""

    type: ClassVar = "registry.dwelling.withdrawn"
    example: ClassVar = {"state": {"version": 2, "status": "withdrawn"}}


class DwellingRestored(Fact[DwellingState]):
    """An end or withdrawal was undone."""

    type: ClassVar = "registry.dwelling.restored"
    example: ClassVar = {"state": {"version": 3}}


class DwellingFollowed(Fact[DwellingState]):
    """The area that it repeats of its building changed."""

    type: ClassVar = "registry.dwelling.followed"
    example: ClassVar = {"state": {"version": 2, "area": "450481114201001"}}


class DwellingRestated(Fact[DwellingState]):
    """The same version again, on request."""

    type: ClassVar = "registry.dwelling.restated"
