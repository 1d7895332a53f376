"""Bodies of area sets (服务社区、片区)."""

from datetime import date
from uuid import UUID

from pydantic import ConfigDict, Field

from services.registry.area_sets.domain import MOST_MEMBERS, AreaSetFields, AreaSetStep
from services.registry.area_sets.models import AreaSetVersion
from services.registry.area_sets.service.area_sets import Exchange
from services.registry.area_sets.service.handling import ShownSet, was
from services.registry.persons.schemas import Text, VillageOrGrid
from shared.contracts.registry.area_sets import AreaSetKind, AreaSetStatus, SetMember
from shared.http.schemas import Body, Day, Instant, View


class AreaSetBody(Body):
    """What is known of a set besides its members, all of it: a correction replaces it."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "岑城农村社区", "hall_id": None, "head_id": None}]}
    )

    name: Text = Field(description="名称 its name, once among those of a kind in an area")
    hall_id: UUID | None = Field(default=None, description="服务大厅 id of the facility that is its hall")
    head_id: UUID | None = Field(default=None, description="主持任职 id of the term of who heads it")

    def fields(self) -> AreaSetFields:
        return AreaSetFields(self.name, self.hall_id, self.head_id)


class FormAreaSet(AreaSetBody):
    """A set of areas that is formed."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "kind": "service_community",
                    "name": "探花农村社区",
                    "formed_on": "2026-01-05",
                    "members": ["450481100201"],
                }
            ]
        }
    )

    kind: AreaSetKind = Field(description="类别 what it is for; it stays", examples=["service_community"])
    formed_on: Day = Field(description="设立日 first day, not in the future", examples=["2026-01-05"])
    members: list[VillageOrGrid] = Field(
        min_length=1,
        max_length=MOST_MEMBERS,
        description="成员 villages (12 digits) or grids (15), all of one level",
        examples=[["450481100201", "450481100202"]],
    )


class ChangeMembers(Body):
    """Areas join and leave a set on a day."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"on": "2026-02-02", "joins": ["450481100202"]}]})

    on: Day = Field(description="调整日 first day, not in the future", examples=["2026-02-02"])
    joins: list[VillageOrGrid] = Field(
        default_factory=list, max_length=MOST_MEMBERS, description="加入 areas that belong to it from the day on"
    )
    leaves: list[VillageOrGrid] = Field(
        default_factory=list, max_length=MOST_MEMBERS, description="退出 areas that belong to it until the day"
    )

    def asked(self) -> Exchange:
        return Exchange(self.on, self.joins, self.leaves)


class DissolveAreaSet(Body):
    """The end of a set."""

    dissolved_on: Day = Field(description="撤销日 first day on which it is no more", examples=["2026-03-02"])


class AreaSetView(View):
    """A set of areas."""

    id: UUID = Field(description="集合标识 id of the set")
    version: int = Field(description="版本 counts the changes of the set, from 1")
    area: str = Field(description="所属区划 the smallest area that holds all members", examples=["450481100"])
    kind: AreaSetKind = Field(description="类别 what it is for", examples=["service_community"])
    name: str = Field(description="名称 its name", examples=["探花农村社区"])
    hall_id: UUID | None = Field(description="服务大厅 id of the facility that is its hall; null: none")
    head_id: UUID | None = Field(description="主持任职 id of the term of who heads it; null: nobody")
    status: AreaSetStatus = Field(description="状态 in use, dissolved or withdrawn", examples=["in_use"])
    formed_on: date = Field(description="设立日 first day")
    dissolved_on: date | None = Field(description="撤销日 first day on which it is no more; null while it is in use")
    members: list[SetMember] = Field(
        description="成员 its members of all days, in the order in which they came; `until` null: it is one now"
    )

    @classmethod
    def of(cls, one: ShownSet) -> "AreaSetView":
        """The view of a set."""
        members = [SetMember(area=member.area, since=member.since, until=member.until) for member in one.members]
        return cls(id=one.id, version=one.version, members=members, **one.values)


class AreaSetVersionView(View):
    """What a set was from a step on."""

    step: AreaSetStep = Field(description="办理 what was done", examples=["members_changed"])
    done_by: str | None = Field(description="办理人 subject of who did it; null for a change of areas")
    done_at: Instant = Field(description="办理时间 when")
    area_set: AreaSetView = Field(description="办理后 the set after it")

    @classmethod
    def of(cls, one: AreaSetVersion) -> "AreaSetVersionView":
        return cls(
            step=AreaSetStep(one.step), done_by=one.done_by, done_at=one.done_at, area_set=AreaSetView.of(was(one))
        )


class AreaSetCount(View):
    """How many the list has in all."""

    count: int = Field(description="数量 how many the list has in all")
