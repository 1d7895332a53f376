"""A ledger of postings (往来账): accounts whose postings sum to zero."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictInt, WithJsonSchema
from pydantic_core import PydanticCustomError

from shared.http.schemas import Body
from shared.ledgers.grammar.words import Name, Sentence, Title


def _either(sign: int) -> int:
    if sign not in (1, -1):
        raise PydanticCustomError("sign", "应为 1 或 -1")
    return sign


Sign = Annotated[StrictInt, AfterValidator(_either), WithJsonSchema({"type": "integer", "enum": [1, -1]})]


class AccountKind(Body):
    """A kind of account, and the record or area that holds one of each."""

    code: Name = Field(description="账户类别 for programs", examples=["volunteer"])
    title: Title = Field(description="名称 Chinese name", examples=["志愿者时间账户"])
    holder: Literal["record", "area"] = Field(
        description="归属 record: one for each record of this ledger; area: one for each area at the ledger's levels",
        examples=["record"],
    )
    may_be_negative: bool = Field(default=False, description="可为负", examples=[False])


class Side(Body):
    """One side of a posting: which kind of account, and whether it grows."""

    account: Name = Field(description="账户类别", examples=["volunteer"])
    sign: Sign = Field(description="方向 1 grows, -1 shrinks", examples=[1])


class PostingKind(Body):
    """A kind of posting with its two or more sides; the amounts of one posting sum to zero."""

    code: Name = Field(description="分录类别 for programs", examples=["serve"])
    title: Title = Field(description="名称 Chinese name", examples=["服务记时"])
    sides: list[Side] = Field(min_length=2, max_length=10, description="借贷各方")
    permission: str = Field(max_length=60, description="权限 that opens it", examples=["record.write"])
    reverse_permission: str = Field(max_length=60, description="冲正权限", examples=["record.check"])


class AccountMeasure(Body):
    """What is counted of the accounts of a kind, by the area in which they are kept. It becomes an indicator."""

    code: Name = Field(description="指标代码 together with the ledger's code", examples=["served"])
    title: Title = Field(description="名称 Chinese name", examples=["服务时长"])
    meaning: Sentence = Field(description="统计口径 what is counted, in words", examples=["当期记入的服务分钟数"])
    account: Name = Field(description="账户类别 whose accounts are looked at", examples=["community"])
    posting: Name | None = Field(
        default=None,
        description="分录类别 a flow: what postings of this kind moved in a period, what was reversed taken off; null: "
        "a stock, the balance",
        examples=["serve"],
    )
    sign: Sign = Field(
        default=1,
        description="方向 of a balance: -1 shows it with the opposite sign",
        json_schema_extra={"examples": [-1]},
    )
    unit: Title = Field(description="单位 for people", examples=["分钟"])


class Accounts(Body):
    """Accounts and postings of a ledger. A posting is never changed: it is reversed by another."""

    unit: Literal["fen", "minute", "piece"] = Field(
        description="计量单位 fen (分), minute (分钟) or piece (件): amounts are whole numbers of it",
        examples=["minute"],
    )
    kinds: list[AccountKind] = Field(min_length=1, max_length=10, description="账户类别")
    postings: list[PostingKind] = Field(min_length=1, max_length=20, description="分录类别")
    closes_monthly: bool = Field(default=True, description="按月结账", examples=[True])
    close_permission: str = Field(
        default="record.decide", max_length=60, description="结账权限", examples=["record.decide"]
    )
    reopen_permission: str = Field(
        default="record.decide", max_length=60, description="反结账权限", examples=["record.decide"]
    )
    measures: list[AccountMeasure] = Field(default_factory=list, max_length=20, description="往来计量")
