"""Fields, rows, rules and computed fields of a definition."""

from datetime import date
from typing import Annotated

from pydantic import Field, StrictBool, StrictInt, StringConstraints

from shared.http.schemas import Body
from shared.ledgers.grammar.words import ChoiceCode, Expression, FieldType, LedgerCode, Name, Privacy, Sentence, Title

ExactText = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$")]
"""A decimal as text: exact, without an exponent."""

Plain = StrictBool | StrictInt | Annotated[str, StringConstraints(max_length=200)]
"""A default or an example, in the JSON form of its type."""

MAX_FIELDS, MAX_ROWS, MAX_CHOICES = 120, 200, 500


class Choice(Body):
    """One choice of a list; `parent` makes a list that depends on the choice of another field."""

    code: ChoiceCode = Field(description="代码 for programs, figures and events", examples=["neighbours"])
    title: Title = Field(description="名称 Chinese name", examples=["邻里纠纷"])
    parent: ChoiceCode | None = Field(
        default=None, description="上级选项 shown only if the field that `depends_on` names holds this", examples=[None]
    )
    retired: bool = Field(
        default=False, description="停用 kept for what there is, not offered any more", examples=[False]
    )


class Bounds(Body):
    """Bounds of a value, inclusive. Which may be set depends on the type."""

    min: StrictInt | ExactText | date | None = Field(default=None, description="最小值 smallest value", examples=[0])
    max: StrictInt | ExactText | date | None = Field(default=None, description="最大值 largest value", examples=[100])
    max_length: int | None = Field(
        default=None, ge=1, le=5_000, description="最大字数 of a text, in characters", examples=[200]
    )
    not_after_today: bool = Field(default=False, description="不晚于今天 of a date", examples=[True])


class FieldDefinition(Body):
    """A field of a record, or a column of a small table in it."""

    name: Name = Field(description="字段名 for programs", examples=["kind"])
    title: Title = Field(description="名称 Chinese name", examples=["纠纷类型"])
    type: FieldType = Field(description="类型 type of the value", examples=["choice"])
    privacy: Privacy = Field(default=Privacy.INTERNAL, description="保密级别 who may see it", examples=["internal"])
    required: bool = Field(default=False, description="必填 always", examples=[True])
    required_in: list[Name] = Field(
        default_factory=list,
        max_length=30,
        description="必填状态 needed to enter one of these statuses",
        examples=[["mediated"]],
    )
    bounds: Bounds | None = Field(default=None, description="取值范围 bounds; null: none but those of the type")
    scale: int | None = Field(
        default=None, ge=0, le=6, description="小数位数 of a decimal or percent; 2 if not given", examples=[2]
    )
    choices: list[Choice] = Field(
        default_factory=list, max_length=MAX_CHOICES, description="选项 of a choice or choices"
    )
    depends_on: Name | None = Field(
        default=None, description="依赖字段 whose choice narrows this one's (级联选择)", examples=["kind"]
    )
    code_list: str | None = Field(
        default=None, max_length=60, description="代码表 id of a code list, for a code", examples=["ethnic_groups"]
    )
    ledger: LedgerCode | None = Field(
        default=None, description="关联台账 that a record field points into, of the same owner", examples=["disputes"]
    )
    default: Plain | None = Field(default=None, description="默认值 taken if the field is not sent", examples=[None])
    search: bool = Field(default=False, description="可检索 lists may be filtered by it", examples=[True])
    follows_subject: bool = Field(
        default=False,
        description="随对象更新 of an area or grid: where the subject lies. Never sent, and renewed when it moves",
        examples=[False],
    )
    help: Sentence | None = Field(
        default=None, description="填写说明 shown beside the field", examples=["按主要矛盾选择"]
    )
    example: Plain | None = Field(
        default=None,
        description="示例 a value as it is sent, for documents and templates",
        examples=["neighbours"],
    )


class RowsDefinition(Body):
    """A field that is a small table: up to 200 rows of fields. Rows hold no rows."""

    name: Name = Field(description="字段名 for programs", examples=["parties"])
    title: Title = Field(description="名称 Chinese name", examples=["当事人"])
    fields: list[FieldDefinition] = Field(min_length=1, max_length=30, description="列 columns")
    min: int = Field(default=0, ge=0, le=MAX_ROWS, description="最少行数 smallest number of rows", examples=[2])
    max: int = Field(default=MAX_ROWS, ge=1, le=MAX_ROWS, description="最多行数 largest number of rows", examples=[20])


class Rule(Body):
    """What must hold of every record when it is opened, corrected or stepped."""

    id: Name = Field(description="规则名 for programs", examples=["agreed_after_registered"])
    that: Expression = Field(
        description="条件 CEL expression that must be true", examples=["record.agreed_on >= record.registered_on"]
    )
    message: Sentence = Field(
        description="提示 what the clerk is told if it is not", examples=["达成协议日期不得早于登记日期"]
    )
    field: Name | None = Field(default=None, description="字段 that the message stands at", examples=["agreed_on"])
    each: Name | None = Field(
        default=None,
        description="逐行 a small table whose rows are each asked, as `row.<column>`; null: the record is asked",
        examples=[None],
    )
    in_statuses: list[Name] = Field(
        default_factory=list,
        max_length=30,
        description="适用状态 asked in these statuses only; empty: in all",
        examples=[[]],
    )


class Computed(Body):
    """A field that is computed and never sent. It inherits the strictest privacy of what it reads."""

    name: Name = Field(description="字段名 for programs", examples=["households_left"])
    title: Title = Field(description="名称 Chinese name", examples=["剩余户数"])
    type: FieldType = Field(
        description="类型 integer, decimal, money, percent, boolean, date, choice or text", examples=["integer"]
    )
    scale: int | None = Field(default=None, ge=0, le=6, description="小数位数 of a decimal or percent", examples=[None])
    value: Expression = Field(
        description="算式 CEL expression of the declared type", examples=["record.households - record.moved"]
    )
