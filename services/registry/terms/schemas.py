"""Bodies of terms (任职)."""

from datetime import date
from typing import Any, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from services.registry.persons.schemas import Phone, Sex, Text, VillageOrGrid
from services.registry.terms.domain import (
    Post,
    Subordinate,
    TermEnd,
    TermFields,
    TermStatus,
    TermStep,
    TermWay,
)
from services.registry.terms.repository import Vacancy
from services.registry.terms.service.handling import ShownTerm
from services.registry.terms.service.reads import Committee, ShownTermVersion
from shared.contracts.registry.persons import PersonStatus
from shared.http.schemas import Body, Day, Instant, View


class TermBody(Body):
    """A term, all of it: a correction replaces it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "area": "450481100201",
                    "post": "director",
                    "name": "欧阳示例",
                    "sex": "2",
                    "phone": "13800000000",
                    "way": "elected",
                    "began_on": "2026-01-20",
                    "until": "2031-01-20",
                }
            ]
        }
    )

    area: VillageOrGrid = Field(description="所在地 village (12 digits), or grid (15) of a grid's posts")
    post: Post = Field(description="职务 which post", examples=["party_secretary"])
    committee: Subordinate | None = Field(
        default=None, description="下属委员会 which one; of its posts alone", examples=["mediation"]
    )
    group: int | None = Field(
        default=None, ge=1, le=999, description="小组 number of the villagers' or residents' group", examples=[3]
    )
    person_id: UUID | None = Field(default=None, description="居民 the holder, if of the register in your areas")
    name: Text | None = Field(default=None, description="姓名 of a holder who is not of the register; public by office")
    sex: Sex | None = Field(default=None, description="性别 GB/T 2261.1, of a holder who is not of the register")
    phone: Phone | None = Field(default=None, description="电话 sealed, masked; not public", examples=["13800000000"])
    way: TermWay = Field(description="任职方式 how the holder came into office", examples=["by_election"])
    began_on: Day = Field(description="任职日 first day, not in the future", examples=["2026-01-20"])
    until: Day | None = Field(default=None, description="届满日 day on which it is over as foreseen")

    def fields(self) -> TermFields:
        return TermFields(
            area=self.area,
            post=self.post,
            began_on=self.began_on,
            way=self.way,
            until=self.until,
            committee=self.committee,
            group=self.group,
            person_id=self.person_id,
            name=self.name,
            sex=self.sex,
            phone=self.phone,
        )


class EndTerm(Body):
    """The end of a term."""

    ended_on: Day = Field(description="离任日 first day without the office, not in the future", examples=["2026-04-16"])
    reason: TermEnd = Field(description="离任原因 why", examples=["resigned"])


class TermView(View):
    """Who holds a post, from when to when."""

    id: UUID = Field(description="任职标识 id of the term")
    version: int = Field(description="版本 counts the changes of the term, from 1")
    area: str = Field(description="所在地 village (12 digits) or grid (15)", examples=["450481100201"])
    post: Post = Field(description="职务 which post", examples=["party_secretary"])
    committee: Subordinate | None = Field(description="下属委员会 which one; null of other posts")
    group: int | None = Field(description="小组 number of the group; null of other posts", examples=[3])
    person_id: UUID | None = Field(description="居民 the holder, as entered; null if not of the register")
    name: str = Field(description="姓名 public by office", examples=["欧阳示例"])
    sex: Sex | None = Field(description="性别 GB/T 2261.1; null if unknown", examples=["2"])
    phone: str | None = Field(description="电话 masked for who may not see it", examples=["138****0000"])
    way: TermWay = Field(description="任职方式 how the holder came into office", examples=["elected"])
    began_on: date = Field(description="任职日 first day")
    until: date | None = Field(description="届满日 day on which it is over as foreseen; null if none is")
    ended_on: date | None = Field(description="离任日 first day without the office; null while in office")
    end_reason: TermEnd | None = Field(description="离任原因 null while in office")
    status: TermStatus = Field(description="状态 in_office, left or withdrawn", examples=["in_office"])
    gone: PersonStatus | None = Field(description="现状 what became of a holder of the register; null while active")

    @classmethod
    def of(cls, one: ShownTerm) -> Self:
        values: dict[str, Any] = dict(one.values)
        group = values.pop("group_number")
        shown = {"name": one.name, "sex": one.sex, "phone": one.phone, "gone": one.gone}
        return cls(id=one.id, version=one.version, group=group, **shown, **values)


class TermVersionView(View):
    """What a term was from a step on."""

    step: TermStep = Field(description="办理 what was done", examples=["corrected"])
    done_by: str | None = Field(description="办理人 subject of who did it; null for a change of areas")
    done_at: Instant = Field(description="办理时间 when")
    term: TermView = Field(description="办理后 the term after it")

    @classmethod
    def of(cls, one: ShownTermVersion) -> Self:
        return cls(step=one.step, done_by=one.done_by, done_at=one.done_at, term=TermView.of(one.term))


class TermCount(View):
    """How many the list has in all."""

    count: int = Field(description="数量 how many the list has in all")


class RangeView(View):
    """A range that is usual by law."""

    low: int = Field(description="下限 at least", examples=[1000])
    high: int = Field(description="上限 at most", examples=[3000])
    source: str = Field(description="依据 law and article", examples=["城市居民委员会组织法（2025年修订）第三条"])


class CommitteeView(View):
    """Who holds which post of a village on a day, and what the law says of it."""

    area: str = Field(description="村（社区） the village", examples=["450481100201"])
    on: date = Field(description="截面日 the day")
    terms: list[TermView] = Field(description="任职 who is in office, in the order in which they came")
    both: bool | None = Field(description="一肩挑 whether secretary and director are one; null if a post is vacant")
    members: int = Field(description="委员会人数 members of the committee, each once", examples=[5])
    women: int = Field(description="女性人数 women among them", examples=[2])
    vacant: list[Post] = Field(description="空缺 posts that each village has and nobody holds")
    households: int = Field(description="户数 active legal households of the village today", examples=[1250])
    usual_members: RangeView | None = Field(description="法定人数 null of other kinds of areas")
    usual_households: RangeView | None = Field(description="一般户数 null without a range")

    @classmethod
    def of(cls, one: Committee) -> Self:
        rule = one.rule
        members = households = None
        if rule is not None:
            low, high = rule.members
            members = RangeView(low=low, high=high, source=rule.members_source)
            if rule.households is not None and rule.households_source is not None:
                low, high = rule.households
                households = RangeView(low=low, high=high, source=rule.households_source)
        return cls(
            area=one.area,
            on=one.on,
            terms=[TermView.of(term) for term in one.terms],
            both=one.both,
            members=one.members,
            women=one.women,
            vacant=list(one.vacant),
            households=one.households,
            usual_members=members,
            usual_households=households,
        )


class VacancyView(View):
    """A post that each village has, and that nobody holds."""

    area: str = Field(description="村（社区） the village", examples=["450481100201"])
    post: Post = Field(description="职务 the vacant post", examples=["director"])

    @classmethod
    def of(cls, one: Vacancy) -> Self:
        return cls(area=one.area, post=Post(one.post))
