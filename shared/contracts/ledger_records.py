"""Records of ledgers (台账记录) as their owner announces them: one noun for what travels openly, one for the rest.

Every service that keeps ledgers has both, with the same facts; `record_facts` makes the classes of the facts of a noun.
"""

from datetime import date, datetime
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.envelope import AreaCode, Code, Fact, Part, State
from shared.contracts.made_facts import FactLine, facts_of
from shared.contracts.topic import Topic

OWNERS = ("registry", "services_hall", "grid", "indicators")
"""Services that keep ledgers."""

OPEN, RESTRICTED = "record", "restricted_record"
"""Last part of the two nouns of an owner."""

MADE_OF = ".records"
"""Behind the code of an indicator that is a sum: of how many records or postings it is made."""

LedgerName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{2,40}$")]
"""Code of a ledger."""

FieldName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,40}$")]
"""Name of a field, a status, a limit or a step, as the definition calls it."""

Value = bool | int | str | tuple[str, ...]
"""A published value in its JSON form: decimals as text, days as `YYYY-MM-DD`, choices by code. No words."""

_ID = "0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f"


class RecordCount(Part):
    """What a record adds to a figure from a day on."""

    indicator: Code = Field(
        description="指标代码 `<owner>.<ledger>.<measure>`; `.records` behind it: of how many records a sum is made",
        examples=["grid.disputes.registered"],
    )
    day: date = Field(description="日期 from which on it counts, or on which it fell", examples=["2026-11-22"])
    amount: int = Field(
        description="数量 in the indicator's smallest unit; negative at the end of a stock", examples=[1]
    )
    dimension: str = Field(
        default="",
        max_length=128,
        description="分组 `<axis>:<value>`; empty for the whole",
        examples=["kind:neighbours"],
    )


class RecordState(State):
    """A record of a ledger: where it lies, how it stands, and the values that its ledger publishes.

    No texts, no rows of small tables, no points, nothing personal or restricted.
    """

    id: UUID = Field(description="记录标识 id of the record", examples=[_ID])
    ledger: LedgerName = Field(description="台账代码 ledger that it stands in", examples=["disputes"])
    ledger_version: int = Field(
        description="台账版本 version of the definition that it was last taken under", examples=[1]
    )
    area: AreaCode = Field(description="所属区域 area that it lies in", examples=["450481114201"])
    department: Code | None = Field(
        default=None, description="部门 department that answers for it; null: none", examples=["judicial"]
    )
    subject_id: Code | None = Field(
        default=None,
        description="对象 what it is about, by id (an area by its code); null if its ledger is about nothing",
        examples=[None],
    )
    status: FieldName = Field(description="状态 where it stands, by its ledger's definition", examples=["mediating"])
    opened_at: datetime = Field(description="登记时间 when it was opened", examples=["2026-11-22T01:00:00Z"])
    entered: dict[FieldName, datetime] = Field(
        description="进入时间 when it last entered each status that it has been in",
        examples=[{"registered": "2026-11-22T01:00:00Z", "mediating": "2026-11-23T02:00:00Z"}],
    )
    due_at: datetime | None = Field(
        default=None,
        description="办理时限 end of the limit that runs out first, inclusive; null if none is running",
        examples=["2026-12-23T15:59:59Z"],
    )
    values: dict[FieldName, Value] = Field(
        description="字段值 of the fields that the ledger publishes, as far as they are filled",
        examples=[{"kind": "neighbours", "risk": "yellow", "found_on": "2026-11-22"}],
    )
    counts: tuple[RecordCount, ...] = Field(
        default=(), description="计量 what it counts in the figures of its ledger's measures"
    )


class RecordAlert(Part):
    """A warning that was fired."""

    limit: FieldName = Field(description="时限 limit of the ledger's clock", examples=["mediation"])
    warning: FieldName = Field(description="预警 warning of that limit", examples=["soon"])


S = TypeVar("S", bound=RecordState)

_OPENED = {"version": 1, "status": "registered", "entered": {"registered": "2026-11-22T01:00:00Z"}, "due_at": None}

_FACTS: tuple[FactLine, ...] = (
    ("opened", "It was opened (登记).", {"state": _OPENED}, {}),
    ("corrected", "Values of it were set right (更正).", {"state": {"version": 3}}, {}),
    (
        "stepped",
        "It went a step of its lifecycle (办理).",
        {"state": {"version": 2}, "step": "mediate"},
        {"step": (FieldName, Field(description="操作 step of the ledger's lifecycle", examples=["mediate"]))},
    ),
    (
        "extended",
        "A limit of it was extended (延期).",
        {"state": {"version": 3}, "limit": "mediation"},
        {"limit": (FieldName, Field(description="时限 limit that was extended", examples=["mediation"]))},
    ),
    (
        "rescheduled",
        "Its limits were computed again: the calendar of a year that they run through was set.",
        {"state": {"version": 3}},
        {},
    ),
    (
        "warned",
        "Warnings of its limits were fired (预警), each once.",
        {"state": {"version": 3}, "alerts": [{"limit": "mediation", "warning": "soon"}]},
        {"alerts": (tuple[RecordAlert, ...], Field(description="预警 what was fired"))},
    ),
    (
        "moved",
        "It was taken over into its ledger's next version by the stated mapping (版本迁移).",
        {"state": {"version": 3, "ledger_version": 2}},
        {},
    ),
    ("followed", "It followed what it is about to where that lies now (随对象移动).", {"state": {"version": 3}}, {}),
    ("restated", "The record is announced again, unchanged.", {"state": {"version": 3}}, {}),
)


def ledger_at(owner: str, field: str) -> str:
    """The path of a ledger in its owner's API; `field` of the state holds the ledger's code."""
    return f"/{owner.replace('_', '-')}/v1/ledgers/{{{field}}}"


def document_of(owner: str) -> str:
    """Where the owner serves the typed document of the version that a record was taken under."""
    return f"{ledger_at(owner, 'ledger')}/versions/{{ledger_version}}/openapi.json"


def record_facts(state: type[S]) -> dict[str, type[Fact[S]]]:
    """The classes of the facts of a noun of records, by their last word. Raises `TypeError` if they exist already."""
    return facts_of(state, _FACTS)


def open_topic(owner: str, what: str) -> Topic:
    """The topic of an owner's records that travel openly. `what`: in Chinese, whose ledgers they are."""
    return Topic(
        f"{owner}.{OPEN}",
        f"{owner}.records",
        readers=("indicators",),
        explained_at=document_of(owner),
        tells=(
            f"{what}的台账记录何时登记、处于何状态以及台账声明对外的编码值；关于居民、住户的台账（按标识）只在写明理由时走此主题",
            "when a record was opened, how it stands, and the coded values that its ledger publishes (by id)",
        ),
    )


def restricted_topic(owner: str, what: str) -> Topic:
    """The topic of an owner's records about people: county systems do not read it."""
    return Topic(
        f"{owner}.{RESTRICTED}",
        f"{owner}.records_restricted",
        readers=("indicators",),
        published=False,
        explained_at=document_of(owner),
        tells=(
            f"某位居民或某户（按标识）在{what}的哪本台账中、处于何状态",
            "that a person or a household (by id) stands in which ledger, and how",
        ),
    )
