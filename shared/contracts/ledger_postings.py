"""Postings of ledgers (往来账分录) as their owner announces them: amounts by kind and area, and what they count.

A posting is never changed: its state has one version. Who holds an account is not told: neither record nor person.
"""

from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode, Fact, Part, State
from shared.contracts.ledger_records import FieldName, LedgerName, RecordCount
from shared.contracts.made_facts import FactLine, facts_of
from shared.contracts.topic import Topic

OPEN_POSTING, RESTRICTED_POSTING = "ledger_posting", "restricted_ledger_posting"
"""Last part of the two nouns of an owner."""

_ID, _OTHER = "0197d0c0-6a01-7c11-9d01-3a4b5c6d7e91", "0197d0c0-6a01-7c11-9d01-3a4b5c6d7e92"


class PostingSide(Part):
    """One side of a posting: how much an account of a kind, held in an area, grew or shrank."""

    account: FieldName = Field(description="账户类别 kind of account, by the ledger's definition", examples=["fund"])
    area: AreaCode = Field(description="所属区域 in which the account is kept", examples=["450481114201"])
    amount: int = Field(description="数额 in the ledger's unit; negative if the account shrank", examples=[50000])


class PostingCount(RecordCount):
    """What a posting adds to a figure of an area."""

    area: AreaCode = Field(description="所属区域 area that it counts in", examples=["450481114201"])


class LedgerPostingState(State):
    """A posting of a ledger: its sides sum to zero. No words, no record, nobody's name or id."""

    id: UUID = Field(description="分录标识 id of the posting", examples=[_ID])
    ledger: LedgerName = Field(description="台账代码 ledger that it stands in", examples=["relief_fund"])
    ledger_version: int = Field(description="台账版本 version of the definition that it was made under", examples=[1])
    kind: FieldName = Field(description="分录类别 by its ledger's definition", examples=["donate"])
    posted_on: date = Field(description="记账日 day on which it holds", examples=["2026-11-22"])
    posted_at: datetime = Field(description="录入时间 when it was entered", examples=["2026-11-22T01:00:00Z"])
    sides: tuple[PostingSide, ...] = Field(
        description="各方 amounts that sum to zero",
        examples=[
            [
                {"account": "fund", "area": "450481114201", "amount": 50000},
                {"account": "donors", "area": "450481114201", "amount": -50000},
            ]
        ],
    )
    reverses: UUID | None = Field(
        default=None, description="冲正 posting that this one reverses; null: none", examples=[None]
    )
    counts: tuple[PostingCount, ...] = Field(
        default=(), description="计量 what it counts in the figures of its ledger's measures"
    )


S = TypeVar("S", bound=LedgerPostingState)

_FACTS: tuple[FactLine, ...] = (
    ("posted", "It was posted (记账), perhaps to reverse another (冲正).", {"state": {"version": 1}}, {}),
    ("restated", "The posting is announced again, unchanged.", {"state": {"reverses": _OTHER}}, {}),
)


def posting_facts(state: type[S]) -> dict[str, type[Fact[S]]]:
    """The classes of the facts of a noun of postings, by their last word. Raises `TypeError` if they exist already."""
    return facts_of(state, _FACTS)


def open_posting_topic(owner: str, what: str) -> Topic:
    """The topic of the postings of an owner's ledgers that travel openly. `what`: in Chinese, whose ledgers."""
    return Topic(
        f"{owner}.{OPEN_POSTING}",
        f"{owner}.ledger_postings",
        readers=("indicators",),
        tells=(
            f"{what}的往来台账何日在哪个区域记了哪类账、数额多少；不说明账户属于哪条记录、何人",
            "on which day which kind of posting was made in which area, and how much; not which record or who it was",
        ),
    )


def restricted_posting_topic(owner: str, what: str) -> Topic:
    """The topic of postings in ledgers about people: county systems do not read it."""
    return Topic(
        f"{owner}.{RESTRICTED_POSTING}",
        f"{owner}.ledger_postings_restricted",
        readers=("indicators",),
        published=False,
        tells=(
            f"{what}涉及居民、住户的往来台账何日在哪个区域记了哪类账、数额多少；一个村里可能只有一户",
            "the same of ledgers about people: in a village there may be one household only that it can have been",
        ),
    )
