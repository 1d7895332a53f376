"""Measures: what a ledger counts. Each becomes an indicator."""

from typing import Literal

from pydantic import Field

from shared.http.schemas import Body
from shared.ledgers.grammar.words import Expression, MeasureKind, Name, Sentence, Title


class Measure(Body):
    """A count or a sum over the records. It reads published fields only."""

    code: Name = Field(description="指标代码 together with the ledger's code", examples=["mediated"])
    title: Title = Field(description="名称 Chinese name", examples=["调解成功数"])
    meaning: Sentence = Field(description="统计口径 what is counted, in words", examples=["当期达成调解协议的纠纷件数"])
    kind: MeasureKind = Field(description="stock (时点数) or flow (时期数)", examples=["flow"])
    date: str = Field(
        pattern=r"^(entered:)?[a-z][a-z0-9_]{0,40}$",
        description="日期 field, or `entered:<status>`: from when a stock counts, or on which day a flow does",
        examples=["entered:mediated"],
    )
    until: list[str] = Field(
        default_factory=list,
        max_length=30,
        description="截止 of a stock: fields or `entered:<status>` by which it ends; empty: it never does",
        examples=[["entered:closed"]],
    )
    where: Expression | None = Field(
        default=None,
        description="条件 CEL expression over published fields and status",
        examples=["record.kind == 'neighbours'"],
    )
    dimension: Name | None = Field(
        default=None, description="分组 a published choice, code, department or boolean", examples=["kind"]
    )
    sum: Name | None = Field(
        default=None, description="求和 a published number; null: records are counted", examples=[None]
    )
    unit: Title = Field(default="件", description="单位 for people", examples=["件"])


class Ratio(Body):
    """A rate of two measures of this ledger; the numerator is part of the denominator."""

    code: Name = Field(description="指标代码", examples=["mediation_rate"])
    title: Title = Field(description="名称 Chinese name", examples=["调解成功率"])
    meaning: Sentence = Field(description="统计口径 in words", examples=["当期调解成功的件数占受理件数的比例"])
    numerator: Name = Field(description="分子", examples=["mediated"])
    denominator: Name = Field(description="分母", examples=["registered"])
    better: Literal["higher", "lower", "neither"] = Field(default="higher", description="导向", examples=["higher"])
