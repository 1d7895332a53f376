"""Bodies of marriages (婚姻)."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from services.registry.households.domain import HouseholdKind, Succession
from services.registry.households.schemas import NewHead, Relation, ToldRelation
from services.registry.life_events.domain import ReversalReason
from services.registry.marriages.domain import MarriageStep, OutsideSpouse, SettlementKind
from services.registry.marriages.service.reads import ShownMarriage, ShownMarriages
from services.registry.marriages.service.registering import NewMarriage
from services.registry.marriages.service.settling import Arrangement
from services.registry.persons.schemas import Sex, Text
from shared.contracts.registry.marriages import MarriageStatus
from shared.http.schemas import Body, Day, Instant, View
from shared.reference.relations import HEAD


class Spouse(Body):
    """A spouse who is not in the register, or in another village's: kept encrypted, shown masked."""

    name: Text = Field(description="姓名 name of the spouse", examples=["梁秀兰"])
    sex: Sex = Field(description="性别 GB/T 2261.1: 0 unknown, 1 male, 2 female, 9 not stated", examples=["2"])
    birth_date: Day = Field(description="出生日期 date of birth", examples=["1992-05-17"])

    def spouse(self) -> OutsideSpouse:
        return OutsideSpouse(self.name, self.sex, self.birth_date)


class Joins(Body):
    """One of the spouses joins the household of the other; who is in it already is something else to the head."""

    person_id: UUID = Field(description="居民 which of the two")
    household_id: UUID = Field(description="住户 household in which the other one is")
    relation: Relation = Field(
        description="与户主关系 to its head from then on, GB/T 4761: 10, 11 or 12 if that is the spouse",
        examples=["12"],
    )

    def arrangement(self) -> Arrangement:
        return Arrangement(self.person_id, self.household_id, self.relation)


class RegisterMarriage(Body):
    """A marriage of two persons of the register, or of one with a spouse who is not in it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person_id": "0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77",
                    "spouse": {"name": "梁秀兰", "sex": "2", "birth_date": "1992-05-17"},
                    "married_on": "2026-03-16",
                }
            ]
        }
    )

    person_id: UUID = Field(description="居民 one of the spouses", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"])
    spouse_id: UUID | None = Field(default=None, description="配偶 the other one, if in the register")
    spouse: Spouse | None = Field(
        default=None, description="册外配偶 the other one, if not in the register or held by another village"
    )
    married_on: Day = Field(description="结婚日 day of the marriage, not in the future", examples=["2026-03-16"])
    households_on: Day | None = Field(
        default=None, description="户内变更日 day from which households change; the day of the marriage if absent"
    )
    households: list[Joins] = Field(
        default=[], max_length=2, description="户内安排 which household is joined by whom: a legal one, a living one"
    )
    new_head: NewHead | None = Field(default=None, description="新户主 needed if a head leaves members behind")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.spouse_id is None) == (self.spouse is None):
            raise PydanticCustomError("one_of_two", "spouse_id 与 spouse 须且只能填写一项")
        return self

    def marriage(self) -> NewMarriage:
        return NewMarriage(
            person_id=self.person_id,
            spouse_id=self.spouse_id,
            outside=self.spouse.spouse() if self.spouse else None,
            married_on=self.married_on,
            households_on=self.households_on,
            arrangements=[one.arrangement() for one in self.households],
            succession=self.new_head.succession() if self.new_head else None,
        )


class Parts(Body):
    """What becomes of a household in which both are: one of them leaves it, or is something else to its head."""

    kind: HouseholdKind = Field(description="户别 which household of both: legal or living")
    person_id: UUID = Field(description="居民 which of the two")
    household_id: UUID | None = Field(
        default=None,
        description="住户 household that is joined, or the same one for another relation in it; "
        "absent: the person founds an own one",
    )
    relation: Relation = Field(
        default=HEAD,
        description="与户主关系 to its head from then on, GB/T 4761; 02, as of who founds an own one, if absent",
        examples=["99"],
    )

    @model_validator(mode="after")
    def _with_relation(self) -> Self:
        if (self.household_id is None) != (self.relation == HEAD):
            raise PydanticCustomError("with_relation", "加入他户或留在原户的须填写与户主关系，另立新户的不填")
        return self

    def arrangement(self) -> Arrangement:
        return Arrangement(self.person_id, self.household_id, self.relation, self.kind)


class RecordDivorce(Body):
    """A divorce."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"divorced_on": "2026-04-16"}]})

    divorced_on: Day = Field(description="离婚日 day of the divorce, not in the future", examples=["2026-04-16"])
    households_on: Day | None = Field(
        default=None, description="户内变更日 day from which households change; the day of the divorce if absent"
    )
    households: list[Parts] = Field(
        default=[], max_length=2, description="户内安排 one for each household in which both are"
    )
    new_head: NewHead | None = Field(default=None, description="新户主 needed if a head leaves members behind")

    def succession(self) -> Succession | None:
        return self.new_head.succession() if self.new_head else None


class RecordSpouseDeath(Body):
    """Death of a spouse who is not in the register."""

    died_on: Day = Field(description="死亡日 day of the death, not in the future", examples=["2026-05-16"])


class TakeBack(Body):
    """Why a marriage, or its end, is taken back."""

    reason: ReversalReason = Field(description="原因 why it is taken back", examples=["wrong_person"])


class OutsideSpouseView(View):
    """A spouse who is not in the register, masked."""

    name: str = Field(description="姓名 masked", examples=["梁*兰"])
    sex: Sex = Field(description="性别 GB/T 2261.1", examples=["2"])
    birth_month: str = Field(description="出生年月 year and month of birth", examples=["1992-05"])


class StepView(View):
    """What happened to a marriage."""

    version: int = Field(description="版本 version of the marriage to which it led")
    step: MarriageStep = Field(description="步骤 registered, divorced, widowed, restored or withdrawn")
    occurred_on: date = Field(description="发生日 day from which it holds; of what was taken back its own day")
    reason: ReversalReason | None = Field(description="原因 why it was taken back; null otherwise")
    recorded_by: str | None = Field(
        description="登记人 subject of the token; null if it follows from a death in the register"
    )
    recorded_at: Instant = Field(description="登记时间 when it was recorded")


class SettlementView(View):
    """What a marriage or divorce changed in a household."""

    kind: SettlementKind = Field(description="变更 joined, founded or related")
    by_divorce: bool = Field(description="因离婚 true if it follows from the divorce")
    person_id: UUID = Field(description="居民 which of the two")
    household_id: UUID = Field(
        description="住户 household that was joined or founded, or in which the relation changed"
    )
    relation: ToldRelation = Field(description="与户主关系 from that day on, GB/T 4761", examples=["12"])
    occurred_on: date = Field(description="发生日 day from which it holds")
    event_id: UUID = Field(
        description="变更标识 id by which changes of households name it; of who moved, the life event"
    )
    moved: bool = Field(description="迁入 true if the person moved in with it from another village")
    standing: bool = Field(description="有效 false if it was taken back")


class MarriageView(View):
    """A marriage as this caller may see it."""

    id: UUID = Field(description="婚姻标识 id of the marriage")
    version: int = Field(description="版本 grows with every step")
    status: MarriageStatus = Field(description="状态 married, divorced, widowed or withdrawn", examples=["married"])
    area: str = Field(description="登记地 village or grid of the first spouse on that day", examples=["450481100201"])
    person_id: UUID = Field(description="居民 one of the spouses")
    spouse_id: UUID | None = Field(description="配偶 id of the other one; null if not in the register")
    spouse: OutsideSpouseView | None = Field(description="册外配偶 masked; null if in the register")
    married_on: date = Field(description="结婚日 day of the marriage")
    ended_on: date | None = Field(description="终止日 day of the divorce or of the death; null while it stands")
    steps: list[StepView] = Field(description="经过 everything that was recorded of it, oldest first")
    settlements: list[SettlementView] = Field(description="户内变更 what it changed in households, in that order")

    @classmethod
    def of(cls, shown: ShownMarriage) -> Self:
        one, outside = shown.record, shown.outside
        return cls(
            id=one.id,
            version=one.version,
            status=MarriageStatus(one.status),
            area=one.area,
            person_id=one.person_id,
            spouse_id=one.spouse_id,
            spouse=None
            if outside is None
            else OutsideSpouseView.model_validate(
                {"name": outside.name, "sex": outside.sex, "birth_month": f"{outside.birth_date:%Y-%m}"}
            ),
            married_on=one.married_on,
            ended_on=one.ended_on,
            steps=[StepView.model_validate(step) for step in shown.steps],
            settlements=[SettlementView.model_validate(settlement) for settlement in shown.settlements],
        )


class MarriagesView(View):
    """The marriages of a person, and the marital status that follows from them."""

    marital_status: str = Field(
        description="婚姻状况 GB/T 2261.2: 20 married, 22 again, 23 to the same one again, 30 widowed, 40 divorced, "
        "90 if no marriage is recorded",
        examples=["20"],
    )
    items: list[MarriageView] = Field(description="婚姻 by day, those that were withdrawn too")

    @classmethod
    def of(cls, shown: ShownMarriages) -> Self:
        return cls(marital_status=shown.marital_status, items=[MarriageView.of(one) for one in shown.marriages])
