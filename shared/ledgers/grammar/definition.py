"""The definition of a ledger, whole."""

from pydantic import Field

from shared.http.schemas import Body
from shared.ledgers.grammar.access import Access
from shared.ledgers.grammar.accounts import Accounts
from shared.ledgers.grammar.fields import MAX_FIELDS, Computed, FieldDefinition, RowsDefinition, Rule
from shared.ledgers.grammar.figures import Measure, Ratio
from shared.ledgers.grammar.layout import Layout
from shared.ledgers.grammar.lifecycle import Clock, StatusDefinition, StepDefinition
from shared.ledgers.grammar.words import AreaLevel, LedgerCode, Name, Names, Owner, Sentence, Subject, Title


class Definition(Body):
    """A ledger (台账) as it is drafted, published and retired. Nothing in it is code."""

    code: LedgerCode = Field(description="台账代码 its name in addresses, events and files", examples=["disputes"])
    title: Title = Field(description="名称 Chinese name", examples=["矛盾纠纷调解台账"])
    owner: Owner = Field(description="归口 service that keeps it", examples=["grid"])
    source: Sentence = Field(
        description="依据 report, notice or custom that it comes from", examples=["县矛盾纠纷排查调处工作报告"]
    )
    levels: list[AreaLevel] = Field(
        min_length=1, max_length=4, description="层级 of the area of a record", examples=[["village"]]
    )
    subject: Subject = Field(default=Subject.NOTHING, description="对象 what a record is about", examples=["nothing"])
    subject_required: bool = Field(
        default=True,
        description="须有对象 false: a record of a paper register may be kept before its subject is known by id",
        examples=[True],
    )
    subject_ledger: LedgerCode | None = Field(
        default=None, description="对象台账 if a record is about a record of another ledger", examples=[None]
    )
    follows_subject: bool = Field(
        default=False,
        description="随对象移动 a live record lies where its subject lies and goes with it; false: where it was opened",
        examples=[False],
    )
    unique: list[Names] = Field(
        default_factory=list, max_length=5, description="唯一键 fields that together stand once among the live records"
    )
    fields: list[FieldDefinition] = Field(min_length=1, max_length=MAX_FIELDS, description="字段")
    rows: list[RowsDefinition] = Field(default_factory=list, max_length=5, description="子表")
    rules: list[Rule] = Field(default_factory=list, max_length=60, description="规则")
    computed: list[Computed] = Field(default_factory=list, max_length=30, description="计算字段")
    statuses: list[StatusDefinition] = Field(min_length=1, max_length=30, description="状态")
    steps: list[StepDefinition] = Field(default_factory=list, max_length=60, description="操作")
    clock: Clock | None = Field(default=None, description="时限 null: none")
    accounts: Accounts | None = Field(default=None, description="账户 null: no postings")
    published: list[Name] = Field(
        default_factory=list,
        max_length=MAX_FIELDS,
        description="对外字段 whose values may leave in events",
        examples=[["kind"]],
    )
    measures: list[Measure] = Field(default_factory=list, max_length=30, description="计量")
    ratios: list[Ratio] = Field(default_factory=list, max_length=15, description="比率")
    department: Name | None = Field(
        default=None, description="部门字段 the department that answers for a record; null: none", examples=[None]
    )
    access: Access = Field(default_factory=Access, description="权限")
    layout: Layout = Field(default_factory=Layout, description="版式")
