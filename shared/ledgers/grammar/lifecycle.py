"""Statuses, steps and the clock of a definition."""

from pydantic import Field

from shared.http.schemas import Body
from shared.ledgers.grammar.words import AreaLevel, Name, Sentence, Title
from shared.worktime import ClockUnit


class StatusDefinition(Body):
    """Where a record stands. Exactly one status is the first; one without a step onward must be final."""

    code: Name = Field(description="状态码 for programs", examples=["registered"])
    title: Title = Field(description="名称 Chinese name", examples=["已登记"])
    initial: bool = Field(default=False, description="初始 a record is opened here", examples=[True])
    final: bool = Field(default=False, description="终结 nothing more is to be done", examples=[False])


class StepDefinition(Body):
    """A step along the lifecycle: from → to, who may, what must be filled."""

    verb: Name = Field(description="操作 last part of its address", examples=["mediate"])
    title: Title = Field(description="名称 Chinese name", examples=["调解"])
    origins: list[Name] = Field(
        alias="from", min_length=1, max_length=30, description="起始状态", examples=[["registered"]]
    )
    to: Name = Field(description="到达状态", examples=["mediated"])
    permission: str = Field(max_length=60, description="权限 that opens it", examples=["record.write"])
    level: AreaLevel | None = Field(
        default=None,
        description="层级 the grant lies at this level or above; null: any that holds the record",
        examples=[None],
    )
    fills: list[Name] = Field(
        default_factory=list, max_length=60, description="填写字段 that the step may set", examples=[["agreed_on"]]
    )
    four_eyes: list[Name] = Field(
        default_factory=list,
        max_length=10,
        description="须另一人 who took one of these steps may not take this one; `open` is the opening",
        examples=[["open"]],
    )
    reason: bool = Field(default=False, description="须说明理由", examples=[False])
    hands_over: bool = Field(
        default=False,
        description="移交 the record goes to another area, of the ledger's levels; asked of the caller in both",
        examples=[False],
    )
    reopens: bool = Field(
        default=False, description="重新打开 leaves a final status; always with a reason", examples=[False]
    )


class Extension(Body):
    """How often and by how much a running limit may be extended, before it ends and with a reason."""

    amount: int = Field(ge=1, le=1_000, description="延长数量 in the unit of the limit", examples=[10])
    times: int = Field(default=1, ge=1, le=3, description="次数 at most", examples=[1])
    permission: str = Field(max_length=60, description="权限 that opens it", examples=["record.check"])


class Warning(Body):  # noqa: A001 (预警: the word of the trade)
    """A warning, fired once per record and limit, `before` its end or `after` it."""

    id: Name = Field(description="预警名 for programs", examples=["soon"])
    title: Title = Field(description="名称 Chinese name", examples=["即将到期"])
    amount: int = Field(ge=0, le=1_000, description="提前量 in the unit of the limit; 0 at its end", examples=[2])
    before: bool = Field(default=True, description="到期前 true: before the end, false: after it", examples=[True])


class LimitDefinition(Body):
    """How long a record may take from entering one status until it reaches another."""

    id: Name = Field(description="时限名 for programs", examples=["mediation"])
    title: Title = Field(description="名称 Chinese name", examples=["调解时限"])
    starts: Name = Field(description="起算状态 entering it starts the limit", examples=["registered"])
    ends: list[Name] = Field(
        min_length=1, max_length=30, description="截止状态 entering one of them ends it", examples=[["mediated"]]
    )
    amount: int = Field(ge=0, le=3_660, description="数量", examples=[30])
    unit: ClockUnit = Field(description="单位", examples=["day"])
    pauses: list[Name] = Field(
        default_factory=list, max_length=10, description="中止状态 in which it stands still", examples=[[]]
    )
    extension: Extension | None = Field(default=None, description="延期 null: it cannot be extended")
    warnings: list[Warning] = Field(default_factory=list, max_length=5, description="预警")


class Clock(Body):
    """The limits of a ledger; several may run at once."""

    limits: list[LimitDefinition] = Field(min_length=1, max_length=10, description="时限")
    source: Sentence | None = Field(
        default=None, description="依据 where the limits come from", examples=["人民调解法"]
    )
