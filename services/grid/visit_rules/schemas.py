"""Bodies of visit rules (走访规则)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.grid.visit_rules.domain import VisitRuleTerms
from shared.http.schemas import Body, CodeWord, Day, View

Days = Annotated[int, Field(ge=0, le=366)]


class EnterVisitRule(Body):
    """How people with a tag are visited, from a day on."""

    tag_code: CodeWord = Field(description="标签代码 code of the tag", examples=["elder_alone"])
    level: CodeWord | None = Field(
        default=None, description="标签等级 of the tag; null: every level without a rule of its own", examples=["1"]
    )
    every_days: Annotated[int, Field(ge=1, le=366)] = Field(
        description="间隔天数 days from one visit to the next", examples=[7]
    )
    first_within_days: Days = Field(
        description="首访天数 days from the tag's beginning to the first visit", examples=[3]
    )
    missed_after_days: Days | None = Field(
        default=None,
        description="逾期天数 so many days after a visit was due it becomes an incident; null: it never does",
        examples=[3],
    )
    missed_category: CodeWord | None = Field(
        default=None, description="事件类别 of that incident, of the dictionary in force", examples=["livelihood"]
    )
    ledger: CodeWord | None = Field(
        default=None,
        description="走访记录表 code of the ledger whose record is the form of the visit; null: none",
        examples=[None],
    )
    valid_from: Day = Field(description="起始日 first day on which it holds", examples=["2026-12-01"])

    def terms(self) -> VisitRuleTerms:
        return VisitRuleTerms(
            self.every_days, self.first_within_days, self.missed_after_days, self.missed_category, self.ledger
        )


class EndVisitRule(Body):
    """When a rule ends."""

    ends_on: Day = Field(
        description="终止日 first day on which it holds no more; its own first day: it never held",
        examples=["2027-01-01"],
    )


class VisitRuleView(View):
    """A rule of visits."""

    id: UUID = Field(description="规则标识 id of the rule", examples=["0197d0c0-b901-7e02-8f03-0a04b05c0d71"])
    version: int = Field(description="版本 counts the changes of the rule, from 1", examples=[1])
    tag_code: str = Field(description="标签代码 code of the tag", examples=["elder_alone"])
    level: str | None = Field(description="标签等级 null: every level without a rule of its own", examples=[None])
    every_days: int = Field(description="间隔天数 days from one visit to the next", examples=[7])
    first_within_days: int = Field(description="首访天数 days to the first visit", examples=[3])
    missed_after_days: int | None = Field(description="逾期天数 null: no incident is made", examples=[3])
    missed_category: str | None = Field(description="事件类别 of that incident; null: none", examples=["livelihood"])
    ledger: str | None = Field(description="走访记录表 code of the ledger; null: none", examples=[None])
    valid_from: date = Field(description="起始日 first day on which it holds", examples=["2026-12-01"])
    valid_to: date | None = Field(description="终止日 first day on which it holds no more; null: none", examples=[None])


class VisitRuleCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[15])
