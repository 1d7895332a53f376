"""Ledgers (台账) as their owner announces them: what is counted, and what the published fields mean.

Every service that keeps ledgers has the noun, with the same facts; `ledger_facts` makes their classes.
"""

from datetime import date
from typing import Annotated, TypeVar

from pydantic import Field, StringConstraints

from shared.contracts.envelope import Code, Fact, Part, State
from shared.contracts.ledger_records import LedgerName, ledger_at
from shared.contracts.made_facts import FactLine, facts_of
from shared.contracts.topic import Topic

LEDGER = "ledger"
"""Last part of an owner's noun."""

PartName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_]{0,40}$")]
"""Name of a field, choice, status or measure, as the definition calls it."""

DateName = Annotated[str, StringConstraints(pattern=r"^(entered:)?[a-z][a-z0-9_]{0,40}$")]
Title = Annotated[str, StringConstraints(min_length=1, max_length=60)]
Sentence = Annotated[str, StringConstraints(min_length=1, max_length=300)]
Expression = Annotated[str, StringConstraints(min_length=1, max_length=1_000)]


class TitledCode(Part):
    """A code with its Chinese name."""

    code: PartName = Field(description="代码 code", examples=["land"])
    title: Title = Field(description="名称 Chinese name", examples=["土地山林"])


class PublishedField(Part):
    """A field whose values stand in the states of records."""

    code: PartName = Field(description="字段名 what the field is called in the values of a record", examples=["kind"])
    title: Title = Field(description="名称 Chinese name", examples=["纠纷类型"])
    type: Code = Field(description="类型 type of its values", examples=["choice"])
    choices: tuple[TitledCode, ...] = Field(
        default=(), description="选项 of a choice; empty for other types", examples=[[]]
    )


class PublishedMeasure(Part):
    """A count or a sum over the records (计量). Its conditions are CEL over published fields and `status`."""

    code: PartName = Field(description="指标代码 code of the measure", examples=["mediated"])
    title: Title = Field(description="名称 Chinese name", examples=["调解成功数"])
    meaning: Sentence = Field(description="统计口径 what is counted, in words", examples=["当期调解成功的件数"])
    kind: Code = Field(description="类别 stock (时点数) or flow (时期数)", examples=["flow"])
    date: DateName = Field(description="日期 field or `entered:<status>` by which it counts", examples=["found_on"])
    until: tuple[DateName, ...] = Field(
        default=(), description="截止 fields or `entered:<status>` that end a stock", examples=[[]]
    )
    where: Expression | None = Field(
        default=None, description="条件 which records count; null: all", examples=["status == 'closed'"]
    )
    dimension: PartName | None = Field(
        default=None, description="分组 field that it is broken down by", examples=[None]
    )
    sum: PartName | None = Field(
        default=None, description="求和 field that is added up; null: records are counted", examples=[None]
    )
    unit: Title = Field(description="单位 for people", examples=["件"])
    scale: int = Field(default=0, description="小数位数 decimal places of its counts", examples=[0])


class PublishedAccountMeasure(Part):
    """What is counted of accounts (往来计量)."""

    code: PartName = Field(description="指标代码 code of the measure", examples=["donated"])
    title: Title = Field(description="名称 Chinese name", examples=["捐款入账"])
    meaning: Sentence = Field(description="统计口径 what is counted, in words", examples=["当期入账的捐款"])
    account: PartName = Field(description="账户类别 whose accounts are looked at", examples=["fund"])
    posting: PartName | None = Field(
        default=None, description="分录类别 a flow of these postings; null: a stock, the balance", examples=["donate"]
    )
    unit: Title = Field(description="单位 for people", examples=["分"])


class PublishedAccounts(Part):
    """Accounts of a ledger (往来账户)."""

    unit: Code = Field(description="计量单位 fen, minute or piece", examples=["fen"])
    kinds: tuple[TitledCode, ...] = Field(
        description="账户类别 kinds of accounts", examples=[[{"code": "fund", "title": "帮扶资金"}]]
    )
    postings: tuple[TitledCode, ...] = Field(
        description="分录类别 kinds of postings", examples=[[{"code": "donate", "title": "捐款入账"}]]
    )
    measures: tuple[PublishedAccountMeasure, ...] = Field(description="往来计量 what is counted", examples=[[]])


class PublishedRatio(Part):
    """A rate of two measures (比率)."""

    code: PartName = Field(description="指标代码 code of the rate", examples=["success"])
    title: Title = Field(description="名称 Chinese name", examples=["调解成功率"])
    meaning: Sentence = Field(description="统计口径 in words", examples=["当期纠纷中达成协议的比例"])
    numerator: PartName = Field(description="分子 measure", examples=["mediated"])
    denominator: PartName = Field(description="分母 measure", examples=["registered"])
    better: Code = Field(description="导向 higher, lower or neither", examples=["higher"])


class PublishedVersion(Part):
    """A version of a ledger: immutable. It holds from the day on which it opens until the next one does."""

    ledger_version: int = Field(description="版本号 of the version, counted from 1", examples=[1])
    opens_on: date = Field(description="启用日 first day on which records are taken under it", examples=["2026-11-30"])
    title: Title = Field(description="名称 Chinese name", examples=["矛盾纠纷调解台账"])
    levels: tuple[Code, ...] = Field(description="层级 of the area of a record", examples=[["village"]])
    subject: Code = Field(description="对象 what a record is about", examples=["nothing"])
    statuses: tuple[TitledCode, ...] = Field(
        description="状态 where a record may stand", examples=[[{"code": "registered", "title": "已登记"}]]
    )
    fields: tuple[PublishedField, ...] = Field(description="对外字段 whose values stand in the states of records")
    measures: tuple[PublishedMeasure, ...] = Field(description="计量 what is counted")
    ratios: tuple[PublishedRatio, ...] = Field(description="比率 rates of its measures", examples=[[]])
    accounts: PublishedAccounts | None = Field(
        default=None, description="往来账户 accounts and postings; null: none", examples=[None]
    )


class LedgerState(State):
    """A published ledger with all its versions. Drafts are not announced."""

    id: LedgerName = Field(description="台账标识 its code", examples=["disputes"])
    code: LedgerName = Field(description="台账代码 its name in addresses and events", examples=["disputes"])
    title: Title = Field(description="名称 of the newest version", examples=["矛盾纠纷调解台账"])
    status: Code = Field(description="状态 published or retired", examples=["published"])
    published_version: int = Field(description="已发布版本 number of the newest version", examples=[1])
    travels_on: Code = Field(
        description="传输主题 records, or records_restricted, which county systems do not read", examples=["records"]
    )
    figures_for_few: bool = Field(
        default=False,
        description="指标限制知悉 true: few may read its figures",
        examples=[False],
    )
    read_by: Annotated[str, StringConstraints(max_length=60)] | None = Field(
        default=None,
        description="查看权限 permission by which its records are read: who has it is told its figures exactly; "
        "null: not said when it was announced",
        examples=["record.read"],
    )
    retired_on: date | None = Field(
        default=None, description="停用日 day from which no record is opened; null while it is in use", examples=[None]
    )
    versions: tuple[PublishedVersion, ...] = Field(description="版本 every published version, the first one first")


S = TypeVar("S", bound=LedgerState)

_FACTS: tuple[FactLine, ...] = (
    (
        "published",
        "A version of it was published (发布).",
        {"published": 1},
        {"published": (int, Field(description="发布的版本 the version that was published", examples=[1]))},
    ),
    (
        "retired",
        "It was retired (停用).",
        {"state": {"version": 2, "status": "retired", "retired_on": "2026-12-31"}},
        {},
    ),
    ("restated", "The ledger is announced again, unchanged.", {}, {}),
)


def ledger_facts(state: type[S]) -> dict[str, type[Fact[S]]]:
    """The classes of the facts of an owner's ledgers, by their last word. Raises `TypeError` if they exist already."""
    return facts_of(state, _FACTS)


def ledger_topic(owner: str, what: str) -> Topic:
    """The topic of an owner's ledgers. `what`: in Chinese, whose ledgers they are."""
    return Topic(
        f"{owner}.{LEDGER}",
        f"{owner}.ledgers",
        readers=("indicators",),
        explained_at=f"{ledger_at(owner, 'code')}/openapi.json",
        tells=(
            f"{what}有哪些台账、其状态、对外字段和统计口径，不含任何记录，均可公开",
            "which ledgers there are, their statuses, published fields and measures: no record, nothing personal",
        ),
    )
