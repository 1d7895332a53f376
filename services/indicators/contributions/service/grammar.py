"""What an indicator counts, in the closed grammar: a noun, a day, a condition, parts."""

from typing import Annotated, Any

from pydantic import Field

from shared.ledgers.grammar.body import Body, EachOnce
from shared.ledgers.grammar.words import Expression, Name

OLDEST = 150
"""Years of age that a band may name."""

Fields = Annotated[list[Name], EachOnce]


class Ages(Body):
    """Ages from `low` up to and without `high`, entered on the first day of the month after the birthday's."""

    low: int = Field(default=0, ge=0, le=OLDEST, description="起始年龄 completed years, inclusive", examples=[60])
    high: int | None = Field(
        default=None,
        ge=1,
        le=OLDEST,
        description="截止年龄 completed years, exclusive; null: open above",
        examples=[None],
    )


class Counted(Body):
    """A count or a sum over the states of one noun. It reads what their owner announces, and nothing else."""

    noun: str = Field(
        pattern=r"^[a-z_]{1,40}\.[a-z_]{1,40}$", description="来源 noun that is counted", examples=["grid.incident"]
    )
    day: Fields = Field(
        default_factory=list,
        max_length=3,
        description="统计日 day fields, the first that is filled: on which a flow counts, from when a stock does; "
        "may be left out for a stock of people, who count while they live there",
        examples=[["closed_at"]],
    )
    until: Fields = Field(
        default_factory=list,
        max_length=10,
        description="截止日 of a stock: day fields, the earliest of which ends it; empty: it never ends",
        examples=[[]],
    )
    since: Name | None = Field(
        default=None, description="起算日 of a duration: the day from which days are counted", examples=[None]
    )
    where: Expression | None = Field(
        default=None,
        description="条件 CEL expression over `record.<field>`; what it has no answer for does not count",
        examples=["record.severity == 'urgent'"],
    )
    parts: Fields = Field(
        default_factory=list,
        max_length=6,
        description="分组 fields by which it is also kept in parts; what is empty is the part `unknown`",
        examples=[["category"]],
    )
    sum: Name | None = Field(default=None, description="求和 number field; null: states are counted", examples=[None])
    minus: bool = Field(
        default=False,
        description="取反 what is added up has the opposite sign, as a death in a book has",
        examples=[False],
    )
    place: Name | None = Field(
        default=None, description="地点 of people: residence or registration; null: residence", examples=[None]
    )
    ages: Ages | None = Field(default=None, description="年龄 only while of this age, of people", examples=[None])


def written(counted: Counted) -> dict[str, Any]:
    """As it is stored: without what is left out."""
    return counted.model_dump(mode="json", exclude_defaults=True)
